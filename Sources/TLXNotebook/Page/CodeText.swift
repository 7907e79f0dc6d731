import TLXSyntax

/// Code with its colours as HTML.
enum CodeText {
  static func html(_ code: String) -> String {
    let bytes = Array(code.utf8)
    var result = ""
    var position = 0
    func text(_ range: Range<Int>) -> String { HTML.escaped(String(decoding: bytes[range], as: UTF8.self)) }
    for (range, kind) in highlight(code) where range.lowerBound >= position && range.upperBound <= bytes.count
    {
      result += text(position..<range.lowerBound)
      let inner = text(range)
      result += className(kind).map { "<span class=\"\($0)\">\(inner)</span>" } ?? inner
      position = range.upperBound
    }
    return result + text(position..<bytes.count)
  }

  private static func className(_ kind: TokenClass) -> String? {
    switch kind {
    case .keyword: "k"
    case .number: "n"
    case .string: "s"
    case .interpolation: "i"
    case .comment: "c"
    case .functionCall: "f"
    case .error: "e"
    case .operator: "o"
    case .name: nil
    }
  }
}
