import TLXSource

/// What a stretch of text is, for colouring.
public enum TokenClass: String, Sendable, CaseIterable {
  case keyword, number, string, interpolation, comment, `operator`, name, functionCall, error
}

/// The coloured stretches of any text, in order and without overlap, as byte ranges; brackets and blanks
/// between them have no class. It looks at tokens only. Cost: linear; `LiveHighlighter` follows a text that is edited.
public func highlight(_ text: String) -> [(Range<Int>, TokenClass)] {
  var lexer = Lexer(SourceText(name: "", text: text))
  lexer.run()
  return lexer.classes(since: Lexer.Mark())
}

extension Lexer {
  /// The classes of the tokens and comments since `mark`.
  func classes(since mark: Mark) -> [(Range<Int>, TokenClass)] {
    var result: [(Range<Int>, TokenClass)] = []
    result.reserveCapacity(tokens.count - mark.token + comments.count - mark.comment)
    var comment = mark.comment
    for index in mark.token..<tokens.count {
      let token = tokens[index]
      while comment < comments.count, comments[comment].start < token.start {
        result.append((Int(comments[comment].start)..<Int(comments[comment].end), .comment))
        comment += 1
      }
      guard token.end > token.start, let kind = tokenClass(index) else { continue }
      result.append((Int(token.start)..<Int(token.end), kind))
    }
    for last in comments[comment...] { result.append((Int(last.start)..<Int(last.end), .comment)) }
    return diagnostics.count == mark.diagnostic ? result : marked(result, diagnostics[mark.diagnostic...])
  }

  private func tokenClass(_ index: Int) -> TokenClass? {
    let token = tokens[index]
    switch token.kind {
    case .cellMarker: return .comment
    case .invalid: return .error
    case .integer, .float: return token.role == .broken ? .error : .number
    case .stringStart, .stringText, .stringEnd: return .string
    case .interpolationStart, .interpolationEnd, .formatStart: return .interpolation
    case .name: return nameClass(index)
    case .varKeyword: return Parser.isVariance(tokens, index) ? nameClass(index) : .keyword
    case .endOfFile, .leftParen, .rightParen, .leftBracket, .rightBracket, .leftBrace, .rightBrace, .comma,
      .semicolon, .colon, .dot:
      return nil
    default: return token.kind.isKeyword ? .keyword : .operator
    }
  }

  /// `f(…)` on one line, and `x |> f`, are calls. Behind the last token there is nothing, or another line.
  private func nameClass(_ index: Int) -> TokenClass {
    if index + 1 < tokens.count, tokens[index + 1].kind == .leftParen, !tokens[index + 1].newlineBefore {
      return .functionCall
    }
    return index > 0 && tokens[index - 1].kind == .pipe ? .functionCall : .name
  }

  /// Tokens that begin where an error was found become errors.
  private func marked(
    _ list: [(Range<Int>, TokenClass)], _ errors: ArraySlice<Diagnostic>
  ) -> [(Range<Int>, TokenClass)] {
    let starts = Set(errors.compactMap { $0.primary?.location.span.start })
    return list.map { starts.contains($0.0.lowerBound) ? ($0.0, .error) : $0 }
  }
}
