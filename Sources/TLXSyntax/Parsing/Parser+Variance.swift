/// `var` is a keyword and the name of a function, the variance. It declares where a statement begins with it and a
/// pattern and `=` follow; everywhere else an expression can stand it is the name.
extension Parser {
  /// The tokens with each `var` that cannot declare as a name.
  static func distinguishingVariance(_ tokens: [Token]) -> [Token] {
    var result = tokens
    for (position, token) in tokens.enumerated() where token.kind == .varKeyword {
      if isVariance(tokens, position) { result[position].kind = .name }
    }
    return result
  }

  static func isVariance(_ tokens: [Token], _ position: Int) -> Bool {
    guard position + 1 < tokens.count else { return false }
    let next = tokens[position + 1]
    let isCall = next.kind == .leftParen && !next.newlineBefore
    if beginsStatement(tokens, position) {
      // `var (a, b) = …` takes a list apart; `var(x)` calls.
      guard isCall, next.link >= 0, Int(next.link) + 1 < tokens.count else { return false }
      let after = tokens[Int(next.link) + 1].kind
      return after != .assign && after != .colon
    }
    guard position > 0, mayPrecedeExpression(tokens[position - 1].kind) else { return false }
    return next.kind != .name || next.newlineBefore
  }

  static func beginsStatement(_ tokens: [Token], _ position: Int) -> Bool {
    guard position > 0 else { return true }
    let previous = tokens[position - 1].kind
    switch previous {
    case .semicolon, .leftBrace, .cellMarker: return true
    default: return tokens[position].newlineBefore && !mayPrecedeExpression(previous)
    }
  }

  private static func mayPrecedeExpression(_ kind: TokenKind) -> Bool {
    switch kind {
    case .letKeyword, .varKeyword, .fnKeyword, .forKeyword, .dot, .leftBrace, .semicolon, .cellMarker: false
    default: !kind.endsExpression
    }
  }
}
