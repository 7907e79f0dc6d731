import TLXBuiltins
import TLXRuntime
import TLXSource
import TLXSyntax

/// `tlx test`: runs files and compares what they show with their `#=>` lines. A check is a statement with `#=>`, an
/// assertion at the top level, or, in a file with neither, that it runs.
struct FileTests {
  let update: Bool
  let filter: String?

  struct Outcome {
    var passed = 0
    var failures: [Diagnostic] = []
    var wasInterrupted = false
    /// Statements whose `#=>` text is to change, with the new lines.
    var rewrites: [(statement: Statement, lines: [String])] = []
  }

  func run(_ paths: [String]) -> ExitStatus {
    Signals.install(leavingOnSecondInterrupt: true)
    var passed = 0
    var failed = 0
    for path in TextFile.files(at: paths, ending: ".tlx") {
      if let filter, !path.contains(filter) { continue }
      let outcome = outcome(ofFile: path)
      passed += outcome.passed
      failed += outcome.failures.count
      ErrorReport.write(outcome.failures)
      if outcome.wasInterrupted { return .interrupted }
    }
    Terminal.write("\(passed) passed, \(failed) failed\n")
    return failed == 0 ? .success : .failedTest
  }

  private func outcome(ofFile path: String) -> Outcome {
    do {
      let source = SourceText(name: path, text: try TextFile.read(path))
      let folder = TextFile.split(path).folder
      var outcome = FileTests.outcome(of: source, folder: folder.isEmpty ? "." : folder, update: update)
      guard !outcome.rewrites.isEmpty else { return outcome }
      try TextFile.replace(path, with: ExpectationRewrite.text(of: source, with: outcome.rewrites))
      Terminal.write("\(path): \(outcome.rewrites.count) updated\n")
      outcome.passed += outcome.rewrites.count
      return outcome
    } catch {
      return Outcome(failures: Failures.diagnostics(error))
    }
  }

  /// Runs a source and checks it. With `update` a wrong expectation is a rewrite instead of a failure.
  static func outcome(of source: SourceText, folder: String, update: Bool = false) -> Outcome {
    var outcome = Outcome()
    let output = CapturedOutput()
    var hasChecks = false
    do {
      let session = try Session(builtins: .standard, output: output, folder: folder)
      try session.run(source, mode: .file) { statement, value in
        let written = output.take(beforeShowing: statement, value)
        guard let expected = Expectation(allOf: statement.expectations) else { return }
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
      outcome.failures += diagnostics
    }
    outcome.passed += assertionsPassed(in: source, until: outcome.failures.last)
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
    let text = written.isEmpty ? Display.canonical(value, digits: digits) : written
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
  private static func assertionsPassed(in source: SourceText, until failure: Diagnostic?) -> Int {
    var limit = Int.max
    if let failure, failure.code != ErrorCatalogue.expectation {
      let places = [failure.primary?.location] + failure.callChain.map(\.call)
      limit = places.compactMap { $0 }.filter { $0.source === source }.map(\.span.start).max() ?? 0
    }
    return parse(source, mode: .file).cells.flatMap(\.statements).filter { statement in
      guard case .assertion = statement.kind else { return false }
      return statement.span.end <= limit
    }.count
  }
}
