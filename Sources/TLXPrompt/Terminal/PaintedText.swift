import TLXRuntime
import TLXSyntax

/// The rows of a text in its colours, as they are on the screen, kept from one key to the next: only the lines that have
/// changed are laid out again. What it has equals `ScreenLayout` of the whole text.
struct PaintedText {
  private struct Line {
    var text: [UInt8]
    var colors: [ColoredRange]
    var rows: [String]
    /// Where its first character stands, and its end, from its first row on.
    var start: ScreenLayout.Place
    var end: ScreenLayout.Place
  }

  private var lines: [Line] = []
  private var promptWidth = 0
  private var columns = 0
  private(set) var hasColors = false

  /// Makes it the rows of this text. False if it has characters that the editor cannot place.
  mutating func update(_ text: String, _ colors: [[ColoredRange]], promptWidth: Int, columns: Int) -> Bool {
    if columns != self.columns || promptWidth != self.promptWidth { lines = [] }
    (self.columns, self.promptWidth) = (columns, promptWidth)
    hasColors = colors.contains { $0.contains { $0.kind.escape != nil } }
    let texts = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    func isSame(_ new: Int, _ old: Int) -> Bool {
      lines[old].text.elementsEqual(texts[new])
        && lines[old].colors == (new < colors.count ? colors[new] : [])
    }
    let shorter = min(lines.count, texts.count)
    var above = 0
    while above < shorter, isSame(above, above) { above += 1 }
    var below = 0
    // The first line stands beside the prompt: it is like no other.
    let limit = shorter - max(above, 1)
    while below < limit, isSame(texts.count - 1 - below, lines.count - 1 - below) { below += 1 }
    var changed: [Line] = []
    for index in above..<(texts.count - below) {
      let colors = index < colors.count ? colors[index] : []
      guard let line = line(Array(texts[index]), colors, isFirst: index == 0) else {
        lines = []
        return false
      }
      changed.append(line)
    }
    lines.replaceSubrange(above..<(lines.count - below), with: changed)
    return true
  }

  private func line(_ text: [UInt8], _ colors: [ColoredRange], isFirst: Bool) -> Line? {
    guard let layout = layout(of: text, isFirst: isFirst) else { return nil }
    return Line(
      text: text, colors: colors, rows: layout.rows(colors), start: layout.places[0], end: layout.end)
  }

  private func layout(of text: [UInt8], isFirst: Bool) -> ScreenLayout? {
    ScreenLayout(
      String(decoding: text, as: UTF8.self), promptWidth: isFirst ? promptWidth : 0, columns: columns)
  }

  var rows: [String] { lines.flatMap(\.rows) }

  var rowCount: Int { lines.reduce(0) { $0 + $1.rows.count } }

  var end: ScreenLayout.Place {
    guard let last = lines.last else { return ScreenLayout.Place(row: 0, column: promptWidth) }
    return ScreenLayout.Place(row: rowCount - last.rows.count + last.end.row, column: last.end.column)
  }

  /// Where the byte at `offset` of the text is.
  func place(ofByte offset: Int) -> ScreenLayout.Place {
    var row = 0
    var rest = offset
    for (index, line) in lines.enumerated() {
      if rest <= line.text.count, let layout = layout(of: line.text, isFirst: index == 0) {
        let place = layout.place(ofByte: rest)
        return ScreenLayout.Place(row: row + place.row, column: place.column)
      }
      rest -= line.text.count + 1
      row += line.rows.count
    }
    return end
  }

  /// The escape sequences that draw rows over what the editor has drawn, with `hint` dimmed behind the text's end,
  /// starting and ending with the cursor at `cursor`. Only the rows of `wanted` are drawn, if there are some.
  func painting(_ rows: [String], only wanted: Set<Int>?, hint: String?, cursor: ScreenLayout.Place) -> String
  {
    var output = "\u{1b}[?25l\u{1b}7"
    if cursor.row > 0 { output += "\u{1b}[\(cursor.row)A" }
    let first = lines.first?.start ?? ScreenLayout.Place(row: 0, column: promptWidth)
    var at = 0
    for (row, text) in rows.enumerated() where !text.isEmpty {
      if let wanted, !wanted.contains(row) { continue }
      output +=
        moved(from: at, to: ScreenLayout.Place(row: row, column: row == first.row ? first.column : 0)) + text
      at = row
    }
    if let hint {
      let end = end
      let room = columns - end.column - 1
      if room > 3 {
        output += moved(from: at, to: end) + Escape.dim + TextWidth.cut(hint, to: room) + Escape.reset
      }
    }
    return output + "\u{1b}8\u{1b}[?25h"
  }

  private func moved(from row: Int, to place: ScreenLayout.Place) -> String {
    var output = "\r"
    if place.row > row { output += "\u{1b}[\(place.row - row)B" }
    if place.column > 0 { output += "\u{1b}[\(place.column)C" }
    return output
  }
}
