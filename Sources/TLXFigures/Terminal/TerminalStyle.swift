/// What a terminal can show.
public struct TerminalStyle: Sendable {
  /// Columns a figure may take.
  public var width: Int
  /// Whether escape sequences for colour may be used.
  public var hasColor: Bool

  public init(width: Int, hasColor: Bool) {
    self.width = width
    self.hasColor = hasColor
  }

  func colored(_ text: String, _ color: Palette.Color) -> String {
    hasColor ? "\u{1B}[38;2;\(color.red);\(color.green);\(color.blue)m\(text)\u{1B}[0m" : text
  }

  func filled(_ text: String, _ color: Palette.Color) -> String {
    guard hasColor else { return text }
    let ink = color.isLight ? "30" : "97"
    return "\u{1B}[48;2;\(color.red);\(color.green);\(color.blue)m\u{1B}[\(ink)m\(text)\u{1B}[0m"
  }

  func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

/// Columns a text takes in a terminal: wide East Asian characters and most emoji take two, combining marks none.
func columnWidth(_ text: String) -> Int { text.reduce(0) { $0 + columnWidth($1) } }

func columnWidth(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  switch scalar.value {
  case 0x300...0x36F, 0x200B...0x200F: return 0
  case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}

/// The text cut to `width` columns, with `…` where something was cut.
func truncated(_ text: String, to width: Int) -> String {
  guard columnWidth(text) > width else { return text }
  var result = ""
  var used = 0
  for character in text {
    let next = columnWidth(character)
    if used + next > max(0, width - 1) { break }
    result.append(character)
    used += next
  }
  return width > 0 ? result + "…" : ""
}

func padded(_ text: String, to width: Int, right: Bool = false) -> String {
  let gap = String(repeating: " ", count: max(0, width - columnWidth(text)))
  return right ? gap + text : text + gap
}

func centered(_ text: String, in width: Int) -> String {
  let gap = max(0, width - columnWidth(text))
  return String(repeating: " ", count: gap / 2) + text
}
