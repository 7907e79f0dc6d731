import TLXSource

/// Statements and blocks. Errors end here: a broken statement becomes `.invalid`.
extension Parser {
  /// All statements up to the end of the cell, or of the block that `block` opens.
  mutating func parseStatements(inBlock: Bool, open: Int = 0) -> [Statement] {
    var statements: [Statement] = []
    while true {
      while take(.semicolon) {}
      switch kind {
      case .endOfFile, .cellMarker: return statements
      case .rightBrace where inBlock: return statements
      case .rightParen, .rightBracket, .rightBrace, .interpolationEnd:
        if inBlock, current.link >= 0, current.link < open { return statements }
        strayCloser()
      default:
        refuseLeadingSign(after: statements.last)
        statements.append(parseStatement(inBlock: inBlock))
      }
    }
  }

  private mutating func strayCloser() {
    if orphanedClosers > 0 {
      orphanedClosers -= 1
    } else if kind != .interpolationEnd {
      report("E0202", "`\(text(current))` closes nothing", at: currentSpan)
    }
    advance()
  }

  /// A statement; a broken one is skipped.
  mutating func parseStatement(inBlock: Bool) -> Statement {
    let start = index
    tokens[start].flags.insert(.statementStart)
    let saved = (ignoresNewlines, nesting, functionDepth, loopDepth, attemptDepth)
    let outer = height
    height = 0
    defer { height = max(outer, height + 1) }
    do throws(Panic) {
      var statement = Statement(try parseStatementKind(), spanFrom(Int(tokens[start].start)))
      statement.span = spanFrom(Int(tokens[start].start))
      try finish(&statement, inBlock: inBlock)
      return statement
    } catch {
      (ignoresNewlines, nesting, functionDepth, loopDepth, attemptDepth) = saved
      synchronize(from: start, inBlock: inBlock, skipsIndented: error.skipsIndented)
      if index == start { advance() }
      return Statement(.invalid, Span(Int(tokens[start].start), previousEnd))
    }
  }

  /// The end of a statement: a newline, `;` or the block's `}`.
  private mutating func finish(_ statement: inout Statement, inBlock: Bool) throws(Panic) {
    if take(.semicolon) {
      while kind == .semicolon, !isAtBoundary { advance() }
      statement.isHidden = isAtBoundary || inBlock && kind == .rightBrace
    } else if !isAtBoundary, !(inBlock && kind == .rightBrace) {
      throw twoStatements(statement)
    }
  }

  private mutating func parseStatementKind() throws(Panic) -> Statement.Kind {
    switch kind {
    case .letKeyword, .varKeyword: return try parseBinding()
    case .fnKeyword: return .function(try parseFunction())
    case .returnKeyword: return try parseReturn()
    case .forKeyword: return try parseFor()
    case .whileKeyword: return try parseWhile()
    case .breakKeyword, .continueKeyword: return parseJump()
    case .assertKeyword: return try parseAssertion()
    case .elseKeyword:
      throw fail("E0201", "`else` has no `if` before it", at: currentSpan)
    case .name where spells(current, "use") && isUse(): return try parseUse()
    case .name where spells(current, "end") && isStrayEnd():
      throw fail("E0207", "there is no `end`", at: currentSpan, help: "blocks are closed by `}`")
    case .name where spells(current, "begin") && isAlone: throw foreignBlock()
    case .percent: throw magicCommand()
    case .pipe: return .expression(try parseLeadingPipe())
    default: return try parseExpressionStatement()
    }
  }

  // MARK: Expressions and assignments

  private mutating func parseExpressionStatement() throws(Panic) -> Statement.Kind {
    let target = try parseExpression()
    guard !isAtBoundary, let op = assignmentOperator else { return .expression(target) }
    try checkTarget(target, op: op)
    let operatorSpan = span(advance())
    let value = try parseExpression()
    return .assignment(target: target, op: op, operatorSpan: operatorSpan, value: value)
  }

  /// The operator of `+=` and its kind; the inner nil is a plain `=`.
  private var assignmentOperator: BinaryOperator?? {
    switch kind {
    case .assign: .some(nil)
    case .plusAssign: .add
    case .minusAssign: .subtract
    case .starAssign: .multiply
    case .slashAssign: .divide
    case .floorAssign: .floorDivide
    case .percentAssign: .modulo
    case .atAssign: .matrixMultiply
    case .caretAssign: .power
    default: nil
    }
  }

  private mutating func checkTarget(_ target: Expression, op: BinaryOperator?) throws(Panic) {
    let help: String
    switch target.kind {
    case .name, .index, .field: return
    case .call(let callee, let arguments, _) where op == nil:
      let areNames = arguments.allSatisfy { if case .name = $0.value.kind { true } else { false } }
      help =
        if case .name(let name) = callee.kind, !areNames {
          "elements are set with square brackets, as in \(name)[0] = …"
        } else if case .name = callee.kind {
          "write fn \(text(target.span)) = … to define a function"
        } else {
          "a call gives a value, not a place"
        }
    case .bracket(let items) where areNames(items):
      let names = text(target.span).dropFirst().dropLast()
      help = "write let (\(names)) = … for new names"
    case .list: help = "write let \(text(target.span)) = … for new names, or assign one at a time"
    case .binary, .comparison, .logical: help = "write `==` to compare"
    default: help = "the left side is a name, an item `x[i]` or a field `r.a`"
    }
    throw fail("E0205", "cannot assign to `\(excerpt(target.span))`", at: target.span, help: help)
  }

  private func areNames(_ items: [Expression]) -> Bool {
    items.count > 1 && items.allSatisfy { if case .name = $0.kind { true } else { false } }
  }

  /// The text of a span on one line, shortened.
  func excerpt(_ span: Span) -> String {
    let whole = text(span)
    let line = whole.prefix { $0 != "\n" }
    return line.count > 40 || line.count < whole.count ? "\(line.prefix(40))…" : whole
  }

  private mutating func parseLeadingPipe() throws(Panic) -> Expression {
    guard mode == .prompt, index == 0 else {
      throw fail(
        "E0212", "nothing stands before this `|>`", at: currentSpan,
        help: mode == .prompt ? nil : "only at the prompt does it continue from the last value")
    }
    let start = Int(current.start)
    var value: Expression?
    repeat {
      try grow()
      advance()
      let stage = try parseBinary(Precedence.pipe + 1)
      value = Expression(.pipe(value, stage), spanFrom(start))
    } while kind == .pipe
    guard let value else { throw expected("an expression") }
    return value
  }

  // MARK: Simple statements

  private mutating func parseBinding() throws(Panic) -> Statement.Kind {
    let isMutable = advance().kind == .varKeyword
    let word = isMutable ? "var" : "let"
    let pattern = try parsePattern()
    if kind == .comma, !isAtBoundary {
      throw bareListPattern(from: pattern.span.start, prefix: "\(word) ", suffix: "=")
    }
    let annotation = take(.colon) ? try parseAnnotation() : nil
    guard kind == .assign, !isAtBoundary || ignoresNewlines else {
      throw missingValue(word, pattern)
    }
    advance()
    return .binding(isMutable: isMutable, pattern, annotation: annotation, value: try parseExpression())
  }

  private mutating func missingValue(_ word: String, _ pattern: Pattern) -> Panic {
    let name = text(pattern.span)
    if kind == .leftParen, case .name = pattern.kind {
      return fail(
        "E0207", "functions are defined with `fn`", at: pattern.span,
        help:
          "write fn \(name)\(current.link > 0 ? text(Int(current.start), Int(tokens[Int(current.link)].end)) : "(x)") = …"
      )
    }
    if isAtBoundary {
      return fail(
        "E0201", "`\(word) \(name)` needs a value", at: endOfPrevious, help: "write \(word) \(name) = …")
    }
    return expected("`=`", help: "write \(word) \(name) = …")
  }

  private mutating func parseReturn() throws(Panic) -> Statement.Kind {
    let token = advance()
    if functionDepth == 0 {
      report(
        "E0204", "`return` stands outside a function", at: span(token),
        help: "the last expression of a cell or block is its value")
    }
    if isAtBoundary || kind == .semicolon || kind == .rightBrace { return .returning(nil) }
    return .returning(try parseExpression())
  }

  private mutating func parseJump() -> Statement.Kind {
    let token = advance()
    if loopDepth == 0 {
      report("E0204", "`\(text(token))` stands outside a loop", at: span(token))
    }
    return token.kind == .breakKeyword ? .breaking : .continuing
  }

  private mutating func parseAssertion() throws(Panic) -> Statement.Kind {
    advance()
    let condition = try parseExpression()
    if case .list(let items) = condition.kind, items.count == 2 {
      report(
        "E0207", "`assert` takes no brackets", at: condition.span,
        help: "write assert \(text(items[0].span)), \(text(items[1].span))")
    }
    guard !isAtBoundary, take(.comma) else { return .assertion(condition, message: nil) }
    return .assertion(condition, message: try parseExpression())
  }

  private func isUse() -> Bool {
    let next = token(after: 1)
    return next.kind == .stringStart && !next.newlineBefore
  }

  private mutating func parseUse() throws(Panic) -> Statement.Kind {
    advance()
    let path = try parseString()
    guard case .string(let literal) = path.kind, let plain = literal.plainText else {
      throw fail("E0201", "the path of `use` is plain text", at: path.span)
    }
    guard !isAtBoundary, kind == .name, spells(current, "as") else {
      return .use(path: plain, pathSpan: path.span, alias: nil)
    }
    advance()
    return .use(path: plain, pathSpan: path.span, alias: try takeName("a name after `as`"))
  }

  // MARK: Loops and blocks

  private mutating func parseFor() throws(Panic) -> Statement.Kind {
    let start = Int(advance().start)
    if let panic = countingLoop() { throw panic }
    let pattern = try parseLoopPattern()
    let source = try parseExpression()
    let header = spanFrom(start)
    loopDepth += 1
    defer { loopDepth -= 1 }
    return .forLoop(pattern, in: source, body: try parseBody(after: header))
  }

  private mutating func parseWhile() throws(Panic) -> Statement.Kind {
    let start = Int(advance().start)
    let condition = try parseExpression()
    let header = spanFrom(start)
    loopDepth += 1
    defer { loopDepth -= 1 }
    return .whileLoop(condition, body: try parseBody(after: header))
  }

  /// The block that a header asks for.
  mutating func parseBody(after header: Span) throws(Panic) -> Block {
    guard kind == .leftBrace else { throw missingBlock(after: header) }
    if recordBegins(at: index), self.kind(after: 1) != .rightBrace {
      throw fail(
        "E0201", "a block stands here, not a record", at: currentSpan,
        help: "a block that gives a record is written { {a: 1} }")
    }
    return try parseBlock()
  }

  /// `{ … }`, whose statements end at newlines again.
  mutating func parseBlock() throws(Panic) -> Block {
    try nested { parser throws(Panic) in
      let open = parser.index
      let start = Int(parser.current.start)
      parser.tokens[open].role = .block
      parser.advance()
      let outer = parser.ignoresNewlines
      parser.ignoresNewlines = false
      let statements = parser.parseStatements(inBlock: true, open: open)
      parser.ignoresNewlines = outer
      guard parser.kind == .rightBrace else { throw parser.neverClosed(open) }
      parser.tokens[parser.index].role = .block
      parser.advance()
      return Block(statements: statements, span: parser.spanFrom(start))
    }
  }
}
