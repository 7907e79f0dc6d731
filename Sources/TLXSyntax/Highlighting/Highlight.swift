import TLXSource

/// What a stretch of text is, for colouring.
public enum TokenClass: String, Sendable, CaseIterable {
  case keyword, number, string, interpolation, comment, `operator`, name, functionCall, error
}

/// The coloured stretches of any text, in order and without overlap, as byte ranges; brackets and blanks
/// between them have no class. It looks at tokens only, so that it can run at every key press. Cost: linear.
public func highlight(_ text: String) -> [(Range<Int>, TokenClass)] {
  var lexer = Lexer(SourceText(name: "", text: text))
  lexer.run()
  return Highlighter(lexer).result()
}

struct Highlighter {
  private let tokens: [Token]
  private let comments: [LexedComment]
  private var errors: [Range<Int>]

  init(_ lexer: Lexer) {
    tokens = Parser.distinguishingVariance(lexer.tokens)
    comments = lexer.comments
    errors = lexer.diagnostics.compactMap { diagnostic in
      diagnostic.primary.map { $0.location.span.start..<$0.location.span.end }
    }
  }

  func result() -> [(Range<Int>, TokenClass)] {
    var result: [(Range<Int>, TokenClass)] = []
    result.reserveCapacity(tokens.count + comments.count)
    var comment = 0
    for (index, token) in tokens.enumerated() {
      while comment < comments.count, comments[comment].start < token.start {
        result.append((Int(comments[comment].start)..<Int(comments[comment].end), .comment))
        comment += 1
      }
      guard token.end > token.start, let kind = tokenClass(index) else { continue }
      result.append((Int(token.start)..<Int(token.end), kind))
    }
    for last in comments[comment...] { result.append((Int(last.start)..<Int(last.end), .comment)) }
    return errors.isEmpty ? result : marked(result)
  }

  private func tokenClass(_ index: Int) -> TokenClass? {
    let token = tokens[index]
    switch token.kind {
    case .cellMarker: return .comment
    case .invalid: return .error
    case .integer, .float: return token.role == .broken ? .error : .number
    case .stringStart, .stringText, .stringEnd: return .string
    case .interpolationStart, .interpolationEnd, .formatStart: return .interpolation
    case .name: return isCalled(index) ? .functionCall : .name
    case .endOfFile, .leftParen, .rightParen, .leftBracket, .rightBracket, .leftBrace, .rightBrace, .comma,
      .semicolon, .colon, .dot:
      return nil
    default: return token.kind.isKeyword ? .keyword : .operator
    }
  }

  /// `f(…)` on one line, and `x |> f`.
  private func isCalled(_ index: Int) -> Bool {
    let next = tokens[index + 1]
    if next.kind == .leftParen, !next.newlineBefore { return true }
    return index > 0 && tokens[index - 1].kind == .pipe
  }

  /// Tokens that begin where the lexer found an error become errors. Both lists are in order.
  private func marked(_ list: [(Range<Int>, TokenClass)]) -> [(Range<Int>, TokenClass)] {
    let starts = Set(errors.map(\.lowerBound))
    return list.map { starts.contains($0.0.lowerBound) ? ($0.0, .error) : $0 }
  }
}
