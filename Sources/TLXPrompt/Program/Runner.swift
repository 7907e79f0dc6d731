import TLXBuiltins
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource

/// Runs a program from a file, the command line or standard input.
struct Runner {
  let options: RunOptions
  let arguments: [String]

  /// The file that tells what was run and shown, if one is wanted.
  private var record: String? { options.record }

  init(_ options: RunOptions, arguments: [String]) {
    self.options = options
    self.arguments = arguments
  }

  func run(file: String) -> ExitStatus {
    // A file that asks for it keeps the results of its cells; what is recorded is run.
    if record == nil, let text = try? TextFile.read(file), CachedRunner.isWanted(by: text) {
      return CachedRunner(options: options, arguments: arguments, cells: []).run(file: file)
    }
    return run(folder: TextFile.split(file).folder, file: file) {
      SourceText(name: file, text: try TextFile.read(file))
    }
  }

  func run(code: String) -> ExitStatus {
    run(folder: "") { SourceText(name: "-e", text: code) }
  }

  func runStandardInput() -> ExitStatus {
    run(folder: "") { SourceText(name: "stdin", text: try TextFile.standardInput()) }
  }

  private func run(folder: String, file: String? = nil, _ source: () throws -> SourceText) -> ExitStatus {
    Signals.install(leavingOnSecondInterrupt: true)
    options.apply(folder: folder)
    let console = ConsoleOutput(quiet: options.quiet)
    defer { console.finish() }
    do {
      if record != nil { FileAccess.record() }
      let source = try source()
      let status = run(source, folder: folder.isEmpty ? "." : folder, file: file, console)
      console.finish()
      return status
    } catch {
      return report(error, console)
    }
  }

  private func run(_ source: SourceText, folder: String, file: String?, _ console: ConsoleOutput)
    -> ExitStatus
  {
    let shown: any Output = options.json ? JSONOutput(console) : console
    let recording = record.map { _ in RecordingOutput(passingTo: shown) }
    let session = Session(
      builtins: .standard, output: recording ?? shown, folder: folder, seed: options.seed,
      arguments: arguments)
    let seed = session.seed
    if let recording { session.onCell = recording.cellEnded }
    var status = ExitStatus.success
    do {
      try session.run(source, mode: .file)
    } catch {
      status = report(error, console)
    }
    guard let record, let recording else { return status }
    do {
      let run = RunRecord(
        source: source, file: file, arguments: arguments, seed: seed, status: status, cells: recording.cells)
      try TextFile.replace(record, with: run.text(beside: record))
    } catch {
      return report(error, console)
    }
    return status
  }

  /// What a machine is to read goes to standard output, the report to standard error.
  private func report(_ error: any Error, _ console: ConsoleOutput) -> ExitStatus {
    for line in Failures.diagnostics(error).compactMap(\.json) { console.write(line + "\n") }
    console.finish()
    return Failures.report(error)
  }
}

/// How a program is run.
struct RunOptions {
  var seed: UInt64?
  var threads: Int?
  /// Show no values and no progress, only what is printed.
  var quiet = false
  /// Write one JSON object for each shown value.
  var json = false
  var timeout: Double?
  /// Read only the program's folder and the data sets; write nothing, run no commands.
  var sandbox = false
  /// Folders that the sandbox lets the program read.
  var allow: [String] = []
  /// The file that tells what was run and shown, if one is wanted.
  var record: String?

  /// Settings of the whole process.
  func apply(folder: String = "") {
    if let threads { Parallel.threadCount = threads }
    if sandbox { Sandbox.enter(folder: folder, allowing: allow) }
    Watch.start(timeout: timeout)
  }
}

/// What a run that failed says and leaves with.
enum Failures {
  static func diagnostics(_ error: any Error) -> [Diagnostic] {
    switch error {
    case let diagnostics as Diagnostics: diagnostics.items
    case let diagnostic as Diagnostic: [diagnostic]
    case let failure as Failure: [Diagnostic(failure.code, failure.message, help: failure.help)]
    case let error as NumericsError: [Diagnostic(error.code, error.message, help: error.help)]
    default: [Diagnostic("E0600", "\(error)")]
    }
  }

  static func report(_ error: any Error) -> ExitStatus {
    let all = diagnostics(error)
    ErrorReport.write(all)
    return all.first { $0.severity == .error }.map(ExitStatus.init) ?? .runtimeError
  }
}
