import TLXNotebook
import TLXRuntime
import TLXSource
import TLXSyntax

/// A file that is gone through cell by cell in one session: what `tlx present` shows.
final class Lesson {
  let tree: SyntaxTree
  private(set) var position = 0
  private(set) var hasRun: Set<Int> = []
  private let session: Session
  private let output: any Output
  private var inputCount = 0
  private var hintCount = 0

  /// - Throws: `Diagnostics` with all that is wrong with the file.
  init(_ source: SourceText, folder: String, seed: UInt64, output: any Output) throws {
    tree = parse(source)
    self.output = output
    session = Session(builtins: .standard, output: output, folder: folder, seed: seed)
    _ = try session.prepare(tree)
  }

  var cell: Cell { tree.cells[position] }
  var isLast: Bool { position == tree.cells.count - 1 }
  var isExercise: Bool { cell.flags.contains(.exercise) && !hasRun.contains(position) }

  func go(to wanted: Int) {
    position = min(max(wanted, 0), tree.cells.count - 1)
    hintCount = 0
  }

  /// Runs the cell. The file is compiled anew: the learner may have defined names in between.
  func runCell() throws {
    let program = try session.prepare(tree)
    _ = try session.run(position, of: program)
    hasRun.insert(position)
  }

  /// Runs what was typed and shows its value.
  @discardableResult
  func answer(_ text: String) throws -> Value? {
    inputCount += 1
    return try session.run(SourceText(name: "prompt:\(inputCount)", text: text), mode: .prompt)
  }

  // MARK: - Exercises

  var nextHint: String? {
    guard hintCount < cell.hints.count else { return nil }
    hintCount += 1
    return cell.hints[hintCount - 1]
  }

  /// What the learner starts from: the names that are wanted.
  var start: String {
    cell.statements.compactMap { statement -> String? in
      switch statement.kind {
      case .function(let function):
        let body = function.body.span
        let head = tree.source.text(in: Span(statement.span.start, body.start))
        return head.split(separator: "\n").map(String.init).joined(separator: " ")
          + (head.hasSuffix("= ") ? "…" : "{ … }")
      case .binding(let isMutable, let pattern, _, _):
        return "\(isMutable ? "var" : "let") \(tree.source.text(in: pattern.span)) = …"
      default: return nil
      }
    }.joined(separator: "\n")
  }

  enum Judgement {
    case right
    /// With what is wrong.
    case wrong(String)
  }

  /// Judges an answer that gave `value`: by the `#=>` lines and assertions of the cell. Where the cell defines names, the
  /// answer must have defined them, and the rest of the cell is run on them; else its value is the answer.
  func judge(_ value: Value?) throws -> Judgement {
    let wanted = cell.dependencies.defined.sorted()
    if let missing = wanted.first(where: { session.value(of: $0) == nil }) {
      return .wrong("`\(missing)` is not defined yet")
    }
    for statement in cell.statements {
      let expected = Expectation(allOf: statement.expectations)
      switch statement.kind {
      case .assertion:
        do {
          inputCount += 1
          try session.run(quiet(statement), mode: .prompt)
        } catch let error as Diagnostics {
          return .wrong(error.items.first?.message ?? "an assertion fails")
        }
      case .expression:
        guard let expected else { continue }
        let actual = wanted.isEmpty ? value : try session.evaluate(expression: quiet(statement))
        guard let actual, Display.matches(actual, expected) else {
          return .wrong("that is \(actual.map { Display.canonical($0) } ?? "nothing"), which is not it")
        }
      default: continue
      }
    }
    hasRun.insert(position)
    return .right
  }

  private func quiet(_ statement: Statement) -> SourceText {
    SourceText(name: "check", text: tree.source.text(in: statement.span))
  }
}
