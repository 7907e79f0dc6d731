/// Finding the next statement after a syntax error, without errors that only follow from the first.
extension Parser {
  /// How many bytes of indentation stand before a token that begins its line.
  func column(_ token: Token) -> Int {
    Int(token.start) - source.lineStarts[source.line(of: Int(token.start))]
  }

  /// The indentation of the line that a token stands on.
  func lineIndentation(of token: Token) -> Int {
    let start = source.lineStarts[source.line(of: Int(token.start))]
    var end = start
    while end < bytes.count, bytes[end] == UInt8(ascii: " ") || bytes[end] == UInt8(ascii: "\t") { end += 1 }
    return end - start
  }

  /// Skips to where the next statement begins. `start` is the broken one's first token.
  mutating func synchronize(from start: Int, inBlock: Bool, skipsIndented: Bool) {
    let column = lineIndentation(of: tokens[start])
    let (farthest, open, unclosed) = openBrackets(start)
    if isNewStatement(column, start) {
      orphanedClosers += open
      return
    }
    if farthest >= index { index = min(farthest + 1, tokens.count - 1) }
    skip(from: start, column: column, hasUnclosed: unclosed, inBlock: inBlock)
    if skipsIndented { skipIndented(column) }
  }

  private func isNewStatement(_ column: Int, _ start: Int) -> Bool {
    let token = current
    return index > start && token.newlineBefore && token.kind.beginsStatementOnly
      && self.column(token) <= column
  }

  /// Brackets opened since `start` that are still open: the last partner, how many have one, and whether
  /// some have none.
  private func openBrackets(_ start: Int) -> (farthest: Int, open: Int, hasUnclosed: Bool) {
    var result = (farthest: -1, open: 0, hasUnclosed: false)
    for token in tokens[min(start, index)..<index] {
      guard token.kind.isOpener || token.kind == .interpolationStart || token.kind == .stringStart else {
        continue
      }
      if token.link < 0 {
        result.hasUnclosed = true
      } else if token.link >= index {
        result.farthest = max(result.farthest, Int(token.link))
        if token.kind.isOpener { result.open += 1 }
      }
    }
    return result
  }

  private mutating func skip(from start: Int, column: Int, hasUnclosed: Bool, inBlock: Bool) {
    var hasUnclosed = hasUnclosed
    while kind != .endOfFile, kind != .cellMarker {
      let token = current
      if token.newlineBefore, index > start {
        if !hasUnclosed { return }
        if !token.kind.isCloser, self.column(token) <= column { return }
      }
      if token.kind == .semicolon, !hasUnclosed { return }
      if token.kind == .rightBrace, inBlock, !hasUnclosed || self.column(token) < column { return }
      if token.kind.isCloser, hasUnclosed, token.newlineBefore, self.column(token) == column {
        hasUnclosed = false
      }
      if token.link > index {
        index = Int(token.link)
      } else if token.kind.isOpener {
        hasUnclosed = true
      }
      advance()
    }
  }

  /// Skips the body of a Python-like block, and the `else:` or `end` lines that belong to it.
  private mutating func skipIndented(_ column: Int) {
    while kind != .endOfFile, kind != .cellMarker, current.newlineBefore {
      let isDeeper = self.column(current) > column
      let belongs =
        self.column(current) == column
        && (kind == .elseKeyword || spells(current, "elif") || spells(current, "elseif")
          || spells(current, "except") || spells(current, "finally")
          || spells(current, "end") && (token(after: 1).newlineBefore || kind(after: 1) == .endOfFile))
      guard isDeeper || belongs else { return }
      advance()
      while kind != .endOfFile, kind != .cellMarker, !current.newlineBefore { advance() }
    }
  }
}
