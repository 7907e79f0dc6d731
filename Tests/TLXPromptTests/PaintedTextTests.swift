import TLXSyntax
import Testing

@testable import TLXPrompt

@Test("Painting puts every character where it was, and the cursor back")
func painting() throws {
  var painted = PaintedText()
  let colors = [
    [ColoredRange(range: 0..<3, kind: .keyword)], [ColoredRange(range: 2..<3, kind: .number)],
  ]
  let isPlaced = painted.update("let x\n= 1", colors, promptWidth: 5, columns: 20)
  #expect(isPlaced)
  let output = painted.painting(painted.rows, only: nil, hint: " more", cursor: painted.end)
  let escape = "\u{1b}"
  #expect(
    output
      == "\(escape)[?25l\(escape)7\(escape)[1A\r\(escape)[5C\(escape)[35mlet\(escape)[0m x\r\(escape)[1B= "
      + "\(escape)[36m1\(escape)[0m\r\(escape)[3C\(escape)[2m more\(escape)[0m\(escape)8\(escape)[?25h")
}

/// What is kept from one key to the next gives what the whole text gives.
@Suite struct LiveTextTests {
  static let pieces = [
    "x", " ", "\n", "mean(", ")", "\"", "{", "}", "axis=0, ", "# note", "日", "\t", "let ", "\u{200d}",
    "x |> sum",
    "\"\"\"", "\\", "r\"", ".shape", "fn f(a) {\n    a\n}\n", "long_name_that_wraps_around ",
  ]

  @Test(arguments: 0..<20)
  func followsEdits(_ seed: Int) {
    Terminal.setCharacterHandling()
    var random = SplitMix(state: UInt64(seed))
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }
    var text = Array("fn f(x) {\n    let y = mean(x, axis=0)\n    \"a {y}\"\n}\n".unicodeScalars)
    var (painted, highlighter, scanner) = (PaintedText(), LiveHighlighter(), LiveScanner())
    for _ in 0..<200 {
      if below(3) == 0, !text.isEmpty {
        let start = below(text.count)
        text.removeSubrange(start..<min(start + below(8), text.count))
      } else {
        text.insert(
          contentsOf: Self.pieces[below(Self.pieces.count)].unicodeScalars, at: below(text.count + 1))
      }
      let columns = below(10) == 0 ? 23 : 40
      var string = ""
      string.unicodeScalars.append(contentsOf: text)
      highlighter.update(string)
      let isPlaced = painted.update(string, highlighter.lines, promptWidth: 5, columns: columns)
      expectWhole(painted, string, isPlaced, columns, cursor: below(string.utf8.count + 1))
      var fresh = LiveScanner()
      let (live, whole) = (scanner.end(of: string), fresh.end(of: string))
      #expect(live == whole, "\(string)")
    }
  }

  private func expectWhole(
    _ painted: PaintedText, _ text: String, _ isPlaced: Bool, _ columns: Int, cursor: Int
  ) {
    let layout = ScreenLayout(text, promptWidth: 5, columns: columns)
    #expect(isPlaced == (layout != nil), "\(text)")
    guard isPlaced, let layout else { return }
    let whole = highlight(text).map { ColoredRange(range: $0, kind: $1) }
    #expect(painted.rows.map(Self.bare) == layout.rows(whole).map(Self.bare), "\(text)")
    #expect(painted.end == layout.end, "\(text)")
    #expect(painted.place(ofByte: cursor) == layout.place(ofByte: cursor), "\(text) at \(cursor)")
  }

  /// Without colours that nothing is drawn in: those of a string on its empty lines.
  private static func bare(_ row: String) -> String {
    var row = row
    for kind in TokenClass.allCases {
      if let escape = kind.escape { row = row.replacing(escape + Escape.reset, with: "") }
    }
    return row
  }
}

/// A small generator, so that a failing seed can be repeated.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
