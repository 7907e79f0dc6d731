import TLXSource

/// `f(x, axis=0, ..rest)` and `x[1:3, new, ...]`.
extension Parser {
  mutating func parseCall(_ callee: Expression) throws(Panic) -> Expression {
    let start = Int(current.start)
    tokens[index].role = .tight
    let arguments = try parseItems(close: .rightParen, "argument") { parser throws(Panic) in
      if parser.kind == .colon { throw parser.parenthesisIndex(callee) }
      if let panic = parser.endArgument(callee) { throw panic }
      return try parser.parseArgument()
    }
    let argumentsSpan = spanFrom(start)
    checkArguments(arguments)
    return Expression(
      .call(callee: callee, arguments: arguments, argumentsSpan: argumentsSpan), spanFrom(callee.span.start))
  }

  private mutating func parseArgument() throws(Panic) -> Argument {
    if take(.spread) { return Argument(label: nil, value: try parseExpression(), isSpread: true) }
    if kind == .star || kind == .caret {
      throw fail("E0207", "arguments are spread with `..`", at: currentSpan, help: "write f(..xs)")
    }
    guard kind.isWord, kind(after: 1) == .assign else {
      return Argument(label: nil, value: try parseExpression())
    }
    let token = advance()
    tokens[index].role = .keyword
    advance()
    return Argument(label: Identifier(text(token), span(token)), value: try parseExpression())
  }

  private mutating func checkArguments(_ arguments: [Argument]) {
    guard arguments.contains(where: { $0.label != nil }) else { return }
    var labels: [String: Span] = [:]
    for argument in arguments {
      if let label = argument.label {
        if let first = labels[label.name] {
          report(
            "E0208", "`\(label.name)=` stands twice", at: label.span,
            secondary: [Diagnostic.Label(location(first), "first here")])
        }
        labels[label.name] = label.span
      } else if !argument.isSpread, let first = labels.values.min(by: { $0.start < $1.start }) {
        report(
          "E0208", "an argument by position follows one by name", at: argument.value.span,
          secondary: [Diagnostic.Label(location(first), "this one has a name")],
          help: "put it before the named ones")
      }
    }
  }

  // MARK: Indices

  mutating func parseIndex(_ base: Expression) throws(Panic) -> Expression {
    let open = index
    tokens[open].role = .tight
    let subscripts = try parseItems(close: .rightBracket, "index") { parser throws(Panic) in
      try parser.parseSubscript()
    }
    let whole = spanFrom(base.span.start)
    if subscripts.isEmpty {
      throw fail(
        "E0201", "an index is missing", at: Span(Int(tokens[open].start), previousEnd), help: "write x[0]")
    }
    return Expression(.index(base: base, subscripts: subscripts), whole)
  }

  private mutating func parseSubscript() throws(Panic) -> Subscript {
    let start = Int(current.start)
    if kind == .ellipsis { return .ellipsis(span(advance())) }
    if kind == .name, spells(current, "new"), kind(after: 1) == .comma || kind(after: 1) == .rightBracket {
      return .newAxis(span(advance()))
    }
    if kind == .comma {
      throw fail("E0201", "an index is missing", at: currentSpan, help: "write x[:, 0] for all of an axis")
    }
    let first = kind == .colon ? nil : try parseSlicePart(isFirst: true)
    guard kind == .colon else {
      guard let first else { throw expected("an index") }
      return .expression(first)
    }
    takeSliceColon()
    let stop = try parseOptionalSlicePart()
    guard kind == .colon else { return .slice(start: first, stop: stop, step: nil, span: spanFrom(start)) }
    takeSliceColon()
    let step = try parseOptionalSlicePart()
    return .slice(start: first, stop: stop, step: step, span: spanFrom(start))
  }

  private mutating func takeSliceColon() {
    tokens[index].role = .slice
    advance()
  }

  private mutating func parseOptionalSlicePart() throws(Panic) -> Expression? {
    switch kind {
    case .colon, .comma, .rightBracket: nil
    default: try parseSlicePart(isFirst: false)
    }
  }

  private mutating func parseSlicePart(isFirst: Bool) throws(Panic) -> Expression {
    if kind == .name, spells(current, "end"), [.rightBracket, .comma, .minus].contains(kind(after: 1)),
      !bindsEnd
    {
      throw fail(
        "E0207", "there is no `end` in an index", at: currentSpan,
        help: isFirst ? "count from the end with x[-1]" : "leave it out: x[1:]")
    }
    return try parseExpression()
  }
}
