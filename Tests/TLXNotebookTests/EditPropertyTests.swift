import TLXBuiltins
import TLXRuntime
import TLXSource
import TLXSyntax
import Testing

@testable import TLXNotebook

/// Numbers that look random and are the same each time (SplitMix64).
private struct Dice {
  var state: UInt64

  mutating func roll(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(count))
  }
}

/// A random file of cells: constants, sums of earlier names, functions, closures, counters that functions change, random
/// draws, prints.
private struct RandomFile {
  var bodies: [Int]
  var constants: [Int]

  init(_ dice: inout Dice) {
    let count = 3 + dice.roll(6)
    bodies = (0..<count).map { _ in dice.roll(8) }
    constants = (0..<count).map { _ in dice.roll(5) }
  }

  mutating func edit(_ dice: inout Dice) {
    let cell = dice.roll(bodies.count)
    switch dice.roll(3) {
    case 0: constants[cell] += 1 + dice.roll(3)
    case 1: bodies[cell] = dice.roll(8)
    default: break
    }
  }

  var cells: [String] {
    var numbers: [String] = []
    var functions: [String] = []
    return bodies.indices.map { index in
      let k = constants[index]
      let number = numbers.isEmpty ? "1" : numbers[(index * 7 + k) % numbers.count]
      let function = functions.isEmpty ? "(v -> v)" : functions[(index + k) % functions.count]
      defer {
        switch bodies[index] {
        case 0, 1, 4, 6: numbers.append("n\(index)")
        case 2: functions.append("f\(index)")
        case 3: functions.append("g\(index)")
        case 7:
          numbers.append("c\(index)")
          functions.append("tick\(index)")
        default: break
        }
      }
      switch bodies[index] {
      case 0: return "let n\(index) = \(k)\n"
      case 1: return "let n\(index) = \(number) + \(k)\nn\(index)\n"
      case 2: return "fn f\(index)(x) = x * \(k) + \(number)\n"
      case 3: return "let k\(index) = \(k)\nlet g\(index) = (j -> (x -> \(function)(x) + j))(\(number))\n"
      case 4: return "let n\(index) = \(function)(\(number) + \(k))\nprint(n\(index))\n"
      case 5: return "uniform() + \(function)(\(k))\n"
      case 6: return "var n\(index) = \(number)\nn\(index) += \(k)\nn\(index)\n"
      default: return "var c\(index) = \(k)\nfn tick\(index)(x) {\n  c\(index) += x\n  c\(index)\n}\n"
      }
    }
  }

  var text: String { cells.enumerated().map { "# %% Cell \($0)\n\($1)" }.joined() }
}

@Suite struct EditPropertyTests {
  /// For random edits of random files the notebook shows what a fresh run shows, and runs only what an edit concerns.
  @Test(arguments: 0..<25) func editsGiveWhatAFreshRunGives(_ number: Int) throws {
    var dice = Dice(state: UInt64(number) &* 1_000_003)
    let bench = try Bench()
    var file = RandomFile(&dice)
    var last: (cells: [String], graph: CellGraph)?
    for step in 0..<8 {
      let text = file.text
      let run = try bench.run(text)
      let recorder = CellOutputRecorder()
      let session = Session(builtins: .standard, output: recorder, folder: bench.folder, seed: 0)
      try session.run(SourceText(name: "t.tlx", text: text), mode: .file)
      #expect(run.shownText == shown(recorder.take()), "step \(step) of\n\(text)")
      if let last { checkRuns(run, before: last.cells, last.graph, now: file.cells) }
      last = (file.cells, run.graph)
      file.edit(&dice)
      if dice.roll(3) == 0 { bench.restarted() }
    }
  }

  private func checkRuns(_ run: NotebookRun, before: [String], _ graph: CellGraph, now: [String]) {
    var concerned = Set(now.indices.filter { before[$0] != now[$0] })
    // Also what an edited cell no longer does concerns those that saw it before.
    for position in now.indices
    where (run.graph.dependencies[position] + graph.dependencies[position]).contains(
      where: concerned.contains)
    {
      concerned.insert(position)
    }
    for (position, result) in run.results.enumerated() {
      if case .ran = result.state {
        #expect(concerned.contains(position), "cell \(position) ran without need")
      }
    }
  }
}
