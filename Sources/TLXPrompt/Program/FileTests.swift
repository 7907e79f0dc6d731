import Synchronization
import TLXBuiltins
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// `tlx test`: runs files and compares what they show with their `#=>` lines. A check is a statement with `#=>`, an
/// assertion at the top level, or, in a file with neither, that it runs.
struct FileTests {
  let update: Bool
  /// Only files whose path, or cells whose title, contains this.
  let filter: String?
  /// How many files run at a time.
  let jobs: Int?

  init(update: Bool = false, filter: String? = nil, jobs: Int? = nil) {
    self.update = update
    self.filter = filter
    self.jobs = jobs
  }

  struct Outcome: Sendable {
    var passed = 0
    var failures: [Diagnostic] = []
    var wasInterrupted = false
    /// Statements whose `#=>` text is to change, with the new lines.
    var rewrites: [(statement: Statement, lines: [String])] = []
    /// What is said of the file besides its failures.
    var notes: [String] = []
  }

  func run(_ paths: [String]) -> ExitStatus {
    Signals.install(leavingOnSecondInterrupt: true)
    Watch.start()
    let files = TextFile.files(at: paths, ending: ".tlx")
    let report = Report(count: files.count)
    Workers.run(files.count, jobs: jobs ?? Workers.processorCount) { index in
      // After Ctrl-C no further file is begun.
      report.add(report.isStopped ? Outcome() : outcome(ofFile: files[index]), at: index)
    }
    return report.finish()
  }

  /// The outcomes, which are written in the order of the files whichever ends first.
  private final class Report: Sendable {
    private struct State {
      var outcomes: [Outcome?]
      var written = 0
      var passed = 0
      var failed = 0
    }

    private let state: Mutex<State>
    private let stopped = Atomic<Bool>(false)

    init(count: Int) { state = Mutex(State(outcomes: Array(repeating: nil, count: count))) }

    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func add(_ outcome: Outcome, at index: Int) {
      if outcome.wasInterrupted { stopped.store(true, ordering: .relaxed) }
      state.withLock { state in
        state.outcomes[index] = outcome
        while state.written < state.outcomes.count, let next = state.outcomes[state.written] {
          state.passed += next.passed
          state.failed += next.failures.count
          ErrorReport.write(next.failures)
          Terminal.write(next.notes.map { $0 + "\n" }.joined())
          state.written += 1
        }
      }
    }

    func finish() -> ExitStatus {
      if isStopped { return .interrupted }
      let (passed, failed) = state.withLock { ($0.passed, $0.failed) }
      Terminal.write("\(passed) passed, \(failed) failed\n")
      return failed == 0 ? .success : .failedTest
    }
  }

  private func outcome(ofFile path: String) -> Outcome {
    do {
      let source = SourceText(name: path, text: try TextFile.read(path))
      let folder = TextFile.split(path).folder
      // A file whose path is meant is meant as a whole.
      let cells = filter.flatMap { path.contains($0) ? nil : $0 }
      if let cells, FileTests.spans(ofCells: cells, in: source).isEmpty { return Outcome() }
      var outcome = FileTests.outcome(
        of: source, folder: folder.isEmpty ? "." : folder, update: update, cells: cells)
      guard !outcome.rewrites.isEmpty else { return outcome }
      try TextFile.replace(path, with: ExpectationRewrite.text(of: source, with: outcome.rewrites))
      outcome.notes.append("\(path): \(outcome.rewrites.count) updated")
      outcome.passed += outcome.rewrites.count
      return outcome
    } catch {
      return Outcome(failures: Failures.diagnostics(error))
    }
  }

  private static func spans(ofCells filter: String, in source: SourceText) -> [Span] {
    parse(source, mode: .file).cells.filter { $0.title?.contains(filter) ?? false }.map(\.span)
  }

  /// Runs a source and checks it. With `update` a wrong expectation is a rewrite instead of a failure; with `cells` only
  /// the checks of cells count whose title contains that.
  static func outcome(
    of source: SourceText, folder: String, update: Bool = false, cells: String? = nil
  ) -> Outcome {
    var outcome = Outcome()
    let output = CapturedOutput()
    let session = Session(builtins: .standard, output: output, folder: folder)
    let wanted = cells.map { spans(ofCells: $0, in: source) }
    func counts(_ statement: Statement) -> Bool {
      guard let wanted else { return true }
      return wanted.contains { $0.start <= statement.span.start && statement.span.end <= $0.end }
    }
    var hasChecks = false
    do {
      try session.run(source, mode: .file) { statement, value in
        let written = output.take(beforeShowing: statement, value)
        guard let expected = Expectation(allOf: statement.expectations), counts(statement) else { return }
        hasChecks = true
        switch check(value, written, expected) {
        case .passed: outcome.passed += 1
        case .shown(let lines) where update: outcome.rewrites.append((statement, lines))
        case .shown(let lines): outcome.failures.append(failure(lines, expected, source))
        }
      }
    } catch {
      let diagnostics = Failures.diagnostics(error)
      outcome.wasInterrupted = diagnostics.contains { $0.code == "E0701" }
      // What one file takes is given back with its session: the others go on.
      Interrupt.forget(.memoryLimit)
      outcome.failures += diagnostics
    }
    outcome.passed += assertionsPassed(in: source, until: outcome.failures.last, counts)
    if !hasChecks, outcome.passed == 0, outcome.failures.isEmpty { outcome.passed = 1 }
    return outcome
  }

  private enum Check {
    case passed
    /// Not as expected: what `#=>` would have to say.
    case shown([String])
  }

  private static func check(_ value: Value, _ written: String, _ expected: Expectation) -> Check {
    // What is only printed has no value: then its text is compared.
    var actual = value
    if case .null = value, !written.isEmpty { actual = .string(written) }
    if Display.matches(actual, expected) { return .passed }
    let digits = expected.isApproximate ? significantDigits(in: expected.text) : nil
    // What was printed before by other statements is not this one's.
    var text = Display.canonical(value, digits: digits)
    if case .null = value, !written.isEmpty { text = written }
    let lines = text.split(separator: "\n").map { expected.isApproximate ? "~" + $0 : String($0) }
    return .shown(lines.isEmpty ? ["nil"] : lines)
  }

  private static func failure(_ lines: [String], _ expected: Expectation, _ source: SourceText) -> Diagnostic
  {
    Diagnostic(
      ErrorCatalogue.expectation, "the value is not what #=> says", at: Location(source, expected.span),
      label: "it is \(lines[0])" + (lines.count > 1 ? " …" : ""),
      help: "tlx test --update writes the new value")
  }

  /// Of the number that shows most of them.
  private static func significantDigits(in text: String) -> Int {
    let words = text.split { !"0123456789.".contains($0) }
    return words.map { $0.filter { $0 != "." }.drop { $0 == "0" }.count }.max().map { max($0, 1) } ?? 6
  }

  /// Assertions at the top level before the place where the run failed.
  private static func assertionsPassed(
    in source: SourceText, until failure: Diagnostic?, _ counts: (Statement) -> Bool
  ) -> Int {
    var limit = Int.max
    if let failure, failure.code != ErrorCatalogue.expectation {
      let places = [failure.primary?.location] + failure.callChain.map(\.call)
      limit = places.compactMap { $0 }.filter { $0.source === source }.map(\.span.start).max() ?? 0
    }
    return parse(source, mode: .file).cells.flatMap(\.statements).filter { statement in
      guard case .assertion = statement.kind else { return false }
      return statement.span.end <= limit && counts(statement)
    }.count
  }
}
