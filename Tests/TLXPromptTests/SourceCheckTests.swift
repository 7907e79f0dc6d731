import TLXSource
import Testing

@testable import TLXPrompt

@Test(
  "The checker finds what is wrong without running, and only that",
  arguments: [
    // Shapes of literals.
    ("[1, 2] + [1, 2, 3]", ["E0401"]),
    ("let a = [1.0, 2]\nlet w = zeros(3, 4)\na @ w", ["E0401"]),
    ("let y = [1.0, 2]\ny - y[:, new]", ["E0402"]),
    ("reshape([1, 2, 3], 2, 2)", ["E0403"]),
    ("let a = [1, 2, 3]\na[3]", ["E0406"]),
    ("let a = [1, 2, 3]\na[1:9]", ["E0406"]),
    ("\"a\" + 1", ["E0404"]),
    ("[1, 2].shapes", ["E0408"]),
    ("mean([[1, 2], [3, 4]], axis=2)", ["E0418"]),
    ("fn f(x) = x + ([1, 2] * [1, 2, 3])\nf(1)", ["E0401"]),
    // What may hold: variables that change, parameters, what `try` is for.
    ("var a = [1, 2]\na = [1, 2, 3]\na + [1, 2, 3]", []),
    ("fn f(a) = a + [1, 2, 3]\nf([1, 2, 3])", []),
    ("let a = [1, 2]\nfn g(a) = a + [1, 2, 3]\n(a, g([0, 0, 0]))", []),
    ("try [1, 2] + [1, 2, 3] else 0", []),
    ("let zeros = x -> x\nzeros([1, 2]) + [1, 2, 3]", []),
    ("uniform(2) + [1, 2, 3]", []),
    // Names without use.
    ("fn f(x) { let y = 2; x }\nf(1)", ["E0305"]),
    ("fn f(x) { let _y = 2; x }\nf(1)", []),
    ("fn f(x) { fn g(y) = y; x }\nf(1)", ["E0305"]),
    ("fn f(x) { var n = 0; n = x; x }\nf(1)", ["E0305"]),
    ("fn f(x) { var n = 0; n += x; n }\nf(1)", []),
    ("let a = 1\nlet b = 2\nb", ["E0305"]),
    ("let a = 1\nfn f() = a\nf()", []),
    ("fn f() = later\nlet later = 2\nf()", []),
    ("let (a, b) = (1, 2)\na", []),
    ("let r = {a: 1}\nlet {a} = r\n\"{a}\"", []),
    ("let library = 3\nfn helper() = 2", []),
    ("for i in range(3) { print(1) }", []),
    ("let f = (a, b) -> a\nf(1, 2)", []),
    ("[x for (x, y) in ((1, 2),)]", []),
    // Statements that cannot run.
    ("fn f(x) { return x; print(x) }\nf(1)", ["E0306"]),
    ("fn f(x) { if x > 0 { return 1 } else { return 2 }; 3 }\nf(1)", ["E0306"]),
    ("fn f(x) { if x > 0 { return 1 }; 3 }\nf(1)", []),
    ("for i in range(3) { continue; print(i) }", ["E0306"]),
    ("while true { print(1) }\nprint(2)", ["E0306"]),
    ("while true { if 1 > 0 { break } }\nprint(2)", []),
    ("error(\"no\")\nprint(2)", ["E0306"]),
    // Errors of the language come before warnings.
    ("let a = 1\nnope", ["E0301"]),
    ("mean([1], axes=0)", ["E0421"]),
  ])
func checks(_ text: String, _ codes: [String]) {
  let found = SourceCheck.diagnostics(of: SourceText(name: "f.tlx", text: text), folder: ".")
  #expect(found.map(\.code) == codes, "\(text): \(found.map(\.message))")
}

@Test("A finding as JSON has its place, counted from 1")
func findingAsJSON() throws {
  let found = SourceCheck.diagnostics(of: SourceText(name: "f.tlx", text: "let é = 1\né + nope"), folder: ".")
  let json = SourceCheck.json(try #require(found.first))
  #expect(json["line"] == 2 && json["column"] == 5 && json["end_column"] == 9)
  #expect(json["code"] == "E0301" && json["severity"] == "error" && json["file"] == "f.tlx")
}
