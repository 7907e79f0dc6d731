import TLXSource

public enum ParseMode: Sendable {
  case file
  /// One input at the prompt: it may begin with `|>`, which continues from `ans`.
  case prompt
}

/// Reads a source text. It always returns: what could not be read is in the tree's `diagnostics`, sorted by
/// place, and `.invalid` stands in its stead. Cost: linear in the text.
public func parse(_ source: SourceText, mode: ParseMode = .file) -> SyntaxTree {
  var parser = Parser(source, mode: mode)
  return parser.parseTree()
}

extension Parser {
  mutating func parseTree() -> SyntaxTree {
    let cells = parseCells()
    var tree = SyntaxTree(
      source: source, cells: cells, comments: publicComments(), diagnostics: sortedDiagnostics(),
      isIncomplete: isIncomplete(cells))
    tree.lexed = LexedText(tokens: tokens, comments: comments)
    return tree
  }

  /// What the lexer and the parser found, in the order of the text, one for a place.
  private func sortedDiagnostics() -> [Diagnostic] {
    guard !diagnostics.isEmpty else { return lexicalDiagnostics }
    let kept = diagnostics.filter { !follows($0) }
    // Where the parser knows more of a foreign spelling than the lexer, it says it alone.
    let places = Set(kept.filter { $0.code == "E0207" }.compactMap { $0.primary?.location.span.start })
    let lexical = lexicalDiagnostics.filter { diagnostic in
      guard diagnostic.code == "E0207", let start = diagnostic.primary?.location.span.start else {
        return true
      }
      return !places.contains(start)
    }
    let all = lexical + kept
    let starts = all.map { $0.primary?.location.span.start ?? 0 }
    return all.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }.map { all[$0] }
  }

  /// Whether an error only follows from a character or string on its line that could not be read.
  private func follows(_ diagnostic: Diagnostic) -> Bool {
    guard let start = diagnostic.primary?.location.span.start else { return false }
    return lexicalDiagnostics.contains { lexical in
      guard let earlier = lexical.primary?.location.span.start else { return false }
      // A bracket is not closed where a string swallowed what closes it.
      if earlier > start, diagnostic.code != "E0202" || lexical.code != "E0102" { return false }
      guard ["E0101", "E0102", "E0106"].contains(lexical.code) else { return false }
      return source.line(of: earlier) == source.line(of: start)
    }
  }

  /// Whether another line could make sense of the text: nothing is wrong but that it ends too soon.
  private func isIncomplete(_ cells: [Cell]) -> Bool {
    if let start = unfinishedString {
      return lexicalDiagnostics.count == 1
        && diagnostics.allSatisfy { ($0.primary?.location.span.start ?? 0) >= start }
    }
    if lexicalDiagnostics.isEmpty, firstErrorIsAtEnd { return true }
    return mode == .prompt && diagnostics.isEmpty && lexicalDiagnostics.isEmpty && endsInDocumentation()
  }

  /// `## …` at the prompt waits for its `fn`.
  private func endsInDocumentation() -> Bool {
    guard let last = comments.last, last.kind == .documentation, last.isWholeLine else { return false }
    guard tokens.count < 2 || tokens[tokens.count - 2].end < last.start else { return false }
    return !bytes[Int(last.end)...].dropFirst().contains(UInt8(ascii: "\n"))
  }

  private func publicComments() -> [Comment] {
    comments.map { comment in
      Comment(
        text: text(Int(comment.start), Int(comment.end)), span: span(comment),
        isWholeLine: comment.isWholeLine)
    }
  }

  func span(_ comment: LexedComment) -> Span { Span(Int(comment.start), Int(comment.end)) }
}
