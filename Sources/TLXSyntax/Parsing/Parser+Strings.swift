import TLXSource

/// String literals: escapes, doubled braces, interpolations, and the indentation of `"""` strings.
extension Parser {
  mutating func parseString() throws(Panic) -> Expression {
    try nested { parser throws(Panic) in
      let start = Int(parser.current.start)
      let literal = try parser.parseSegments()
      return Expression(.string(literal), parser.spanFrom(start))
    }
  }

  private mutating func parseSegments() throws(Panic) -> StringLiteral {
    let open = advance()
    var style = style(of: open)
    var segments: [StringLiteral.Segment] = []
    while true {
      switch kind {
      case .stringText:
        append(text: decode(current, style), to: &segments)
        advance()
      case .interpolationStart: segments.append(try parseInterpolation())
      case .stringEnd:
        advance()
        return StringLiteral(segments: segments)
      default: throw Panic()
      }
      style.isAtStart = false
    }
  }

  private func append(text: String, to segments: inout [StringLiteral.Segment]) {
    if !text.isEmpty { segments.append(.text(text)) }
  }

  /// `{expr}` or `{expr:format}`
  private mutating func parseInterpolation() throws(Panic) -> StringLiteral.Segment {
    let open = index
    advance()
    if kind == .interpolationEnd || kind == .formatStart {
      throw fail(
        "E0106", "nothing stands between these braces", at: span(tokens[open]).union(currentSpan),
        help: "put a value between them, as in \"{x}\"; {{}} stands for braces")
    }
    let value = try ignoringNewlines { parser throws(Panic) in try parser.parseExpression() }
    let format = kind == .formatStart ? try parseFormat() : nil
    guard take(.interpolationEnd) else {
      throw badSeparator(open: open, close: .interpolationEnd, item: "expression")
    }
    return .interpolation(value, format: format)
  }

  private mutating func parseFormat() throws(Panic) -> [StringLiteral.Segment] {
    advance()
    var segments: [StringLiteral.Segment] = []
    while kind == .stringText || kind == .interpolationStart {
      if kind == .stringText {
        append(text: decode(current, TextStyle()), to: &segments)
        advance()
      } else {
        segments.append(try parseInterpolation())
      }
    }
    return segments
  }

  // MARK: Text

  struct TextStyle {
    var isRaw = false
    /// How many blanks each line of a `"""` string loses; nil for other strings.
    var indentation: Int?
    /// Where the text of a `"""` string really ends: before the line of its closing quotes.
    var end = Int.max
    var isAtStart = true
  }

  private func style(of open: Token) -> TextStyle {
    var style = TextStyle()
    let first = bytes[Int(open.start)]
    style.isRaw = first == UInt8(ascii: "r") || open.role == .singleQuoted
    guard open.count >= 3, open.link > 0 else { return style }
    let close = tokens[Int(open.link)]
    (style.indentation, style.end) = layout(Int(open.end), Int(close.start))
    return style
  }

  /// The blanks common to all lines but the first, and the end without a last line of blanks.
  private func layout(_ start: Int, _ end: Int) -> (indentation: Int, end: Int) {
    var smallest = Int.max
    var textEnd = end
    var lineStart = start
    var isFirst = true
    while lineStart <= end {
      var content = lineStart
      while content < end, bytes[content] == UInt8(ascii: " ") || bytes[content] == UInt8(ascii: "\t") {
        content += 1
      }
      var lineEnd = content
      while lineEnd < end, bytes[lineEnd] != UInt8(ascii: "\n") { lineEnd += 1 }
      let isBlank = content == lineEnd || content + 1 == lineEnd && bytes[content] == UInt8(ascii: "\r")
      if !isFirst, lineEnd == end, content == end {
        textEnd = lineStart - 1
        if textEnd > start, bytes[textEnd - 1] == UInt8(ascii: "\r") { textEnd -= 1 }
        smallest = min(smallest, content - lineStart)
      } else if !isFirst, !isBlank {
        smallest = min(smallest, content - lineStart)
      }
      isFirst = false
      lineStart = lineEnd + 1
    }
    return (smallest == .max ? 0 : smallest, textEnd)
  }

  private mutating func decode(_ token: Token, _ style: TextStyle) -> String {
    var position = Int(token.start)
    let end = max(min(Int(token.end), style.end), position)
    if style.isAtStart, style.indentation != nil { position = skipBlankFirstLine(position, end) }
    guard style.indentation != nil || !style.isRaw && needsDecoding(position, end) else {
      return text(position, end)
    }
    var output: [UInt8] = []
    output.reserveCapacity(end - position)
    if style.isAtStart, position > token.start { position = skipIndentation(position, end, style) }
    while position < end { position = decodeByte(position, end, style, &output) }
    return String(decoding: output, as: UTF8.self)
  }

  private func needsDecoding(_ start: Int, _ end: Int) -> Bool {
    bytes[start..<end].contains {
      $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}")
        || $0 == UInt8(ascii: "\r")
    }
  }

  private func skipBlankFirstLine(_ start: Int, _ end: Int) -> Int {
    var position = start
    while position < end, bytes[position] != UInt8(ascii: "\n") {
      guard bytes[position] <= UInt8(ascii: " ") else { return start }
      position += 1
    }
    return position < end ? position + 1 : start
  }

  private func skipIndentation(_ start: Int, _ end: Int, _ style: TextStyle) -> Int {
    var position = start
    while position < end, position - start < style.indentation ?? 0,
      bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t")
    {
      position += 1
    }
    return position
  }

  /// Writes what stands at one place; returns the next.
  private mutating func decodeByte(_ position: Int, _ end: Int, _ style: TextStyle, _ output: inout [UInt8])
    -> Int
  {
    let byte = bytes[position]
    let next = position + 1 < end ? bytes[position + 1] : 0
    switch byte {
    case UInt8(ascii: "\\") where !style.isRaw:
      return escape(position, end, style, &output)
    case UInt8(ascii: "{") where !style.isRaw && next == byte,
      UInt8(ascii: "}") where !style.isRaw && next == byte:
      output.append(byte)
      return position + 2
    case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"):
      return position + 1
    case UInt8(ascii: "\n") where style.indentation != nil:
      output.append(byte)
      return skipIndentation(position + 1, end, style)
    default:
      output.append(byte)
      return position + 1
    }
  }

  private mutating func escape(_ position: Int, _ end: Int, _ style: TextStyle, _ output: inout [UInt8])
    -> Int
  {
    let next = position + 1 < end ? bytes[position + 1] : 0
    switch next {
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "0"): output.append(0)
    case UInt8(ascii: "e"): output.append(0x1B)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "{"), UInt8(ascii: "}"):
      output.append(next)
    case UInt8(ascii: "x"): return codePoint(position, position + 2, digits: 2, end, &output)
    case UInt8(ascii: "u"): return unicodeEscape(position, end, &output)
    case UInt8(ascii: "\n") where style.indentation != nil:
      return skipIndentation(position + 2, end, style)
    default: return badEscape(position, end, &output)
    }
    return position + 2
  }

  private mutating func unicodeEscape(_ position: Int, _ end: Int, _ output: inout [UInt8]) -> Int {
    guard position + 2 < end, bytes[position + 2] == UInt8(ascii: "{") else {
      return codePoint(position, position + 2, digits: 4, end, &output)
    }
    guard let close = bytes[(position + 3)..<end].firstIndex(of: UInt8(ascii: "}")) else {
      return badEscape(position, end, &output)
    }
    return codePoint(position, position + 3, digits: close - position - 3, end, &output) + 1
  }

  private mutating func codePoint(
    _ position: Int, _ start: Int, digits: Int, _ end: Int, _ output: inout [UInt8]
  ) -> Int {
    guard digits > 0, digits <= 8, start + digits <= end,
      let value = UInt32(text(start, start + digits), radix: 16), let scalar = Unicode.Scalar(value)
    else { return badEscape(position, end, &output) }
    output.append(contentsOf: String(Character(scalar)).utf8)
    return start + digits
  }

  private mutating func badEscape(_ position: Int, _ end: Int, _ output: inout [UInt8]) -> Int {
    var stop = min(position + 2, end)
    while stop < end, bytes[stop] & 0xC0 == 0x80 { stop += 1 }
    let found = text(position, stop)
    report(
      "E0105", "`\(found)` is not an escape", at: Span(position, stop),
      help:
        "write \\\(found) for a backslash, or put r before the string; \\n, \\t, \\\", \\x41 and \\u{1F600} exist"
    )
    output.append(UInt8(ascii: "\\"))
    return position + 1
  }
}
