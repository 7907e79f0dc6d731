/// Python's format mini-language: `[[fill]align][sign][z][#][0][width][,|_][.precision][type]`.
struct FormatSpecification: Equatable {
  enum Align: Character { case left = "<", right = ">", center = "^", afterSign = "=" }

  /// What was written before the alignment.
  var fill: Character?
  var align: Align?
  /// `+`, `-` or a blank.
  var sign: Character = "-"
  /// Whether a sign was written.
  var hasSign = false
  var noNegativeZero = false
  var alternate = false
  var zeroPadded = false
  var width = 0
  var grouping: Character?
  var precision: Int?
  var type: Character?

  init(_ text: String) throws {
    var rest = Array(text)[...]
    func fail(_ why: String) -> Failure { Failure("E0413", "`\(text)` is not a format: \(why)") }
    if rest.count >= 2, let align = Align(rawValue: rest[rest.startIndex + 1]) {
      fill = rest[rest.startIndex]
      self.align = align
      rest = rest.dropFirst(2)
    } else if let first = rest.first, let align = Align(rawValue: first) {
      self.align = align
      rest = rest.dropFirst()
    }
    if let first = rest.first, "+- ".contains(first) {
      sign = first
      hasSign = true
      rest = rest.dropFirst()
    }
    if rest.first == "z" {
      noNegativeZero = true
      rest = rest.dropFirst()
    }
    if rest.first == "#" {
      alternate = true
      rest = rest.dropFirst()
    }
    if rest.first == "0" {
      zeroPadded = true
      rest = rest.dropFirst()
    }
    width = try FormatSpecification.number(&rest) ?? 0
    if let first = rest.first, first == "," || first == "_" {
      grouping = first
      rest = rest.dropFirst()
    }
    if rest.first == "." {
      rest = rest.dropFirst()
      guard let digits = try FormatSpecification.number(&rest) else {
        throw fail("digits are missing after the point")
      }
      precision = digits
    }
    if let first = rest.first {
      guard "bcdeEfFgGnosxX%".contains(first) else { throw fail("there is no type `\(first)`") }
      type = first
      rest = rest.dropFirst()
    }
    guard rest.isEmpty else { throw fail("`\(String(rest))` is left over") }
  }

  private static func number(_ rest: inout ArraySlice<Character>) throws -> Int? {
    let digits = rest.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    guard let number = Int(String(digits)), number <= 10_000 else {
      throw Failure("E0413", "\(String(digits)) is too wide for a format")
    }
    return number
  }

  /// Fills up to the width. `signLength` characters at the front stay before the fill of `=`.
  func padded(_ text: String, default align: Align, signLength: Int = 0) -> String {
    let gap = width - TextWidth.columns(text)
    guard gap > 0 else { return text }
    let fillText = { (count: Int) in String(repeating: self.fill ?? " ", count: count) }
    switch self.align ?? align {
    case .left: return text + fillText(gap)
    case .right: return fillText(gap) + text
    case .center: return fillText(gap / 2) + text + fillText(gap - gap / 2)
    case .afterSign: return text.prefix(signLength) + fillText(gap) + text.dropFirst(signLength)
    }
  }
}
