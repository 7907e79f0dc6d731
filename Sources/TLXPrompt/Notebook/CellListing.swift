import TLXLearning
import TLXNotebook
import TLXSource
import TLXSyntax

/// The cells of a file and what each needs, as text.
struct CellListing {
  let tree: SyntaxTree
  private let graph: CellGraph

  init(_ source: SourceText) {
    tree = parse(source)
    graph = CellGraph(tree.cells.map(\.dependencies))
  }

  var errors: [Diagnostic] { tree.diagnostics.filter { $0.severity == .error } }

  func lines(json: Bool) -> [String] { tree.cells.indices.map { json ? object($0) : text($0) } }

  private func text(_ position: Int) -> String {
    let cell = tree.cells[position]
    let digits = String(position + 1)
    let number = String(repeating: " ", count: String(tree.cells.count).count - digits.count) + digits
    let flags = cell.flags.map(\.rawValue).sorted().joined(separator: ", ")
    var text = "\(number)  \(cell.title ?? "(untitled)")" + (flags.isEmpty ? "" : "  [\(flags)]")
    let defined = graph.cells[position].defined.sorted()
    if !defined.isEmpty { text += "\n     gives  " + defined.joined(separator: ", ") }
    let changed = graph.written[position].subtracting(defined).sorted()
    if !changed.isEmpty { text += "\n     changes  " + changed.joined(separator: ", ") }
    let needed = graph.dependencies[position]
    if !needed.isEmpty {
      let names = needed.map { "\($0 + 1)" + (tree.cells[$0].title.map { " \($0)" } ?? "") }
      text += "\n     needs  " + names.joined(separator: " · ")
    }
    return text
  }

  private func object(_ position: Int) -> String {
    let cell = tree.cells[position]
    func list(_ names: [String]) -> String {
      "[" + names.map(JSONValue.quoted).joined(separator: ", ") + "]"
    }
    let line = tree.source.line(of: cell.span.start) + 1
    return
      "{\"cell\": \(position + 1), \"title\": \(cell.title.map(JSONValue.quoted) ?? "null"), \"line\": \(line), "
      + "\"flags\": \(list(cell.flags.map(\.rawValue).sorted())), \"gives\": \(list(graph.cells[position].defined.sorted())), "
      + "\"needs\": [\(graph.dependencies[position].map { String($0 + 1) }.joined(separator: ", "))]}"
  }
}
