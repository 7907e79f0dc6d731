import TLXSource
import Testing

/// A source in which `«1 … »` marks spans, by number, and the diagnostic that points at them.
struct RenderingCase: Sendable, CustomStringConvertible {
  var name: String
  var source: String
  var message = "cannot do this"
  var label = "here"
  var secondary: [(mark: Int, text: String, isPrimary: Bool)] = []
  var help: String?
  var chain = 0
  var width = 80
  var color = false
  var expected: String

  var description: String { name }

  /// The text without marks, and their spans.
  func marked() -> (text: String, spans: [Int: Span]) {
    var text: [UInt8] = []
    var spans: [Int: Span] = [:]
    var open: [(Int, Int)] = []
    var characters = Array(source)[...]
    while let character = characters.popFirst() {
      if character == "«", let number = characters.popFirst()?.wholeNumberValue {
        open.append((number, text.count))
      } else if character == "»", let (number, start) = open.popLast() {
        spans[number] = Span(start, text.count)
      } else {
        text.append(contentsOf: String(character).utf8)
      }
    }
    return (String(decoding: text, as: UTF8.self), spans)
  }

  func render() -> String {
    let (text, spans) = marked()
    let source = SourceText(name: "train.tlx", text: text)
    func at(_ mark: Int) -> Location { Location(source, spans[mark] ?? Span(0, 0)) }
    var diagnostic = Diagnostic(
      "E0402", message, at: at(1), label: label,
      secondary: secondary.map { Diagnostic.Label(at($0.mark), $0.text, isPrimary: $0.isPrimary) }, help: help
    )
    diagnostic.callChain = (0..<chain).map { _ in Diagnostic.Frame(function: "f", call: at(9)) }
    return TLXSource.render(diagnostic, color: color, width: width)
  }
}

@Suite struct RenderingTests {
  @Test(arguments: cases)
  func rendering(_ item: RenderingCase) {
    #expect("\n" + item.render() + "\n" == "\n" + item.expected + "\n")
  }

  @Test(arguments: [
    ("abc", 3), ("größe", 5), ("日本", 4), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("❤️", 2), ("가", 2), ("", 0), ("×", 1),
  ])
  func widths(_ text: String, _ width: Int) { #expect(displayWidth(text) == width) }
}
