import TLXNotebook
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// `:run` of cells of a file with `[cache]` cells: what `tlx run`, `watch` and `render` have kept serves the prompt, and
/// the other way round.
extension Prompt {
  /// Runs a cell and what it needs apart from the session, as `tlx run --cell` does, and takes their values over.
  ///
  /// False, and nothing is done, where none of the file's cells is flagged, and where the session has a name that they need
  /// from elsewhere than the file as it is now: their results would be others than those that are kept.
  func runKept(_ position: Int, _ source: SourceText, _ tree: SyntaxTree) throws -> Bool {
    let graph = CellGraph(tree.cells.map(\.dependencies))
    let cells = graph.closure(of: [position])
    guard tree.cells.contains(where: { $0.flags.contains(.cache) }), isAsInFile(cells, graph, tree),
      sharesFolder(with: source.name)
    else { return false }
    let step = undoStep(":run \(position + 1)")
    let run = try keptRun(of: position, with: cells, source, tree)
    for cell in cells { try takeOver(cell, from: run, isWanted: cell == position) }
    earlier.append(step)
    return true
  }

  /// Whether names that the cells need, as far as they are there, hold what this file's cells gave them.
  private func isAsInFile(_ cells: [Int], _ graph: CellGraph, _ tree: SyntaxTree) -> Bool {
    cells.allSatisfy { cell in
      graph.cells[cell].imports.isEmpty
        && graph.needed[cell].union(graph.cells[cell].used).union(graph.cells[cell].changed).allSatisfy {
          name in
          guard session.value(of: name) != nil else { return true }
          guard let writer = graph.writer(of: name, before: cell) else { return false }
          return fileNames[name] == origin(of: writer, graph, tree)
        }
    }
  }

  /// The code that decides what a cell gives.
  private func origin(of cell: Int, _ graph: CellGraph, _ tree: SyntaxTree) -> String {
    graph.closure(of: [cell]).map { tree.cells[$0].code(in: tree) }.joined(separator: "\n")
  }

  /// Relative paths start at the file there, and at the current folder here.
  private func sharesFolder(with path: String) -> Bool { ["", "."].contains(TextFile.split(path).folder) }

  private func keptRun(of position: Int, with cells: [Int], _ source: SourceText, _ tree: SyntaxTree) throws
    -> NotebookRun
  {
    let notebook = keptNotebook(source.name)
    notebook.options.wanted = [position]
    let shown: any Output = options.json ? JSONOutput(output) : output
    notebook.onProgress = { shown.progress($1) }
    var errors: [Diagnostic] = []
    notebook.onFinish = { [options, output] result in
      // What is wrong elsewhere in the file does not matter.
      guard cells.contains(result.position) else { return }
      CachedRunner.show(
        result, tree, isShown: result.position == position, isQuiet: options.quiet, shown, output)
      errors += result.diagnostics
    }
    let run = try notebook.run(source)
    guard errors.isEmpty else { throw Diagnostics(errors) }
    guard run.results[position].isDone else { throw Diagnostic("E0701", "interrupted") }
    return run
  }

  /// Cells that are not flagged are known for as long as the session lasts.
  private func keptNotebook(_ path: String) -> Notebook {
    if let cellNotebook, cellNotebook.path == path { return cellNotebook.notebook }
    let notebook = NotebookFile(path: path).notebook(options)
    notebook.options.keeping = .slower(than: .infinity)
    cellNotebook = (path, notebook)
    return notebook
  }

  /// Gives the session what a cell gave. A function belongs to the session that it was made in: what makes functions, or
  /// a value that holds some, runs here as well.
  private func takeOver(_ cell: Int, from run: NotebookRun, isWanted: Bool) throws {
    let isNew = isWanted || run.graph.written[cell].contains { session.value(of: $0) == nil }
    let seed = session.seed
    let isMutable = Dictionary(
      run.session.globals.map { ($0.name, $0.isMutable) }, uniquingKeysWith: { first, _ in first })
    let values = try run.values(of: cell)
    func define() {
      for (name, value) in values { session.define(name, value, isMutable: isMutable[name] ?? false) }
    }
    define()
    var tree = run.tree
    var functions = run.tree.cells[cell]
    functions.statements = functions.statements.filter { statement in
      var alone = functions
      alone.statements = [statement]
      let names = alone.dependencies
      return names.makesFunctions || names.defined.union(names.changed).contains { values[$0] == nil }
    }
    if !functions.statements.isEmpty {
      tree.cells = [functions]
      output.hidesValues = true
      defer { output.hidesValues = options.quiet }
      try session.run(tree, mode: .prompt)
      // What was not a function may have been drawn anew.
      define()
    }
    for name in run.graph.written[cell] { fileNames[name] = origin(of: cell, run.graph, run.tree) }
    guard isNew else { return }
    worked.append(
      SavedSession.Input(
        text: CellCode.text(of: run.tree.cells[cell], in: run.tree), number: session.inputNumber,
        drawn: .init(
          stream: Session.streamName(of: run.tree.cells[cell], at: cell), seed: run.seed(before: cell),
          seedAfter: seed)))
  }

  /// Forgets which names are the file's, where an input may have changed them.
  func forgetFileNames(changedBy text: String) {
    guard !fileNames.isEmpty else { return }
    for cell in parse(SourceText(name: "", text: text), mode: .prompt).cells {
      let names = cell.dependencies
      // What a function changes is not written here.
      let callsOwn = names.used.contains { name in
        if case .function? = session.value(of: name) { true } else { false }
      }
      if callsOwn || !names.imports.isEmpty { return fileNames.removeAll() }
      for name in names.defined.union(names.changed).union(names.changedByFunctions) { fileNames[name] = nil }
    }
  }
}
