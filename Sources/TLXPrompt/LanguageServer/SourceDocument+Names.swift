import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax

extension SourceDocument {
  // MARK: - Where names come from

  func definition(at offset: Int) -> JSONValue {
    if let definition = names.definition(at: offset) { return location(definition.span) }
    if let file = usedFile(at: offset) { return file.location(Span(0, 0)) }
    let word = word(at: offset)
    guard !word.text.isEmpty else { return .null }
    for file in filesInScope(for: word.span) {
      if let found = file.names.definitions.last(where: { $0.isTopLevel && $0.name == word.text }) {
        return file.location(found.span)
      }
    }
    return .null
  }

  func references(at offset: Int) -> JSONValue {
    guard let definition = names.definition(at: offset) else { return [] }
    let places = [definition.span] + definition.uses + definition.changes
    return .array(places.sorted { $0.start < $1.start }.map(location))
  }

  private var uses: [(path: String, span: Span, alias: String?)] {
    tree.cells.flatMap(\.statements).compactMap { statement in
      guard case .use(let path, let span, let alias) = statement.kind else { return nil }
      return (path, span, alias?.name)
    }
  }

  private func opened(_ name: String) -> SourceDocument? {
    let full = RelativePath.resolved(name, in: folder)
    for path in [full, full + ".tlx"] {
      if let text = try? TextFile.read(path) {
        return SourceDocument(uri: SourceDocument.uri(of: path), text: text)
      }
    }
    return nil
  }

  private func usedFile(at offset: Int) -> SourceDocument? {
    uses.first { $0.span.start <= offset && offset <= $0.span.end }.flatMap { opened($0.path) }
  }

  /// The files whose names a word may mean: those of `use`, or for `lib.name` the one behind `lib`.
  private func filesInScope(for word: Span) -> [SourceDocument] {
    var owner: String?
    if word.start > 1, source.bytes[word.start - 1] == UInt8(ascii: ".") {
      owner = self.word(at: word.start - 1).text
    }
    return uses.filter { $0.alias == owner }.compactMap { opened($0.path) }
  }

  // MARK: - What names mean

  func hover(at offset: Int) -> JSONValue {
    let word = word(at: offset)
    guard !word.text.isEmpty, let text = explanation(at: offset, word.text, word.span) else { return .null }
    return .fields([
      "contents": .fields(["kind": "markdown", "value": .string(text)]), "range": range(word.span),
    ])
  }

  private func explanation(at offset: Int, _ name: String, _ span: Span) -> String? {
    if let definition = names.definition(at: offset) {
      return block(heading(of: definition)) + (definition.documentation.map { "\n" + $0 } ?? "")
    }
    for file in filesInScope(for: span) {
      if let found = file.names.definitions.last(where: { $0.isTopLevel && $0.name == name }) {
        return block(file.heading(of: found)) + (found.documentation.map { "\n" + $0 } ?? "")
      }
    }
    let table = BuiltinTable.standard
    if let builtin = table[name] { return SourceDocument.explanation(of: builtin) }
    if let constant = table.constants.first(where: { $0.name == name }) {
      return block("\(name) = \(constant.value)") + "\n" + constant.summary
    }
    return nil
  }

  static func explanation(of builtin: Builtin) -> String {
    var text = "```tlx\n\(builtin.typedSignature)\n```\n\n\(builtin.summary)."
    if !builtin.details.isEmpty { text += "\n\n" + builtin.details }
    for example in builtin.examples {
      let shown = example.output.split(separator: "\n").map { "#=> \($0)\n" }.joined()
      text += "\n\n```tlx\n\(example.code)\n\(shown)```"
    }
    if let source = builtin.source { text += "\n\nSource: \(source)" }
    return text
  }

  private func block(_ code: String) -> String { "```tlx\n\(code)\n```\n" }

  /// A function's signature, or the line that defines the name.
  func heading(of definition: NameIndex.Definition) -> String {
    if let signature = signatures[definition.name], definition.isTopLevel { return signature }
    switch definition.role {
    case .parameter, .loopVariable, .error: return "\(definition.name)   # \(definition.role.rawValue)"
    case .fixed, .changeable, .function, .module:
      let line = source.byteRange(ofLine: source.line(of: definition.span.start)) ?? 0..<0
      let start = max(line.lowerBound, definition.statement.start)
      return source.text(in: Span(start, min(line.upperBound, definition.statement.end)))
    }
  }

  /// Of the functions of the top level, as they are written.
  var signatures: [String: String] {
    var result: [String: String] = [:]
    for statement in tree.cells.flatMap(\.statements) {
      switch statement.kind {
      case .function(let function):
        result[function.name.name] = text(of: function.parameters, function.name.name)
      case .binding(_, let pattern, _, let value):
        if case .name(let name) = pattern.kind, case .lambda(let lambda) = value.kind {
          result[name] = text(of: lambda.parameters, name)
        }
      default: break
      }
    }
    return result
  }

  private func text(of parameters: [TLXSyntax.Parameter], _ name: String) -> String {
    let parts = parameters.map { parameter in
      let end = parameter.annotation?.span.end ?? parameter.pattern.span.end
      let text = source.text(in: Span(parameter.pattern.span.start, end))
      return (parameter.isRest ? ".." : "") + text
        + (parameter.defaultValue.map { "=" + source.text(in: $0.span) } ?? "")
    }
    return name + "(" + parts.joined(separator: ", ") + ")"
  }

  // MARK: - Calls

  func signatureHelp(at offset: Int) -> JSONValue {
    let before = String(decoding: source.bytes[..<offset], as: UTF8.self)
    guard let site = CursorContext.call(atEndOf: before) else { return .null }
    let builtin =
      names.visible(at: offset).contains { $0.name == site.callee } ? nil : BuiltinTable.standard[site.callee]
    guard let text = signatures[site.callee] ?? builtin?.signature, let signature = Signature(text) else {
      return .null
    }
    let active = SourceDocument.activeParameter(signature, site)
    let parameters: [JSONValue] = signature.parameters.map { parameter in
      let summary = builtin?.parameters.first { $0.name == parameter.name }?.summary ?? ""
      return .fields(["label": .string(parameter.text), "documentation": .string(summary)])
    }
    return .fields([
      "signatures": [
        .fields([
          "label": .string(text), "documentation": .string(builtin?.summary ?? ""),
          "parameters": .array(parameters),
        ])
      ],
      "activeSignature": 0, "activeParameter": active.map { .int($0) } ?? .null,
    ])
  }

  private static func activeParameter(_ signature: Signature, _ site: CursorContext.CallSite) -> Int? {
    if let keyword = site.keyword { return signature.parameters.firstIndex { $0.name == keyword } }
    let position = site.positional + (site.isPiped ? 1 : 0)
    let places = signature.parameters.indices.filter { !signature.parameters[$0].isOption }
    if position < places.count { return places[position] }
    return places.last { signature.parameters[$0].isRest }
      ?? signature.parameters.firstIndex { $0.isOption && !site.keywords.contains($0.name) }
  }
}
