import Testing

@testable import TLXPrompt

/// `|` marks the cursor.
@Test(
  "What stands before the cursor",
  arguments: [
    ("le|", "name le"),
    ("x.sh|", "field x sh"),
    ("lib.a.b|", "field lib.a b"),
    ("leep(the|", "name the in leep 0"),
    ("leep(theta, |", "name  in leep 1"),
    ("theta |> leep(|", "name  in leep 0 piped"),
    ("fit(net, train, epochs=20, mo|", "name mo in fit 2 [epochs]"),
    ("fit(net, loss=cr|", "name cr in fit 1 loss="),
    ("mean(x[0, |", "name "),
    ("f(g(1, 2), |", "name  in f 1"),
    ("dataset(\"di|", "string di in dataset 0"),
    ("save(m, \"out/|", "string out/ in save 1"),
    ("\"acc {le|", "name le"),
    ("\"acc {x:.3f} le|", "string acc {x:.3f} le"),
    ("\"a {{le|", "string a {{le"),
    ("r\"a {le|", "string a {le"),
    ("x = 3 # com|", "nothing"),
    ("12|", "nothing"),
    ("x[0].|", "nothing"),
    (":ti|", "command ti"),
    (":run ex|", "argument run ex"),
    (":time le|", "name le"),
    ("?le|", "argument ? le"),
    ("!ls fo|", "argument ! fo"),
    ("x == y|", "name y"),
    ("f(a == b|", "name b in f 0"),
    ("if (x|", "name x"),
  ])
func cursorContext(_ marked: String, _ expected: String) throws {
  let cursor = try #require(
    marked.firstIndex(of: "|").flatMap { marked.suffix(from: $0) == "|" ? $0 : marked.lastIndex(of: "|") })
  let text = String(marked[..<cursor])
  #expect(describe(CursorContext.at(text.utf8.count, in: text)) == expected)
}

private func describe(_ context: CursorContext) -> String {
  switch context {
  case .command(let prefix): "command \(prefix)"
  case .commandArgument(let command, let prefix): "argument \(command) \(prefix)"
  case .string(let prefix, let call): "string \(prefix)" + describe(call)
  case .field(let path, let prefix): "field \(path.joined(separator: ".")) \(prefix)"
  case .name(let prefix, let call): "name \(prefix)" + describe(call)
  case .nothing: "nothing"
  }
}

private func describe(_ site: CursorContext.CallSite?) -> String {
  guard let site else { return "" }
  return " in \(site.callee) \(site.positional)" + (site.isPiped ? " piped" : "")
    + (site.keywords.isEmpty ? "" : " [\(site.keywords.joined(separator: " "))]")
    + (site.keyword.map { " \($0)=" } ?? "")
}

@Test(
  "The hint shows what a call still takes",
  arguments: [
    ("leep(", "theta, y, *, weights=nil)"),
    ("leep(theta", ", y, *, weights=nil)"),
    ("leep(theta, ", "y, *, weights=nil)"),
    ("theta |> leep(", "y, *, weights=nil)"),
    ("leep(theta, y, weights=w", nil),
    ("leep(theta, weights=", ", y)"),
    ("leep", "(theta, y, *, weights=nil)"),
    ("theta |> leep", "(y, *, weights=nil)"),
    ("leep(theta, y)", nil),
    ("unknown(", nil),
    (":time leep(", nil),
  ] as [(String, String?)])
func signatureHint(_ text: String, _ expected: String?) {
  var scanner = LiveScanner()
  #expect(SmallSource().hint(for: text, &scanner) == expected)
}

@Test(
  "Tab inserts the only candidate or what all share",
  arguments: [
    ("le", "leep("),
    ("w", "weighted_"),
    ("theta |> leep(y, weights", "weights="),
    ("leep(theta, y, weights=w", "weighted_"),
    ("dataset(\"d", "digits\""),
    ("dataset(\"", nil),
    ("r.l", "lr"),
    (":q", "quit"),
    ("?lee", "leep"),
    (":run ex", "examples/"),
    ("LE", "leep("),
    ("zzz", nil),
  ] as [(String, String?)])
func tab(_ text: String, _ expected: String?) {
  let completion = SmallSource().completion(of: text, at: text.utf8.count)
  #expect(completion.insertion(after: text, at: text.utf8.count)?.text == expected)
}

@Test("The menu has one candidate with its summary a row and fits 40 columns")
func menu() {
  let completion = SmallSource().completion(of: "w", at: 1)
  let lines = completion.menu(columns: 40, rows: 10).split(separator: "\r\n")
  #expect(lines.count == 2)
  #expect(lines.first == "weighted_kendall  rank correlation tha…")
  #expect(lines.allSatisfy { $0.count < 41 })
}

private struct SmallSource: CompletionSource {
  var folder: String { "" }
  var names: [Completion.Candidate] {
    [
      Completion.Candidate("leep", "log expected empirical prediction", suffix: "("),
      Completion.Candidate("weighted_kendall", "rank correlation that favours the top", suffix: "("),
      Completion.Candidate("weighted_mean", "mean", suffix: "("),
    ]
  }
  var commands: [Completion.Candidate] { [Completion.Candidate("quit"), Completion.Candidate("vars")] }
  func fields(of path: [String]) -> [Completion.Candidate] {
    path == ["r"] ? [Completion.Candidate("lr")] : []
  }
  func signature(of callee: String) -> Signature? {
    callee == "leep" ? Signature("leep(theta, y, *, weights=nil)") : nil
  }
  func summary(of parameter: String, in callee: String) -> String { "" }
  func strings(at site: CursorContext.CallSite?) -> [Completion.Candidate]? {
    guard site?.callee == "dataset" else { return nil }
    return [Completion.Candidate("digits", suffix: "\""), Completion.Candidate("wine", suffix: "\"")]
  }
  func files(startingWith prefix: String) -> [Completion.Candidate] { [Completion.Candidate("examples/")] }
}

@Test(
  "A new line is indented like its own, deeper after an open bracket",
  arguments: [
    ("fn f(x) {", "    "), ("fn f(x) {\n    if x {", "        "), ("fn f(x) {\n    x", "    "),
    ("let x =", ""),
    ("f(1,", "    "), ("\"{", ""),
  ])
func indentation(_ text: String, _ expected: String) {
  #expect(Indentation.ofNextLine(in: text, at: text.utf8.count) == expected)
}

@Test("A closing brace goes back one step on an empty line only")
func closingBrace() {
  #expect(Indentation.surplusBeforeClosing(in: "fn f() {\n    ", at: 13) == 4)
  #expect(Indentation.surplusBeforeClosing(in: "fn f() {\n  x ", at: 13) == 0)
  #expect(Indentation.surplusBeforeClosing(in: "    ", at: 4) == 0)
}
