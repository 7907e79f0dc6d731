import TLXSource

/// `# %%` cells: markers, flags, prose, hints, and the `#=>` expectations of their statements.
extension Parser {
  mutating func parseCells() -> [Cell] {
    var cells: [Cell] = []
    var comment = 0
    let first = parseUntitledCell(&comment)
    while kind == .cellMarker { cells.append(parseCell(&comment)) }
    if cells.isEmpty || !first.statements.isEmpty { cells.insert(first, at: 0) }
    return cells
  }

  private mutating func parseUntitledCell(_ comment: inout Int) -> Cell {
    var statements = parseStatements(inBlock: false)
    let end = kind == .cellMarker ? Int(current.start) : bytes.count
    let hints = attachComments(to: &statements, from: &comment, end: end)
    return Cell(
      title: nil, flags: [], prose: "", hints: hints, statements: statements, span: Span(0, end),
      markerSpan: nil)
  }

  private mutating func parseCell(_ comment: inout Int) -> Cell {
    let marker = advance()
    let (title, flags) = parseMarker(marker)
    let prose = parseProse(below: Int(marker.end), &comment)
    var statements = parseStatements(inBlock: false)
    let end = kind == .cellMarker ? Int(current.start) : bytes.count
    let hints = attachComments(to: &statements, from: &comment, end: end)
    return Cell(
      title: title, flags: flags, prose: prose, hints: hints, statements: statements,
      span: Span(Int(marker.start), end), markerSpan: span(marker))
  }

  // MARK: Markers

  /// `# %% Title [cache, manual]`. Brackets that hold no flag belong to the title.
  private mutating func parseMarker(_ marker: Token) -> (title: String?, flags: Set<Cell.Flag>) {
    var start = Int(marker.start)
    while bytes[start] != UInt8(ascii: "%") { start += 1 }
    start += 2
    let (contentStart, end) = trimmed(start, Int(marker.end))
    guard contentStart < end else { return (nil, []) }
    if bytes[end - 1] == UInt8(ascii: "]"),
      let open = bytes[contentStart..<end].lastIndex(of: UInt8(ascii: "[")),
      let flags = parseFlags(open + 1, end - 1)
    {
      let (titleStart, titleEnd) = trimmed(contentStart, open)
      return (titleStart < titleEnd ? text(titleStart, titleEnd) : nil, flags)
    }
    return (text(contentStart, end), [])
  }

  private mutating func parseFlags(_ start: Int, _ end: Int) -> Set<Cell.Flag>? {
    let spans = wordSpans(start, end)
    let words = spans.map { text($0.start, $0.end) }
    let flags = words.compactMap(Cell.Flag.init(rawValue:))
    let known = Cell.Flag.allCases.map(\.rawValue)
    let suggestion = words.count == 1 ? Spelling.nearest(to: words[0], in: known) : nil
    guard !flags.isEmpty || suggestion != nil else { return words == ["markdown"] ? [] : nil }
    for (word, span) in zip(words, spans) where Cell.Flag(rawValue: word) == nil {
      let help = Spelling.nearest(to: word, in: known).map { "did you mean `\($0)`?" }
      report(
        "E0213", "`\(word)` is not a cell flag", at: span,
        help: help ?? "flags are \(known.joined(separator: ", "))", severity: .warning)
    }
    return Set(flags)
  }

  /// The words between blanks and commas.
  private func wordSpans(_ start: Int, _ end: Int) -> [Span] {
    bytes[start..<end].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
      .map { Span($0.startIndex, $0.endIndex) }
  }

  private func trimmed(_ start: Int, _ end: Int) -> (Int, Int) {
    var (start, end) = (start, end)
    while start < end, bytes[start] <= UInt8(ascii: " ") { start += 1 }
    while end > start, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
    return (start, end)
  }

  // MARK: Comments

  /// The comment lines directly below a marker, without `# `.
  private func parseProse(below start: Int, _ comment: inout Int) -> String {
    while comment < comments.count, comments[comment].start < start { comment += 1 }
    var lines: [String] = []
    var end = start
    while comment < comments.count, comments[comment].kind == .plain, comments[comment].isWholeLine,
      isNextLine(end, Int(comments[comment].start))
    {
      let line = comments[comment]
      var contentStart = Int(line.start) + 1
      if contentStart < line.end, bytes[contentStart] == UInt8(ascii: " ") { contentStart += 1 }
      lines.append(text(contentStart, Int(line.end)))
      end = Int(line.end)
      comment += 1
    }
    return lines.joined(separator: "\n")
  }

  /// Whether only blanks and one newline stand between two places.
  func isNextLine(_ end: Int, _ start: Int) -> Bool {
    guard end <= start else { return false }
    var newlines = 0
    for byte in bytes[end..<start] {
      if byte == UInt8(ascii: "\n") { newlines += 1 } else if byte > UInt8(ascii: " ") { return false }
    }
    return newlines == 1
  }

  /// Gives each statement the `#=>` comments between its end and the next one; returns the cell's hints.
  private func attachComments(to statements: inout [Statement], from comment: inout Int, end: Int) -> [String]
  {
    var hints: [String] = []
    var statement = -1
    while comment < comments.count, comments[comment].start < end {
      let found = comments[comment]
      comment += 1
      switch found.kind {
      case .hint: hints.append(content(of: found, after: 2))
      case .expectation:
        while statement + 1 < statements.count, statements[statement + 1].span.start < found.start {
          statement += 1
        }
        guard statement >= 0, statements[statement].span.end <= found.start else { continue }
        statements[statement].expectations.append(expectation(found))
      default: break
      }
    }
    return hints
  }

  private func content(of comment: LexedComment, after length: Int) -> String {
    var start = Int(comment.start) + length
    if start < comment.end, bytes[start] == UInt8(ascii: " ") { start += 1 }
    return text(start, Int(comment.end))
  }

  private func expectation(_ comment: LexedComment) -> Expectation {
    let content = content(of: comment, after: 3)
    let isApproximate = content.utf8.first == UInt8(ascii: "~")
    return Expectation(
      text: isApproximate ? String(content.dropFirst()) : content, isApproximate: isApproximate,
      span: span(comment))
  }

  /// The `##` lines that end right above the line of a `fn`.
  func documentation(above token: Token) -> String? {
    var low = 0
    var high = comments.count
    while low < high {
      let middle = (low + high) / 2
      if comments[middle].start < token.start { low = middle + 1 } else { high = middle }
    }
    var lines: [String] = []
    var start = Int(token.start)
    while low > 0, comments[low - 1].kind == .documentation, comments[low - 1].isWholeLine,
      isNextLine(Int(comments[low - 1].end), start)
    {
      lines.append(content(of: comments[low - 1], after: 2))
      start = Int(comments[low - 1].start)
      low -= 1
    }
    return lines.isEmpty ? nil : lines.reversed().joined(separator: "\n")
  }
}
