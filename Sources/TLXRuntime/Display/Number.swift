import TLXSource

#if canImport(Glibc)
  import Glibc
#endif

/// Numbers as text.
public enum Number {
  /// The shortest text that reads back as the same number. Whole numbers below 1e16 have no point and no exponent,
  /// exponents no plus and no leading zero: `3`, `0.1`, `1e-5`, `2.5e20`, `nan`, `-inf`.
  public static func exact(_ number: Double) -> String {
    if let whole = wholeText(number) { return whole }
    return tidied(number.description)
  }

  /// As `exact`, with the shortest digits that f32 needs.
  public static func exact(_ number: Float) -> String {
    if let whole = wholeText(Double(number)) { return whole }
    return tidied(number.description)
  }

  /// At most `digits` significant digits, without trailing zeros; whole numbers below 1e15 in full. Very small and
  /// very large numbers get an exponent.
  public static func compact(_ number: Double, digits: Int) -> String {
    if digits >= 17 { return exact(number) }
    if abs(number) < 1e15, let whole = wholeText(number) { return whole }
    guard number.isFinite else { return tidied(number.description) }
    if let decimal = DecimalDigits(number, count: max(digits, 1)) {
      let exponent = decimal.exponent
      if exponent < -5 || exponent >= max(digits, 6) { return decimal.mantissa + "e\(exponent)" }
      if exponent < digits { return decimal.positional }
    }
    let (mantissa, exponent) = scientific(number, digits: digits)
    guard exponent < -5 || exponent >= max(digits, 6) else {
      return stripped(formatted("%.*f", max(0, digits - 1 - exponent), number))
    }
    return stripped(mantissa) + "e\(exponent)"
  }

  /// Mantissa with `digits` digits and the decimal exponent.
  static func scientific(_ number: Double, digits: Int) -> (mantissa: String, exponent: Int) {
    let text = formatted("%.*e", max(0, digits - 1), number)
    guard let mark = text.firstIndex(of: "e") else { return (text, 0) }
    return (String(text[..<mark]), Int(text[text.index(after: mark)...]) ?? 0)
  }

  private static func wholeText(_ number: Double) -> String? {
    guard abs(number) < 1e16, let whole = Int(exactly: number) else { return nil }
    // -0 prints as 0: a sign on nothing puzzles more than it tells.
    return String(whole)
  }

  private static func tidied(_ description: String) -> String {
    guard let mark = description.firstIndex(of: "e") else { return description }
    var mantissa = description[..<mark]
    if mantissa.hasSuffix(".0") { mantissa = mantissa.dropLast(2) }
    let exponent = Int(description[description.index(after: mark)...].drop { $0 == "+" }) ?? 0
    return mantissa + "e\(exponent)"
  }

  /// Without zeros at the end of a fraction.
  static func stripped(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var bytes = Array(text.utf8)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    let result = String(decoding: bytes, as: UTF8.self)
    return result == "-0" ? "0" : result
  }

  /// C's formatting of one double with a precision: exact decimal expansion, ties to even, as Python's.
  static func formatted(_ format: String, _ precision: Int, _ number: Double) -> String {
    withVaList([Int32(clamping: precision), number]) { arguments in
      var buffer = [CChar](repeating: 0, count: 64)
      let length = vsnprintf(&buffer, buffer.count, format, arguments)
      if length < buffer.count { return text(buffer, Int(length)) }
      return withVaList([Int32(clamping: precision), number]) { again in
        buffer = [CChar](repeating: 0, count: Int(length) + 1)
        vsnprintf(&buffer, buffer.count, format, again)
        return text(buffer, Int(length))
      }
    }
  }

  private static func text(_ buffer: [CChar], _ length: Int) -> String {
    String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static let superscripts: [Character] = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
}
