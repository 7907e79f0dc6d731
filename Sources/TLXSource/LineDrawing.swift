/// A label's share of one source line.
struct Mark {
  var line: Int
  /// Byte offsets in the source; empty for a place between two characters.
  var start: Int
  var end: Int
  var text: String
  var isPrimary: Bool

  /// One mark, or for a span of several lines one on the first and one on the last, which has the text.
  static func marks(for label: Diagnostic.Label, isPrimary: Bool) -> [Mark] {
    let source = label.location.source
    let start = min(max(label.location.span.start, 0), source.bytes.count)
    let end = min(max(label.location.span.end, start), source.bytes.count)
    let firstLine = source.line(of: start)
    let lastLine = source.line(of: max(end - 1, start))
    guard lastLine > firstLine, let first = source.byteRange(ofLine: firstLine),
      let last = source.byteRange(ofLine: lastLine)
    else {
      return [Mark(line: firstLine, start: start, end: end, text: label.text, isPrimary: isPrimary)]
    }
    var content = last.lowerBound
    while content < end - 1, source.bytes[content] <= UInt8(ascii: " ") { content += 1 }
    return [
      Mark(
        line: firstLine, start: start, end: max(first.upperBound, start + 1), text: "", isPrimary: isPrimary),
      Mark(line: lastLine, start: content, end: end, text: label.text, isPrimary: isPrimary),
    ]
  }
}

/// A source line as columns of a terminal, with the rows of marks and labels below it.
struct LineDrawing {
  enum Ink { case none, primary, secondary }

  struct Run {
    var text: String
    var ink: Ink
  }

  /// A mark in columns.
  struct Stroke {
    var start: Int
    var end: Int
    var text: String
    var isPrimary: Bool

    var ink: Ink { isPrimary ? .primary : .secondary }
  }

  private(set) var text: String
  private var strokes: [Stroke]

  init(_ source: SourceText, line: Int, marks: [Mark]) {
    let range = source.byteRange(ofLine: line) ?? 0..<0
    var columns: [Int] = []
    (text, columns) = Self.expand(source.bytes[range])
    strokes = marks.map { mark in
      let start = columns[min(max(mark.start - range.lowerBound, 0), range.count)]
      let end = columns[min(max(mark.end - range.lowerBound, 0), range.count)]
      return Stroke(start: start, end: max(end, start + 1), text: mark.text, isPrimary: mark.isPrimary)
    }
    strokes.sort { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  /// The line with tabs as blanks to multiples of four and control characters as dots, and the column at
  /// which each byte (and the end) stands.
  private static func expand(_ bytes: ArraySlice<UInt8>) -> (String, [Int]) {
    var text = ""
    var columns: [Int] = []
    columns.reserveCapacity(bytes.count + 1)
    var column = 0
    for character in String(decoding: bytes, as: UTF8.self) {
      let count = character.utf8.count
      columns.append(contentsOf: repeatElement(column, count: count))
      if character == "\t" {
        let blanks = 4 - column % 4
        text += String(repeating: " ", count: blanks)
        column += blanks
      } else if let scalar = character.unicodeScalars.first, scalar.value < 0x20 || scalar.value == 0x7F {
        text += "·"
        column += 1
      } else {
        text.append(character)
        column += displayWidth(character)
      }
    }
    // Broken bytes decode to longer text than they were.
    while columns.count > bytes.count { columns.removeLast() }
    while columns.count <= bytes.count { columns.append(column) }
    return (text, columns)
  }

  // MARK: Narrow terminals

  /// Cuts the line to `width` columns around its primary mark; `…` stands for what was cut.
  mutating func fit(_ width: Int) {
    let length = displayWidth(text)
    guard length > width, let focus = strokes.first(where: \.isPrimary) ?? strokes.first else { return }
    let first = strokes.map(\.start).min() ?? 0
    let last = strokes.map(\.end).max() ?? 0
    var from = 0
    if last + 1 > width {
      let spansAll = last - first + 2 <= width
      from = spansAll ? max(first - (width - (last - first)) / 2, 0) : max(focus.start - width / 4, 0)
    }
    from = min(from, max(length - width, 0))
    crop(from, from + width, length)
  }

  /// Keeps the columns from `from` to `to`.
  private mutating func crop(_ from: Int, _ to: Int, _ length: Int) {
    var column = 0
    var kept = from > 0 ? "…" : ""
    var width = from > 0 ? 1 : 0
    let limit = to - from - (length > to ? 1 : 0)
    for character in text {
      let size = displayWidth(character)
      defer { column += size }
      if column < from + (from > 0 ? 1 : 0) { continue }
      while width < column - from {
        kept += " "
        width += 1
      }
      guard width + size <= limit else { break }
      kept.append(character)
      width += size
    }
    text = length > to ? kept + "…" : kept
    // What lies outside is marked under the `…`, so that no label is lost.
    for index in strokes.indices {
      strokes[index].start = min(max(strokes[index].start - from, 0), to - from - 1)
      strokes[index].end = max(min(strokes[index].end - from, to - from), strokes[index].start + 1)
    }
  }

  // MARK: Marks and labels

  /// The rows below the line: one of carets and dashes with the last label beside it, then the others from
  /// right to left, each hanging under its mark.
  func rows(_ width: Int, wrap: (String, Int) -> [String]) -> [[Run]] {
    guard !strokes.isEmpty else { return [] }
    var marks = markRow()
    var hanging = strokes.filter { !$0.text.isEmpty }
    let end = strokes.map(\.end).max() ?? 0
    guard let beside = hanging.last, beside.end == end else {
      return [marks] + hangingRows(hanging, width, wrap)
    }
    let fits = end + 1 + displayWidth(beside.text) <= width
    guard fits || width - end >= 32 else { return [marks] + hangingRows(hanging, width, wrap) }
    hanging.removeLast()
    let lines = wrap(beside.text, end + 1)
    marks.append(Run(text: " " + lines[0], ink: beside.ink))
    let below = lines.dropFirst().map { line in
      connectors(hanging, before: end + 1) + [Run(text: line, ink: beside.ink)]
    }
    return [marks] + below + hangingRows(hanging, width, wrap)
  }

  private func markRow() -> [Run] {
    let end = strokes.map(\.end).max() ?? 0
    var inks = [Ink](repeating: .none, count: end)
    for stroke in strokes where !stroke.isPrimary {
      for column in stroke.start..<stroke.end { inks[column] = .secondary }
    }
    for stroke in strokes where stroke.isPrimary {
      for column in stroke.start..<stroke.end { inks[column] = .primary }
    }
    var runs: [Run] = []
    for ink in inks {
      let sign = ink == .primary ? "^" : ink == .secondary ? "-" : " "
      if let last = runs.indices.last, runs[last].ink == ink {
        runs[last].text += sign
      } else {
        runs.append(Run(text: sign, ink: ink))
      }
    }
    return runs
  }

  private func hangingRows(_ hanging: [Stroke], _ width: Int, _ wrap: (String, Int) -> [String]) -> [[Run]] {
    var rows: [[Run]] = []
    var waiting = hanging
    if waiting.count > 1 || strokes.count > 1, !waiting.isEmpty {
      rows.append(connectors(waiting, before: .max))
    }
    while let stroke = waiting.popLast() {
      let indent = min(stroke.start, max(width - 24, 0))
      for line in wrap(stroke.text, indent) {
        rows.append(connectors(waiting, before: indent) + [Run(text: line, ink: stroke.ink)])
      }
    }
    return rows
  }

  /// `│` under each mark that still waits for its label, padded to a column.
  private func connectors(_ waiting: [Stroke], before limit: Int) -> [Run] {
    var runs: [Run] = []
    var column = 0
    for stroke in waiting where stroke.start >= column && stroke.start < limit {
      runs.append(Run(text: String(repeating: " ", count: stroke.start - column), ink: .none))
      runs.append(Run(text: "│", ink: stroke.ink))
      column = stroke.start + 1
    }
    if limit != .max, limit > column {
      runs.append(Run(text: String(repeating: " ", count: limit - column), ink: .none))
    }
    return runs
  }
}
