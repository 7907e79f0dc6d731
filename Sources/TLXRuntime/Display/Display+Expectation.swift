import TLXSyntax

/// Comparing shown values with what `#=>` expects.
extension Display {
  /// Whether a value prints as expected. Blanks count only between words; with `~`, numbers need to agree with the
  /// digits that the expectation shows.
  public static func matches(_ value: Value, _ expectation: Expectation) -> Bool {
    matchesExpectation(canonical(value), value, expectation)
  }
}

/// Whether a shown text, or the canonical text of its value, is what an expectation says. `~` compares numbers to the
/// digits shown: `~3.5355` holds for 3.53551 and not for 3.5356.
public func matchesExpectation(_ shown: String, _ value: Value, _ expectation: Expectation) -> Bool {
  if expectation.isApproximate {
    let precise = Display.canonical(value, digits: 17)
    return agrees(ExpectedText.parts(precise), ExpectedText.parts(expectation.text))
  }
  let expected = ExpectedText.normalized(expectation.text)
  if ExpectedText.normalized(shown) == expected { return true }
  if ExpectedText.normalized(Display.canonical(value)) == expected { return true }
  // A string may be expected as it prints, without its quotes.
  if case .string(let text) = value { return ExpectedText.normalized(text) == expected }
  return false
}

private func agrees(_ actual: [ExpectedText.Part], _ expected: [ExpectedText.Part]) -> Bool {
  guard actual.count == expected.count else { return false }
  for (part, wanted) in zip(actual, expected) {
    switch (part, wanted) {
    case (.text(let a), .text(let b)): if a != b { return false }
    case (.number(let a, _), .number(let b, let tolerance)):
      if a.isNaN && b.isNaN || a == b { continue }
      if !(abs(a - b) <= tolerance * (1 + 1e-9)) { return false }
    default: return false
    }
  }
  return true
}

enum ExpectedText {
  enum Part: Equatable {
    case text(String)
    /// With half a unit of its last digit.
    case number(Double, tolerance: Double)
  }

  /// Runs of blanks as one, none beside brackets, commas and colons.
  static func normalized(_ text: String) -> String {
    var result: [Character] = []
    let joints: Set<Character> = ["(", ")", "[", "]", "{", "}", ",", ":"]
    var pendingBlank = false
    for character in text {
      if character.isWhitespace {
        pendingBlank = !result.isEmpty
        continue
      }
      if pendingBlank, let last = result.last, !joints.contains(last), !joints.contains(character) {
        result.append(" ")
      }
      pendingBlank = false
      result.append(character)
    }
    return String(result)
  }

  /// Words and numbers in order.
  static func parts(_ text: String) -> [Part] {
    var parts: [Part] = []
    var word = ""
    let characters = Array(normalized(text))
    var position = 0
    func flush() {
      let trimmed = word.filter { $0 != " " && $0 != "~" }
      if !trimmed.isEmpty { parts.append(.text(trimmed)) }
      word = ""
    }
    while position < characters.count {
      let continuesWord = word.last.map { $0.isLetter || $0 == "_" || $0.isNumber } ?? false
      if !continuesWord, let (number, tolerance, end) = number(characters, position) {
        flush()
        parts.append(.number(number, tolerance: tolerance))
        position = end
      } else {
        word.append(characters[position])
        position += 1
      }
    }
    flush()
    return parts
  }

  /// A number that starts at `start`, with its tolerance and end.
  private static func number(_ text: [Character], _ start: Int) -> (Double, Double, Int)? {
    var end = start
    func digits() -> Int {
      let begin = end
      while end < text.count, ("0"..."9").contains(text[end]) { end += 1 }
      return end - begin
    }
    if end < text.count, text[end] == "-" || text[end] == "+" { end += 1 }
    for word in ["nan", "inf"] where text[end...].starts(with: word) {
      let sign = end > start && text[start] == "-" ? -1.0 : 1.0
      return (word == "nan" ? .nan : sign * .infinity, 0, end + 3)
    }
    let whole = digits()
    var fraction = 0
    if end + 1 < text.count, text[end] == ".", ("0"..."9").contains(text[end + 1]) {
      end += 1
      fraction = digits()
    }
    guard whole + fraction > 0 else { return nil }
    var exponent = 0
    let mark = end
    if end < text.count, text[end] == "e" || text[end] == "E" {
      end += 1
      if end < text.count, text[end] == "-" || text[end] == "+" { end += 1 }
      if digits() > 0 {
        exponent = Int(String(text[(mark + 1)..<end]).replacingPlus) ?? 0
      } else {
        end = mark
      }
    }
    guard let number = Double(String(text[start..<end])) else { return nil }
    let tolerance = 0.5 * (Double("1e\(exponent - fraction)") ?? 0)
    return (number, tolerance, end)
  }
}

extension String {
  fileprivate var replacingPlus: String { hasPrefix("+") ? String(dropFirst()) : self }
}

extension Expectation {
  /// The `#=>` lines of one statement as one expectation.
  public init?(allOf lines: [Expectation]) {
    guard let first = lines.first else { return nil }
    self.init(
      text: lines.map(\.text).joined(separator: "\n"), isApproximate: first.isApproximate, span: first.span)
  }
}
