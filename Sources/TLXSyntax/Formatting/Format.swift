import TLXSource

/// A program in its usual form: four blanks a level, one between words, lines of at most 100 columns. The
/// author's line breaks and single blank lines stay, as do comments and columns of `=`, values and comments that
/// were aligned. Formatting twice changes nothing more, and the tree stays the same. A text with errors is
/// returned as it is. Cost: linear in the text, but for lines that must be split.
public func format(_ tree: SyntaxTree) -> String {
  guard !tree.diagnostics.contains(where: { $0.severity == .error }) else { return tree.source.text }
  var layout = FormatLayout(FormatItem.items(of: tree))
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
  /// Blanks put before it to align it.
  var padding = 0
  /// The `=` of a keyword argument that stands between blanks, since it is aligned.
  var isSpacedAssign = false

  var token: TokenKind? {
    guard case .token(let kind) = kind else { return nil }
    return kind
  }

  var isComment: Bool { token == nil }
}

extension FormatItem {
  /// The tokens and comments of a parsed text in order. A string is one item; extra semicolons are left out.
  static func items(of tree: SyntaxTree) -> [FormatItem] {
    var builder = FormatItemBuilder(tree)
    builder.run()
    return builder.items
  }
}

private struct FormatItemBuilder {
  private let bytes: [UInt8]
  private let tokens: [Token]
  private let comments: [LexedComment]
  private(set) var items: [FormatItem] = []
  private var previousEnd = 0
  private var comment = 0
  /// The items of brackets that are open.
  private var openers: [Int] = []
  private var line = LineColumn()

  init(_ tree: SyntaxTree) {
    bytes = tree.source.bytes
    tokens = tree.lexed.tokens
    comments = tree.lexed.comments
    items.reserveCapacity(tokens.count + comments.count)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { previousEnd = 3 }
  }

  mutating func run() {
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      addComments(before: Int(token.start))
      guard token.kind != .endOfFile else { break }
      if token.kind == .stringStart, token.link > index {
        add(token, end: Int(tokens[Int(token.link)].end))
        index = Int(token.link) + 1
        continue
      }
      if token.kind != .semicolon || !isExtra(token) { addToken(token) }
      index += 1
    }
    addComments(before: bytes.count + 1)
  }

  private mutating func addComments(before limit: Int) {
    while comment < comments.count, comments[comment].start < limit {
      let found = comments[comment]
      comment += 1
      add(.comment(found.kind), text: commentText(found), start: Int(found.start), end: Int(found.end))
    }
  }

  /// `#text` gets its blank.
  private func commentText(_ comment: LexedComment) -> String {
    let text = self.text(Int(comment.start), Int(comment.end))
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

  /// Brackets that the lexer could not pair have no partner.
  private mutating func addToken(_ token: Token) {
    add(token, end: Int(token.end))
    guard token.link >= 0 else { return }
    if token.kind.isOpener {
      openers.append(items.count - 1)
    } else if token.kind.isCloser, let open = openers.popLast() {
      items[open].partner = items.count - 1
      items[items.count - 1].partner = open
    }
  }

  private mutating func add(_ token: Token, end: Int) {
    var text = self.text(Int(token.start), end)
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
    var newlines = 0
    for byte in bytes[min(previousEnd, start)..<start] where byte == UInt8(ascii: "\n") { newlines += 1 }
    let isMultiline = bytes[start..<end].contains(UInt8(ascii: "\n"))
    items.append(
      FormatItem(
        kind: kind, role: role, text: text, width: columns(of: text, isMultiline, start, end),
        isMultiline: isMultiline,
        newlines: newlines, hasSpaceBefore: hasSpaceBefore, startsStatement: startsStatement,
        column: line.column(of: start, in: bytes), breaksLine: items.isEmpty || newlines > 0))
    previousEnd = end
  }

  /// The columns of a text that stood between two bytes; of its last line if it has several.
  private func columns(of text: String, _ isMultiline: Bool, _ start: Int, _ end: Int) -> Int {
    guard isMultiline || bytes[start..<end].contains(where: { $0 >= 0x80 }) else { return text.utf8.count }
    let lastLine = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).last
    return lastLine.map { displayWidth(String(decoding: $0, as: UTF8.self)) } ?? 0
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

/// Columns of places that are asked for in their order, in one pass over the text.
private struct LineColumn {
  private var position = 0
  private var lineStart = 0
  private var isASCII = true

  mutating func column(of start: Int, in bytes: [UInt8]) -> Int {
    for index in position..<max(start, position) {
      if bytes[index] == UInt8(ascii: "\n") {
        lineStart = index + 1
        isASCII = true
      } else if bytes[index] >= 0x80 {
        isASCII = false
      }
    }
    position = max(start, position)
    return isASCII
      ? start - lineStart : displayWidth(String(decoding: bytes[lineStart..<start], as: UTF8.self))
  }
}
