import Foundation
import TLXBuiltins
import TLXNumerics
import TLXSource
import Testing

@testable import TLXRuntime

/// Inputs at the prompt and what all of them show together; errors as their codes.
struct PromptCase: CustomTestStringConvertible, Sendable {
  var name: String
  var inputs: [String]
  var shown: String

  init(_ name: String, _ inputs: [String], shows shown: String) {
    self.name = name
    self.inputs = inputs
    self.shown = shown
  }

  var testDescription: String { name }

  static let all = [
    PromptCase("redefine", ["let x = 1", "let x = x + 1", "x"], shows: "2\n"),
    PromptCase("redefine as var", ["let x = 1", "var x = 5", "x += 1", "x"], shows: "6\n"),
    PromptCase("ans", ["3 + 4", "ans * 2", "let y = ans", "y"], shows: "7\n14\n14\n"),
    PromptCase("continue from ans", ["(1, 2, 3)", "|> sum"], shows: "(1, 2, 3)\n6\n"),
    PromptCase("nothing to continue from", ["|> sum"], shows: "E0313\n"),
    PromptCase("nil is not shown", ["nil", "let x = 1", "ans"], shows: "E0301\n"),
    PromptCase("hidden", ["5;", "ans"], shows: "5\n"),
    PromptCase("own ans", ["let ans = 3", "4", "ans"], shows: "4\n3\n"),
    PromptCase(
      "error keeps earlier names", ["let a = 1; let b = 1 // 0; let c = 2", "a", "b", "c"],
      shows: "E0507\n1\nE0301\nE0301\n"),
    PromptCase(
      "error keeps changes", ["var v = (1, 2)", "v[0] = 5; v[7] = 1", "v"], shows: "E0406\n(5, 2)\n"),
    PromptCase("failed redefinition", ["let x = 1", "let x = 1 // 0", "x"], shows: "E0507\n1\n"),
    PromptCase(
      "functions see new definitions", ["fn g() = 1", "fn f() = g()", "f()", "fn g() = 2", "f()"],
      shows: "1\n2\n"),
    PromptCase("nothing runs if a name is unknown", ["let q = 1; nope(q)", "q"], shows: "E0301\nE0301\n"),
    PromptCase("several errors", ["nope + nada"], shows: "E0301 E0301\n"),
    PromptCase("shadowed built-in", ["let sum = 3", "sum + 1"], shows: "4\n"),
    PromptCase("own function first", ["fn f() = mean([1.0])", "fn mean(x) = 7", "f()"], shows: "1\n"),
    PromptCase(
      "loop locals", ["for i in range(3) { let t = i * 2 }", "var s = 0; for i in range(4) { s += i }; s"],
      shows: "6\n"),
    PromptCase(
      "many temporaries then a new name", ["[[1, 2], [3, 4]] @ [1, 1]", "let z = 9", "z"],
      shows: "[3, 7]\n9\n"),
    PromptCase("settled scalars", ["let s = sum([1.5, 2])", "s", "[3, 4][1]"], shows: "3.5\n4\n"),
  ]
}

@Suite struct SessionTests {
  private func session(_ output: Transcript = Transcript(), seed: UInt64 = 1) -> Session {
    Session(builtins: .standard, output: output, folder: ".", seed: seed)
  }

  @Test(arguments: PromptCase.all)
  func prompt(_ prompt: PromptCase) throws {
    let ledger = SlotLedger()
    let output = Transcript()
    do {
      let session = session(output)
      session.ledger = ledger
      for (position, input) in prompt.inputs.enumerated() {
        do {
          try session.run(SourceText(name: "prompt:\(position + 1)", text: input), mode: .prompt)
        } catch let errors as Diagnostics {
          output.write(errors.items.map(\.code).joined(separator: " ") + "\n")
        }
      }
    }
    #expect(output.text == prompt.shown)
    #expect(ledger.held.isEmpty && ledger.overReleases == 0)
  }

  private func draws(_ text: String, seed: UInt64 = 1) throws -> [String] {
    let session = session(seed: seed)
    var values: [String] = []
    try session.run(SourceText(name: "draws.tlx", text: text), mode: .file) { _, value in
      values.append(Display.canonical(value, digits: 17))
    }
    return values
  }

  @Test func cellsDrawFromStreamsOfTheirOwn() throws {
    let both = try draws("# %% A\nuniform()\n# %% B\nuniform()")
    let edited = try draws("# %% A\nuniform(); uniform(3)\n# %% B\nuniform()")
    #expect(both[1] == edited.last && both[0] != both[1])
    #expect(try draws("uniform()", seed: 1) != draws("uniform()", seed: 2))
    let seeded = try draws("# %% A\nseed(7);\n# %% B\nuniform()", seed: 1)
    #expect(try seeded.last == draws("# %% A\nseed(7);\n# %% B\nuniform()", seed: 2).last)
  }

  @Test func variablesAndFunctionsOutliveARun() throws {
    let session = session()
    try session.run(SourceText(name: "a.tlx", text: "let k = 2\nvar f = x -> x * k"), mode: .file)
    let names = session.globals.map { "\($0.name) \($0.isMutable)" }
    #expect(names == ["k false", "f true"])
    let function = try #require(session.value(of: "f"))
    #expect(try Display.canonical(session.call(function, [.int(21)], keywords: [])) == "42")
    #expect(
      try Display.canonical(session.evaluate(expression: SourceText(name: "e", text: "f(k) + 1"))) == "5")
    session.define("late", .string("here"))
    #expect(
      try Display.canonical(session.evaluate(expression: SourceText(name: "e", text: "late"))) == "\"here\"")
    #expect(throws: Diagnostics.self) { try session.evaluate(expression: SourceText(name: "e", text: "f(")) }
  }

  @Test func argumentsAreAList() throws {
    let session = Session(
      builtins: .standard, output: Transcript(), folder: ".", seed: 1, arguments: ["a", "b"])
    #expect(
      try Display.canonical(session.evaluate(expression: SourceText(name: "e", text: "args[1]"))) == "\"b\"")
  }

  /// A loop without end, one that calls, and one inside of a built-in stop soon after they are asked to. In a process
  /// of its own, since the flag stops every computation.
  @Test func interrupt() async {
    await #expect(processExitsWith: .success) {
      let programs = [
        "while true { }", "fn f(x) = x\nwhile true { f(1) }", "for i in range(1000000000) { i }",
        "fold(range(1000000000), 0, (a, b) -> a + b)", "try { while true { } } else 1",
      ]
      // Asked again and again: one request could fall into the moment before a program starts, which forgets it.
      Thread {
        while true {
          Thread.sleep(forTimeInterval: 0.02)
          Interrupt.request()
        }
      }.start()
      for text in programs {
        let session = Session(builtins: .standard, output: Transcript(), folder: ".", seed: 1)
        var codes: [String] = []
        do {
          try session.run(SourceText(name: "a.tlx", text: text), mode: .file)
        } catch let errors as Diagnostics {
          codes = errors.items.map(\.code)
        }
        guard codes == ["E0701"] else { exit(1) }
      }
    }
  }
}
