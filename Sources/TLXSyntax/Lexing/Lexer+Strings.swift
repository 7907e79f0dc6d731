import TLXSource

/// Strings: `"…"`, `"""…"""`, `r"…"`, with `{expr:format}` lexed in place, so that strings nest in them.
extension Lexer {
  mutating func string(prefix: Int) {
    let start = position
    let isTriple = isTripleQuote(at: start + prefix)
    position += prefix + (isTriple ? 3 : 1)
    let open = tokens.count
    emit(.stringStart, start, position)
    if prefix > 0 { rawText(open, isTriple) } else { stringText(open, isTriple) }
  }

  private func isTripleQuote(at index: Int) -> Bool {
    index + 2 < bytes.count && bytes[index] == UInt8(ascii: "\"") && bytes[index + 1] == UInt8(ascii: "\"")
      && bytes[index + 2] == UInt8(ascii: "\"")
  }

  private mutating func rawText(_ open: Int, _ isTriple: Bool) {
    let start = position
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\""), !isTriple || isTripleQuote(at: position) {
        return endString(open, textFrom: start, quotes: isTriple ? 3 : 1)
      }
      if bytes[position] == UInt8(ascii: "\n"), !isTriple { break }
      position += 1
    }
    unterminated(open, textFrom: start, isTriple)
  }

  /// Reads text up to the end of the string or the next interpolation.
  func interpolatedTextEnd(_ isTriple: Bool) -> Int {
    var end = position
    while end < bytes.count {
      switch bytes[end] {
      case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"): return end
      case UInt8(ascii: "\n") where !isTriple: return end
      default: end += 1
      }
    }
    return end
  }

  mutating func stringText(_ open: Int, _ isTriple: Bool) {
    let start = position
    while true {
      position = interpolatedTextEnd(isTriple)
      guard position < bytes.count, bytes[position] != UInt8(ascii: "\n") else {
        return unterminated(open, textFrom: start, isTriple)
      }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        if !isTriple || isTripleQuote(at: position) {
          return endString(open, textFrom: start, quotes: isTriple ? 3 : 1)
        }
        position += 1
      case UInt8(ascii: "{"):
        if peek(1) != UInt8(ascii: "{") {
          return interpolation(open, textFrom: start, isTriple, isInFormat: false)
        }
        position += 2
      case UInt8(ascii: "}"):
        if peek(1) != UInt8(ascii: "}") { loneBrace() } else { position += 2 }
      default: skipEscape()
      }
    }
  }

  /// Steps over a backslash and what it protects; the parser judges whether the escape exists.
  private mutating func skipEscape() {
    if peek(1) == UInt8(ascii: "u"), peek(2) == UInt8(ascii: "{") {
      position += 3
      while isWordByte(peek(0)) { position += 1 }
      if peek(0) == UInt8(ascii: "}") { position += 1 }
    } else if peek(1) == UInt8(ascii: "\n") || position + 1 >= bytes.count {
      position += 1
    } else if peek(1) < 0x80 {
      position += 2
    } else {
      position += 1
    }
  }

  private mutating func loneBrace() {
    report(
      "E0106", "`}` has no `{` before it in this string", position, position + 1,
      help: "write }} for a brace")
    position += 1
  }

  private mutating func emitText(from start: Int) {
    if position > start { emit(.stringText, start, position) }
  }

  private mutating func endString(_ open: Int, textFrom start: Int, quotes: Int) {
    emitText(from: start)
    take(.stringEnd, quotes)
    link(open, tokens.count - 1)
  }

  /// A plain string ends with its line at the latest, so that one forgotten quote is one error.
  private mutating func unterminated(_ open: Int, textFrom start: Int, _ isTriple: Bool) {
    emitText(from: start)
    emit(.stringEnd, position, position)
    link(open, tokens.count - 1)
    if isTriple {
      leaveUnfinished(string: open)
    } else if singleLineInterpolations == 0 {
      let token = tokens[open]
      let help =
        bytes[Int(token.start)] == UInt8(ascii: "r")
        ? nil : "text over several lines stands in \"\"\" … \"\"\""
      report(
        "E0102", "the string is not closed on its line", Int(token.start), position, label: "opened here",
        help: help)
    }
  }

  /// The text ends inside a `"""` string.
  mutating func leaveUnfinished(string open: Int) {
    let token = tokens[open]
    if unfinishedString == nil { unfinishedString = Int(token.start) }
    report(
      "E0102", "the text ends inside a string", Int(token.start), Int(token.end), label: "opened here",
      help: "close it with \"\"\"")
  }

  // MARK: Interpolations

  private mutating func interpolation(_ open: Int, textFrom start: Int, _ isTriple: Bool, isInFormat: Bool) {
    emitText(from: start)
    frames.append(
      Frame(
        kind: .interpolation, token: tokens.count, string: open, isTriple: isTriple, isInFormat: isInFormat))
    if !isTriple { singleLineInterpolations += 1 }
    take(.interpolationStart, 1)
  }

  /// The `}` of the innermost frame, which is an interpolation: its string or format goes on.
  mutating func endInterpolation(_ frame: Frame) {
    frames.removeLast()
    if !frame.isTriple { singleLineInterpolations -= 1 }
    take(.interpolationEnd, 1)
    link(frame.token, tokens.count - 1)
    if frame.isInFormat { formatText() } else { stringText(frame.string, frame.isTriple) }
  }

  mutating func startFormat() {
    take(.formatStart, 1)
    formatText()
  }

  /// The text after the `:`, up to `}` or a nested `{`.
  private mutating func formatText() {
    guard let frame = frames.last else { return }
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "}"):
        emitText(from: start)
        return endInterpolation(frame)
      case UInt8(ascii: "{"):
        return interpolation(frame.string, textFrom: start, frame.isTriple, isInFormat: true)
      case UInt8(ascii: "\""):
        return abandonFormat(frame, textFrom: start)
      case UInt8(ascii: "\n"):
        return emitText(from: start)
      default: position += 1
      }
    }
    emitText(from: start)
  }

  /// `"{x:.2f"`: the quote surely ends the string.
  private mutating func abandonFormat(_ frame: Frame, textFrom start: Int) {
    emitText(from: start)
    reportOpenBrace(frame)
    while let last = frames.last, last.kind == .interpolation, last.string == frame.string {
      if !last.isTriple { singleLineInterpolations -= 1 }
      emit(.interpolationEnd, position, position)
      link(last.token, tokens.count - 1)
      frames.removeLast()
    }
    endString(frame.string, textFrom: position, quotes: frame.isTriple && isTripleQuote(at: position) ? 3 : 1)
  }

  private mutating func reportOpenBrace(_ frame: Frame) {
    let brace = Int(tokens[frame.token].start)
    report(
      "E0106", "`{` in a string starts an expression, and `}` is missing", brace, brace + 1,
      help: "write {{ for a brace")
  }

  /// A line has ended inside `{…}` of a plain string: everything opened since is given up.
  mutating func abandonInterpolations() {
    guard let outer = frames.firstIndex(where: { $0.kind == .interpolation && !$0.isTriple }) else {
      singleLineInterpolations = 0
      return
    }
    reportOpenBrace(frames[outer])
    emit(.invalid, position, position)
    let end = Int32(tokens.count - 1)
    for frame in frames[outer...] {
      tokens[frame.token].link = end
      if frame.kind == .interpolation { tokens[frame.string].link = end }
    }
    frames.removeSubrange(outer...)
    singleLineInterpolations = 0
  }
}
