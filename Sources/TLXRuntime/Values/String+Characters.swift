/// Characters of strings by number. To find them takes a walk over all before, except where each is one byte.
extension String {
  /// What `count` says, sooner for plain text.
  public var characterCount: Int {
    withPlainBytes { $0.count } ?? count
  }

  /// What `body` gives of the bytes of a text of which each is one character: all of ASCII, but no line ends of two
  /// (CR LF is one character). Nil for other texts.
  func withPlainBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
    var text = self
    return try text.withUTF8 { bytes in
      // Without a branch, so that it goes by many bytes at a time.
      var others: UInt8 = 0
      for byte in bytes { others |= (byte & 0x80) | (byte == 0x0D ? 1 : 0) }
      return others == 0 ? try body(bytes) : nil
    }
  }

  /// Where the bytes of such a text stand for the life of its memory; nil for a text that has none of its own, being short.
  var plainMemory: UnsafeBufferPointer<UInt8>? {
    guard utf8.count > String.longestInline else { return nil }
    return withPlainBytes { $0 }
  }

  /// A text of so many bytes stands in the string itself.
  private static let longestInline = 15

  /// The string of one such character.
  init(plain byte: UInt8) { self = byte < 0x80 ? String.plainCharacters[Int(byte)] : "" }

  private static let plainCharacters = (UInt8(0)..<0x80).map { String(UnicodeScalar($0)) }
}
