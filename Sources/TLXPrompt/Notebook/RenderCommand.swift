import ArgumentParser
import TLXNotebook
import TLXNumerics
import TLXRuntime
import TLXSource

struct RenderCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Run a file and write it as a page with its prose, code, values and figures.")

  @OptionGroup var arguments: RunArguments

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The page; beside the file if left out.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("html, md or pdf; by the name of the page if left out.", valueName: "format"))
  var to: String?

  @Flag(help: "Run every cell, also those whose result is known; keep nothing.")
  var fresh = false

  @Flag(help: "Run [manual] cells too.")
  var manual = false

  @Argument(help: "The file.", completion: .file(extensions: ["tlx"]))
  var file: String

  @Argument(parsing: .allUnrecognized, help: "What the file gets as args.")
  var inputs: [String] = []

  func validate() throws {
    guard ["html", "md", "pdf"].contains(format) else {
      throw ValidationError("the format is html, md or pdf, not \(format)")
    }
  }

  private var format: String {
    if let to { return to }
    guard let output, let dot = output.lastIndex(of: ".") else { return "html" }
    let ending = output[output.index(after: dot)...].lowercased()
    return ending == "markdown" ? "md" : ["md", "pdf"].contains(ending) ? ending : "html"
  }

  private var target: String {
    output ?? (file.hasSuffix(".tlx") ? String(file.dropLast(4)) : file) + "." + format
  }

  func perform() throws -> ExitStatus {
    let options = arguments.options
    options.apply()
    Signals.install(leavingOnSecondInterrupt: true)
    let start = ConsoleOutput.seconds()
    let console = ConsoleOutput(quiet: options.quiet)
    let notebookFile = NotebookFile(path: file)
    let source = try notebookFile.source()
    let notebook = notebookFile.notebook(options, usesCache: !fresh, arguments: inputs)
    if fresh { notebook.options.keeping = .nothing }
    if manual { notebook.options.wanted = Set(NotebookFile.tree(source).cells.indices) }
    notebook.onProgress = { console.progress($1) }
    let run = try notebook.run(source)
    console.finish()
    if Interrupt.isRequested {
      // Half a page is none, but where it was stopped is worth knowing.
      for result in run.results { ErrorReport.write(result.diagnostics) }
      return .interrupted
    }
    let manifest = PageManifest.of(run, source, file: file, seconds: ConsoleOutput.seconds() - start)
    let page = NotebookPage(
      run, title: TextFile.split(file).name, manifest: manifest,
      image: PageImages(folder: notebookFile.folder).address)
    try write(page)
    for result in run.results { ErrorReport.write(result.diagnostics) }
    CellCache().trim()
    if !options.quiet { Terminal.write(summary(run) + "\n", to: 2) }
    return run.results.lazy.flatMap(\.diagnostics).first.map(ExitStatus.init) ?? .success
  }

  private func write(_ page: NotebookPage) throws {
    switch format {
    case "md":
      let markdown = MarkdownPage(page, figures: TextFile.split(target).name + ".figures")
      let folder = TextFile.join(TextFile.split(target).folder, markdown.figureFolder)
      let text = markdown.text
      if !text.figures.isEmpty { TextFile.makeFolder(folder) }
      for figure in text.figures {
        try TextFile.replace(TextFile.join(folder, figure.name), with: figure.svg)
      }
      try TextFile.replace(target, with: text.markdown)
    case "pdf": try PrintedPage.write(page.html, to: target)
    default: try TextFile.replace(target, with: page.html)
    }
  }

  private func summary(_ run: NotebookRun) -> String {
    var ran = 0
    var known = 0
    var saved = 0.0
    for result in run.results where !run.tree.cells[result.position].statements.isEmpty {
      switch result.state {
      case .ran: ran += 1
      case .cached(let seconds): (known, saved) = (known + 1, saved + seconds)
      default: break
      }
    }
    let cached = known == 0 ? "" : ", \(known) cached (\(NotebookPage.duration(saved)) saved)"
    return "\(target): \(ran) cell\(ran == 1 ? "" : "s") run\(cached)"
  }
}
