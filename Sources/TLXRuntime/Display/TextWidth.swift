import TLXSource

/// How wide text is in a terminal.
public enum TextWidth {
  /// Columns: wide East Asian characters and emoji take two, combining marks none.
  public static func columns(_ text: String) -> Int {
    displayWidth(text)
  }

  static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
    let gap = String(repeating: " ", count: max(0, width - columns(text)))
    return right ? gap + text : text + gap
  }

  /// At most `width` columns, the last of them `…` if something was cut.
  public static func cut(_ text: String, to width: Int) -> String {
    guard columns(text) > width else { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = displayWidth(character)
      if used + next > width - 1 { break }
      result.append(character)
      used += next
    }
    return width > 0 ? result + "…" : ""
  }
}
