import TLXSource

/// `fn`, lambdas, parameters and type annotations.
extension Parser {
  mutating func parseFunction() throws(Panic) -> FunctionDeclaration {
    let keyword = advance()
    let documentation = documentation(above: keyword)
    if kind == .leftParen { throw anonymousFunction(keyword) }
    let name = try takeName("the function's name")
    if kind == .assign {
      throw fail(
        "E0201", "`\(name.name)` has no parameters", at: name.span,
        help: "write fn \(name.name)() = …, or let \(name.name) = …")
    }
    guard kind == .leftParen else {
      throw expected("`(` and the parameters of `\(name.name)`", help: "write fn \(name.name)(x) = …")
    }
    let parameters = try parseParameters()
    let beforeResult = spanFrom(Int(keyword.start))
    if kind == .arrow, let panic = arrowBody(after: beforeResult) { throw panic }
    let result = take(.arrow) ? try parseAnnotation() : nil
    let header = spanFrom(Int(keyword.start))
    return try inFunction { parser throws(Panic) in
      let isExpressionBodied = parser.kind == .assign
      let body = try parser.parseFunctionBody(after: header)
      return FunctionDeclaration(
        name: name, parameters: parameters, result: result, body: body,
        isExpressionBodied: isExpressionBodied,
        documentation: documentation)
    }
  }

  private mutating func parseFunctionBody(after header: Span) throws(Panic) -> Expression {
    if take(.assign) { return try parseExpression() }
    if kind == .colon {
      if !isAtBoundary, !token(after: 1).newlineBefore, self.kind(after: 1).beginsExpression {
        throw fail(
          "E0207", "`=` stands before a function's value", at: currentSpan,
          help: "write \(excerpt(header)) = \(restOfLine(from: 1))")
      }
      throw missingBlock(after: header)
    }
    guard kind == .leftBrace else {
      throw expected("`=` or `{`", help: "write \(excerpt(header)) = …, or \(excerpt(header)) { … }")
    }
    if recordBegins(at: index), self.kind(after: 1) != .rightBrace {
      throw fail(
        "E0201", "a block stands here, not a record", at: currentSpan,
        help: "write \(excerpt(header)) = {…} to return a record")
    }
    let block = try parseBlock()
    return Expression(.block(block), block.span)
  }

  /// `fn f(x) -> x + 1` and `fn f(x) => x + 1`: what follows the arrow is a value, not a type.
  private mutating func arrowBody(after header: Span) -> Panic? {
    let next = token(after: 1)
    guard !next.newlineBefore else { return nil }
    if text(current) == "->" {
      // A type is a name with a shape in brackets; then `=` or `{`.
      guard !typeFollows(at: index + 1) else { return nil }
    }
    let help = "write \(excerpt(header)) = \(restOfLine(from: 1))"
    return fail("E0207", "`=` stands before a function's value", at: currentSpan, help: help)
  }

  /// Whether a type annotation and then the body of a function stand at `start`.
  private func typeFollows(at start: Int) -> Bool {
    switch tokens[start].kind {
    case .integer, .float, .stringStart: return false
    case let kind where kind.isWord: break
    default: return true
    }
    var end = start + 1
    if tokens[end].kind == .leftBracket {
      guard tokens[end].link > end else { return true }
      end = Int(tokens[end].link) + 1
    }
    let after = tokens[end]
    // A type alone on its line lacks a body, which is another mistake.
    return after.kind == .assign || after.kind == .leftBrace || after.kind == .endOfFile
      || after.newlineBefore
  }

  private mutating func anonymousFunction(_ keyword: Token) -> Panic {
    let parameters = current.link > 0 ? text(Int(current.start), Int(tokens[Int(current.link)].end)) : "(x)"
    return fail(
      "E0207", "a function without a name is written with `->`", at: span(keyword),
      help: "write \(parameters) -> …")
  }

  /// Counts a function around `body`: `return` is allowed, the loops outside are out of reach.
  mutating func inFunction<Result>(_ body: (inout Parser) throws(Panic) -> Result) throws(Panic) -> Result {
    let outer = loopDepth
    functionDepth += 1
    loopDepth = 0
    defer {
      functionDepth -= 1
      loopDepth = outer
    }
    return try body(&self)
  }

  // MARK: Lambdas

  /// Whether a lambda begins here: `x ->` or `( … ) ->`.
  var lambdaBegins: Bool {
    switch kind {
    case .name: self.kind(after: 1) == .arrow && !(token(after: 1).newlineBefore && !ignoresNewlines)
    case .leftParen:
      current.link > index && tokens[Int(current.link) + 1].kind == .arrow
    default: false
    }
  }

  mutating func parseLambda() throws(Panic) -> Expression {
    let start = Int(current.start)
    let open = index
    defer { tokens[open].role = .none }
    let parameters =
      kind == .leftParen ? try parseParameters() : [Parameter(pattern: try parsePattern())]
    advance()
    return try inFunction { parser throws(Panic) in
      let body = try parser.parseExpression()
      return Expression(.lambda(Lambda(parameters: parameters, body: body)), parser.spanFrom(start))
    }
  }

  // MARK: Parameters

  /// `(a, b: f64[n], c=1, ..rest)`
  mutating func parseParameters() throws(Panic) -> [Parameter] {
    tokens[index].role = .tight
    let parameters = try parseItems(close: .rightParen, "parameter") { parser throws(Panic) in
      try parser.parseParameter()
    }
    checkParameters(parameters)
    return parameters
  }

  private mutating func parseParameter() throws(Panic) -> Parameter {
    if kind == .star || kind == .caret {
      throw fail(
        "E0207", "the rest of the arguments is written with `..`", at: currentSpan, help: "write ..rest")
    }
    if take(.spread) {
      let name = try takeName("a name after `..`")
      return Parameter(pattern: Pattern(.name(name.name), name.span), isRest: true)
    }
    let pattern = try parsePattern()
    let annotation = take(.colon) ? try parseAnnotation() : nil
    guard kind == .assign else { return Parameter(pattern: pattern, annotation: annotation) }
    tokens[index].role = .keyword
    advance()
    return Parameter(pattern: pattern, annotation: annotation, defaultValue: try parseExpression())
  }

  private mutating func checkParameters(_ parameters: [Parameter]) {
    var seen: [String: Span] = [:]
    var defaulted: Span?
    for (position, parameter) in parameters.enumerated() {
      checkNames(of: parameter.pattern, &seen)
      if parameter.isRest, position + 1 < parameters.count {
        report(
          "E0208", "`..\(text(parameter.pattern.span))` must be the last parameter",
          at: parameter.pattern.span)
      }
      if parameter.defaultValue != nil {
        defaulted = parameter.pattern.span
      } else if let defaulted, !parameter.isRest {
        report(
          "E0208", "`\(text(parameter.pattern.span))` has no default but follows one that has",
          at: parameter.pattern.span,
          secondary: [Diagnostic.Label(location(defaulted), "this one has a default")])
      }
    }
  }

  // MARK: Annotations

  /// `f64[n, 64]`, `f32`, `list`, `_`
  mutating func parseAnnotation() throws(Panic) -> TypeAnnotation {
    guard kind.isWord else { throw expected("a type such as `f64[n]`") }
    let token = advance()
    let name = Identifier(text(token), span(token))
    guard kind == .leftBracket, !isAtBoundary else {
      return TypeAnnotation(name: name, dimensions: nil, span: name.span)
    }
    tokens[index].role = .tight
    let dimensions = try parseItems(close: .rightBracket, "size") { parser throws(Panic) in
      try parser.parseDimension()
    }
    return TypeAnnotation(name: name, dimensions: dimensions, span: spanFrom(Int(token.start)))
  }

  private mutating func parseDimension() throws(Panic) -> TypeAnnotation.Dimension {
    switch kind {
    case .ellipsis:
      advance()
      return .rest
    case .integer:
      let token = advance()
      return .size(integer(token) ?? 0)
    case .name:
      let token = advance()
      return spells(token, "_") ? .any : .variable(Identifier(text(token), span(token)))
    default:
      if kind == .invalid { throw Panic() }
      noteEnd()
      throw fail(
        "E0209", "expected a size, found \(describe(current))", at: currentSpan,
        help:
          "a size is a number, a letter that binds at the call, `_` for any, or `...` for any number of axes")
    }
  }
}
