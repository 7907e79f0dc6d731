import TLXBuiltins
import TLXRuntime
import TLXSource
import Testing

@testable import TLXPrompt

@Test("What a table says that TLX shows is what it shows", arguments: Translation.all.map(\.name))
func translationRuns(_ name: String) throws {
  let table = try #require(Translation.all.first { $0.name == name })
  let output = CapturedOutput()
  let session = Session(builtins: .standard, output: output, folder: ".", seed: 1)
  try session.run(SourceText(name: "prelude", text: table.prelude), mode: .prompt)
  for row in table.sections.flatMap(\.rows) {
    do {
      try session.run(SourceText(name: "row", text: row.here), mode: .prompt)
    } catch {
      Issue.record("\(row.here): \(Failures.diagnostics(error).map(\.message))")
    }
    let shown = output.takeAll()
    // Rows without an expected text may show what is not said: only definitions and comments do not.
    #expect(shown == (row.shows.isEmpty ? "" : row.shows + "\n"), "\(row.here)")
  }
}

@Test("The tables fit their width and name each row once", arguments: [40, 80, 120])
func translationFits(_ width: Int) {
  for table in Translation.all {
    let text = table.text(width: width)
    #expect(text.contains("#=> "))
    #expect(Set(table.sections.flatMap(\.rows).map(\.there)).count == table.sections.flatMap(\.rows).count)
    #expect(table.page.contains("| there | TLX | shows |"))
  }
}
