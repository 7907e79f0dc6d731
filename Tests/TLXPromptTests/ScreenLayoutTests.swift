import Testing

@testable import TLXPrompt

@Test(
  "Characters are placed where the editor draws them",
  arguments: [
    ("abc", 5, 10, 0, 8),
    ("abcde", 5, 10, 1, 0),
    ("abcdef", 5, 10, 1, 1),
    ("a\nb", 5, 10, 1, 1),
    ("日本語", 5, 10, 1, 2),
    ("\tx", 0, 20, 0, 9),
    ("\u{1}", 0, 10, 0, 2),
    ("", 5, 10, 0, 5),
  ])
func places(_ text: String, _ prompt: Int, _ columns: Int, _ row: Int, _ column: Int) throws {
  Terminal.setCharacterHandling()
  let layout = try #require(ScreenLayout(text, promptWidth: prompt, columns: columns))
  #expect(layout.end == ScreenLayout.Place(row: row, column: column))
}

@Test("Text that the editor cannot place is left alone")
func joiners() {
  #expect(ScreenLayout("a\u{200d}b", promptWidth: 0, columns: 10) == nil)
}

@Test("A paste has line feeds, blanks for tabs and no control characters")
func paste() {
  #expect(Paste.cleaned(Array("a\r\n\tb\rc\u{7}\n\n".utf8)) == "a\n    b\nc")
}
