/// `42`, `1_000`, `0xff`, `0b101`, `2.5e-3`.
extension Lexer {
  mutating func number() {
    let start = position
    if let radix = radixPrefix() { return prefixed(start, radix) }
    skipDigits()
    var isFloat = false
    if peek(0) == UInt8(ascii: "."), isDigit(peek(1)) {
      isFloat = true
      position += 1
      skipDigits()
    } else if peek(0) == UInt8(ascii: "."), isBareFraction() {
      return bareFraction(start)
    }
    if skipExponent() { isFloat = true }
    finishNumber(start, isFloat ? .float : .integer)
  }

  private mutating func skipDigits() {
    while isDigit(peek(0)) || peek(0) == UInt8(ascii: "_") { position += 1 }
  }

  private mutating func skipExponent() -> Bool {
    guard peek(0) | 0x20 == UInt8(ascii: "e") else { return false }
    let isSigned = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
    guard isDigit(peek(isSigned ? 2 : 1)) else { return false }
    position += isSigned ? 2 : 1
    skipDigits()
    return true
  }

  /// Whether `1.` stands for `1.0`, as it does elsewhere, and is not the start of `1..n`, `1.T` or `1.*x`.
  private func isBareFraction() -> Bool {
    let next = peek(1)
    if next | 0x20 == UInt8(ascii: "e") {
      return isDigit(peek(2)) || (peek(2) == UInt8(ascii: "-") && isDigit(peek(3)))
    }
    switch next {
    case UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "^"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "'"), 0x80...:
      return false
    default: return !isWordByte(next)
    }
  }

  private mutating func bareFraction(_ start: Int) {
    let digits = text(start, position)
    position += 1
    _ = skipExponent()
    report(
      "E0103", "a number cannot end in a point", start, position,
      help: "write \(digits).0\(text(start + digits.utf8.count + 1, position))")
    emit(.float, start, position, role: .broken)
  }

  private func radixPrefix() -> Int? {
    guard peek(0) == UInt8(ascii: "0") else { return nil }
    switch peek(1) | 0x20 {
    case UInt8(ascii: "x"): return 16
    case UInt8(ascii: "b"): return 2
    case UInt8(ascii: "o"): return 8
    default: return nil
    }
  }

  private mutating func prefixed(_ start: Int, _ radix: Int) {
    position = wordEnd(from: start)
    let digits = bytes[(start + 2)..<position].filter { $0 != UInt8(ascii: "_") }
    let isValid = !digits.isEmpty && digits.allSatisfy { digitValue($0).map { $0 < radix } ?? false }
    if !isValid {
      report("E0103", "`\(text(start, position))` is not a number in base \(radix)", start, position)
    }
    emit(.integer, start, position, role: isValid ? .none : .broken)
  }

  private mutating func finishNumber(_ start: Int, _ kind: TokenKind) {
    let digitsEnd = position
    position = wordEnd(from: position)
    let isRagged = digitsEnd != position || bytes[position - 1] == UInt8(ascii: "_")
    if isRagged {
      let found = text(start, position)
      let suffix = text(digitsEnd, position)
      let isImaginary = ["i", "j", "im"].contains(suffix)
      report(
        "E0103", "`\(found)` is not a number", start, position,
        help: isImaginary
          ? "there are no complex numbers"
          : suffix.isEmpty
            ? "remove the `_` at the end"
            : "write \(text(start, digitsEnd)) * \(suffix) for a product; names cannot begin with a digit")
    }
    emit(kind, start, position, role: isRagged ? .broken : .none)
  }

  func digitValue(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  @inline(__always)
  func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
