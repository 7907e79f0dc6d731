import TLXSource

/// What a terminal can show.
public struct TerminalStyle: Sendable {
  /// Columns a figure may take.
  public var width: Int
  public var colors: ColorDepth
  /// Whether the terminal is known to be dark: lines are then drawn in lighter colours.
  public var isDark: Bool

  public init(width: Int, colors: ColorDepth = .none, isDark: Bool = true) {
    self.width = width
    self.colors = colors
    self.isDark = isDark
  }

  /// Whether escape sequences may be used at all.
  var hasColor: Bool { colors > .none }

  /// Whether areas can be shaded: sixteen colours are no scale.
  var hasShades: Bool { colors > .sixteen }

  /// The colour of a series.
  func seriesColor(_ index: Int) -> Palette.Color {
    let colors = isDark ? Palette.lightSeries : Palette.series
    return colors[index % colors.count]
  }

  func colored(_ text: String, series: Int) -> String {
    hasColor ? sequence(colors.parameters(seriesColor(series), isBackground: false)) + text + reset : text
  }

  func filled(_ text: String, _ color: Palette.Color) -> String {
    guard hasShades else { return text }
    let ink =
      color.isLight
      ? Palette.Color(red: 20, green: 20, blue: 20) : Palette.Color(red: 255, green: 255, blue: 255)
    return sequence(
      colors.parameters(color, isBackground: true) + ";" + colors.parameters(ink, isBackground: false)) + text
      + reset
  }

  /// One colour above another in one character.
  func halves(_ upper: Palette.Color, _ lower: Palette.Color) -> String {
    sequence(
      colors.parameters(upper, isBackground: false) + ";" + colors.parameters(lower, isBackground: true))
      + "▀"
  }

  func bold(_ text: String) -> String { hasColor ? sequence("1") + text + reset : text }
  func dim(_ text: String) -> String { hasColor ? sequence("2") + text + reset : text }

  var reset: String { "\u{1B}[0m" }
  private func sequence(_ parameters: String) -> String { "\u{1B}[\(parameters)m" }
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
