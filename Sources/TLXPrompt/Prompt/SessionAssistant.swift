import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax

/// What the editor may know of the running session.
final class SessionAssistant: LineAssistant, CompletionSource {
  private unowned let prompt: Prompt
  private let table = BuiltinTable.standard

  init(_ prompt: Prompt) { self.prompt = prompt }

  func isComplete(_ text: String) -> Bool {
    if PromptCommand.parse(text) != nil { return true }
    return !parse(SourceText(name: "prompt", text: text), mode: .prompt).isIncomplete
  }

  func styles(of text: String) -> [StyledRange] {
    if PromptCommand.parse(text) != nil { return [] }
    return highlight(text).compactMap { range, kind in
      SessionAssistant.style(of: kind).map { StyledRange(range: range, style: $0) }
    }
  }

  private static func style(of kind: TokenClass) -> String? {
    switch kind {
    case .keyword: "35"
    case .number: "36"
    case .string: "32"
    case .interpolation: "33"
    case .comment: "2"
    case .functionCall: "34"
    case .error: "31"
    case .operator, .name: nil
    }
  }

  var names: [Completion.Candidate] {
    let variables = prompt.session.globals.sorted { $0.name < $1.name }.map { name, value, _ in
      Completion.Candidate(name, value.summary, suffix: value.isCallable ? "(" : "")
    }
    let builtins = table.builtins.map { Completion.Candidate($0.name, $0.summary, suffix: "(") }
    let constants = table.constants.map { Completion.Candidate($0.name, $0.summary) }
    let words = SessionAssistant.keywords.map { Completion.Candidate($0) }
    return variables + (builtins + constants + words).sorted { $0.text < $1.text }
  }

  private static let keywords = [
    "assert", "break", "continue", "else", "false", "for", "if", "let", "nil", "not", "return", "true", "try",
    "use",
    "var", "while",
  ]

  var commands: [Completion.Candidate] {
    PromptCommand.all.filter { ($0.names.first?.count ?? 0) > 1 }.map {
      Completion.Candidate($0.names[0], $0.summary)
    }
  }

  func fields(of path: [String]) -> [Completion.Candidate] {
    guard let value = value(at: path) else { return [] }
    return value.fieldCandidates
  }

  /// Only what needs no computation: records, tables and the fields that objects have ready.
  private func value(at path: [String]) -> Value? {
    guard let first = path.first, var value = prompt.session.value(of: first) else { return nil }
    for name in path.dropFirst() {
      guard case .record(let record) = value, let next = record[name] else { return nil }
      value = next
    }
    return value
  }

  func signature(of callee: String) -> Signature? {
    let path = callee.split(separator: ".").map(String.init)
    if case .function(let function)? = value(at: path) { return Signature(function.signature) }
    return table[callee].flatMap { Signature($0.signature) }
  }

  func summary(of parameter: String, in callee: String) -> String {
    table[callee]?.parameters.first { $0.name == parameter }?.summary ?? ""
  }

  func strings(at site: CursorContext.CallSite?) -> [Completion.Candidate]? {
    guard let site, let builtin = table[site.callee] else { return nil }
    let positional = site.positional + (site.isPiped ? 1 : 0)
    let parameter =
      site.keyword.map { keyword in builtin.parameters.first { $0.name == keyword } }
      ?? builtin.parameters.filter { !$0.isOption }.dropFirst(positional).first
    if builtin.name == "dataset", parameter?.name == "source" {
      let sets = (try? DataSets.all()) ?? []
      return sets.map {
        Completion.Candidate($0.name, "\($0.rows) rows, \($0.classCount) classes", suffix: "\"")
      }
    }
    guard let choices = parameter?.choices, !choices.isEmpty else { return nil }
    return choices.map { Completion.Candidate($0, suffix: "\"") }
  }

  func files(startingWith prefix: String) -> [Completion.Candidate] {
    let (folder, _) = TextFile.split(prefix)
    let home = Terminal.environment("HOME") ?? ""
    let place = folder == "~" || folder.hasPrefix("~/") ? home + folder.dropFirst() : folder
    return TextFile.entries(of: place).map { name in
      let isFolder = TextFile.isFolder(TextFile.join(place, name))
      return Completion.Candidate(TextFile.join(folder, name) + (isFolder ? "/" : ""))
    }
  }
}
