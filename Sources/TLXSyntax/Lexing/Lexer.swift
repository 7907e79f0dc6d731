import TLXSource

/// Cuts UTF-8 source into tokens in one pass, pairing brackets and quotes as it goes. It never stops: what it
/// cannot read is reported once and becomes an `.invalid` token, or the token that was probably meant.
struct Lexer {
  /// An open bracket or interpolation.
  struct Frame {
    enum Kind { case paren, bracket, brace, interpolation }

    var kind: Kind
    var token: Int
    /// For interpolations: the string that they stand in, and what goes on after the closing brace.
    var string = 0
    var isTriple = false
    var isInFormat = false
  }

  let source: SourceText
  let bytes: [UInt8]
  var position = 0
  /// Behind a byte order mark.
  private var textStart = 0
  var pending: Token.Flags = .newlineBefore
  var tokens: [Token] = []
  var comments: [LexedComment] = []
  var diagnostics: [Diagnostic] = []
  var frames: [Frame] = []
  /// How many open interpolations belong to strings that must end on their line.
  var singleLineInterpolations = 0
  /// Where the `"""` string starts that the text ends in.
  var unfinishedString: Int?
  /// How many errors were found before this text, where the lexer goes on in the middle of one.
  var earlierDiagnostics = 0
  /// Whether some token is what it is because of all that follows.
  var dependsOnRest = false

  init(_ source: SourceText) {
    self.source = source
    self.bytes = source.bytes
  }

  mutating func run() {
    guard bytes.count < Int(Int32.max) - 16 else {
      report("E0101", "a source text may have at most 2 GB", 0, 0)
      return emit(.endOfFile, bytes.count, bytes.count)
    }
    tokens.reserveCapacity(bytes.count / 3 + 16)
    begin()
    while position < bytes.count { step(bytes[position]) }
    finish()
  }

  /// What only the start of a text can have.
  mutating func begin() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    textStart = position
    if peek(0) == UInt8(ascii: "#"), peek(1) == UInt8(ascii: "!") { addComment(.shebang) }
  }

  mutating func step(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0C:
      position += 1
      pending.insert(.spaceBefore)
    case UInt8(ascii: "\n"):
      newline()
    case UInt8(ascii: "#"):
      comment()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
      word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      number()
    case UInt8(ascii: "\""):
      string(prefix: 0)
    case 0x80...:
      nonASCII()
    default:
      punctuation(byte)
    }
  }

  private mutating func newline() {
    if singleLineInterpolations > 0 { abandonInterpolations() }
    position += 1
    pending.insert(.newlineBefore)
  }

  mutating func finish() {
    if singleLineInterpolations > 0 { abandonInterpolations() }
    if let frame = frames.first(where: { $0.kind == .interpolation }) {
      leaveUnfinished(string: frame.string)
      emit(.invalid, position, position)
    }
    emit(.endOfFile, bytes.count, bytes.count)
  }

  // MARK: Reading and writing

  /// The byte at `position + offset`, or 0 past the end.
  @inline(__always)
  func peek(_ offset: Int) -> UInt8 {
    let index = position + offset
    return index < bytes.count ? bytes[index] : 0
  }

  @inline(__always)
  mutating func emit(_ kind: TokenKind, _ start: Int, _ end: Int, role: TokenRole = .none) {
    tokens.append(
      Token(kind: kind, flags: pending, role: role, start: Int32(start), end: Int32(end), link: -1))
    pending = []
  }

  /// Emits `length` bytes from the current position on.
  @inline(__always)
  mutating func take(_ kind: TokenKind, _ length: Int) {
    emit(kind, position, position + length)
    position += length
  }

  mutating func link(_ open: Int, _ close: Int) {
    // A bracket of an earlier stretch, where the lexer went on in the middle of a text.
    guard open >= 0 else { return }
    tokens[open].link = Int32(close)
    tokens[close].link = Int32(open)
  }

  mutating func report(
    _ code: String, _ message: String, _ start: Int, _ end: Int, label: String = "", help: String? = nil
  ) {
    guard earlierDiagnostics + diagnostics.count < Parser.Limit.diagnostics else { return }
    diagnostics.append(
      Diagnostic(code, message, at: Location(source, Span(start, end)), label: label, help: help))
  }

  func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

  // MARK: Comments

  private mutating func comment() {
    let isLineStart = position == textStart || bytes[position - 1] == UInt8(ascii: "\n")
    if isLineStart, isCellMarker() { return cellMarker() }
    switch (peek(1), peek(2)) {
    case (UInt8(ascii: "="), UInt8(ascii: ">")): addComment(.expectation)
    case (UInt8(ascii: "?"), _): addComment(.hint)
    case (UInt8(ascii: "#"), _): addComment(.documentation)
    default: addComment(.plain)
    }
  }

  private func isCellMarker() -> Bool {
    let blank = peek(1) == UInt8(ascii: " ") ? 1 : 0
    return peek(1 + blank) == UInt8(ascii: "%") && peek(2 + blank) == UInt8(ascii: "%")
  }

  /// A marker ends whatever is open, so that a forgotten bracket spoils one cell only.
  private mutating func cellMarker() {
    if let frame = frames.first(where: { $0.kind == .interpolation }) {
      leaveUnfinished(string: frame.string)
      unfinishedString = nil
    }
    frames.removeAll(keepingCapacity: true)
    let end = lineEnd()
    emit(.cellMarker, position, end)
    position = end
  }

  private mutating func addComment(_ kind: LexedComment.Kind) {
    let end = lineEnd()
    comments.append(
      LexedComment(
        kind: kind, isWholeLine: pending.contains(.newlineBefore), start: Int32(position), end: Int32(end)))
    position = end
  }

  /// The end of the current line without its newline and trailing blanks.
  private func lineEnd() -> Int {
    var end = position
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    while end > position, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
    return end
  }
}
