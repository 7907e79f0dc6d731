import TLXSource
import Testing

@testable import TLXSyntax

/// The colours of a text that is edited are those of the whole text.
@Suite struct LiveHighlighterTests {
  static let pieces = [
    "\"", "{", "}", "(", ")", "[", "]", "\"\"\"", "\n", "|>", "->", "#", "# %% x\n", ":", "=", "\\", "..",
    "'",
    "\u{0}", "é", "fn f(", "if ", "else", "r\"", "'''", "var (a, b)", "var(x)", " = 1", "=>", "<- 5", "++",
    "\r\n",
    "let ", "x", "3.", "“", "/* a", "\u{FEFF}", "#!", "{x:", ".2f}", "\\\n", "f ", "sqrt",
  ]

  @Test(arguments: 0..<40)
  func followsEdits(_ seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }
    let files = RobustnessTests.fixtures
    let original = Array(RobustnessTests.text(files[below(files.count)]).unicodeScalars.prefix(2000))
    var text = original
    var live = LiveHighlighter()
    for _ in 0..<80 {
      switch below(4) {
      case 0 where !text.isEmpty:
        let start = below(text.count)
        text.removeSubrange(start..<min(start + below(30), text.count))
      case 1: text = below(12) == 0 ? original : text
      default:
        text.insert(
          contentsOf: Self.pieces[below(Self.pieces.count)].unicodeScalars, at: below(text.count + 1))
      }
      var string = ""
      string.unicodeScalars.append(contentsOf: text)
      live.update(string)
      #expect(live.lines == Self.lines(of: string), "seed \(seed): \(string)")
    }
  }

  /// More errors than are reported: those behind the last are no longer marked.
  @Test func manyErrors() {
    var live = LiveHighlighter()
    var text = String(repeating: "a $ b\n", count: 400)
    for _ in 0..<5 {
      live.update(text)
      #expect(live.lines == Self.lines(of: text))
      text = "$\n" + text.dropLast(3)
    }
  }

  private static func lines(of text: String) -> [[ColoredRange]] {
    var result: [[ColoredRange]] = []
    var start = 0
    let ranges = highlight(text)
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let end = start + line.count
      result.append(
        ranges.compactMap { range, kind in
          let part = range.clamped(to: start..<end)
          guard !part.isEmpty else { return nil }
          return ColoredRange(range: (part.lowerBound - start)..<(part.upperBound - start), kind: kind)
        })
      start = end + 1
    }
    return result
  }
}
