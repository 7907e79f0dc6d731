import TLXNotebook
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// Runs a file of which some cells are kept, or single cells of one, on the terminal.
struct CachedRunner {
  let options: RunOptions
  let arguments: [String]
  /// Titles or numbers of the cells to run; empty for the whole file.
  let cells: [String]

  /// Whether a file has cells whose results are to be kept. Looks at the text only: most files have none.
  static func isWanted(by text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: "[")) && text.contains("cache")
      && parse(SourceText(name: "", text: text)).cells.contains { $0.flags.contains(.cache) }
  }

  func run(file: String) -> ExitStatus {
    options.apply(folder: TextFile.split(file).folder)
    Signals.install(leavingOnSecondInterrupt: true)
    let console = ConsoleOutput(quiet: options.quiet)
    let output: any Output = options.json ? JSONOutput(console) : console
    defer { console.finish() }
    do {
      let notebookFile = NotebookFile(path: file)
      let source = try notebookFile.source()
      let tree = parse(source)
      let notebook = notebookFile.notebook(options, arguments: arguments)
      notebook.options.keeping = .flagged
      notebook.options.reusesUnflagged = false
      let wanted = Set(try cells.map { try Notebook.position(of: $0, in: tree) })
      notebook.options.wanted = cells.isEmpty ? Set(tree.cells.indices) : wanted
      notebook.onProgress = { output.progress($1) }
      var status = ExitStatus.success
      notebook.onFinish = { result in
        let isShown = cells.isEmpty || wanted.contains(result.position)
        CachedRunner.show(result, tree, isShown: isShown, isQuiet: options.quiet, output, console)
        if !result.diagnostics.isEmpty {
          console.finish()
          ErrorReport.write(result.diagnostics)
        }
        if status == .success, let error = result.diagnostics.first { status = ExitStatus(error) }
      }
      _ = try notebook.run(source)
      if Interrupt.isRequested { status = .interrupted }
      return status
    } catch {
      console.finish()
      return Failures.report(error)
    }
  }

  /// Shows what a cell gave, and says what came from the cache or could not be kept.
  static func show(
    _ result: CellResult, _ tree: SyntaxTree, isShown: Bool, isQuiet: Bool, _ output: any Output,
    _ console: ConsoleOutput
  ) {
    output.progress(nil)
    if isShown {
      for item in result.outputs {
        switch item {
        case .text(let text): output.write(text)
        case .value(let value, let digits): output.show(value, digits: digits)
        case .drawn(let text, _), .picture(_, let text), .head(_, _, _, let text): output.write(text + "\n")
        }
      }
    }
    let name = Notebook.label(of: tree.cells[result.position], at: result.position)
    let isFlagged = tree.cells[result.position].flags.contains(.cache)
    if case .cached(let saved) = result.state, !isQuiet, isFlagged || saved > 0.05 {
      console.finish()
      Terminal.write("\(name): cached, \(NotebookPage.duration(saved)) saved\n", to: 2)
    }
    if let note = result.note, isFlagged, !isQuiet {
      console.finish()
      Terminal.write("\(name): not kept, since \(note)\n", to: 2)
    }
  }
}
