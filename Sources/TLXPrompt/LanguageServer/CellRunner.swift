import Synchronization
import TLXBuiltins
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// Runs cells of one open file in a session that stays, each as it was one input at the prompt: names may be defined
/// again.
final class CellRunner: @unchecked Sendable {
  static let command = "tlx.runCell"

  private let session: Session
  private let output = CellOutput()
  /// One cell runs at a time.
  private let running = Mutex(())
  private let known = Mutex(KnownValues())

  /// The values of the cells that have run; a cell that is running adds its own when it ends.
  var values: [String: Value] { known.withLock { $0.values } }

  /// Values are immutable, so that the thread that serves the editor may look at those that the running thread made.
  private struct KnownValues: @unchecked Sendable { var values: [String: Value] = [:] }

  init(folder: String) { session = Session(builtins: .standard, output: output, folder: folder) }

  /// Runs a cell on a thread of its own; `{"shown": …, "ok": …}` goes to `done`.
  func run(_ document: SourceDocument, _ position: Int, _ done: @escaping @Sendable (JSONValue) -> Void) {
    let source = document.source
    let cell = document.tree.cells[position]
    Workers.start { [self] in
      let result = running.withLock { _ in self.run(source, cell) }
      done(result)
    }
  }

  private func run(_ source: SourceText, _ cell: Cell) -> JSONValue {
    var tree = parse(source)
    let errors = tree.diagnostics.filter { $0.severity == .error }
    tree.cells = [cell]
    tree.diagnostics = errors.filter { error in
      guard let start = error.primary?.location.span.start else { return true }
      return cell.span.start <= start && start <= cell.span.end
    }
    output.text = ""
    Interrupt.forget(.memoryLimit)
    defer {
      let all = KnownValues(
        values: Dictionary(session.globals.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
      known.withLock { $0 = all }
    }
    do {
      try session.run(tree, mode: .prompt)
      return .fields(["shown": .string(output.text), "ok": true])
    } catch {
      let text = Failures.diagnostics(error).map { render($0) + "\n" }.joined()
      return .fields(["shown": .string(output.text + text), "ok": false])
    }
  }
}

private final class CellOutput: Output {
  var text = ""
  let width = 100
  func write(_ text: String) { self.text += text }
  func show(_ value: Value, digits: Int?) { text += Display.show(value, width: width, digits: digits) + "\n" }
  func progress(_ line: String?) {}
}
