import TLXSource

/// Values: literals, names, and what stands in brackets.
extension Parser {
  mutating func parsePrimary() throws(Panic) -> Expression {
    let token = current
    switch token.kind {
    case .name: return try parseName()
    case .integer:
      advance()
      guard let value = integer(token) else { return Expression(.invalid, span(token)) }
      return Expression(.int(value), span(token))
    case .float:
      advance()
      return Expression(.float(float(token)), span(token))
    case .stringStart: return try parseString()
    case .trueKeyword, .falseKeyword:
      advance()
      return Expression(.bool(token.kind == .trueKeyword), span(token))
    case .nilKeyword:
      advance()
      return Expression(.nilLiteral, span(token))
    case .leftParen: return try parseParenthesized()
    case .leftBracket: return try parseBracket()
    case .leftBrace: return try parseRecord()
    default: throw missingValue()
    }
  }

  private mutating func parseName() throws(Panic) -> Expression {
    let token = advance()
    if kind == .stringStart, current.start == token.end, token.count <= 2 {
      report(
        "E0207", "strings take no `\(text(token))` before them", at: span(token),
        help: "every string interpolates {…}; r\"…\" takes text as it stands")
      return try parseString()
    }
    if token.count <= 5, let value = foreignConstant(token) { return Expression(value, span(token)) }
    return Expression(.name(text(token)), span(token))
  }

  /// `True`, `False` and `None`, as far as they are not called or assigned.
  private mutating func foreignConstant(_ token: Token) -> Expression.Kind? {
    let value: Expression.Kind
    let spelling: String
    switch bytes[Int(token.start)] {
    case UInt8(ascii: "T") where spells(token, "True"): (value, spelling) = (.bool(true), "true")
    case UInt8(ascii: "F") where spells(token, "False"): (value, spelling) = (.bool(false), "false")
    case UInt8(ascii: "N") where spells(token, "None"): (value, spelling) = (.nilLiteral, "nil")
    default: return nil
    }
    report("E0207", "`\(text(token))` is written `\(spelling)`", at: span(token), help: "write \(spelling)")
    return value
  }

  // MARK: Numbers

  /// The digits as a number; nil if they do not fit into 64 bits.
  func magnitude(_ token: Token) -> UInt64? {
    var (start, radix) = (Int(token.start), UInt64(10))
    if token.count > 2, bytes[start] == UInt8(ascii: "0") {
      switch bytes[start + 1] | 0x20 {
      case UInt8(ascii: "x"): (start, radix) = (start + 2, 16)
      case UInt8(ascii: "b"): (start, radix) = (start + 2, 2)
      case UInt8(ascii: "o"): (start, radix) = (start + 2, 8)
      default: break
      }
    }
    var value: UInt64 = 0
    for byte in bytes[start..<Int(token.end)] where byte != UInt8(ascii: "_") {
      let digit =
        byte <= UInt8(ascii: "9") ? byte - UInt8(ascii: "0") : (byte | 0x20) - UInt8(ascii: "a") + 10
      let (product, overflows) = value.multipliedReportingOverflow(by: radix)
      let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
      if overflows || carries { return nil }
      value = sum
    }
    return value
  }

  mutating func integer(_ token: Token) -> Int? {
    if token.role == .broken { return nil }
    if let value = magnitude(token), value <= UInt64(Int.max) { return Int(value) }
    report(
      "E0104", "\(text(token)) does not fit into a 64-bit integer", at: span(token),
      label: "at most \(Int.max)",
      help: "write \(text(token)).0 for a float")
    return nil
  }

  mutating func float(_ token: Token) -> Double {
    if token.role == .broken { return 0 }
    if let value = shortFloat(token) { return value }
    let digits = String(
      decoding: bytes[Int(token.start)..<Int(token.end)].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    let value = Double(digits) ?? 0
    if value.isInfinite {
      report(
        "E0104", "\(text(token)) does not fit into a 64-bit float", at: span(token), label: "at most 1.8e308")
    }
    return value
  }

  /// Clinger's fast path: up to 15 digits and a power of ten that a double holds exactly are exact after one
  /// rounding. Nil for all others.
  private func shortFloat(_ token: Token) -> Double? {
    guard token.count <= 16 else { return nil }
    var digits: UInt64 = 0
    var places = 0
    var isFraction = false
    for byte in bytes[Int(token.start)..<Int(token.end)] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
        if isFraction { places += 1 }
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "_"): break
      default: return nil
      }
    }
    guard digits < 1 << 53 else { return nil }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return Double(digits) / scale
  }

  // MARK: Brackets

  /// `(a, b)`, `(a,)` and `()` are lists, `(a)` is `a`.
  private mutating func parseParenthesized() throws(Panic) -> Expression {
    let start = Int(current.start)
    let items = try parseItems(close: .rightParen, "item") { parser throws(Panic) in
      try parser.parseExpression()
    }
    let isGroup = items.count == 1 && tokens[index - 2].kind != .comma
    return Expression(isGroup ? .group(items[0]) : .list(items), spanFrom(start))
  }

  /// `[a, b]` or `[e for x in xs if c]`
  private mutating func parseBracket() throws(Panic) -> Expression {
    let start = Int(current.start)
    var clauses: [ComprehensionClause] = []
    let items = try parseItems(close: .rightBracket, "item") { parser throws(Panic) in
      if parser.kind == .spread { throw parser.spreadInBracket() }
      let item = try parser.parseExpression()
      if parser.kind == .forKeyword { clauses = try parser.parseClauses() }
      return item
    }
    if clauses.isEmpty { return Expression(.bracket(items), spanFrom(start)) }
    if items.count > 1 {
      report(
        "E0201", "a comprehension has one item before its `for`",
        at: items[0].span.union(items[items.count - 1].span),
        help: "write ((a, b)) for lists in it")
    }
    return Expression(.comprehension(element: items[0], clauses: clauses), spanFrom(start))
  }

  private mutating func spreadInBracket() -> Panic {
    fail("E0201", "`..` spreads only in calls and records", at: currentSpan, help: "write concat((a, b))")
  }

  private mutating func parseClauses() throws(Panic) -> [ComprehensionClause] {
    var clauses: [ComprehensionClause] = []
    while true {
      if take(.forKeyword) {
        let pattern = try parseLoopPattern()
        clauses.append(.each(pattern, in: try parseExpression()))
      } else if take(.ifKeyword) {
        clauses.append(.condition(try parseExpression()))
      } else {
        return clauses
      }
    }
  }

  /// Items between brackets, separated by commas, with an optional last one. The current token opens.
  mutating func parseItems<Item>(
    close: TokenKind, _ name: String, _ parse: (inout Parser) throws(Panic) -> Item
  ) throws(Panic) -> [Item] {
    let open = index
    let outer = ignoresNewlines
    ignoresNewlines = true
    defer { ignoresNewlines = outer }
    advance()
    var items: [Item] = []
    while kind != close {
      if kind == .endOfFile || kind == .cellMarker || current.newlineBefore && kind.beginsStatementOnly {
        throw neverClosed(open)
      }
      items.append(try parse(&self))
      if take(.comma) { continue }
      if kind != close { throw badSeparator(open: open, close: close, item: name) }
    }
    if tokens[open].role == .record { tokens[index].role = .record }
    advance()
    return items
  }

  // MARK: Records

  /// Whether the `{` at `start` opens a record: `name:`, `"text":`, `..` or `}` follows.
  func recordBegins(at start: Int) -> Bool {
    let next = tokens[min(start + 1, tokens.count - 1)]
    switch next.kind {
    case .rightBrace, .spread: return true
    case .stringStart: return next.link > start && tokens[Int(next.link) + 1].kind == .colon
    default: return next.kind.isWord && tokens[min(start + 2, tokens.count - 1)].kind == .colon
    }
  }

  private mutating func parseRecord() throws(Panic) -> Expression {
    let start = Int(current.start)
    tokens[index].role = .record
    var seen: [String: Span] = [:]
    let entries = try parseItems(close: .rightBrace, "field") { parser throws(Panic) in
      if parser.take(.spread) { return RecordEntry.spread(try parser.parseExpression()) }
      let field = try parser.parseFieldName()
      if let first = seen.updateValue(field.span, forKey: field.name) {
        parser.report(
          "E0208", "the field `\(field.name)` stands twice", at: field.span,
          secondary: [Diagnostic.Label(parser.location(first), "first here")])
      }
      return .field(field, try parser.parseExpression())
    }
    return Expression(.record(entries), spanFrom(start))
  }

  private mutating func parseFieldName() throws(Panic) -> Identifier {
    let token = current
    var field = Identifier("", span(token))
    if kind == .stringStart {
      let string = try parseString()
      guard case .string(let literal) = string.kind, let name = literal.plainText else {
        throw fail("E0201", "a field's name is plain text", at: string.span)
      }
      field = Identifier(name, string.span)
    } else if kind.isWord {
      advance()
      field = Identifier(text(token), span(token))
    } else {
      throw expected("a field's name")
    }
    if kind == .comma || kind == .rightBrace || kind == .assign {
      throw fail(
        "E0201", "the field `\(field.name)` needs `:` and a value", at: field.span,
        help: "write \(field.name): \(field.name)")
    }
    guard take(.colon) else { throw expected("`:` after the field's name") }
    return field
  }
}
