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

@Test("Painting puts every character where it was, and the cursor back")
func painting() throws {
  let layout = try #require(ScreenLayout("let x\n= 1", promptWidth: 5, columns: 20))
  let styles = [StyledRange(range: 0..<3, style: "35"), StyledRange(range: 8..<9, style: "36")]
  let painted = layout.painting(styles, hint: " more", cursor: layout.end)
  let escape = "\u{1b}"
  #expect(
    painted
      == "\(escape)[?25l\(escape)7\(escape)[1A\r\(escape)[5C\(escape)[35mlet\(escape)[0m x\r\(escape)[1B= "
      + "\(escape)[36m1\(escape)[0m\r\(escape)[3C\(escape)[2m more\(escape)[0m\(escape)8\(escape)[?25h")
}

@Test("A paste has line feeds, blanks for tabs and no control characters")
func paste() {
  #expect(Paste.cleaned(Array("a\r\n\tb\rc\u{7}\n\n".utf8)) == "a\n    b\nc")
}
