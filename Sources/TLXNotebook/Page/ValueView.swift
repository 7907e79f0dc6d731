import TLXNumerics
import TLXRuntime

/// Values as they stand on a page.
struct ValueView {
  /// Columns of text.
  let width: Int
  /// Rows of a table that the page holds; a browser shows them a page at a time.
  private static let rowLimit = 1_000

  func html(_ output: CellOutput) -> String {
    switch output {
    case .text(let text): return "<pre class=\"printed\">\(HTML.escaped(text))</pre>"
    case .drawn(let text, _): return pre(text)
    case .picture(let picture, _): return figure(picture.svg, caption: "")
    case .value(let value, let digits): return html(value, digits)
    }
  }

  private func pre(_ text: String) -> String {
    "<pre class=\"value\" tabindex=\"0\">\(HTML.escaped(text))</pre>"
  }

  private func html(_ value: Value, _ digits: Int?) -> String {
    switch value {
    case .null: return ""
    case .table(let table) where !table.names.isEmpty:
      return TableView(table, digits: digits, limit: Self.rowLimit).html
    case .object(let labelled as Labelled):
      let table = Table(
        names: ["", "value"], columns: [.list(labelled.names.map { .string($0) }), .tensor(labelled.tensor)],
        rowCount: labelled.names.count)
      return TableView(table, digits: digits, limit: Self.rowLimit).html
    case .object(let object):
      guard let picture = object.picture else { return pre(object.summary(width: width)) }
      let drawn = figure(picture.svg, caption: "")
      return object.kindName == "figure" ? drawn : pre(object.summary(width: width)) + drawn
    case .tensor(let tensor): return html(tensor, digits)
    default: return pre(Display.show(value, width: width, digits: digits))
    }
  }

  private func figure(_ svg: String, caption: String) -> String {
    let caption = caption.isEmpty ? "" : "<figcaption>\(HTML.escaped(caption))</figcaption>"
    return "<figure>\(svg)\(caption)</figure>"
  }

  private func html(_ tensor: Tensor, _ digits: Int?) -> String {
    let text = Display.show(.tensor(tensor), width: width, digits: digits)
    let caption = "<p class=\"kind\">\(HTML.escaped(tensor.typeDescription))</p>"
    let picture = TensorPicture(tensor).map { figure($0.html, caption: "as an image") } ?? ""
    return caption + pre(text) + picture
  }
}

/// A table whose columns sort at a click.
struct TableView {
  private let table: Table
  private let digits: Int?
  private let limit: Int

  init(_ table: Table, digits: Int?, limit: Int) {
    self.table = table
    self.digits = digits
    self.limit = limit
  }

  var html: String {
    let count = min(table.rowCount, limit)
    let shown = table.rowCount > count ? (try? table.selecting(rows: Array(0..<count))) ?? table : table
    let columns = shown.columns.map { TableView.cells($0, count, digits) }
    var rows = ""
    for row in 0..<count {
      rows += "<tr>"
      for column in columns {
        let cell = column.cells[row]
        rows +=
          column.isNumeric ? "<td class=\"num\">\(HTML.escaped(cell))</td>" : "<td>\(HTML.escaped(cell))</td>"
      }
      rows += "</tr>\n"
    }
    let head = zip(table.names, columns).map { name, column in
      "<th scope=\"col\"\(column.isNumeric ? " class=\"num\"" : "")><button type=\"button\">\(HTML.escaped(name))</button></th>"
    }.joined()
    let note =
      table.rowCount > count
      ? "the first \(count) of \(table.rowCount) rows"
      : table.rowCount == 1 ? "1 row" : "\(table.rowCount) rows"
    return """
      <div class="table" role="region" aria-label="table of \(note)" tabindex="0"><table class="data"><thead><tr>\(head)</tr></thead>
      <tbody>\(rows)</tbody></table></div><p class="kind">\(note)</p>
      """
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
