import Foundation
import TLXBuiltins
import TLXNumerics
import TLXSource
import Testing

@testable import TLXRuntime

/// Native code does what the machine's loop does: values, output, messages and references.
/// `TLX_PROGRAMS` is the number of random programs, `TLX_SEED` the first; `Scripts/fuzz` runs many more.
@Suite struct NativeTests {
  static let count = ProcessInfo.processInfo.environment["TLX_PROGRAMS"].flatMap { Int($0) } ?? 600
  static let batches = 30

  struct Outcome: Equatable {
    var text = ""
    var leaked = 0
    var overReleased = 0
  }

  static func run(_ text: String, _ use: NativeUse) -> Outcome {
    let output = Transcript()
    var outcome = Outcome()
    let ledger = SlotLedger()
    do {
      let session = Session(builtins: .standard, output: output, folder: ".", seed: 1)
      session.nativeUse = use
      session.ledger = ledger
      do {
        try session.run(SourceText(name: "f.tlx", text: text), mode: .file) { _, value in
          output.text += Display.show(value, width: 80, digits: 17) + "\n"
        }
      } catch let error as Diagnostics {
        for diagnostic in error.items { output.text += render(diagnostic, width: 80) }
      } catch {
        output.text += "\(error)"
      }
    }
    outcome.text = output.text
    (outcome.leaked, outcome.overReleased) = (ledger.held.count, ledger.overReleases)
    return outcome
  }

  @Test(arguments: 0..<batches)
  func agreesWithTheLoop(_ batch: Int) {
    let share = Self.count / Self.batches
    for number in 0..<share {
      let seed = UInt64(FuzzTests.first + batch * share + number)
      var program = RandomProgram(seed: seed)
      let text = program.text()
      let expected = Self.run(text, .never)
      for use in [NativeUse.always, .whenHot] {
        let outcome = Self.run(text, use)
        #expect(outcome == expected, "seed \(seed), \(use):\n\(text)")
      }
      #expect(expected.leaked == 0 && expected.overReleased == 0, "seed \(seed):\n\(text)")
    }
  }

  /// The random programs would show little if most of them ended early.
  @Test func mostRandomProgramsEnd() {
    let ended = (0..<60).filter { seed in
      var program = RandomProgram(seed: UInt64(seed))
      return Self.run(program.text(), .never).text.contains("end")
    }
    #expect(ended.count > 20)
  }

  #if arch(x86_64)
    @Test(arguments: ["never", "always", "whenHot"])
    func compiles(_ name: String) throws {
      let use: NativeUse = name == "never" ? .never : name == "always" ? .always : .whenHot
      let session = Session(builtins: .standard, output: Transcript(), folder: ".", seed: 1)
      session.nativeUse = use
      let text = "fn f(n) { var s = 0; for i in range(n) { s += i }; s }\nlet total = f(5000)"
      try session.run(SourceText(name: "f.tlx", text: text), mode: .file)
      guard case .function(let function as Closure)? = session.value(of: "f") else {
        Issue.record("f is no function")
        return
      }
      #expect((function.prototype.nativeCode != nil) == (use != .never))
      guard case .int(12_497_500)? = session.value(of: "total") else {
        Issue.record("the sum is wrong")
        return
      }
    }
  #endif
}

/// A program of loops, functions and closures on numbers, bools, vectors, lists and records. It always ends.
struct RandomProgram {
  private var random: SeededGenerator
  private var depth = 0
  /// Names that may be read, by what they most likely hold.
  private var numbers = ["g", "h"]
  private var variables = ["g", "h"]
  private var functions: [(name: String, arity: Int)] = []
  private var fresh = 0
  private var isInLoop = false

  init(seed: UInt64) { random = SeededGenerator(state: seed &* 0x9E37_79B9) }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }
  private mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  private mutating func name(_ letter: String) -> String {
    fresh += 1
    return "\(letter)\(fresh)"
  }

  mutating func text() -> String {
    var lines = [
      "var calls = 0", "var g = \(number())", "var h = \(number())", "var gv = [1.5, -2.0, 3.0]",
      "var gl = (1, 2.5, true, \"s\")",
      "var gr = {a: 1, b: 2.5, c: \"t\"}", "var gm = [[1.0, 2.0], [3.0, 4.0]]",
      "var gb = [true, false, true]",
    ]
    for _ in 0..<(1 + below(4)) { lines.append(function()) }
    for _ in 0..<(2 + below(5)) { lines += statement("") }
    lines += ["g", "h", "gv", "gl", "gr", "gm", "gb", "\"end\""]
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func function() -> String {
    let (outer, changeable, loops) = (numbers, variables, isInLoop)
    isInLoop = false
    defer { (numbers, variables, isInLoop) = (outer, changeable, loops) }
    let name = name("f")
    let parameters = (0..<below(4)).map { _ in self.name("p") }
    numbers += parameters
    var lines = ["fn \(name)(\(parameters.joined(separator: ", "))) {"]
    // Deep enough to run often, and it ends.
    lines.append("    calls += 1")
    lines.append("    if calls > 400 { return 1 }")
    if below(3) == 0, !parameters.isEmpty {
      lines.append(
        "    if \(parameters[0]) > 0 { return \(name)(\((["\(parameters[0]) - 1"] + parameters.dropFirst()).joined(separator: ", "))) + 1 }"
      )
    }
    for _ in 0..<(1 + below(5)) { lines += statement("    ") }
    lines += ["    \(expression(2))", "}"]
    functions.append((name, parameters.count))
    return lines.joined(separator: "\n")
  }

  private mutating func statement(_ indent: String) -> [String] {
    depth += 1
    defer { depth -= 1 }
    let inner = indent + "    "
    switch below(depth > 3 ? 9 : 15) {
    case 0, 1:
      let name = name("x")
      let line = "\(indent)var \(name) = \(expression(2))"
      numbers.append(name)
      variables.append(name)
      return [line]
    case 2, 3: return ["\(indent)\(pick(variables)) \(pick(["=", "+=", "-=", "*="])) \(expression(2))"]
    case 4: return ["\(indent)gv[\(index())] = \(expression(1))"]
    case 5: return ["\(indent)gr.\(pick(["a", "b", "c"])) = \(expression(1))"]
    case 6: return ["\(indent)gl[\(index())] \(pick(["=", "="])) \(expression(1))"]
    case 7: return ["\(indent)gm[\(index()), \(index())] = \(expression(1))"]
    case 8: return ["\(indent)gb[\(index())] = \(condition(1))"]
    case 9, 10:
      let name = name("i")
      return block("\(indent)for \(name) in range(\(1 + below(30)))", indent, adding: name, isLoop: true)
    case 11:
      let name = name("w")
      var lines = ["\(indent)var \(name) = 0"]
      lines += block(
        "\(indent)while \(name) < \(1 + below(20)) and \(condition(1))", indent,
        first: "\(inner)\(name) += 1", adding: name, isLoop: true)
      return lines
    case 12:
      var lines = block("\(indent)if \(condition(2))", indent, isLoop: isInLoop)
      if below(2) == 0 {
        lines[lines.count - 1] = "\(indent)} else {"
        lines += block("", indent, isLoop: isInLoop).dropFirst()
      }
      return lines
    case 13:
      let name = name("e")
      return block(
        "\(indent)for \(name) in \(pick(["gv", "gl", "gb", "range(5, 0, -1)", "(1, 2.5, 3)"]))", indent,
        adding: name, isLoop: true)
    default:
      let (name, kept) = (name("k"), self.name("c"))
      let lines = [
        "\(indent)var \(kept) = \(expression(1))",
        "\(indent)let \(name) = a -> { \(kept) += 1; a + \(kept) }",
        "\(indent)\(pick(variables)) = \(name)(\(name)(\(expression(1))))",
      ]
      numbers.append(kept)
      variables.append(kept)
      return lines
    }
  }

  private mutating func block(
    _ head: String, _ indent: String, first: String? = nil, adding name: String? = nil, isLoop: Bool
  ) -> [String] {
    let (outer, changeable, loops) = (numbers, variables, isInLoop)
    isInLoop = isLoop
    defer { (numbers, variables, isInLoop) = (outer, changeable, loops) }
    if let name { numbers.append(name) }
    var lines = ["\(head) {"]
    if let first { lines.append(first) }
    for _ in 0..<(1 + below(3)) { lines += statement(indent + "    ") }
    if isInLoop && below(6) == 0 {
      lines.append("\(indent)    if \(condition(1)) { \(pick(["break", "continue"])) }")
    }
    return lines + ["\(indent)}"]
  }

  private mutating func number() -> String {
    if below(30) == 0 { return pick(["9007199254740993", "4611686018427387904", "nan", "1e308", "0"]) }
    return pick(["1", "2", "3", "7", "-1", "0.5", "1.0", "-2.5", "100"])
  }

  private mutating func index() -> String {
    if below(30) == 0 { return pick(["g", "5", "0.5"]) }
    return pick(["0", "1", "-1", "-2", "calls % 2"])
  }

  private mutating func condition(_ depth: Int) -> String {
    switch below(depth <= 0 ? 3 : 7) {
    case 0, 1, 2:
      return "\(expression(depth - 1)) \(pick(["<", "<=", ">", ">=", "==", "!="])) \(expression(depth - 1))"
    case 3: return "not \(condition(depth - 1))"
    case 4: return "(\(condition(depth - 1)) and \(condition(depth - 1)))"
    case 5: return "(\(condition(depth - 1)) or \(condition(depth - 1)))"
    default: return pick(["gb[0]", "gb[\(index())]", "true", "g == h"])
    }
  }

  private mutating func expression(_ depth: Int) -> String {
    switch below(depth <= 0 ? 3 : 14) {
    case 0, 1: return pick(numbers)
    case 2: return number()
    case 3, 4, 5:
      return
        "(\(expression(depth - 1)) \(pick(["+", "-", "*", "/", "+", "-", "*", "//", "%"])) \(expression(depth - 1)))"
    case 6:
      return
        "(\(expression(depth - 1)) \(pick(["// 3", "% 7", "** 2", "% 8", "// 4", "+ 1", "* 2", "- 0.5"])))"
    case 7: return pick(["gv[\(index())]", "gl[\(index())]", "gm[\(index()), \(index())]", "gr.a", "gr.b"])
    case 8: return "if \(condition(1)) { \(expression(depth - 1)) } else { \(expression(depth - 1)) }"
    case 9: return "\(pick(["sqrt", "abs", "floor", "exp", "min", "max"]))(\(expression(depth - 1)))"
    case 10 where !functions.isEmpty:
      let function = pick(functions)
      let arguments = (0..<function.arity).map { _ in expression(0) }
      return "\(function.name)(\(arguments.joined(separator: ", ")))"
    case 11: return "try (\(expression(depth - 1))) else \(number())"
    case 12: return "-(\(expression(depth - 1)))"
    default: return "(x -> x \(pick(["+", "*", "-"])) \(pick(numbers)))(\(expression(depth - 1)))"
    }
  }
}
