/// Operators and brackets, and operators of other languages, which are read as what they mean here.
extension Lexer {
  mutating func punctuation(_ byte: UInt8) {
    let next = peek(1)
    let followedByEqual = next == UInt8(ascii: "=")
    switch byte {
    case UInt8(ascii: "("): open(.leftParen, .paren)
    case UInt8(ascii: "["): open(.leftBracket, .bracket)
    case UInt8(ascii: "{"): open(.leftBrace, .brace)
    case UInt8(ascii: ")"): close(.rightParen, .paren)
    case UInt8(ascii: "]"): close(.rightBracket, .bracket)
    case UInt8(ascii: "}"): close(.rightBrace, .brace)
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: ";"): take(.semicolon, 1)
    case UInt8(ascii: ":"): colon()
    case UInt8(ascii: "."): dot()
    case UInt8(ascii: "+"): sign(.plus, .plusAssign)
    case UInt8(ascii: "-"):
      if next == UInt8(ascii: ">") { take(.arrow, 2) } else { sign(.minus, .minusAssign) }
    case UInt8(ascii: "*"): star()
    case UInt8(ascii: "/"): slash()
    case UInt8(ascii: "%"): followedByEqual ? take(.percentAssign, 2) : take(.percent, 1)
    case UInt8(ascii: "@"): followedByEqual ? take(.atAssign, 2) : take(.at, 1)
    case UInt8(ascii: "^"): followedByEqual ? take(.caretAssign, 2) : take(.caret, 1)
    case UInt8(ascii: "<"): less()
    case UInt8(ascii: ">"): followedByEqual ? take(.greaterOrEqual, 2) : take(.greater, 1)
    case UInt8(ascii: "="): equals()
    default: foreignPunctuation(byte, next)
    }
  }

  // MARK: Brackets

  private mutating func open(_ kind: TokenKind, _ frame: Frame.Kind) {
    frames.append(Frame(kind: frame, token: tokens.count))
    take(kind, 1)
  }

  private mutating func close(_ kind: TokenKind, _ frame: Frame.Kind) {
    var depth = frames.count - 1
    while depth >= 0 {
      if frames[depth].kind == frame { return closeFrame(kind, depth) }
      if frames[depth].kind == .interpolation { break }
      depth -= 1
    }
    if kind == .rightBrace, depth >= 0 {
      let interpolation = frames[depth]
      frames.removeSubrange((depth + 1)...)
      return endInterpolation(interpolation)
    }
    take(kind, 1)
  }

  /// Brackets opened inside the one that closes stay without a partner.
  private mutating func closeFrame(_ kind: TokenKind, _ depth: Int) {
    let open = frames[depth].token
    frames.removeSubrange(depth...)
    take(kind, 1)
    link(open, tokens.count - 1)
  }

  private mutating func colon() {
    if frames.last?.kind == .interpolation { return startFormat() }
    if peek(1) == UInt8(ascii: "=") {
      return foreign(2, .assign, "`:=` is written `=`", "let x = … for a new name, x = … for a `var`")
    }
    take(.colon, 1)
  }

  // MARK: Operators

  private mutating func sign(_ kind: TokenKind, _ assign: TokenKind) {
    if peek(1) == UInt8(ascii: "=") { return take(assign, 2) }
    if peek(1) == peek(0), !pending.contains(.spaceBefore), isAfterValue(), endsStatement(after: 2) {
      let sign = kind == .plus ? "+" : "-"
      return foreign(2, nil, "there is no `\(sign)\(sign)`", "write x \(sign)= 1")
    }
    take(kind, 1)
  }

  private func isAfterValue() -> Bool {
    guard let last = tokens.last, Int(last.end) == position else { return false }
    return last.kind.endsExpression
  }

  private func endsStatement(after length: Int) -> Bool {
    var offset = length
    while peek(offset) == UInt8(ascii: " ") { offset += 1 }
    switch peek(offset) {
    case 0, UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ";"), UInt8(ascii: "#"), UInt8(ascii: "}"),
      UInt8(ascii: ")"):
      return true
    default: return false
    }
  }

  private mutating func star() {
    if peek(1) == UInt8(ascii: "*") {
      peek(2) == UInt8(ascii: "=") ? take(.caretAssign, 3) : take(.caret, 2)
    } else {
      peek(1) == UInt8(ascii: "=") ? take(.starAssign, 2) : take(.star, 1)
    }
  }

  private mutating func slash() {
    switch peek(1) {
    case UInt8(ascii: "/"): peek(2) == UInt8(ascii: "=") ? take(.floorAssign, 3) : take(.doubleSlash, 2)
    case UInt8(ascii: "="): take(.slashAssign, 2)
    case UInt8(ascii: "*"): foreignComment()
    default: take(.slash, 1)
    }
  }

  private mutating func less() {
    switch peek(1) {
    case UInt8(ascii: "="): take(.lessOrEqual, 2)
    case UInt8(ascii: ">"): foreign(2, .notEqual, "`<>` is written `!=`", "write a != b")
    case UInt8(ascii: "-") where peek(2) == UInt8(ascii: " ") && isLineOfOneName():
      foreign(2, .assign, "`<-` is written `=`", "let x = … for a new name, x = … for a `var`")
    default: take(.less, 1)
    }
  }

  /// Whether all of the line so far is one name: `x <- 5` assigns in R, and would compare here.
  private func isLineOfOneName() -> Bool {
    guard let last = tokens.last, last.kind == .name else { return false }
    return last.newlineBefore
  }

  private mutating func equals() {
    switch (peek(1), peek(2)) {
    case (UInt8(ascii: "="), UInt8(ascii: "=")): foreign(3, .equal, "`===` is written `==`", "write a == b")
    case (UInt8(ascii: "="), _): take(.equal, 2)
    case (UInt8(ascii: ">"), _):
      switch tokens.last?.kind {
      case .stringEnd, .integer, .float:
        foreign(2, .invalid, "`=>` makes no pairs", "write a record, {a: 1}, or a list of two, (\"a\", 1)")
      default: foreign(2, .arrow, "`=>` is written `->`", "write x -> x + 1")
      }
    default: take(.assign, 1)
    }
  }

  private mutating func dot() {
    let next = peek(1)
    if next == UInt8(ascii: ".") {
      return peek(2) == UInt8(ascii: ".") ? take(.ellipsis, 3) : take(.spread, 2)
    }
    if let kind = arithmetic(next) {
      let op = Character(Unicode.Scalar(next))
      return foreign(
        2, kind, "`.\(op)` is written `\(op)`", "`\(op)` works elementwise; `@` multiplies matrices")
    }
    if next == UInt8(ascii: "'") { return transpose(2) }
    take(.dot, 1)
  }

  /// The operator that `.*` and its kind mean.
  private func arithmetic(_ byte: UInt8) -> TokenKind? {
    switch byte {
    case UInt8(ascii: "*"): .star
    case UInt8(ascii: "/"): .slash
    case UInt8(ascii: "^"): .caret
    case UInt8(ascii: "+"): .plus
    case UInt8(ascii: "-"): .minus
    default: nil
    }
  }

  // MARK: Habits

  /// Reports an operator of another language and goes on with what it means here, or without it.
  private mutating func foreign(_ length: Int, _ kind: TokenKind?, _ message: String, _ help: String) {
    report("E0207", message, position, position + length, help: help)
    if let kind { take(kind, length) } else { position += length }
  }

  private mutating func foreignPunctuation(_ byte: UInt8, _ next: UInt8) {
    switch (byte, next) {
    case (UInt8(ascii: "!"), UInt8(ascii: "=")):
      if peek(2) == UInt8(ascii: "=") {
        foreign(3, .notEqual, "`!==` is written `!=`", "write a != b")
      } else {
        take(.notEqual, 2)
      }
    case (UInt8(ascii: "|"), UInt8(ascii: ">")): take(.pipe, 2)
    case (UInt8(ascii: "!"), UInt8(ascii: "(")) where tokens.last?.kind == .name && isAfterValue():
      foreign(1, nil, "names have no `!`", "functions change nothing in place: \(instead())")
    case (UInt8(ascii: "!"), _): foreign(1, .notKeyword, "`!` is written `not`", "write not x")
    case (UInt8(ascii: "~"), UInt8(ascii: "=")): foreign(2, .notEqual, "`~=` is written `!=`", "write a != b")
    case (UInt8(ascii: "~"), _): foreign(1, .notKeyword, "`~` is written `not`", "write not x")
    case (UInt8(ascii: "&"), _):
      let length = next == byte ? 2 : 1
      foreign(length, .andKeyword, "`\(text(position, position + length))` is written `and`", "write a and b")
    case (UInt8(ascii: "|"), _):
      let length = next == byte ? 2 : 1
      foreign(length, .orKeyword, "`\(text(position, position + length))` is written `or`", "write a or b")
    case (UInt8(ascii: "?"), _):
      if pending.contains(.newlineBefore), peek(1) > UInt8(ascii: " ") {
        foreign(1, .invalid, "`?` asks for help at the prompt", "type it there, or tlx help NAME in a shell")
      } else {
        foreign(1, .invalid, "there is no `? :`", "write if c { a } else { b }, which has a value")
      }
    case (UInt8(ascii: "\\"), _): backslash()
    case (UInt8(ascii: "'"), _): singleQuote()
    default: unexpectedCharacters()
    }
  }

  /// What to write instead of `push!(xs, x)` and its like.
  private func instead() -> String {
    guard let last = tokens.last else { return "x = f(x)" }
    let name = text(Int(last.start), Int(last.end))
    switch name {
    case "push", "append": return "xs = xs + (item,)"
    case "pop": return "xs[-1] is the last item, xs = xs[:-1] drops it"
    default: return "x = \(name)(x)"
    }
  }

  private mutating func backslash() {
    if endsLine(after: 1) {
      foreign(
        1, nil, "a line needs no `\\` at its end",
        "it goes on inside brackets, and after an operator or a comma")
      while peek(0) <= UInt8(ascii: " "), position < bytes.count, peek(0) != UInt8(ascii: "\n") {
        position += 1
      }
      if singleLineInterpolations == 0, position < bytes.count { position += 1 }
    } else {
      foreign(1, .invalid, "there is no `\\` operator", "write solve(A, b) for A \\ b")
    }
  }

  private func endsLine(after length: Int) -> Bool {
    var offset = length
    while peek(offset) == UInt8(ascii: " ") || peek(offset) == UInt8(ascii: "\r") { offset += 1 }
    return peek(offset) == UInt8(ascii: "\n") || position + offset >= bytes.count
  }

  private mutating func transpose(_ length: Int) {
    foreign(length, nil, "`'` does not transpose", "write x.T")
  }

  private mutating func singleQuote() {
    if !pending.contains(.spaceBefore), isAfterValue() { return transpose(1) }
    let start = position
    let quote = UInt8(ascii: "'")
    let isTriple = peek(1) == quote && peek(2) == quote
    let width = isTriple ? 3 : 1
    guard let end = isTriple ? endOfTripleQuoted() : endOfSingleQuoted() else {
      dependsOnRest = dependsOnRest || isTriple
      return foreign(width, .invalid, "`'` does not open a string", "write \"text\"")
    }
    let content = text(start + width, end).replacing("''", with: "'")
    let help = isTriple ? "write \"\"\" before and after it" : "write \"\(content)\""
    report("E0207", "strings stand in double quotes", start, end + width, help: help)
    let open = tokens.count
    emit(.stringStart, start, start + width, role: .singleQuoted)
    if end > start + width { emit(.stringText, start + width, end) }
    emit(.stringEnd, end, end + width)
    link(open, tokens.count - 1)
    position = end + width
  }

  /// Where `'text'` closes on its line; `''` within it stands for a quote.
  private func endOfSingleQuoted() -> Int? {
    guard var end = nextQuote(from: position + 1) else { return nil }
    while end > position + 1, end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "'"),
      let next = nextQuote(from: end + 2)
    {
      end = next
    }
    return end
  }

  private func nextQuote(from start: Int) -> Int? {
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "'"), bytes[end] != UInt8(ascii: "\n") { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "'") ? end : nil
  }

  private func endOfTripleQuoted() -> Int? {
    let quote = UInt8(ascii: "'")
    var end = position + 3
    while end + 2 < bytes.count {
      if bytes[end] == quote, bytes[end + 1] == quote, bytes[end + 2] == quote { return end }
      end += 1
    }
    return nil
  }

  private mutating func foreignComment() {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      position += 1
      if bytes[position - 1] == UInt8(ascii: "/"), position > start + 3,
        bytes[position - 2] == UInt8(ascii: "*")
      {
        break
      }
    }
    report("E0207", "comments begin with `#`", start, position, help: "write # …")
  }
}
