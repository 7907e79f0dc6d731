import TLXSource

/// A recursive-descent parser with an operator-precedence loop for expressions. A syntax error is recorded and
/// thrown as `Panic` to the statement it stands in; the next statement starts afresh.
struct Parser {
  /// A diagnostic has been recorded: give up the statement.
  struct Panic: Error {
    /// Whether the deeper indented lines below belong to the broken statement (`if c:` and its kind).
    var skipsIndented = false
  }

  enum Limit {
    /// How deep brackets, blocks and operators may nest: what the stack of every later pass must carry.
    static let nesting = 200
    /// How high one expression's tree may grow, counting long chains such as `1 + 1 + …`.
    static let height = 500
    /// More errors than these are not worth reporting.
    static let diagnostics = 200
  }

  let source: SourceText
  let bytes: [UInt8]
  let mode: ParseMode
  let comments: [LexedComment]
  let lexicalDiagnostics: [Diagnostic]
  let unfinishedString: Int?
  var tokens: [Token]
  var index = 0
  var diagnostics: [Diagnostic] = []
  /// Whether the first error is only that the text ends.
  var firstErrorIsAtEnd = false
  /// Inside round and square brackets and records a newline means nothing.
  var ignoresNewlines = false
  var nesting = 0
  /// The height of the tallest tree read since it was last set to 0.
  var height = 0
  var functionDepth = 0
  var loopDepth = 0
  /// How many `try` wait for their `else`.
  var attemptDepth = 0
  /// Closing brackets that belong to a statement given up before them.
  var orphanedClosers = 0
  var hasReportedUnclosed = false
  /// Whether the text defines a name `end`, once someone asked.
  var knowsEnd: Bool?

  init(_ source: SourceText, mode: ParseMode) {
    var lexer = Lexer(source)
    lexer.run()
    self.source = source
    self.bytes = source.bytes
    self.mode = mode
    self.tokens = Parser.distinguishingVariance(lexer.tokens)
    self.comments = lexer.comments
    self.lexicalDiagnostics = lexer.diagnostics
    self.unfinishedString = lexer.unfinishedString
  }

  // MARK: Looking

  var current: Token { tokens[index] }

  var kind: TokenKind { tokens[index].kind }

  /// The kind of a later token; the end of the file repeats.
  func kind(after offset: Int) -> TokenKind { tokens[min(index + offset, tokens.count - 1)].kind }

  func token(after offset: Int) -> Token { tokens[min(index + offset, tokens.count - 1)] }

  /// Whether the statement can end before the current token.
  var isAtBoundary: Bool {
    let token = tokens[index]
    return token.newlineBefore && !ignoresNewlines || token.kind == .endOfFile || token.kind == .cellMarker
  }

  var currentSpan: Span { span(tokens[index]) }

  /// Where the last token that was taken ends.
  var previousEnd: Int { index > 0 ? Int(tokens[index - 1].end) : 0 }

  func span(_ token: Token) -> Span { Span(Int(token.start), Int(token.end)) }

  func spanFrom(_ start: Int) -> Span { Span(start, previousEnd) }

  func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

  func text(_ token: Token) -> String { text(Int(token.start), Int(token.end)) }

  func text(_ span: Span) -> String { text(span.start, span.end) }

  /// Whether a token spells a word.
  func spells(_ token: Token, _ word: StaticString) -> Bool {
    guard token.count == word.utf8CodeUnitCount else { return false }
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    return bytes[Int(token.start)..<Int(token.end)].elementsEqual(letters)
  }

  func location(_ span: Span) -> Location { Location(source, span) }

  // MARK: Taking

  /// Steps over the current token, never past the end of the file.
  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[index]
    if index + 1 < tokens.count { index += 1 }
    return token
  }

  mutating func take(_ wanted: TokenKind) -> Bool {
    guard tokens[index].kind == wanted else { return false }
    advance()
    return true
  }

  /// A name, or a panic that says what it should name.
  mutating func takeName(_ purpose: String) throws(Panic) -> Identifier {
    guard kind == .name else { throw expected(purpose) }
    let token = advance()
    return Identifier(text(token), span(token))
  }

  /// Counts one level of nesting around `body`.
  mutating func nested<Result>(_ body: (inout Parser) throws(Panic) -> Result) throws(Panic) -> Result {
    try checkNesting()
    nesting += 1
    let outer = height
    height = 0
    defer {
      nesting -= 1
      height = max(outer, height + 1)
    }
    return try body(&self)
  }

  mutating func checkNesting() throws(Panic) {
    guard nesting >= Limit.nesting else { return }
    throw fail(
      "E0203", "this is nested more than \(Limit.nesting) levels deep", at: currentSpan,
      help: "name the inner parts with `let`")
  }

  /// One more level of a tree that grows in a loop.
  mutating func grow() throws(Panic) {
    height += 1
    guard height > Limit.height else { return }
    throw fail(
      "E0203", "this chain has more than \(Limit.height) parts", at: currentSpan,
      help: "split it with `let`, or put the parts in a list and use `sum` or `fold`")
  }

  /// Reads something between brackets, where newlines mean nothing.
  mutating func ignoringNewlines<Result>(
    _ ignores: Bool = true, _ body: (inout Parser) throws(Panic) -> Result
  ) throws(Panic) -> Result {
    let outer = ignoresNewlines
    ignoresNewlines = ignores
    defer { ignoresNewlines = outer }
    return try body(&self)
  }
}
