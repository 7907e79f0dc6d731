import TLXNumerics
import TLXRuntime

/// Values as they stand on a page.
struct ValueView {
  /// Columns of text.
  let width: Int
  /// Rows of a table that the page holds; a browser shows them a page at a time.
  static let rowLimit = 1_000
  /// Rows that a live page shows at a time.
  static let pageLength = 25

  /// - Parameter name: What a live page asks for the rows of a large table by.
  func html(_ output: CellOutput, name: String? = nil) -> String {
    switch output {
    case .head(let table, let rowCount, let digits, _):
      return TableView(table, digits: digits, rowCount: rowCount).html
    case .value(.table(let table), let digits) where table.rowCount > Self.rowLimit && !table.names.isEmpty:
      return TableView(table, digits: digits, name: name).html
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
      return TableView(table, digits: digits).html
    case .object(let labelled as Labelled):
      let table = Table(
        names: ["", "value"], columns: [.list(labelled.names.map { .string($0) }), .tensor(labelled.tensor)],
        rowCount: labelled.names.count)
      return TableView(table, digits: digits).html
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
