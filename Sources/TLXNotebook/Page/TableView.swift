import TLXNumerics
import TLXRuntime

/// A table whose columns sort at a click. Of a large one a page that is a file holds the first rows; a live page asks for
/// the rows that it shows.
struct TableView {
  private let table: Table
  private let digits: Int?
  private let rowCount: Int
  /// What a live page asks for its rows by; nil where the page holds them.
  private let name: String?

  /// - Parameters:
  ///   - rowCount: How many rows there are, where `table` is the first of them.
  init(_ table: Table, digits: Int?, rowCount: Int? = nil, name: String? = nil) {
    self.table = table
    self.digits = digits
    self.rowCount = rowCount ?? table.rowCount
    self.name = name
  }

  var html: String {
    let limit = name == nil ? ValueView.rowLimit : ValueView.pageLength
    let count = min(table.rowCount, limit)
    let shown = table.rowCount > count ? (try? table.selecting(rows: Array(0..<count))) ?? table : table
    let cells = TableCells(shown, digits: digits)
    let head = zip(table.names, cells.columns).map { name, column in
      "<th scope=\"col\"\(column.isNumeric ? " class=\"num\"" : "")><button type=\"button\">\(HTML.escaped(name))</button></th>"
    }.joined()
    let rows = rowCount == 1 ? "1 row" : "\(Self.grouped(rowCount)) rows"
    let isPart = name == nil && rowCount > count
    let note = isPart ? "the first \(Self.grouped(count)) of \(rows)" : rows
    let source = name.map { " data-table=\"\($0)\" data-rows=\"\(rowCount)\"" } ?? ""
    return """
      <div class="table" role="region" aria-label="table of \(note)" tabindex="0"><table class="data"\(source)><thead><tr>\(head)</tr></thead>
      <tbody>\(cells.rows)</tbody></table></div><p class="kind">\(note)</p>
      """
  }

  /// `1,000,000`
  private static func grouped(_ count: Int) -> String {
    var text = ""
    for (place, digit) in String(count).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}

/// The texts of a table's cells.
struct TableCells {
  let columns: [(cells: [String], isNumeric: Bool)]
  private let rowCount: Int

  init(_ table: Table, digits: Int?) {
    rowCount = table.rowCount
    columns = table.columns.map { TableCells.cells($0, table.rowCount, digits) }
  }

  /// As rows of HTML.
  var rows: String {
    var rows = ""
    for row in 0..<rowCount {
      rows += "<tr>"
      for column in columns {
        let cell = HTML.escaped(column.cells[row])
        rows += column.isNumeric ? "<td class=\"num\">\(cell)</td>" : "<td>\(cell)</td>"
      }
      rows += "</tr>\n"
    }
    return rows
  }

  private static func cells(_ column: Value, _ count: Int, _ digits: Int?) -> (
    cells: [String], isNumeric: Bool
  ) {
    switch column {
    case .tensor(let tensor):
      let texts = Display.elements(of: tensor, digits: digits)
      return (texts.count == count ? texts : Array(repeating: "", count: count), tensor.dtype != .bool)
    case .list(let items):
      let shown = items.prefix(count)
      let isNumeric = shown.allSatisfy {
        switch $0 {
        case .int, .float, .null: true
        default: false
        }
      }
      return (
        shown.map { if case .null = $0 { "–" } else { Display.cell($0, digits: digits) } },
        isNumeric && count > 0
      )
    default: return (Array(repeating: "", count: count), false)
    }
  }
}
