import TLXSource

/// Spellings of other languages, told with the one of this language.
extension Parser {
  /// The panic for a token that another language would have here; nil for an ordinary mistake.
  mutating func habit(inBracket opener: TokenKind? = nil) -> Panic? {
    guard index > 0, !isAtBoundary else { return nil }
    let previous = tokens[index - 1]
    switch kind {
    case .assign where previous.kind.endsExpression: return equalsForComparison()
    case .colon: return colonHabit(previous)
    case .spread where previous.kind.endsExpression: return rangeHabit(previous)
    case .ifKeyword where previous.kind.endsExpression:
      return fail(
        "E0207", "there is no `a if c else b`", at: currentSpan,
        help: "write if c { a } else { b }, which has a value")
    case .forKeyword where opener == .leftParen:
      return fail(
        "E0207", "a comprehension stands in square brackets", at: currentSpan,
        help: "write \(bracketedComprehension ?? "[e for x in xs]")")
    case .elseKeyword where opener == .leftBracket:
      return fail(
        "E0207", "the `if` of a comprehension only filters", at: currentSpan,
        help: "write [if c { a } else { b } for x in xs] to choose a value")
    case .comma where opener == nil && isGroupedNumber(previous):
      return fail(
        "E0207", "no commas stand in a number", at: currentSpan,
        help: "write \(text(previous))_\(text(token(after: 1)))")
    case .forKeyword where opener == .leftBrace: return recordComprehension()
    case .semicolon where opener == .leftParen:
      return fail(
        "E0207", "commas stand between arguments", at: currentSpan, help: "write f(x, y=2)")
    case .semicolon where opener == .leftBracket:
      return fail(
        "E0207", "the rows of a matrix are lists of their own", at: currentSpan,
        help: "write [[1, 2], [3, 4]]")
    case .comma where opener == nil && previous.kind.endsExpression:
      if let panic = recordHabit() { return panic }
      return bareList()
    case .ellipsis where previous.kind.endsExpression: return lineContinuation()
    default: return wordHabit(previous)
    }
  }

  private mutating func equalsForComparison() -> Panic {
    if kind(after: 1) == .interpolationEnd {
      let name = text(tokens[index - 1])
      return fail("E0207", "there is no `{\(name)=}`", at: currentSpan, help: "write \(name) = {\(name)}")
    }
    if index > 2, tokens[index - 1].kind == .name, tokens[index - 2].kind == .assign,
      tokens[index - 3].startsStatement
    {
      return fail(
        "E0206", "an assignment has no value", at: currentSpan, help: "give each name its value on its own")
    }
    return fail("E0206", "`=` does not compare", at: currentSpan, help: "write `==` to compare")
  }

  /// `1,000`
  private func isGroupedNumber(_ previous: Token) -> Bool {
    let next = token(after: 1)
    return previous.kind == .integer && next.kind == .integer && text(next).utf8.count == 3
      && text(previous).utf8.count <= 3 && previous.end == current.start && current.end == next.start
  }

  /// `sum([x for x in xs])` for `sum(x for x in xs)`, where it is short.
  private var bracketedComprehension: String? {
    guard
      let open = tokens[..<index].lastIndex(where: { $0.kind == .leftParen && $0.link > index }),
      tokens[Int(tokens[open].link)].start > tokens[open].end
    else { return nil }
    let inner = text(Int(tokens[open].end), Int(tokens[Int(tokens[open].link)].start))
    guard inner.utf8.count <= 50, !inner.contains("\n") else { return nil }
    let callee = open > 0 && tokens[open - 1].kind == .name && tokens[open - 1].end == tokens[open].start
    return callee ? "\(text(tokens[open - 1]))([\(inner)])" : "[\(inner)]"
  }

  /// `{a, b}` and `{a = 1, b = 2}`
  private mutating func recordHabit() -> Panic? {
    guard
      let open = tokens[..<index].lastIndex(where: {
        $0.kind == .leftBrace && ($0.link < 0 || $0.link > index)
      })
    else { return nil }
    let second = tokens[min(open + 2, tokens.count - 1)].kind
    guard tokens[open + 1].kind == .name, second == .comma || second == .assign else { return nil }
    let name = text(tokens[open + 1])
    return fail(
      "E0201", "a record's fields have `:` and a value", at: span(tokens[open]).union(span(tokens[open + 2])),
      help: "write {\(name): \(second == .comma ? name : "…"), …}")
  }

  // MARK: Colons and ranges

  private mutating func colonHabit(_ previous: Token) -> Panic? {
    let next = token(after: 1)
    if previous.kind == .name, next.kind == .name, kind(after: 2) == .assign, index >= 1,
      tokens[index - 1].newlineBefore
    {
      return fail(
        "E0207", "a typed name needs `let`", at: span(previous),
        help: "write let \(text(previous)): \(text(next)) = …")
    }
    if let panic = lambdaHabit() { return panic }
    if index >= 2, tokens[index - 2].kind == .leftBrace {
      return fail(
        "E0201", "a record's fields have names", at: span(previous), help: "write {a: 1} or {\"1\": 2}")
    }
    guard previous.kind.endsExpression, next.kind.beginsExpression, !next.newlineBefore else { return nil }
    return blockOnTheLine() ?? rangeHabit(previous)
  }

  /// `1:n` and `1..n`
  private mutating func rangeHabit(_ previous: Token) -> Panic {
    let next = token(after: 1)
    if kind(after: 2) == .colon || next.kind == .float {
      var help = "write arange(0, 1, 0.1) for steps of 0.1 below 1, linspace(0, 1, 11) for 11 numbers up to 1"
      if kind(after: 2) == .colon, let first = numberText(previous), let step = numberText(next),
        let last = numberText(token(after: 3)), !token(after: 3).newlineBefore
      {
        help = "write arange(\(first), \(last), \(step)) for steps of \(step) below \(last)"
        let count = ((Double(last) ?? .nan) - (Double(first) ?? .nan)) / (Double(step) ?? .nan)
        if count > 0, count < 1e6, abs(count - count.rounded()) < 1e-9 {
          let numbers = Int(count.rounded()) + 1
          help += ", linspace(\(first), \(last), \(numbers)) for \(numbers) numbers up to \(last)"
        }
      }
      return fail(
        "E0207", "ranges are written with `range`, `arange` or `linspace`", at: currentSpan, help: help)
    }
    let first = rangeText(previous)
    let last = rangeText(next)
    return fail(
      "E0207", "ranges are written with `range`", at: currentSpan,
      help:
        "write range(\(first), \(pastEnd(last))) for \(first) up to and with \(last), range(n) for 0 up to n - 1"
    )
  }

  private func numberText(_ token: Token) -> String? {
    token.kind == .name || token.kind == .integer || token.kind == .float ? text(token) : nil
  }

  private func rangeText(_ token: Token) -> String {
    token.kind == .name || token.kind == .integer ? text(token) : "n"
  }

  /// `lambda x: e`, where the colon is the first thing that fails.
  private mutating func lambdaHabit() -> Panic? {
    var start = index - 1
    while start > 0, tokens[start].kind == .name || tokens[start].kind == .comma, !tokens[start].newlineBefore
    {
      if spells(tokens[start], "lambda") { break }
      start -= 1
    }
    guard spells(tokens[start], "lambda"), tokens[start].kind == .name else { return nil }
    return lambda(from: start)
  }

  private mutating func lambda(from start: Int) -> Panic {
    var end = start + 1
    while tokens[end].kind == .name || tokens[end].kind == .comma { end += 1 }
    let names = end > start + 1 ? text(Int(tokens[start + 1].start), Int(tokens[end - 1].end)) : ""
    let parameters = names.contains(",") || names.isEmpty ? "(\(names))" : names
    return fail(
      "E0207", "functions without a name are written with `->`", at: span(tokens[start]),
      help: "write \(parameters) -> …")
  }

  // MARK: Words

  private mutating func wordHabit(_ previous: Token) -> Panic? {
    if previous.kind == .name, kind.beginsExpression || kind == .letKeyword || kind == .varKeyword {
      if spells(previous, "lambda") { return lambda(from: index - 1) }
      if let panic = definitionHabit(previous) { return panic }
      if let word = ForeignWord.leading[text(previous)] {
        return fail(
          "E0207", word.message, at: span(previous),
          help: word.help.replacing("◌", with: restOfLine()))
      }
    }
    if kind == .name, let word = ForeignWord.following[text(current)] {
      return fail("E0207", word.message, at: currentSpan, help: word.help)
    }
    return nil
  }

  /// `def f(x):` and `function f(x)`
  private mutating func definitionHabit(_ previous: Token) -> Panic? {
    guard ForeignWord.definitions.contains(text(previous)), kind == .name else { return nil }
    // MATLAB names the result first: `function y = f(x)`.
    let namesResult = kind(after: 1) == .assign && kind(after: 2) == .name
    let name = namesResult ? token(after: 2) : current
    let open = token(after: namesResult ? 3 : 1)
    let parameters =
      open.kind == .leftParen && open.link > 0
      ? text(Int(open.start), Int(tokens[Int(open.link)].end)) : "(x)"
    var panic = fail(
      "E0207", "functions are defined with `fn`", at: span(previous),
      help: "write fn \(text(name))\(parameters) = …, or fn \(text(name))\(parameters) { … }")
    panic.skipsIndented = !lineOpensBlock()
    return panic
  }

  /// What stands on the line from here on, for a suggestion.
  func restOfLine(from offset: Int = 0) -> String {
    let first = min(index + offset, tokens.count - 1)
    var end = first
    while tokens[end].kind != .endOfFile, end == first || !tokens[end].newlineBefore,
      tokens[end].kind != .semicolon
    {
      end += 1
    }
    let rest = text(Int(tokens[first].start), Int(tokens[max(end - 1, first)].end))
    return rest.utf8.count > 60 ? "…" : rest
  }

  func lineOpensBlock() -> Bool {
    var position = index
    while tokens[position].kind != .endOfFile, position == index || !tokens[position].newlineBefore {
      if tokens[position].kind == .leftBrace { return true }
      position += 1
    }
    return false
  }

  /// `%%time`, `%matplotlib inline`
  mutating func magicCommand() -> Panic {
    let first = current
    while kind == .percent, !current.newlineBefore || current.start == first.start { advance() }
    // `% words` is MATLAB's comment, `%name` a command of IPython.
    let word = kind == .name && !current.newlineBefore && !current.spaceBefore ? text(current) : ""
    if word.isEmpty || kind == .leftBrace {
      while !isAtBoundary { advance() }
      return fail("E0207", "comments begin with `#`", at: spanFrom(Int(first.start)), help: "write # …")
    }
    let help =
      word.hasPrefix("time")
      ? "at the prompt :time e tells how long e takes; time(() -> e) gives the seconds as a value"
      : "commands of the prompt begin with a colon; :help lists them"
    while !isAtBoundary { advance() }
    return fail("E0207", "there are no `%` commands", at: spanFrom(Int(first.start)), help: help)
  }

  // MARK: Blocks

  /// The panic for a header without `{`.
  mutating func missingBlock(after header: Span) -> Panic {
    if kind == .invalid { return Panic() }
    if kind == .colon, token(after: 1).newlineBefore || kind(after: 1) == .endOfFile {
      let isAttempt = tokens[index - 1].kind == .tryKeyword
      var panic = fail(
        "E0207", "blocks stand in braces", at: currentSpan,
        help: isAttempt ? "write try e else err -> …" : "write \(excerpt(header)) { … }")
      panic.skipsIndented = true
      return panic
    }
    if kind == .name, !isAtBoundary, spells(current, "do") || spells(current, "then") {
      var panic = fail(
        "E0207", "blocks stand in braces", at: currentSpan, help: "write \(excerpt(header)) { … }")
      panic.skipsIndented = !lineOpensBlock()
      return panic
    }
    var panic = expected("`{`", help: "write \(excerpt(header)) { … }")
    panic.skipsIndented = kind != .endOfFile && !lineOpensBlock()
    return panic
  }

  /// Whether an `end` that stands alone on its line closes a block in the author's mind.
  mutating func isStrayEnd() -> Bool {
    let next = token(after: 1)
    guard next.newlineBefore || next.kind == .endOfFile || next.kind == .cellMarker else { return false }
    return (mode == .file || !diagnostics.isEmpty) && !bindsEnd
  }

  /// Whether the text defines a name `end`, found once.
  var bindsEnd: Bool {
    mutating get {
      if let known = knowsEnd { return known }
      let binds = findsEndBound()
      knowsEnd = binds
      return binds
    }
  }

  /// Whether some `end` stands behind `let`, `var` or `for`, or among the names in brackets that a pattern or the
  /// parameters of a function are; or another file may define it.
  private func findsEndBound() -> Bool {
    var open: [Int] = []
    for position in tokens.indices.dropFirst() {
      let token = tokens[position]
      if tokens[position - 1].kind.isOpener { open.append(position - 1) }
      if token.kind.isCloser { _ = open.popLast() }
      if token.kind == .stringStart, spells(tokens[position - 1], "use") { return true }
      guard token.kind == .name, spells(token, "end") else { continue }
      switch tokens[position - 1].kind {
      case .letKeyword, .varKeyword, .forKeyword: return true
      case .leftParen, .comma, .leftBrace, .spread:
        guard let bracket = open.last, tokens[bracket].link > position else { continue }
        switch tokens[Int(tokens[bracket].link) + 1].kind {
        case .assign, .arrow, .leftBrace, .inKeyword: return true
        default: continue
        }
      default: continue
      }
    }
    return false
  }

  // MARK: Statements that run together

  mutating func twoStatements(_ statement: Statement) -> Panic {
    if kind == .invalid { return Panic() }
    if kind == .rightBrace || kind == .rightParen || kind == .rightBracket { return closesNothing() }
    if let panic = habit() { return panic }
    if let panic = percentComment() { return panic }
    if kind == .elseKeyword { return fail("E0201", "`else` has no `if` before it", at: currentSpan) }
    if kind == .forKeyword, index >= 2,
      tokens[..<index].contains(where: { $0.kind == .leftBrace && $0.link > index })
    {
      return fail(
        "E0207", "a comprehension stands in square brackets", at: currentSpan,
        help: "write [e for x in xs]; unique(xs) drops what comes twice")
    }
    return fail(
      "E0211", "expected the end of the statement, found \(describe(current))", at: currentSpan,
      help: kind.beginsExpression ? helpForTwoValues : nil)
  }

  /// `sqrt 2` and `2 x`: what was meant by two values side by side.
  private var helpForTwoValues: String {
    let previous = tokens[index - 1]
    let next = token(after: 1)
    let isAlone = next.newlineBefore || next.kind == .endOfFile || next.kind == .semicolon
    if previous.kind == .name, previous.startsStatement, isAlone,
      kind == .integer || kind == .float || kind == .name
    {
      return "write \(text(previous))(\(text(current))) for a call, `;` between two statements"
    }
    if previous.kind == .integer || previous.kind == .float, kind == .name {
      return "write \(text(previous)) * \(text(current)) for a product, `;` between two statements"
    }
    return "put an operator or a comma between two values, `;` between two statements"
  }

  /// `let n = 3 % the number`: two words behind a `%`.
  private mutating func percentComment() -> Panic? {
    guard index > 1, kind == .name, tokens[index - 2].kind == .percent, tokens[index - 1].kind == .name,
      tokens[index - 2].spaceBefore
    else { return nil }
    return fail("E0207", "comments begin with `#`", at: span(tokens[index - 2]), help: "write # …")
  }

  private mutating func closesNothing() -> Panic {
    if orphanedClosers > 0 { return Panic() }
    return fail("E0202", "`\(text(current))` closes nothing", at: currentSpan)
  }

  /// The panic for a token that no value begins with.
  mutating func missingValue() -> Panic {
    let previous = index > 0 ? tokens[index - 1] : tokens[0]
    if let panic = misplacedCommand() { return panic }
    if current.newlineBefore || kind == .endOfFile, kind == .dot || !startsInfix {
      return expected(valueName(previous))
    }
    if kind == .doubleSlash { return slashComment() }
    if kind == .at, current.newlineBefore, kind(after: 1) == .name, !token(after: 1).spaceBefore {
      return decorator()
    }
    if startsInfix, current.newlineBefore {
      return fail(
        "E0201", "a line cannot begin with `\(text(current))`", at: currentSpan,
        help: "end the line above with `\(text(current))`, or put the whole in brackets")
    }
    switch kind {
    case .less where previous.kind == .less, .greater where previous.kind == .greater:
      let shift = kind == .less ? "a * 2^n" : "a // 2^n"
      return fail(
        "E0207", "there are no bit operations", at: span(previous).union(currentSpan),
        help: "write \(shift) to shift by n bits")
    case .dot where kind(after: 1) == .integer:
      return fail(
        "E0103", "a number begins with a digit", at: currentSpan, help: "write 0.\(text(token(after: 1)))")
    case .forKeyword, .whileKeyword:
      return fail(
        "E0201", "`\(text(current))` is a statement and has no value", at: currentSpan,
        help: "[e for x in xs] builds a list")
    case .fnKeyword:
      if kind(after: 1) == .leftParen { advance(); return anonymousFunctionHere() }
      return fail("E0201", "`fn` is a statement and has no value", at: currentSpan, help: "write x -> …")
    case .colon where previous.kind == .letKeyword: return expected("a name")
    case .ellipsis: return lineContinuation() ?? expected(valueName(previous))
    case .dot where previous.kind == .pipe && kind(after: 1).isWord:
      return fail(
        "E0201", "a pipe leads to a function", at: currentSpan, help: "write |> \(text(token(after: 1)))")
    case .at where kind(after: 1) == .leftParen:
      advance()
      return anonymousFunctionHere()
    default: return expected(valueName(previous))
    }
  }

  private mutating func slashComment() -> Panic {
    let start = Int(current.start)
    repeat { advance() } while kind != .endOfFile && kind != .cellMarker && !current.newlineBefore
    return fail("E0207", "comments begin with `#`", at: spanFrom(start), help: "write # …")
  }

  private mutating func anonymousFunctionHere() -> Panic {
    let parameters = current.link > 0 ? text(Int(current.start), Int(tokens[Int(current.link)].end)) : "(x)"
    return fail(
      "E0207", "a function without a name is written with `->`", at: span(tokens[index - 1]),
      help: "write \(parameters) -> …")
  }

  private var startsInfix: Bool {
    switch kind {
    case .star, .slash, .doubleSlash, .percent, .at, .caret, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .andKeyword, .orKeyword, .inKeyword, .assign, .arrow:
      true
    default: false
    }
  }

  private func valueName(_ previous: Token) -> String {
    switch previous.kind {
    case .plus, .minus, .star, .slash, .doubleSlash, .percent, .at, .caret, .equal, .notEqual, .less,
      .lessOrEqual,
      .greater, .greaterOrEqual, .andKeyword, .orKeyword, .notKeyword, .inKeyword, .assign, .arrow, .pipe,
      .plusAssign, .minusAssign, .starAssign, .slashAssign, .floorAssign, .percentAssign, .atAssign,
      .caretAssign,
      .elseKeyword, .ifKeyword, .whileKeyword, .tryKeyword, .assertKeyword, .returnKeyword:
      index > 0 ? "a value after `\(text(previous))`" : "a value"
    default: "an expression"
    }
  }

  /// A line that begins with a sign and is indented more than the statement above was meant to continue it,
  /// but would silently be a statement of its own.
  mutating func refuseLeadingSign(after statement: Statement?) {
    guard kind == .plus || kind == .minus, current.newlineBefore, let statement else { return }
    // `++n` is told of where it is read.
    if kind == .plus, kind(after: 1) == .plus, token(after: 1).start == current.end { return }
    if case .invalid = statement.kind { return }
    guard let above = tokens[..<index].last(where: { $0.start == statement.span.start }) else { return }
    guard kind == .plus || column(current) > lineIndentation(of: above) else { return }
    report(
      "E0211", "this line does not continue the one above", at: currentSpan,
      help: "end the line above with `\(text(current))`, or put the whole in brackets")
  }
}
