/// How far the lines of an input are moved in.
enum Indentation {
  static let step = "    "

  /// The blanks that a line opened at `cursor` starts with: those of its line, one step more after an open bracket.
  static func ofNextLine(in text: String, at cursor: Int) -> String {
    let before = Array(text.utf8.prefix(cursor))
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    let blanks = before[lineStart...].prefix { $0 == UInt8(ascii: " ") }.count
    let own = CursorContext.openBrackets(in: Array(before[lineStart...]))
    return String(repeating: " ", count: blanks) + (own > 0 ? step : "")
  }

  /// Blanks before the cursor that a closing brace typed there takes back: up to one step, where its line has
  /// nothing else.
  static func surplusBeforeClosing(in text: String, at cursor: Int) -> Int {
    let before = Array(text.utf8.prefix(cursor))
    guard let newline = before.lastIndex(of: UInt8(ascii: "\n")) else { return 0 }
    let line = before[(newline + 1)...]
    guard line.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return 0 }
    return min(line.count, step.count)
  }
}
