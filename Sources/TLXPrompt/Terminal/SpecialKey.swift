/// Keys that reach libedit as single characters from U+0080 on, which no keyboard types: what terminals send for them
/// starts with Escape, which in vi mode is a key of its own, and the built-in commands that key functions push have no
/// key at all.
enum SpecialKey: UInt8, CaseIterable {
  case up, down, right, left, home, end, delete, wordLeft, wordRight, newLine, paste
  // Pushed only.
  case accept, rowUp, rowDown

  var character: Unicode.Scalar { Unicode.Scalar(0x80 + rawValue) }
  /// As bindings and pushes name it.
  var text: String { String(character) }

  /// What terminals send.
  private static let sequences: [(SpecialKey, String)] = [
    (.up, "[A"), (.up, "OA"), (.down, "[B"), (.down, "OB"), (.right, "[C"), (.right, "OC"), (.left, "[D"),
    (.left, "OD"), (.home, "[H"), (.home, "OH"), (.home, "[1~"), (.end, "[F"), (.end, "OF"), (.end, "[4~"),
    (.delete, "[3~"), (.wordRight, "[1;5C"), (.wordLeft, "[1;5D"), (.newLine, "\r"), (.newLine, "\n"),
    (.paste, "[200~"),
  ]

  /// The key whose sequence the bytes start with, and the sequence's length.
  static func find(_ bytes: ArraySlice<UInt8>) -> (key: SpecialKey, length: Int)? {
    let rest = bytes.dropFirst()
    guard let (key, text) = sequences.first(where: { rest.starts(with: $0.1.utf8) }) else { return nil }
    return (key, text.utf8.count + 1)
  }

  /// Whether the bytes are the start of a sequence that is not complete.
  static func mayContinue(_ bytes: ArraySlice<UInt8>) -> Bool {
    let rest = bytes.dropFirst()
    guard !rest.isEmpty else { return false }
    return sequences.contains { $0.1.utf8.count > rest.count && $0.1.utf8.starts(with: rest) }
  }
}
