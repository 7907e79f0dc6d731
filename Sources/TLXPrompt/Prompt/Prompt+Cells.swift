import TLXBuiltins
import TLXNotebook
import TLXRuntime
import TLXSource
import TLXSyntax

/// `:cells` and `:run 3`: a file cell by cell.
extension Prompt {
  func listCells(_ path: String) throws {
    let path = path.isEmpty ? cellFile : path
    guard let path else { throw PromptCommand.missing("a file", ":cells study.tlx") }
    let (_, tree) = try readCells(path)
    cellFile = path
    for (position, cell) in tree.cells.enumerated() where !cell.statements.isEmpty || cell.title != nil {
      let flags = Cell.Flag.allCases.filter(cell.flags.contains).map { " [\($0.rawValue)]" }.joined()
      let count = cell.statements.count
      let size = count == 1 ? "1 statement" : "\(count) statements"
      output.write(
        TextWidth.cut(
          "\(position + 1)  \(cell.title ?? "without a title")\(flags)  \(size)", to: output.width) + "\n")
    }
    output.write(":run NUMBER runs one of them\n")
  }

  /// Runs one cell of the file that `:cells` listed, after those that it needs and whose names are not there yet; the file is
  /// read anew, as it may have been edited.
  func runCell(_ number: Int) throws {
    guard let path = cellFile else {
      throw Diagnostic(
        "E0322", "there is no file whose cells could run", help: "list some first: :cells study.tlx")
    }
    let (source, whole) = try readCells(path)
    guard whole.cells.indices.contains(number - 1) else {
      throw Diagnostic(
        "E0322", "\(path) has no cell \(number)",
        help: whole.cells.count == 1 ? "it has one cell" : "its cells are 1 to \(whole.cells.count)")
    }
    if try runKept(number - 1, source, whole) { return }
    for position in missing(before: number - 1, in: whole) {
      let name = Notebook.label(of: whole.cells[position], at: position)
      output.write("\(name), which it needs, runs first\n")
      try run(whole.cells[position], of: whole)
    }
    try run(whole.cells[number - 1], of: whole)
  }

  /// The cells that a cell needs and whose names are not there yet.
  private func missing(before position: Int, in tree: SyntaxTree) -> [Int] {
    let graph = CellGraph(tree.cells.map(\.dependencies))
    return graph.closure(of: [position]).filter { needed in
      needed != position && graph.written[needed].contains { session.value(of: $0) == nil }
    }
  }

  private func run(_ cell: Cell, of whole: SyntaxTree) throws {
    var tree = whole
    tree.cells = [cell]
    let code = CellCode.text(of: cell, in: whole)
    forgetFileNames(changedBy: code)
    try undoable(code) {
      try session.run(tree, mode: .prompt)
      worked.append(SavedSession.Input(text: code, number: session.inputNumber))
    }
  }

  private func readCells(_ path: String) throws -> (SourceText, SyntaxTree) {
    let source = SourceText(name: path, text: try TextFile.read(path))
    let tree = parse(source)
    let errors = tree.diagnostics.filter { $0.severity == .error }
    guard errors.isEmpty else { throw Diagnostics(errors) }
    return (source, tree)
  }
}
