/// Names and keywords, and what is not ASCII.
extension Lexer {
  mutating func word() {
    let start = position
    position = wordEnd(from: start)
    if position - start == 1, bytes[start] == UInt8(ascii: "r"), peek(0) == UInt8(ascii: "\"") {
      position = start
      return string(prefix: 1)
    }
    let kind = keyword(start, position) ?? .name
    if kind.beginsStatementOnly, pending.contains(.newlineBefore), !frames.isEmpty { giveUpBrackets() }
    emit(kind, start, position)
  }

  /// A line that begins a statement cannot stand in round or square brackets: those opened before it were
  /// forgotten, and must not take a later bracket for their partner.
  private mutating func giveUpBrackets() {
    var next = position
    while next < bytes.count, bytes[next] == UInt8(ascii: " ") { next += 1 }
    guard next >= bytes.count || bytes[next] != UInt8(ascii: "=") else { return }
    while let last = frames.last, last.kind == .paren || last.kind == .bracket { frames.removeLast() }
  }

  /// Where the run of letters, digits and underscores from `start` on ends.
  func wordEnd(from start: Int) -> Int {
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if isWordByte(byte) {
        end += 1
      } else if byte >= 0x80, let (scalar, length) = scalar(at: end), scalar.properties.isXIDContinue {
        end += length
      } else {
        break
      }
    }
    return end
  }

  @inline(__always)
  func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private func keyword(_ start: Int, _ end: Int) -> TokenKind? {
    switch end - start {
    case 2:
      if matches("fn", start) { return .fnKeyword }
      if matches("if", start) { return .ifKeyword }
      if matches("in", start) { return .inKeyword }
      if matches("or", start) { return .orKeyword }
    case 3:
      if matches("let", start) { return .letKeyword }
      if matches("var", start) { return .varKeyword }
      if matches("for", start) { return .forKeyword }
      if matches("and", start) { return .andKeyword }
      if matches("not", start) { return .notKeyword }
      if matches("try", start) { return .tryKeyword }
      if matches("nil", start) { return .nilKeyword }
    case 4:
      if matches("else", start) { return .elseKeyword }
      if matches("true", start) { return .trueKeyword }
    case 5:
      if matches("while", start) { return .whileKeyword }
      if matches("false", start) { return .falseKeyword }
      if matches("break", start) { return .breakKeyword }
    case 6:
      if matches("return", start) { return .returnKeyword }
      if matches("assert", start) { return .assertKeyword }
    case 8:
      if matches("continue", start) { return .continueKeyword }
    default: break
    }
    return nil
  }

  @inline(__always)
  private func matches(_ word: StaticString, _ start: Int) -> Bool {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for offset in 0..<letters.count where bytes[start + offset] != letters[offset] { return false }
    return true
  }

  /// The scalar that starts at a byte; nil inside one or at broken bytes.
  func scalar(at index: Int) -> (Unicode.Scalar, length: Int)? {
    let lead = bytes[index]
    let length = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard length > 0, index + length <= bytes.count else { return nil }
    var value = length == 1 ? UInt32(lead) : UInt32(lead) & (0x7F >> UInt32(length))
    for offset in 1..<max(length, 1) { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
    return Unicode.Scalar(value).map { ($0, length) }
  }

  mutating func nonASCII() {
    guard let (scalar, length) = scalar(at: position) else {
      position += 1
      return pending.formUnion(.spaceBefore)
    }
    if scalar.properties.isXIDStart { return word() }
    if scalar.properties.isWhitespace {
      position += length
      return pending.formUnion(.spaceBefore)
    }
    if let meant = Lookalike.all[scalar] { return lookalike(scalar, length, meant) }
    unexpectedCharacters()
  }

  private mutating func lookalike(_ scalar: Unicode.Scalar, _ length: Int, _ meant: Lookalike) {
    let end = position + length
    report(
      "E0101", "`\(scalar)` is not part of the language", position, end, help: "write `\(meant.spelling)`")
    emit(meant.kind, position, end)
    position = end
  }

  /// Reports a run of characters that nothing begins with, once.
  mutating func unexpectedCharacters() {
    let start = position
    var isBroken = false
    var found = ""
    while position < bytes.count, let (scalar, length) = scalar(at: position),
      scalar.value >= 0x80 || isStray(bytes[position]), !scalar.properties.isXIDStart,
      !scalar.properties.isWhitespace, Lookalike.all[scalar] == nil
    {
      isBroken = isBroken || scalar == "\u{FFFD}"
      found.unicodeScalars.append(scalar)
      position += length
    }
    if position == start { position += 1 }
    let isVisible = found.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    let message =
      isBroken
      ? "the text is not UTF-8 here"
      : found == "`"
        ? "a backtick is not part of the language"
        : isVisible
          ? "`\(found)` is not part of the language"
          : "a control character (byte \(bytes[start])) is not part of the language"
    report("E0101", message, start, position)
    emit(.invalid, start, position)
  }

  private func isStray(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\t") && byte != UInt8(ascii: "\r")
      || byte == 0x7F || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`")
  }
}

/// Characters from papers, word processors and web pages, with what they stand for.
struct Lookalike {
  var spelling: String
  var kind: TokenKind

  static let all: [Unicode.Scalar: Lookalike] = [
    "×": Lookalike(spelling: "*", kind: .star), "·": Lookalike(spelling: "*", kind: .star),
    "⋅": Lookalike(spelling: "*", kind: .star), "÷": Lookalike(spelling: "/", kind: .slash),
    "−": Lookalike(spelling: "-", kind: .minus), "–": Lookalike(spelling: "-", kind: .minus),
    "—": Lookalike(spelling: "-", kind: .minus), "≤": Lookalike(spelling: "<=", kind: .lessOrEqual),
    "≥": Lookalike(spelling: ">=", kind: .greaterOrEqual), "≠": Lookalike(spelling: "!=", kind: .notEqual),
    "→": Lookalike(spelling: "->", kind: .arrow), "⇒": Lookalike(spelling: "->", kind: .arrow),
    "↦": Lookalike(spelling: "->", kind: .arrow), "∈": Lookalike(spelling: "in", kind: .inKeyword),
    "∧": Lookalike(spelling: "and", kind: .andKeyword), "∨": Lookalike(spelling: "or", kind: .orKeyword),
    "¬": Lookalike(spelling: "not", kind: .notKeyword), "←": Lookalike(spelling: "=", kind: .assign),
    "…": Lookalike(spelling: "...", kind: .ellipsis), "“": Lookalike(spelling: "\"", kind: .invalid),
    "”": Lookalike(spelling: "\"", kind: .invalid), "„": Lookalike(spelling: "\"", kind: .invalid),
    "‘": Lookalike(spelling: "\"", kind: .invalid), "’": Lookalike(spelling: "\"", kind: .invalid),
    "²": Lookalike(spelling: "^2", kind: .invalid), "³": Lookalike(spelling: "^3", kind: .invalid),
    "√": Lookalike(spelling: "sqrt(…)", kind: .invalid), "∑": Lookalike(spelling: "sum(…)", kind: .invalid),
    "∏": Lookalike(spelling: "prod(…)", kind: .invalid), "∞": Lookalike(spelling: "inf", kind: .invalid),
  ]
}
