import TLXBuiltins
import TLXNumerics
import TLXRuntime
import TLXSource

/// Runs a program from a file, the command line or standard input.
struct Runner {
  let options: RunOptions
  let arguments: [String]

  init(_ options: RunOptions, arguments: [String]) {
    self.options = options
    self.arguments = arguments
  }

  func run(file: String) -> ExitStatus {
    // A file that asks for it keeps the results of its cells.
    if let text = try? TextFile.read(file), CachedRunner.isWanted(by: text) {
      return CachedRunner(options: options, arguments: arguments, cells: []).run(file: file)
    }
    return run(folder: TextFile.split(file).folder) { SourceText(name: file, text: try TextFile.read(file)) }
  }

  func run(code: String) -> ExitStatus {
    run(folder: "") { SourceText(name: "-e", text: code) }
  }

  func runStandardInput() -> ExitStatus {
    run(folder: "") { SourceText(name: "stdin", text: try TextFile.standardInput()) }
  }

  private func run(folder: String, _ source: () throws -> SourceText) -> ExitStatus {
    options.apply()
    Signals.install(leavingOnSecondInterrupt: true)
    let console = ConsoleOutput(quiet: options.quiet)
    let output: any Output = options.json ? JSONOutput(console) : console
    defer { console.finish() }
    do {
      let source = try source()
      let session = try Session(
        builtins: .standard, output: output, folder: folder.isEmpty ? "." : folder, seed: options.seed,
        arguments: arguments)
      try session.run(source, mode: .file)
      return .success
    } catch {
      console.finish()
      return Failures.report(error)
    }
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

  /// Settings of the whole process.
  func apply() {
    if let threads { Parallel.threadCount = threads }
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
