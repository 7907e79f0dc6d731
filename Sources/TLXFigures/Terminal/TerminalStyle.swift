import TLXSource

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

/// Columns a text takes in a terminal.
func columnWidth(_ text: String) -> Int { displayWidth(text) }
func columnWidth(_ character: Character) -> Int { displayWidth(character) }

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
