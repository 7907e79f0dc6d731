import Foundation
import TLXSource
import TLXSyntax
import Testing

/// Whatever the input, reading it ends with a tree.
@Suite struct RobustnessTests {
  static let fixtures = GoldenCase.files(in: "Fixtures", extension: "tlx")

  static func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

  @Test(arguments: fixtures)
  func examplesParse(_ url: URL) {
    let tree = parse(SourceText(name: url.lastPathComponent, text: Self.text(url)))
    #expect(tree.diagnostics.map { render($0) } == [])
    #expect(!tree.isIncomplete)
  }

  /// A cell that is cut where one of its tokens ends parses, asks for more, or has an error.
  @Test(arguments: fixtures)
  func truncation(_ url: URL) {
    for cell in Self.text(url).components(separatedBy: "\n\n") {
      let bytes = Array(cell.utf8)
      for (range, _) in highlight(cell) {
        let cut = String(decoding: bytes[..<range.upperBound], as: UTF8.self)
        for mode in [ParseMode.file, .prompt] {
          let tree = parse(SourceText(name: "cut.tlx", text: cut), mode: mode)
          let isExplained = !tree.diagnostics.isEmpty || !Dump.tree(tree).contains("<invalid>")
          #expect(isExplained, "\(cut)")
          for diagnostic in tree.diagnostics { _ = render(diagnostic, width: 40) }
        }
      }
    }
  }

  /// Random edits of the examples: any bytes give a tree, and broken parts always come with a diagnostic.
  @Test(arguments: 0..<30)
  func mutations(_ seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let seeds = Self.fixtures.map { Array(Self.text($0).utf8) }
    let snippets = [
      "\"", "{", "}", "(", ")", "[", "]", "\"\"\"", "\n", "|>", "->", "#", "# %% x\n", ":", "=", "\\", "..",
      "'", "\u{0}", "é", "fn f(", "if ", "else", "r\"",
    ]
    for _ in 0..<15 {
      var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
      for _ in 0..<(1 + random.next() % 6) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes.removeSubrange(place..<min(place + Int(random.next() % 20), bytes.count))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2:
          bytes.insert(
            contentsOf: Array(snippets[Int(random.next() % UInt64(snippets.count))].utf8), at: place)
        default:
          let other = Int(random.next() % UInt64(bytes.count))
          bytes.insert(contentsOf: bytes[other..<min(other + 15, bytes.count)], at: place)
        }
      }
      check(String(decoding: bytes, as: UTF8.self), seed)
    }
  }

  private func check(_ text: String, _ seed: Int) {
    for mode in [ParseMode.file, .prompt] {
      let tree = parse(SourceText(name: "mutant.tlx", text: text), mode: mode)
      if Dump.tree(tree).contains("<invalid>") {
        #expect(!tree.diagnostics.isEmpty, "seed \(seed): \(text)")
      }
      for diagnostic in tree.diagnostics {
        #expect(diagnostic.code.hasPrefix("E01") || diagnostic.code.hasPrefix("E02"))
        _ = render(diagnostic, width: 60)
      }
      if mode == .file, tree.diagnostics.isEmpty { FormatTests().check(text) }
      _ = highlight(text)
    }
  }

  @Test(arguments: [
    "(", "[", "{", "f(", "x[", "-", "not ", "x -> ", "if a { ", "\"{", "{a: ", "fn f() { ", "try ", "1 + (",
    "2^", "a.", "f()",
    "1 + ", "if a { } else ", "x |> ", "a == ", "[x for x in ", "let (", "\"\"\"{", "a and ", "((", "(x) -> ",
    "a[", "{ ", "let x: f64[",
    "end\n", ") ", "a b; ", "{x\n", "let x = (\n", "$ ",
  ])
  func deepNesting(_ piece: String) {
    for suffix in ["", "x"] {
      let text = String(repeating: piece, count: 4000) + suffix
      let tree = parse(SourceText(name: "deep.tlx", text: text))
      #expect(!tree.diagnostics.isEmpty || tree.cells[0].statements.count > 0)
      #expect(tree.diagnostics.count <= 200)
      for diagnostic in tree.diagnostics.prefix(3) { _ = render(diagnostic) }
      _ = Dump.tree(tree)
    }
  }
}

/// A small generator, so that a failing seed can be repeated.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
