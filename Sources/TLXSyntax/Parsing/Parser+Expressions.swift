import TLXSource

/// How tightly operators bind, loosest first.
enum Precedence {
  static let pipe = 1
  static let or = 2
  static let and = 3
  static let not = 4
  static let comparison = 5
  static let sum = 6
  static let product = 7
  static let sign = 8
  static let power = 9
}

/// Operators.
extension Parser {
  mutating func parseExpression() throws(Panic) -> Expression { try parseBinary(Precedence.pipe) }

  /// An expression of operators that bind at least as tightly as `minimum`.
  mutating func parseBinary(_ minimum: Int) throws(Panic) -> Expression {
    try checkNesting()
    nesting += 1
    let outer = height
    height = 0
    defer {
      nesting -= 1
      height = max(outer, height + 1)
    }
    var left = try parsePrefix()
    while let level = infixLevel, level >= minimum {
      try grow()
      left = try parseInfix(left, level)
    }
    return left
  }

  /// The precedence of the operator at hand; nil if the expression ends here.
  private var infixLevel: Int? {
    let token = tokens[index]
    let level: Int
    switch token.kind {
    case .plus, .minus: level = Precedence.sum
    case .star, .slash, .doubleSlash, .percent, .at: level = Precedence.product
    case .caret: level = Precedence.power
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .inKeyword:
      level = Precedence.comparison
    case .notKeyword:
      guard kind(after: 1) == .inKeyword else { return nil }
      level = Precedence.comparison
    case .andKeyword: level = Precedence.and
    case .orKeyword: level = Precedence.or
    case .pipe: return Precedence.pipe
    default: return nil
    }
    return token.newlineBefore && !ignoresNewlines ? nil : level
  }

  private mutating func parseInfix(_ left: Expression, _ level: Int) throws(Panic) -> Expression {
    switch level {
    case Precedence.comparison: return try parseComparison(left)
    case Precedence.pipe:
      advance()
      let right = try parseBinary(level + 1)
      return Expression(.pipe(left, right), left.span.union(right.span))
    case Precedence.and, Precedence.or:
      let token = advance()
      let right = try parseBinary(level + 1)
      let op: LogicalOperator = level == Precedence.and ? .and : .or
      return Expression(
        .logical(op, left, right, operatorSpan: span(token)), left.span.union(right.span))
    default:
      let token = advance()
      let right = try parseBinary(level == Precedence.power ? level : level + 1)
      return Expression(
        .binary(arithmetic(token.kind), left, right, operatorSpan: span(token)), left.span.union(right.span))
    }
  }

  private func arithmetic(_ kind: TokenKind) -> BinaryOperator {
    switch kind {
    case .minus: .subtract
    case .star: .multiply
    case .slash: .divide
    case .doubleSlash: .floorDivide
    case .percent: .modulo
    case .at: .matrixMultiply
    case .caret: .power
    default: .add
    }
  }

  /// `a < b <= c`
  private mutating func parseComparison(_ first: Expression) throws(Panic) -> Expression {
    var links: [ComparisonLink] = []
    var end = first.span
    while infixLevel == Precedence.comparison {
      try grow()
      let start = Int(current.start)
      let op = takeComparison()
      let operatorSpan = spanFrom(start)
      let operand = try parseBinary(Precedence.sum)
      end = operand.span
      links.append(ComparisonLink(op: op, operatorSpan: operatorSpan, operand: operand))
    }
    return Expression(.comparison(first: first, rest: links), first.span.union(end))
  }

  private mutating func takeComparison() -> ComparisonOperator {
    switch advance().kind {
    case .notEqual: return .notEqual
    case .less: return .less
    case .lessOrEqual: return .lessOrEqual
    case .greater: return .greater
    case .greaterOrEqual: return .greaterOrEqual
    case .inKeyword: return .contained
    case .notKeyword:
      advance()
      return .notContained
    default: return .equal
    }
  }

  // MARK: Before and after a value

  private mutating func parsePrefix() throws(Panic) -> Expression {
    switch kind {
    case .minus, .plus, .notKeyword: return try parseUnary()
    case .name, .leftParen:
      if lambdaBegins { return try parseLambda() }
    case .ifKeyword: return try parseConditional()
    case .tryKeyword: return try parseAttempt()
    case .leftBrace where !recordBegins(at: index):
      let block = try parseBlock()
      return Expression(.block(block), block.span)
    default: break
    }
    return try parsePostfix(try parsePrimary())
  }

  private mutating func parseUnary() throws(Panic) -> Expression {
    tokens[index].role = .unary
    let token = advance()
    let start = Int(token.start)
    if token.kind == .plus, kind == .plus, token.end == current.start, tokens[index - 1].startsStatement,
      kind(after: 1) == .name
    {
      let name = text(self.token(after: 1))
      throw fail(
        "E0207", "there is no `++`", at: span(token).union(currentSpan), help: "write \(name) += 1")
    }
    if token.kind == .minus, kind == .integer, let smallest = smallestInteger(start) { return smallest }
    let operand = try parseBinary(token.kind == .notKeyword ? Precedence.comparison : Precedence.sign)
    let op: UnaryOperator = token.kind == .minus ? .negate : token.kind == .plus ? .plus : .not
    return Expression(.unary(op, operand), spanFrom(start))
  }

  /// -9223372036854775808, whose digits alone are too large.
  private mutating func smallestInteger(_ start: Int) -> Expression? {
    guard current.count >= 19, magnitude(current) == UInt64(1) << 63, kind(after: 1) != .caret else {
      return nil
    }
    advance()
    return Expression(.int(.min), spanFrom(start))
  }

  /// Calls, indices and fields, as many as follow.
  private mutating func parsePostfix(_ value: Expression) throws(Panic) -> Expression {
    var value = value
    while true {
      switch kind {
      case .leftParen where !isAtBoundary: value = try parseCall(value)
      case .leftBracket where !isAtBoundary: value = try parseIndex(value)
      case .dot: value = try parseField(value)
      default: return value
      }
      try grow()
    }
  }

  private mutating func parseField(_ base: Expression) throws(Panic) -> Expression {
    advance()
    if kind == .leftParen, !isAtBoundary {
      throw fail("E0207", "functions need no `.` to work elementwise", at: currentSpan, help: "write f(x)")
    }
    if kind == .assign, !isAtBoundary, !current.spaceBefore {
      throw fail(
        "E0207", "`.=` is written `=`", at: span(tokens[index - 1]).union(currentSpan),
        help: "write x[1:3] = 5: one number fills a part")
    }
    guard kind.isWord, !isAtBoundary else { throw expected("a field's name after `.`") }
    let token = advance()
    return Expression(
      .field(base: base, name: text(token), nameSpan: span(token)), spanFrom(base.span.start))
  }

  // MARK: Expressions made of parts

  private mutating func parseConditional() throws(Panic) -> Expression {
    var branches: [(start: Int, condition: Expression, then: Block)] = []
    var otherwise: If.Else?
    repeat {
      let start = Int(advance().start)
      let condition = try parseExpression()
      branches.append((start, condition, try parseBody(after: spanFrom(start))))
      try grow()
    } while try takeElse(&otherwise)
    let end = previousEnd
    for branch in branches.dropFirst().reversed() {
      let inner = If(condition: branch.condition, then: branch.then, otherwise: otherwise)
      otherwise = .conditional(Expression(.conditional(inner), Span(branch.start, end)))
    }
    let first = branches[0]
    return Expression(
      .conditional(If(condition: first.condition, then: first.then, otherwise: otherwise)),
      Span(first.start, end))
  }

  /// Takes `else` with its block; true if an `if` follows instead. The `else` of `try if c { } else d` is
  /// the `try`'s, since no brace follows it.
  private mutating func takeElse(_ otherwise: inout If.Else?) throws(Panic) -> Bool {
    if kind == .name, spells(current, "elif") || spells(current, "elseif") || spells(current, "elsif") {
      report(
        "E0207", "`\(text(current))` is written `else if`", at: currentSpan, help: "write else if c { … }")
      return true
    }
    guard kind == .elseKeyword else { return false }
    let next = kind(after: 1)
    if next == .ifKeyword {
      advance()
      return true
    }
    if next != .leftBrace, attemptDepth > 0 { return false }
    let token = advance()
    otherwise = .block(try parseBody(after: span(token)))
    return false
  }

  /// `try e else d`, `try e else err -> d`
  private mutating func parseAttempt() throws(Panic) -> Expression {
    let start = Int(advance().start)
    if kind == .colon { throw missingBlock(after: spanFrom(start)) }
    attemptDepth += 1
    let attempted = try parseExpression()
    attemptDepth -= 1
    guard kind == .elseKeyword else {
      throw expected("`else`", help: "write try \(excerpt(attempted.span)) else …")
    }
    advance()
    var errorName: Identifier?
    if kind == .name, kind(after: 1) == .arrow {
      let token = advance()
      errorName = Identifier(text(token), span(token))
      advance()
    }
    let fallback = try parseExpression()
    return Expression(.attempt(attempted, errorName: errorName, fallback: fallback), spanFrom(start))
  }
}
