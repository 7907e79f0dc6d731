import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax

/// What completion may offer at a place of an open file: what its text defines there, and what values are known of
/// cells that have run.
struct DocumentAssistant: CompletionSource {
  private let document: SourceDocument
  private let place: Int
  private let values: [String: Value]

  init(_ document: SourceDocument, _ place: Int, values: [String: Value]) {
    self.document = document
    self.place = place
    self.values = values
  }

  var folder: String { document.folder }
  var commands: [Completion.Candidate] { [] }

  var names: [Completion.Candidate] {
    let own = document.names.visible(at: place).reversed().map { definition in
      let isFunction = document.signatures[definition.name] != nil || definition.role == .function
      return Completion.Candidate(
        definition.name, document.heading(of: definition), suffix: isFunction ? "(" : "")
    }
    return own + tableNames
  }

  func fields(of path: [String]) -> [Completion.Candidate] {
    guard let first = path.first else { return [] }
    if var value = values[first] {
      for name in path.dropFirst() {
        guard case .record(let record) = value, let next = record[name] else { return [] }
        value = next
      }
      return value.fieldCandidates
    }
    return path.count == 1 ? writtenFields(of: first) : []
  }

  /// Those of a record that is written out where the name is defined.
  private func writtenFields(of name: String) -> [Completion.Candidate] {
    for statement in document.tree.cells.flatMap(\.statements).reversed() {
      guard case .binding(_, let pattern, _, let value) = statement.kind, case .name(name) = pattern.kind,
        case .record(let entries) = value.kind
      else { continue }
      return entries.compactMap { entry in
        guard case .field(let field, let value) = entry else { return nil }
        return Completion.Candidate(field.name, document.source.text(in: value.span))
      }
    }
    return []
  }

  func signature(of callee: String) -> Signature? {
    if let text = document.signatures[callee] { return Signature(text) }
    return tableSignature(of: callee)
  }

  // MARK: - As the protocol wants it

  var json: JSONValue {
    let lineStart = document.source.lineStarts[document.source.line(of: place)]
    // What starts like a command of the prompt is none in a file.
    let before = String(decoding: document.source.bytes[..<place], as: UTF8.self)
    let isCommand =
      lineStart == 0 && (before.hasPrefix(":") || before.hasPrefix("?") || before.hasPrefix("!"))
    guard !isCommand else { return [] }
    let completion = completion(of: document.source.text, at: place)
    let range = document.range(Span(place - completion.prefix.utf8.count, place))
    return .array(completion.candidates.prefix(1000).map { json($0, range) })
  }

  private func json(_ candidate: Completion.Candidate, _ range: JSONValue) -> JSONValue {
    let builtin = BuiltinTable.standard[candidate.text]
    // An editor closes brackets and quotes itself.
    let suffix = candidate.suffix == "\"" || candidate.suffix == "(" ? "" : candidate.suffix
    var members: [JSONValue.Member] = [
      .init("label", .string(candidate.text)), .init("kind", .int(kind(candidate))),
      .init("detail", .string(candidate.summary)),
      .init("textEdit", .fields(["range": range, "newText": .string(candidate.text + suffix)])),
    ]
    if let builtin {
      members.append(
        .init(
          "documentation",
          .fields(["kind": "markdown", "value": .string("```tlx\n\(builtin.typedSignature)\n```")])))
    }
    return .object(members)
  }

  private func kind(_ candidate: Completion.Candidate) -> Int {
    switch candidate.suffix {
    case "(": 3
    case "\"": 12
    default: candidate.text.hasSuffix("=") ? 10 : candidate.text.hasSuffix("/") ? 19 : 6
    }
  }
}
