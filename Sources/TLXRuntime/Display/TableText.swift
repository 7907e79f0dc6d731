import TLXNumerics

/// A table as aligned columns: names on top, numbers right with their points in line, text left. Rows are cut in the
/// middle. Where columns do not fit, texts are cut shorter and numbers rounded (if nobody said how many digits), before
/// columns are left out from the middle and counted below.
struct TableText {
  private struct Column {
    var name: String
    var cells: [String]
    var isText: Bool
    var width: Int
  }

  private struct Style {
    var widest: Int
    var digits: Int
  }

  private let table: Table
  private let width: Int
  private let digits: Int?
  private let rows: Abridgement
  /// How wide a text may be and how many digits a number has at most, from roomy to tight.
  private static let styles = [
    Style(widest: 40, digits: .max), Style(widest: 24, digits: 4), Style(widest: 16, digits: 3),
  ]
  private static let gutter = "  "

  init(_ table: Table, width: Int, digits: Int?, limit: Int = 40) {
    self.table = table
    self.width = width
    self.digits = digits
    self.rows = Abridgement(count: table.rowCount, limit: limit, edge: 10)
  }

  var text: String {
    guard !table.names.isEmpty else { return "empty table" }
    let (shown, left) = bestFit()
    var lines = [line(shown, \.name)]
    for row in rows.positions.indices {
      if row == rows.gap { lines.append("…") }
      lines.append(line(shown) { $0.cells[row] })
    }
    if let footer = footer(left) { lines.append(footer) }
    return lines.joined(separator: "\n")
  }

  private func line(_ columns: [Column], _ cell: (Column) -> String) -> String {
    Display.withoutTrailingBlanks(
      columns.map { TextWidth.padded(cell($0), to: $0.width, right: !$0.isText) }
        .joined(separator: TableText.gutter))
  }

  private func footer(_ left: [String]) -> String? {
    var parts: [String] = []
    if rows.gap != nil { parts.append("\(table.rowCount) rows") }
    if table.rowCount == 0 { parts.append("0 rows") }
    if !left.isEmpty {
      let names =
        left.count <= 4 ? left.joined(separator: ", ") : left.prefix(3).joined(separator: ", ") + ", …"
      parts.append("\(left.count) more column\(left.count == 1 ? "" : "s"): \(names)")
    }
    return parts.isEmpty ? nil : TextWidth.cut(parts.joined(separator: ", "), to: width)
  }

  /// The roomiest style in which all columns fit, or else the one that shows most.
  private func bestFit() -> (shown: [Column], left: [String]) {
    var best: (shown: [Column], left: [String])?
    for style in TableText.styles {
      let found = fitting(zip(table.names, table.columns).map { column($0, $1, style) })
      if found.left.count < best?.left.count ?? .max { best = found }
      if found.left.isEmpty { break }
    }
    return best ?? ([], [])
  }

  private func column(_ name: String, _ value: Value, _ style: Style) -> Column {
    let (cells, isText) = cells(value, digits: digits ?? min(style.digits, Display.standardDigits))
    let limit = width == .max ? Int.max : min(style.widest, max(8, width))
    // Tight columns keep both ends: texts that are alike often differ at their end.
    let isTight = isText && limit < 40
    let cut = cells.map { isTight ? Self.cutInside($0, to: limit) : TextWidth.cut($0, to: limit) }
    let name = TextWidth.cut(name, to: limit)
    let width = max(TextWidth.columns(name), cut.map(TextWidth.columns).max() ?? 0)
    return Column(name: name, cells: cut, isText: isText, width: width)
  }

  /// A text with its middle left out where it is too wide.
  private static func cutInside(_ text: String, to width: Int) -> String {
    guard TextWidth.columns(text) > width else { return text }
    var (tail, used) = ("", 0)
    for character in text.reversed() {
      used += TextWidth.columns(String(character))
      if used > (width - 1) / 2 { break }
      tail = String(character) + tail
    }
    let head = TextWidth.cut(text, to: width - TextWidth.columns(tail))
    return head + tail
  }

  private func cells(_ column: Value, digits: Int) -> (cells: [String], isText: Bool) {
    switch column {
    case .tensor(let tensor):
      guard let chosen = try? Operations.elements(of: tensor, at: rows.positions) else { return ([], false) }
      return (PointAlignment.aligned(TensorText.elements(chosen, digits: digits)), tensor.dtype == .bool)
    case .list(let items):
      let chosen = rows.positions.map { items[$0] }
      let isNumeric = chosen.allSatisfy {
        switch $0 {
        case .int, .float, .null: true
        default: false
        }
      }
      let texts = chosen.map { cell($0, digits: digits) }
      return isNumeric ? (PointAlignment.aligned(texts), false) : (texts, true)
    default: return (rows.positions.map { _ in Display.inline(column) }, true)
    }
  }

  private func cell(_ value: Value, digits: Int) -> String {
    switch value {
    case .string(let text):
      text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "⏎")
    case .float(let number): Number.compact(number, digits: digits)
    case .null: "–"
    default: Display.inline(value, digits: digits)
    }
  }

  /// The columns that fit: all, or those from both ends, the first most of all.
  private func fitting(_ columns: [Column]) -> (shown: [Column], left: [String]) {
    func total(_ columns: [Column]) -> Int { columns.reduce(-2) { $0 + $1.width + 2 } }
    guard width != .max, total(columns) > width, columns.count > 1 else { return (columns, []) }
    var front = [columns[0]]
    var back: [Column] = []
    let gap = Column(name: "…", cells: rows.positions.map { _ in "…" }, isText: true, width: 1)
    var next = 1
    var last = columns.count - 1
    while next <= last {
      // From the end first: results usually stand there.
      let order = back.count < front.count ? [true, false] : [false, true]
      func fits(_ candidate: Column) -> Bool { total(front + [gap, candidate] + back) <= width }
      guard let takesBack = order.first(where: { fits(columns[$0 ? last : next]) }) else { break }
      if takesBack {
        back.insert(columns[last], at: 0)
        last -= 1
      } else {
        front.append(columns[next])
        next += 1
      }
    }
    let left = next <= last ? columns[next...last].map(\.name) : []
    return (left.isEmpty ? front + back : front + [gap] + back, left)
  }
}
