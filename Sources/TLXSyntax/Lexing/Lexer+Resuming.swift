import TLXSource

/// All that the lexer's reading of a line depends on besides the line, where that is little: what is known at the start
/// of a line that nothing read before can be touched from any more.
struct LexerState: Equatable {
  fileprivate var frames: [Lexer.Frame.Kind] = []
  fileprivate var pending: Token.Flags = .newlineBefore
  fileprivate var last: LastToken?
  fileprivate var diagnosticCount = 0

  fileprivate struct LastToken: Equatable {
    var kind: TokenKind
    var flags: Token.Flags
  }
}

/// Reading a text in stretches of whole lines, so that what has been edited can be read again from the middle.
extension Lexer {
  /// Where a stretch begins among what has been read.
  struct Mark {
    var token = 0
    var comment = 0
    var diagnostic = 0
  }

  var mark: Mark { Mark(token: tokens.count, comment: comments.count, diagnostic: diagnostics.count) }

  /// At the start of a line whose past is `state`. The last token before it stands first in `tokens`.
  init(_ source: SourceText, at position: Int, in state: LexerState) {
    self.init(source)
    self.position = position
    pending = state.pending
    earlierDiagnostics = state.diagnosticCount
    frames = state.frames.map { Frame(kind: $0, token: -1) }
    guard let last = state.last else { return }
    tokens.append(Token(kind: last.kind, flags: last.flags, role: .none, start: 0, end: 0, link: -1))
  }

  /// Reads on to the next line that begins a stretch. Nil at the end of the text.
  mutating func readStretch() -> LexerState? {
    let start = tokens.count
    if position == 0 { begin() }
    var variance = start
    while position < bytes.count {
      let byte = bytes[position]
      step(byte)
      if byte == UInt8(ascii: "\n"), isSeparable(from: &variance) { return state }
    }
    finish()
    return nil
  }

  private var state: LexerState {
    LexerState(
      frames: frames.map(\.kind), pending: pending,
      last: tokens.last.map { LexerState.LastToken(kind: $0.kind, flags: $0.flags) },
      diagnosticCount: earlierDiagnostics + diagnostics.count)
  }

  /// Whether nothing that is read from here on can say anything about the tokens so far. `position` is the first
  /// token that might be waiting for more.
  private func isSeparable(from index: inout Int) -> Bool {
    guard !dependsOnRest, !frames.contains(where: { $0.kind == .interpolation }) else { return false }
    while index < tokens.count {
      if awaitsPartner(index) { return false }
      index += 1
    }
    return true
  }

  /// Whether what comes behind the bracket will tell if this `var (` declares.
  private func awaitsPartner(_ index: Int) -> Bool {
    guard tokens[index].kind == .varKeyword, index + 1 < tokens.count else { return false }
    let next = tokens[index + 1]
    guard next.kind == .leftParen, !next.newlineBefore, Parser.beginsStatement(tokens, index) else {
      return false
    }
    return next.link < 0 || Int(next.link) + 1 >= tokens.count
  }
}
