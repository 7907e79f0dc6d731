import TLXSyntax

/// Terminal control sequences.
enum Escape {
  static let bold = "\u{1b}[1m"
  static let dim = "\u{1b}[2m"
  static let reset = "\u{1b}[0m"
  /// The terminal marks what is pasted.
  static let pasteOn = "\u{1b}[?2004h"
  static let pasteOff = "\u{1b}[?2004l"
}

extension TokenClass {
  /// The escape sequence that begins its colour at the prompt, if it has one.
  var escape: String? {
    switch self {
    case .keyword: "\u{1b}[35m"
    case .number: "\u{1b}[36m"
    case .string: "\u{1b}[32m"
    case .interpolation: "\u{1b}[33m"
    case .comment: Escape.dim
    case .functionCall: "\u{1b}[34m"
    case .error: "\u{1b}[31m"
    case .operator, .name: nil
    }
  }
}

/// Text as a terminal pastes it.
enum Paste {
  /// With line feeds, blanks for tabs, no other control characters, and no empty line at the end.
  static func cleaned(_ bytes: [UInt8]) -> String {
    var result = ""
    for character in String(decoding: bytes, as: UTF8.self) {
      switch character {
      case "\r\n", "\r", "\n": result.append("\n")
      case "\t": result += Indentation.step
      case _ where character.unicodeScalars.allSatisfy { $0.value < 0x20 || $0.value == 0x7f }: continue
      default: result.append(character)
      }
    }
    while result.hasSuffix("\n") { result.removeLast() }
    return result
  }
}
