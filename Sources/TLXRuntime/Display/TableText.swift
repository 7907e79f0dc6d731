import TLXNumerics

/// A table as aligned columns: names on top, numbers right with their points in line, text left. Rows are cut in the
/// middle, columns that do not fit are left out from the middle and counted below.
struct TableText {
  private struct Column {
    var name: String
    var cells: [String]
    var isText: Bool
    var width: Int
  }

  private let table: Table
  private let width: Int
  private let digits: Int
  private let rows: Abridgement
  private static let widestCell = 40
  private static let gutter = "  "

  init(_ table: Table, width: Int, digits: Int?, limit: Int = 40) {
    self.table = table
    self.width = width
    self.digits = digits ?? Display.standardDigits
    self.rows = Abridgement(count: table.rowCount, limit: limit, edge: 10)
  }

  var text: String {
    guard !table.names.isEmpty else { return "empty table" }
    let all = zip(table.names, table.columns).map { column($0, $1) }
    let (shown, left) = fitting(all)
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

  private func column(_ name: String, _ value: Value) -> Column {
    let (cells, isText) = cells(value)
    let limit = width == .max ? Int.max : min(TableText.widestCell, max(8, width))
    let cut = cells.map { TextWidth.cut($0, to: limit) }
    let name = TextWidth.cut(name, to: limit)
    let width = max(TextWidth.columns(name), cut.map(TextWidth.columns).max() ?? 0)
    return Column(name: name, cells: cut, isText: isText, width: width)
  }

  private func cells(_ column: Value) -> (cells: [String], isText: Bool) {
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
      let texts = chosen.map { cell($0) }
      return isNumeric ? (PointAlignment.aligned(texts), false) : (texts, true)
    default: return (rows.positions.map { _ in Display.inline(column) }, true)
    }
  }

  private func cell(_ value: Value) -> String {
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
      let takesBack = back.count < front.count
      let candidate = columns[takesBack ? last : next]
      guard total(front + [gap, candidate] + back) <= width else { break }
      if takesBack {
        back.insert(candidate, at: 0)
        last -= 1
      } else {
        front.append(candidate)
        next += 1
      }
    }
    let left = next <= last ? columns[next...last].map(\.name) : []
    return (left.isEmpty ? front + back : front + [gap] + back, left)
  }
}
