import TLXSource

/// The left sides of bindings, loops and lambdas.
extension Parser {
  /// `x`, `_`, `(a, b, ..rest)`, `{train, test: t}`
  mutating func parsePattern() throws(Panic) -> Pattern {
    switch kind {
    case .name:
      let token = advance()
      return Pattern(spells(token, "_") ? .wildcard : .name(text(token)), span(token))
    case .leftParen:
      return try nested { parser throws(Panic) in try parser.parseListPattern() }
    case .leftBrace:
      return try nested { parser throws(Panic) in try parser.parseRecordPattern() }
    case .leftBracket:
      throw fail("E0201", "lists are taken apart with round brackets", at: currentSpan, help: "write (a, b)")
    default:
      if kind.isKeyword, !isAtBoundary {
        throw fail(
          "E0201", "`\(text(current))` is a word of the language and cannot be a name", at: currentSpan,
          help: "take another, such as \(text(current))_")
      }
      throw expected("a name")
    }
  }

  private mutating func parseListPattern() throws(Panic) -> Pattern {
    let start = Int(current.start)
    var rest: Identifier?
    let items = try parseItems(close: .rightParen, "name") { parser throws(Panic) in
      guard parser.take(.spread) else {
        if let rest {
          parser.report("E0208", "`..\(rest.name)` must come last", at: rest.span)
        }
        return Optional(try parser.parsePattern())
      }
      rest = try parser.takeName("a name after `..`")
      return nil
    }
    let isGroup = items.count == 1 && rest == nil && tokens[index - 2].kind != .comma
    if isGroup, let only = items[0] { return only }
    return Pattern(.list(items.compactMap { $0 }, rest: rest), spanFrom(start))
  }

  private mutating func parseRecordPattern() throws(Panic) -> Pattern {
    let start = Int(current.start)
    tokens[index].role = .record
    let fields = try parseItems(close: .rightBrace, "field") {
      parser throws(Panic) -> (field: Identifier, pattern: Pattern) in
      let field = try parser.takeName("a field's name")
      if parser.take(.colon) { return (field, try parser.parsePattern()) }
      return (field, Pattern(.name(field.name), field.span))
    }
    return Pattern(.record(fields), spanFrom(start))
  }

  /// A pattern and `in`, as loops and comprehensions have them.
  mutating func parseLoopPattern() throws(Panic) -> Pattern {
    let start = index
    if kind == .leftParen, current.link > index, containsIn(start + 1, Int(current.link)) {
      throw fail(
        "E0207", "a loop takes no brackets", at: currentSpan,
        help: "write for \(text(Int(tokens[start + 1].start), Int(tokens[Int(current.link) - 1].end))) { … }")
    }
    let pattern = try parsePattern()
    if kind == .comma { throw bareListPattern(from: pattern.span.start, prefix: "for ", suffix: "in") }
    guard kind == .inKeyword else {
      if kind == .assign {
        var panic = fail(
          "E0207", "a loop runs over a collection", at: currentSpan,
          help: "write for \(text(pattern.span)) in \(countedRange() ?? "range(n)") { … }")
        panic.skipsIndented = !lineOpensBlock()
        throw panic
      }
      throw expected("`in`", help: "write for \(text(pattern.span)) in xs { … }")
    }
    advance()
    var seen: [String: Span] = [:]
    checkNames(of: pattern, &seen)
    return pattern
  }

  /// What `= 1:n` and `= 1:2:n` after a loop's name count through.
  private func countedRange() -> String? {
    guard let first = boundText(token(after: 1)), kind(after: 2) == .colon,
      let second = boundText(token(after: 3))
    else { return nil }
    guard kind(after: 4) == .colon else { return "range(\(first), \(pastEnd(second)))" }
    guard let last = boundText(token(after: 5)) else { return nil }
    return "range(\(first), \(pastEnd(last)), \(second))"
  }

  /// The text of a name or whole number.
  private func boundText(_ token: Token) -> String? {
    token.kind == .name || token.kind == .integer ? text(token) : nil
  }

  /// The half-open end of a range that includes `last`.
  func pastEnd(_ last: String) -> String { Int(last).map { String($0 &+ 1) } ?? "\(last) + 1" }

  private func containsIn(_ start: Int, _ end: Int) -> Bool {
    guard start < end else { return false }
    return tokens[start..<end].contains { $0.kind == .inKeyword }
  }

  /// `let a, b = …`: brackets are needed.
  mutating func bareListPattern(from start: Int, prefix: String, suffix: String) -> Panic {
    while kind == .comma || kind == .name, !isAtBoundary { advance() }
    let span = spanFrom(start)
    return fail(
      "E0207", "several names stand in round brackets", at: span,
      help: "write \(prefix)(\(text(span))) \(suffix) …")
  }

  /// Reports a name that stands twice.
  mutating func checkNames(of pattern: Pattern, _ seen: inout [String: Span]) {
    switch pattern.kind {
    case .name(let name):
      if let first = seen[name] {
        report(
          "E0208", "`\(name)` stands twice", at: pattern.span,
          secondary: [Diagnostic.Label(location(first), "first here")])
      }
      seen[name] = pattern.span
    case .wildcard: break
    case .list(let items, let rest):
      for item in items { checkNames(of: item, &seen) }
      if let rest { checkNames(of: Pattern(.name(rest.name), rest.span), &seen) }
    case .record(let fields):
      for field in fields { checkNames(of: field.pattern, &seen) }
    }
  }
}
