/// Texts inside HTML.
enum HTML {
  /// Safe inside elements and in quoted attributes; characters that HTML forbids become `�`.
  static func escaped(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      // Most texts of a page stand there as they are.
      guard let first = bytes.firstIndex(where: isSuspect) else { return nil }
      return HTML.escaped(bytes, from: first)
    } ?? text
  }

  /// Whether a byte may be, or begin, what cannot stay.
  private static func isSuspect(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x26, 0x3C, 0x3E, 0x22, 0x27, 0x7F, 0xC2, 0xE2: true
    default: byte < 0x20 && byte != 0x0A && byte != 0x09
    }
  }

  private static func escaped(_ bytes: UnsafeBufferPointer<UInt8>, from first: Int) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 8 + 16)
    result += bytes[..<first]
    var position = first
    while position < bytes.count {
      let byte = bytes[position]
      let forbidden = isSuspect(byte) ? lengthOfForbidden(bytes, at: position) : 0
      if forbidden > 0 {
        result += "\u{FFFD}".utf8
        position += forbidden
        continue
      }
      switch byte {
      case 0x26: result += "&amp;".utf8
      case 0x3C: result += "&lt;".utf8
      case 0x3E: result += "&gt;".utf8
      case 0x22: result += "&quot;".utf8
      case 0x27: result += "&#39;".utf8
      default: result.append(byte)
      }
      position += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The bytes of a control character, or of one that turns the reading direction of what follows; 0 for others.
  private static func lengthOfForbidden(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    func byte(_ distance: Int) -> UInt8 {
      position + distance < bytes.count ? bytes[position + distance] : 0
    }
    switch bytes[position] {
    case 0x7F: return 1
    case 0xC2: return (0x80...0x9F).contains(byte(1)) ? 2 : 0
    // U+202A to U+202E, U+2066 to U+2069.
    case 0xE2 where byte(1) == 0x80: return (0xAA...0xAE).contains(byte(2)) ? 3 : 0
    case 0xE2 where byte(1) == 0x81: return (0xA6...0xA9).contains(byte(2)) ? 3 : 0
    case let first: return first < 0x20 && first != 0x0A && first != 0x09 ? 1 : 0
    }
  }

  static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
  }

  /// A title as the name of a place in the page: `learning-curve`.
  static func anchor(_ title: String) -> String {
    var result = ""
    for character in title.lowercased() {
      if character.isLetter || character.isNumber {
        result.append(character)
      } else if !result.isEmpty, result.last != "-" {
        result.append("-")
      }
    }
    while result.last == "-" { result.removeLast() }
    return result
  }
}
