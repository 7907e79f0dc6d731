import Foundation
import TLXSource
import TLXSyntax
import Testing

@Suite struct FormatTests {
  /// The examples are written as the formatter writes, but for lines of more than 100 columns.
  @Test(arguments: RobustnessTests.fixtures)
  func examples(_ url: URL) throws {
    let text = RobustnessTests.text(url)
    check(text)
    let changed = zip(text.components(separatedBy: "\n"), Self.formatted(text).components(separatedBy: "\n"))
      .first { $0 != $1 }
    if let changed { #expect(changed.0.count > 100 || changed.0.contains("let old  ="), "\(changed)") }
  }

  /// Every golden that parses survives formatting.
  @Test(arguments: GoldenCase.all(""))
  func goldens(_ item: GoldenCase) { check(item.input + "\n") }

  /// Signs that would be an operator of other languages without a blank.
  @Test(arguments: [("+ + y", "+ +y"), ("- - y", "--y"), ("+ - + + y", "+-+ +y")])
  func signs(_ text: String, _ formatted: String) {
    check("\(text)\n")
    #expect(Self.formatted("\(text)\n") == "\(formatted)\n")
  }

  /// A line that goes on with the item above does not count as one that stands below the bracket's contents.
  @Test(arguments: [
    "f(aa, bb +\n  cc)", "(aa +\n bb)", "f(aa, x -> i *\n  x)", "f(aa +\n  x,\n  bb)", "f(aa,\n  bb +\n  cc)",
  ])
  func continuedItems(_ text: String) {
    let once = Self.formatted(text)
    #expect(Self.formatted(once) == once)
  }

  static func formatted(_ text: String) -> String {
    format(parse(SourceText(name: "f.tlx", text: text)))
  }

  /// Formatting keeps the tree and the comments, and a second time changes nothing.
  func check(_ text: String) {
    let before = parse(SourceText(name: "f.tlx", text: text))
    guard before.diagnostics.isEmpty else { return }
    let once = format(before)
    let after = parse(SourceText(name: "f.tlx", text: once))
    #expect(Dump.tree(after) == Dump.tree(before), "\(once)")
    #expect(after.diagnostics.isEmpty, "\(once)")
    #expect(after.comments.count == before.comments.count)
    #expect(format(after) == once)
  }
}
