import TLXSource

/// A program in its usual form: four blanks a level, one between words, lines of at most 100 columns. The
/// author's line breaks and single blank lines stay, as do comments and columns of `=`, values and comments that
/// were aligned. Formatting twice changes nothing more, and the tree stays the same. A text with errors is
/// returned as it is. Cost: linear in the text, but for lines that must be split.
public func format(_ tree: SyntaxTree) -> String {
  guard !tree.diagnostics.contains(where: { $0.severity == .error }) else { return tree.source.text }
  var parser = Parser(tree.source, mode: .prompt)
  _ = parser.parseTree()
  var layout = FormatLayout(FormatItem.items(of: parser))
  return layout.run()
}

/// A token or comment on its way to the output.
struct FormatItem {
  enum Kind: Equatable {
    case token(TokenKind)
    case comment(LexedComment.Kind)
  }

  var kind: Kind
  var role: TokenRole
  var text: String
  /// Columns of the text, of its last line if it has several.
  var width: Int
  var isMultiline: Bool
  /// Newlines before it in the source.
  var newlines: Int
  var hasSpaceBefore: Bool
  var startsStatement: Bool
  /// Characters before it on its line of the source; -1 for what the formatter put in.
  var column: Int
  /// The item of the matching bracket; -1 where there is none.
  var partner = -1
  /// Whether it begins a line of the output.
  var breaksLine: Bool

  var token: TokenKind? {
    guard case .token(let kind) = kind else { return nil }
    return kind
  }

  var isComment: Bool { token == nil }
}

extension FormatItem {
  /// The tokens and comments of a parsed text in order. A string is one item; extra semicolons are left out.
  static func items(of parser: Parser) -> [FormatItem] {
    var builder = FormatItemBuilder(parser)
    builder.run()
    return builder.items
  }
}

private struct FormatItemBuilder {
  let parser: Parser
  var items: [FormatItem] = []
  private var previousEnd = 0
  private var comment = 0
  private var itemOfToken: [Int: Int] = [:]

  init(_ parser: Parser) {
    self.parser = parser
    if parser.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { previousEnd = 3 }
  }

  mutating func run() {
    var index = 0
    while index < parser.tokens.count {
      let token = parser.tokens[index]
      addComments(before: Int(token.start))
      guard token.kind != .endOfFile else { break }
      if token.kind == .stringStart, token.link > index {
        add(token, end: Int(parser.tokens[Int(token.link)].end))
        index = Int(token.link) + 1
        continue
      }
      if token.kind != .semicolon || !isExtra(token) { addToken(token, index) }
      index += 1
    }
    addComments(before: parser.bytes.count + 1)
  }

  private mutating func addComments(before limit: Int) {
    while comment < parser.comments.count, parser.comments[comment].start < limit {
      let found = parser.comments[comment]
      comment += 1
      add(.comment(found.kind), text: commentText(found), start: Int(found.start), end: Int(found.end))
    }
  }

  /// `#text` gets its blank.
  private func commentText(_ comment: LexedComment) -> String {
    let text = parser.text(Int(comment.start), Int(comment.end))
    guard comment.kind == .plain, let second = text.utf8.dropFirst().first else { return text }
    // An indented comment must not become a cell marker in column 0.
    if text.hasPrefix("#%%") || text.hasPrefix("# %%") { return "#  " + text.drop { $0 != "%" } }
    let isLetter = (second | 0x20) >= UInt8(ascii: "a") && (second | 0x20) <= UInt8(ascii: "z")
    return isLetter ? "# " + text.dropFirst() : text
  }

  /// A semicolon that separates nothing.
  private func isExtra(_ semicolon: Token) -> Bool {
    guard let last = items.last, !semicolon.newlineBefore else { return true }
    return last.isComment || last.token == .semicolon || last.token == .leftBrace && last.role == .block
      || last.token == .cellMarker
  }

  private mutating func addToken(_ token: Token, _ index: Int) {
    add(token, end: Int(token.end))
    if token.kind.isOpener {
      itemOfToken[index] = items.count - 1
    } else if token.kind.isCloser, let open = itemOfToken[Int(token.link)] {
      items[open].partner = items.count - 1
      items[items.count - 1].partner = open
    }
  }

  private mutating func add(_ token: Token, end: Int) {
    var text = parser.text(Int(token.start), end)
    switch token.kind {
    case .caret: text = "^"
    case .caretAssign: text = "^="
    case .cellMarker: text = markerText(text)
    case .stringStart where text.utf8.contains(0x0D): text = text.replacing("\r\n", with: "\n")
    default: break
    }
    add(
      .token(token.kind), text: text, start: Int(token.start), end: end, role: token.role,
      startsStatement: token.startsStatement, hasSpaceBefore: token.flags.contains(.spaceBefore))
  }

  /// `#%%Title` as `# %% Title`.
  private func markerText(_ text: String) -> String {
    guard let percent = text.firstIndex(of: "%") else { return text }
    let title = text[percent...].dropFirst(2).drop { $0 == " " }
    return title.isEmpty ? "# %%" : "# %% \(title)"
  }

  private mutating func add(
    _ kind: FormatItem.Kind, text: String, start: Int, end: Int, role: TokenRole = .none,
    startsStatement: Bool = false, hasSpaceBefore: Bool = false
  ) {
    let gap = parser.bytes[min(previousEnd, start)..<start]
    let newlines = gap.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    let isMultiline = text.utf8.contains(UInt8(ascii: "\n"))
    let lastLine =
      isMultiline ? text[text.index(after: text.lastIndex(of: "\n") ?? text.startIndex)...] : text[...]
    items.append(
      FormatItem(
        kind: kind, role: role, text: text, width: displayWidth(lastLine), isMultiline: isMultiline,
        newlines: newlines, hasSpaceBefore: hasSpaceBefore, startsStatement: startsStatement,
        column: column(of: start), breaksLine: items.isEmpty || newlines > 0))
    previousEnd = end
  }

  private func column(of start: Int) -> Int {
    let lineStart = parser.source.lineStarts[parser.source.line(of: start)]
    return displayWidth(parser.text(lineStart, start))
  }
}
