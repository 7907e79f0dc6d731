import TLXRuntime
import TLXSource
import TLXSyntax

/// A run as Markdown for GitHub, with its figures as files beside it.
public struct MarkdownPage {
  private let page: NotebookPage
  /// The folder of the figures, as the page names it.
  public let figureFolder: String

  public init(_ page: NotebookPage, figures: String) {
    self.page = page
    figureFolder = figures
  }

  public var text: (markdown: String, figures: [(name: String, svg: String)]) {
    var writer = MarkdownWriter(figureFolder: figureFolder)
    for (position, cell) in page.run.tree.cells.enumerated() {
      if let title = cell.title {
        writer.add(String(repeating: "#", count: position == 0 ? 1 : 2) + " " + MarkdownWriter.escaped(title))
      }
      if !cell.prose.isEmpty { writer.add(cell.prose) }
      if !cell.statements.isEmpty, !cell.flags.contains(.hide) {
        writer.fence(CellCode.text(of: cell, in: page.run.tree), "tlx")
      }
      writer.add(page.run.results[position])
    }
    let entries = page.manifest.entries.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    writer.add("---\n\n<sub>\(MarkdownWriter.escaped(entries))</sub>")
    return (writer.text, writer.figures)
  }
}

private struct MarkdownWriter {
  let figureFolder: String
  private(set) var text = ""
  private(set) var figures: [(name: String, svg: String)] = []
  private static let rowLimit = 30

  init(figureFolder: String) { self.figureFolder = figureFolder }

  mutating func add(_ block: String) { text += (text.isEmpty ? "" : "\n") + block + "\n" }

  /// Longer than any run of backticks inside.
  mutating func fence(_ content: String, _ language: String = "") {
    var longest = 2
    var run = 0
    for character in content {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let mark = String(repeating: "`", count: longest + 1)
    var content = content
    while content.last == "\n" { content.removeLast() }
    add("\(mark)\(language)\n\(content)\n\(mark)")
  }

  /// Text that Markdown leaves as it is.
  static func escaped(_ text: String) -> String {
    text.map { "\\`*_[]<>|#&$".contains($0) ? "\\\($0)" : $0 == "\n" ? " " : String($0) }.joined()
  }

  mutating func add(_ result: CellResult) {
    for output in result.outputs {
      switch output {
      case .text(let text): fence(text)
      case .drawn(let text, _): fence(text)
      case .head(_, _, _, let text): fence(text)
      case .picture(let picture, _): add(picture)
      case .value(.table(let table), let digits)
      where table.rowCount <= Self.rowLimit && !table.names.isEmpty:
        add(table, digits)
      case .value(.object(let object), _) where object.picture != nil:
        if object.kindName != "figure" { fence(object.summary(width: 90)) }
        if let picture = object.picture { add(picture) }
      case .value(.null, _): continue
      case .value(let value, let digits): fence(Display.show(value, width: 90, digits: digits))
      }
    }
    for diagnostic in result.diagnostics { fence(render(diagnostic, color: false, width: 90)) }
    if case .blocked = result.state { add("*Not run: a cell that it needs failed or waits.*") }
    if case .waiting = result.state { add("*Not run: it waits to be asked for.*") }
  }

  private mutating func add(_ picture: any Picture) {
    let name = "figure-\(figures.count + 1).svg"
    figures.append((name, picture.standaloneSVG))
    add("![\(Self.escaped(picture.summary))](\(figureFolder.replacing(" ", with: "%20"))/\(name))")
  }

  private mutating func add(_ table: Table, _ digits: Int?) {
    let columns = table.columns.map { column -> (cells: [String], isNumeric: Bool) in
      switch column {
      case .tensor(let tensor):
        let cells = Display.elements(of: tensor, digits: digits)
        return (cells, tensor.dtype != .bool)
      case .list(let items): return (items.map { Display.cell($0, digits: digits) }, false)
      default: return ([], false)
      }
    }
    var lines = ["| " + table.names.map(Self.escaped).joined(separator: " | ") + " |"]
    lines.append("|" + columns.map { $0.isNumeric ? " ---: |" : " --- |" }.joined())
    for row in 0..<table.rowCount {
      let cells = columns.map { row < $0.cells.count ? Self.escaped($0.cells[row]) : "" }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    add(lines.joined(separator: "\n"))
  }
}
