import TLXBuiltins
import TLXRuntime
import TLXSource
import TLXSyntax

/// What the editor may know of the running session.
final class SessionAssistant: LineAssistant, CompletionSource {
  private unowned let prompt: Prompt
  private var highlighter = LiveHighlighter()
  private var scanner = LiveScanner()

  init(_ prompt: Prompt) { self.prompt = prompt }

  func isComplete(_ text: String) -> Bool {
    if PromptCommand.parse(text) != nil { return true }
    return !parse(SourceText(name: "prompt", text: text), mode: .prompt).isIncomplete
  }

  func colors(of text: String) -> [[ColoredRange]] {
    if PromptCommand.parse(text) != nil { return [] }
    highlighter.update(text)
    return highlighter.lines
  }

  func hint(for text: String) -> String? { hint(for: text, &scanner) }

  private var variables: [Completion.Candidate] {
    prompt.session.globals.sorted { $0.name < $1.name }.map { name, value, _ in
      Completion.Candidate(name, value.summary, suffix: value.isCallable ? "(" : "")
    }
  }

  var names: [Completion.Candidate] { variables + tableNames }

  var ownNames: [Completion.Candidate]? { variables }

  var folder: String { "" }

  var commands: [Completion.Candidate] {
    PromptCommand.all.filter { ($0.names.first?.count ?? 0) > 1 }.map {
      Completion.Candidate($0.names[0], $0.summary)
    }
  }

  func fields(of path: [String]) -> [Completion.Candidate] {
    guard let value = value(at: path) else { return [] }
    return value.fieldCandidates
  }

  /// Only what needs no computation: records, columns of tables, fields of objects that are at hand, a tensor the other
  /// way round.
  private func value(at path: [String]) -> Value? {
    guard let first = path.first, var value = prompt.session.value(of: first) else { return nil }
    for name in path.dropFirst() {
      switch value {
      case .record(let record):
        guard let next = record[name] else { return nil }
        value = next
      case .table(let table):
        guard let column = table.column(name) else { return nil }
        value = column
      case .object(let object) where FieldSummary.isAtHand(name, in: object.kindName):
        guard let field = try? object.field(name) else { return nil }
        value = field
      case .tensor where name == "T": break
      default: return nil
      }
    }
    return value
  }

  func signature(of callee: String) -> Signature? {
    let path = callee.split(separator: ".").map(String.init)
    if case .function(let function)? = value(at: path) { return Signature(function.signature) }
    return tableSignature(of: callee)
  }
}
