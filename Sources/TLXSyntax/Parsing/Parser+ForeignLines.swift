import TLXSource

/// Spellings of other languages for lists, calls and whole lines.
extension Parser {
  // MARK: Lists without brackets

  /// `a, b = 1, 2` and `return 1, 2`: the statement as it would be written, with its lists in brackets.
  mutating func bareList() -> Panic {
    fail(
      "E0201", "a list stands in round brackets", at: currentSpan, help: "write " + (bracketed ?? "(a, b)"))
  }

  private var bracketed: String? {
    guard let start = tokens[...index].lastIndex(where: { $0.startsStatement }) else { return nil }
    let end = endOfStatement(from: start)
    var first = start
    var head = ""
    switch tokens[start].kind {
    case .letKeyword, .varKeyword, .returnKeyword: first += 1; head = text(tokens[start]) + " "
    default: break
    }
    let assign = (first..<end).first { tokens[$0].kind == .assign }
    let left = side(first, assign ?? end)
    if assign != nil, head.isEmpty, left.hasPrefix("(") { head = "let " }
    let right = assign.map { " = " + side($0 + 1, end) } ?? ""
    let whole = head + left + right
    return whole.utf8.count > 60 || whole.contains("\n") ? nil : whole
  }

  /// The token behind the statement that begins at `start`, without what stands in brackets.
  private func endOfStatement(from start: Int) -> Int {
    var end = start
    while end < tokens.count {
      let token = tokens[end]
      if token.kind == .endOfFile || token.kind == .cellMarker || token.kind == .semicolon
        || token.kind.isCloser
        || end > start && token.newlineBefore
      {
        return end
      }
      end = token.link > end ? Int(token.link) + 1 : end + 1
    }
    return end
  }

  /// The text of some tokens, in brackets if commas stand between them.
  private func side(_ start: Int, _ end: Int) -> String {
    guard start < end else { return "…" }
    let whole = text(Int(tokens[start].start), Int(tokens[end - 1].end))
    var position = start
    while position < end {
      if tokens[position].kind == .comma { return "(\(whole))" }
      position = tokens[position].link > position ? Int(tokens[position].link) + 1 : position + 1
    }
    return whole
  }

  /// `{k: v for k in ks}`
  mutating func recordComprehension() -> Panic {
    fail(
      "E0207", "the fields of a record are written out", at: currentSpan,
      help: "write [(k, v) for k in ks] for a list of pairs, or table([{k: k, v: v} for k in ks])")
  }

  // MARK: Calls that mean indices

  /// `x(:, 1)`
  mutating func parenthesisIndex(_ callee: Expression) -> Panic {
    fail(
      "E0207", "elements are read with square brackets", at: currentSpan,
      help: "write \(excerpt(callee.span))[:, 0]; indices begin with 0")
  }

  /// `x(end)`, where nothing is called `end`. At the prompt a variable may be.
  mutating func endArgument(_ callee: Expression) -> Panic? {
    guard mode == .file, kind == .name, spells(current, "end") else { return nil }
    switch kind(after: 1) {
    case .rightParen, .comma, .minus: break
    default: return nil
    }
    guard !bindsEnd else { return nil }
    return fail(
      "E0207", "there is no `end`", at: currentSpan,
      help: "write \(excerpt(callee.span))[-1] for the last element")
  }

  // MARK: Lines

  /// Whether the line has one token.
  var isAlone: Bool { token(after: 1).newlineBefore || kind(after: 1) == .endOfFile }

  /// `if x == 3: print(x)`
  mutating func blockOnTheLine() -> Panic? {
    guard
      let start = tokens[..<index].lastIndex(where: {
        $0.newlineBefore || $0.kind == .semicolon || $0.kind == .ifKeyword && $0.link <= 0
      }),
      [.forKeyword, .ifKeyword, .whileKeyword].contains(tokens[start].kind), start < index - 1
    else { return nil }
    var end = index + 1
    while tokens[end].kind != .endOfFile, !tokens[end].newlineBefore {
      if tokens[end].kind == .leftBrace { return nil }
      end += 1
    }
    // `for i in 1:3`, `for i in a:b`
    if tokens[index - 2].kind == .inKeyword, tokens[index - 1].kind == .integer || end == index + 2 {
      return nil
    }
    let header = text(Int(tokens[start].start), Int(tokens[index - 1].end))
    // `if c: a else: b`
    if let other = (index + 1..<end).first(where: { tokens[$0].kind == .elseKeyword }), other > index + 1,
      tokens[start].kind == .ifKeyword
    {
      let first = text(Int(tokens[index + 1].start), Int(tokens[other - 1].end))
      let colon = other + 1 < end && tokens[other + 1].kind == .colon ? 2 : 1
      let second =
        other + colon < end ? text(Int(tokens[other + colon].start), Int(tokens[end - 1].end)) : "…"
      return fail(
        "E0207", "blocks stand in braces", at: currentSpan,
        help: "write \(header) { \(first) } else { \(second) }")
    }
    let body = text(Int(tokens[index + 1].start), Int(tokens[end - 1].end))
    return fail("E0207", "blocks stand in braces", at: currentSpan, help: "write \(header) { \(body) }")
  }

  /// `begin` … `end`
  mutating func foreignBlock() -> Panic {
    var panic = fail("E0207", "there is no `begin`", at: currentSpan, help: "blocks stand in braces: { … }")
    panic.skipsIndented = true
    return panic
  }

  /// `…` at the end of a line.
  mutating func lineContinuation() -> Panic? {
    guard kind == .ellipsis, isAlone else { return nil }
    let panic = fail(
      "E0207", "a line needs no `...` at its end", at: currentSpan,
      help: "it goes on inside brackets, and after an operator or a comma")
    // What stands on the next line belongs to it.
    advance()
    while kind != .endOfFile, kind != .cellMarker, !token(after: 1).newlineBefore { advance() }
    return panic
  }

  /// `@jit`, `@time f(x)`
  mutating func decorator() -> Panic {
    let name = token(after: 1)
    let help =
      text(name).hasSuffix("time") || spells(name, "elapsed")
      ? "at the prompt :time e tells how long e takes; time(() -> e) gives the seconds as a value"
      : "a function that changes another is called: let g = change(f)"
    return fail("E0207", "there are no decorators or macros", at: currentSpan.union(span(name)), help: help)
  }

  /// A line that begins with `:name`: it was typed at the prompt.
  mutating func misplacedCommand() -> Panic? {
    guard kind == .colon, current.newlineBefore, kind(after: 1).isWord, !token(after: 1).spaceBefore,
      current.startsStatement
    else { return nil }
    return fail(
      "E0207", "commands belong to the prompt", at: currentSpan.union(span(token(after: 1))),
      help: "start tlx without a file and type it there")
  }

  /// `for (let i = 0; i < n; i++)`
  mutating func countingLoop() -> Panic? {
    guard kind == .leftParen else { return nil }
    switch kind(after: 1) {
    case .letKeyword, .varKeyword: break
    case .name where kind(after: 2) == .assign || kind(after: 2) == .name: break
    default: return nil
    }
    var panic = fail(
      "E0207", "a loop runs over a collection", at: currentSpan, help: "write for i in range(n) { … }")
    panic.skipsIndented = !lineOpensBlock()
    return panic
  }
}
