import TLXSource

/// Recording diagnostics, and saying what was expected.
extension Parser {
  /// Records an error and returns the panic to throw.
  mutating func fail(
    _ code: String, _ message: String, at span: Span, label: String = "", secondary: [Diagnostic.Label] = [],
    help: String? = nil
  ) -> Panic {
    report(code, message, at: span, label: label, secondary: secondary, help: help)
    return Panic()
  }

  mutating func report(
    _ code: String, _ message: String, at span: Span, label: String = "", secondary: [Diagnostic.Label] = [],
    help: String? = nil, severity: Diagnostic.Severity = .error
  ) {
    guard diagnostics.count < Limit.diagnostics else { return }
    diagnostics.append(
      Diagnostic(
        code, message, at: location(span), label: label, secondary: secondary, help: help, severity: severity)
    )
  }

  /// Notes that the text ends where more was needed, if nothing went wrong before.
  mutating func noteEnd() {
    if kind == .endOfFile, diagnostics.isEmpty { firstErrorIsAtEnd = true }
  }

  /// The panic for a token that is not `what`. Habits from other languages are recognised first.
  mutating func expected(
    _ what: String, help: String? = nil, secondary: [Diagnostic.Label] = []
  ) -> Panic {
    if kind == .invalid { return Panic() }
    noteEnd()
    if let panic = habit() { return panic }
    if kind == .endOfFile, mode == .file || index > 0 {
      return fail(
        "E0210", "the \(mode == .file ? "file" : "input") ends where \(what) is expected", at: endOfPrevious,
        secondary: secondary, help: help)
    }
    if current.newlineBefore || kind == .cellMarker {
      return fail(
        "E0201", "expected \(what), but the line ends", at: endOfPrevious, secondary: secondary, help: help)
    }
    return fail(
      "E0201", "expected \(what), found \(describe(current))", at: currentSpan, secondary: secondary,
      help: help)
  }

  /// One place just after the last token that was taken.
  var endOfPrevious: Span { Span(previousEnd, previousEnd) }

  /// A token in the words of a message.
  func describe(_ token: Token) -> String {
    switch token.kind {
    case .endOfFile: mode == .file ? "the end of the file" : "the end of the input"
    case .cellMarker: "the next cell"
    case .integer, .float: "the number \(text(token))"
    case .stringStart, .stringText, .stringEnd: "a string"
    case .interpolationEnd: "`}`"
    default: "`\(text(token))`"
    }
  }

  // MARK: Brackets

  /// The panic for a token after an item in brackets that is neither a comma nor the closing bracket.
  mutating func badSeparator(open: Int, close: TokenKind, item: String) -> Panic {
    let opener = tokens[open]
    let closing = spelling(close)
    if kind == .invalid { return Panic() }
    if kind == .endOfFile || kind == .cellMarker { return neverClosed(open) }
    if let panic = habit(inBracket: opener.kind) { return panic }
    if kind.isCloser || kind == .interpolationEnd {
      return fail(
        "E0202", "`\(text(opener))` is closed by `\(text(current))`", at: currentSpan,
        label: "expected `\(closing)`", secondary: [Diagnostic.Label(location(span(opener)), "opened here")])
    }
    if current.newlineBefore, opener.link < 0 || kind.beginsStatementOnly { return neverClosed(open) }
    if current.newlineBefore || kind.beginsExpression {
      return fail(
        "E0201", "expected `,` or `\(closing)` before \(describe(current))", at: endOfPrevious,
        label: "after this \(item)", secondary: [Diagnostic.Label(location(span(opener)), "opened here")],
        help: opener.kind == .leftBracket && item == "item"
          ? current.newlineBefore
            ? "the rows of a matrix are lists of their own: [[1, 2], [3, 4]]"
            : "write [1, 2, 3], with commas" : nil)
    }
    return fail(
      "E0201", "expected `,` or `\(closing)`, found \(describe(current))", at: currentSpan,
      secondary: [Diagnostic.Label(location(span(opener)), "opened here")])
  }

  /// The panic for a bracket that the text or a new statement ends.
  mutating func neverClosed(_ open: Int) -> Panic {
    noteEnd()
    guard !hasReportedUnclosed || kind != .endOfFile else { return Panic() }
    if kind == .endOfFile { hasReportedUnclosed = true }
    let opener = tokens[open]
    var secondary: [Diagnostic.Label] = []
    if kind != .endOfFile, kind != .cellMarker {
      secondary.append(Diagnostic.Label(location(currentSpan), "a new statement begins here"))
    } else if let suspect = misindentedBlock(after: open) {
      secondary.append(Diagnostic.Label(location(span(tokens[suspect])), "perhaps this one lacks its `}`"))
    }
    let closing = opener.kind == .leftParen ? ")" : opener.kind == .leftBracket ? "]" : "}"
    return fail(
      "E0202", "`\(text(opener))` is never closed", at: span(opener), secondary: secondary,
      help: secondary.isEmpty ? "a `\(closing)` is missing" : nil)
  }

  /// A block opened later whose `}` stands at another indentation than its line: the likelier culprit.
  private func misindentedBlock(after open: Int) -> Int? {
    guard tokens[open].kind == .leftBrace else { return nil }
    var candidate = open + 1
    while candidate < index {
      let token = tokens[candidate]
      if token.kind == .leftBrace, token.link > 0 {
        let closer = tokens[Int(token.link)]
        if closer.newlineBefore, column(closer) != lineIndentation(of: token) { return candidate }
      }
      candidate += 1
    }
    return nil
  }

  func spelling(_ kind: TokenKind) -> String {
    switch kind {
    case .rightParen: ")"
    case .rightBracket: "]"
    case .rightBrace, .interpolationEnd: "}"
    default: "?"
    }
  }
}
