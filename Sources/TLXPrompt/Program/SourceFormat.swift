import Synchronization
import TLXSource
import TLXSyntax

/// `tlx fmt`: writes files in their usual form.
enum SourceFormat {
  private struct Outcome: Sendable {
    var errors: [Diagnostic] = []
    var note = ""
    var status = ExitStatus.success
  }

  /// A file that does not parse stays as it is. With `check` nothing is written, and files that would change are named.
  static func run(_ paths: [String], check: Bool) -> ExitStatus {
    if paths == ["-"] { return finish([outcome(of: "-", check: check)]) }
    let files = TextFile.files(at: paths, ending: ".tlx")
    return finish(Workers.map(files) { outcome(of: $0, check: check) })
  }

  private static func finish(_ outcomes: [Outcome]) -> ExitStatus {
    for outcome in outcomes {
      Terminal.write(outcome.note)
      ErrorReport.write(outcome.errors)
    }
    return outcomes.map(\.status).first { $0 != .success } ?? .success
  }

  private static func outcome(of path: String, check: Bool) -> Outcome {
    do {
      let text = try path == "-" ? TextFile.standardInput() : TextFile.read(path)
      let tree = parse(SourceText(name: path == "-" ? "stdin" : path, text: text))
      let errors = tree.diagnostics.filter { $0.severity == .error }
      guard errors.isEmpty else { return Outcome(errors: errors, status: .invalidSource) }
      let formatted = format(tree)
      if path == "-", !check { return Outcome(note: formatted) }
      guard formatted != text else { return Outcome() }
      if check { return Outcome(note: "would change \(path)\n", status: .failedTest) }
      try TextFile.replace(path, with: formatted)
      return Outcome(note: "formatted \(path)\n")
    } catch {
      let errors = Failures.diagnostics(error)
      return Outcome(errors: errors, status: errors.first.map(ExitStatus.init) ?? .runtimeError)
    }
  }
}
