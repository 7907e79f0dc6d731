import Foundation
import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax
import Testing

@testable import TLXPrompt

@Test("Positions count UTF-16 units and lead back to the same byte")
func positions() {
  let document = SourceDocument(uri: "file:///tmp/a.tlx", text: "let é = \"𝄞x\"\nb\r\nc")
  for offset in [0, 4, 6, 9, 10, 14, 15, 16, 17, 18, 20] {
    let position = document.position(offset)
    #expect(document.offset(position) == offset, "\(offset) at \(position.text)")
  }
  #expect(document.position(14) == .fields(["line": 0, "character": 11]))
  #expect(document.offset(.fields(["line": 99, "character": 0])) == document.source.bytes.count)
  #expect(document.offset(.fields(["line": 1, "character": 99])) == 18)
  #expect(document.offset(nil) == 0)
}

@Test("A file's address is its path with what addresses cannot hold encoded")
func addresses() {
  #expect(SourceDocument.path(of: "file:///a%20b/%C3%A9.tlx") == "/a b/é.tlx")
  #expect(SourceDocument.uri(of: "/a b/é.tlx") == "file:///a%20b/%C3%A9.tlx")
  #expect(SourceDocument.path(of: "untitled:1") == "untitled:1")
  #expect(SourceDocument.path(of: "file:///a%2") == "/a%2")
}

@Test("Names lead to their definitions, the innermost first")
func definitions() throws {
  let text =
    "let x = 1\nfn f(x, y=x) {\n  let z = x + y\n  [x for x in (z,)]\n}\nf(x) + later()\nfn later() = x\n"
  let index = NameIndex(parse(SourceText(name: "f", text: text)))
  func place(_ part: String, _ number: Int = 0) -> Int {
    var from = text.startIndex
    for _ in 0..<number { from = text.range(of: part, range: from..<text.endIndex)?.upperBound ?? from }
    return text.utf8.distance(
      from: text.startIndex, to: text.range(of: part, range: from..<text.endIndex)?.lowerBound ?? from)
  }
  #expect(index.definition(at: place("x + y"))?.role == .parameter)
  #expect(index.definition(at: place("x for"))?.role == .loopVariable)
  #expect(index.definition(at: place("f(x) +") + 2)?.role == .fixed)
  #expect(index.definition(at: place("later()"))?.role == .function)
  #expect(index.definition(at: place("= x\n") + 2)?.span == Span(4, 5))
  #expect(index.free.isEmpty)
  #expect(index.visible(at: place("z = x")).map(\.name).contains("y"))
}

@Test("Every word of the vocabulary is read as what it is said to be")
func vocabulary() {
  for word in Vocabulary.keywords + Vocabulary.literals {
    let classes = highlight(word).map(\.1)
    #expect(classes == [.keyword], "\(word)")
  }
  for sign in Vocabulary.operators {
    #expect(highlight("a \(sign) b").contains { $0.1 == .operator }, "\(sign)")
  }
  for word in Vocabulary.contextual { #expect(highlight(word).map(\.1) == [.name], "\(word)") }
}

@Test("The files for editors are well-formed and name every built-in")
func editorFiles() throws {
  for (path, text) in EditorFiles.pages where path.hasSuffix(".json") {
    #expect(JSONValue(parsing: text.utf8) != nil, "\(path)")
  }
  let texts = EditorFiles.pages.filter {
    $0.path.hasSuffix("tmLanguage.json") || $0.path.hasSuffix("syntax/tlx.vim")
  }
  #expect(texts.count == 2)
  for (path, text) in texts {
    let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    #expect(BuiltinTable.standard.builtins.map(\.name).filter { !words.contains($0) } == [], "\(path)")
  }
}
