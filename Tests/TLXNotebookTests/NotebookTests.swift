import Foundation
import TLXBuiltins
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax
import Testing

@testable import TLXNotebook

/// A notebook with a cache of its own, in a folder of its own.
final class Bench {
  let folder: String
  var cache: CellCache
  var notebook: Notebook

  init(version: String = "1") throws {
    folder = NSTemporaryDirectory() + "tlx-notebook-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    cache = CellCache(folder: folder + "/cache")
    notebook = Notebook(
      builtins: .standard, name: folder + "/t.tlx", folder: folder, version: version, cache: cache)
    notebook.options.keeping = .slower(than: 0)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Another process that opens the same file: nothing in memory.
  func restarted(version: String = "1") {
    notebook = Notebook(
      builtins: .standard, name: folder + "/t.tlx", folder: folder, version: version, cache: cache)
    notebook.options.keeping = .slower(than: 0)
  }

  func run(_ text: String) throws -> NotebookRun { try notebook.run(SourceText(name: "t.tlx", text: text)) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    // What is written while a cell runs is not kept: the clock of files must have moved on.
    usleep(30_000)
  }
}

func shown(_ outputs: [CellOutput]) -> String {
  outputs.map { output in
    switch output {
    case .text(let text): text
    case .value(let value, let digits): Display.show(value, width: 100, digits: digits) + "\n"
    case .drawn(let text, _), .picture(_, let text): text + "\n"
    }
  }.joined()
}

extension NotebookRun {
  /// `r` for a cell that ran, `c` for one that was known, `f` failed, `b` blocked, `w` waiting, `p` passed.
  var states: String {
    results.map { result in
      switch result.state {
      case .ran: "r"
      case .cached: "c"
      case .failed: "f"
      case .blocked: "b"
      case .waiting: "w"
      case .passed: "p"
      case .pending: "."
      }
    }.joined()
  }

  var shownText: String { results.map { shown($0.outputs) }.joined() }
}

/// What files a cell uses is kept for the whole process: one test at a time.
@Suite(.serialized) enum FileUsers {}

extension FileUsers {
  @Suite struct NotebookTests {
    @Test func secondRunIsKnown() throws {
      let bench = try Bench()
      let text = "# %% A\nlet x = [1.5, 2]\n# %% B\nlet f = v -> v * x\n# %% C\nf(3)\n"
      #expect(try bench.run(text).states == "rrr")
      bench.restarted()
      let again = try bench.run(text)
      #expect(again.states == "ccc")
      #expect(again.shownText == "[4.5, 6]\n")
    }

    @Test func commentsTitlesAndProseChangeNothing() throws {
      let bench = try Bench()
      _ = try bench.run("# %% A\nlet x = 2 # two\n# %% B\nx + 1\n")
      bench.restarted()
      #expect(
        try bench.run("# %% Other\n# New prose.\n\nlet x = 2\n# %% B [cache]\n\nx + 1 #=> 3\n").states == "cc"
      )
    }

    @Test func onlyDependentsRun() throws {
      let bench = try Bench()
      _ = try bench.run("# %% A\nlet a = 1\n# %% B\nlet b = 2\n# %% C\nlet c = a + 1\n# %% D\nb + c\n")
      let run = try bench.run("# %% A\nlet a = 10\n# %% B\nlet b = 2\n# %% C\nlet c = a + 1\n# %% D\nb + c\n")
      #expect(run.states == "rcrr")
      #expect(run.shownText == "13\n")
    }

    @Test func closuresComeBackWithTheirValues() throws {
      let bench = try Bench()
      let head =
        "# %% A\nfn scaled(k) = x -> k * x + shift\nlet shift = 100\n# %% B\nlet g = scaled(3)\n# %% C\n"
      _ = try bench.run(head + "g(1)\n")
      bench.restarted()
      let run = try bench.run(head + "g(2)\n")
      #expect(run.states == "ccr")
      #expect(run.shownText == "106\n")
    }

    @Test func assignmentsInOrder() throws {
      let bench = try Bench()
      let text = "# %% A\nvar x = 1\n# %% B\nx\n# %% C\nx += 1\n# %% D\nx\n"
      _ = try bench.run(text)
      bench.restarted()
      let run = try bench.run(text.replacingOccurrences(of: "# %% B\nx\n", with: "# %% B\nx * 100\n"))
      #expect(run.states == "crcc")
      #expect(run.shownText == "100\n2\n")
      bench.restarted()
      let last = try bench.run(text.replacingOccurrences(of: "# %% D\nx\n", with: "# %% D\nx * 100\n"))
      #expect(last.states == "cccr")
      #expect(last.shownText == "1\n200\n")
    }

    @Test func randomStreamsAndSeeds() throws {
      let bench = try Bench()
      let text = "# %% S\nseed(4)\n# %% A\nuniform()\n# %% B\n1 + 1\n"
      let first = try bench.run(text)
      bench.restarted()
      let again = try bench.run(text)
      #expect(again.states == "ccc")
      #expect(again.shownText == first.shownText)
      bench.restarted()
      // Another seed concerns the cell that draws, and no other.
      let other = try bench.run(text.replacingOccurrences(of: "seed(4)", with: "seed(5)"))
      #expect(other.states == "rrc")
      #expect(other.shownText != first.shownText)
      #expect(
        other.shownText == (try fresh(text.replacingOccurrences(of: "seed(4)", with: "seed(5)"), bench)))
    }

    private func fresh(_ text: String, _ bench: Bench) throws -> String {
      let recorder = CellOutputRecorder()
      let session = Session(builtins: .standard, output: recorder, folder: bench.folder, seed: 0)
      try session.run(SourceText(name: "t.tlx", text: text), mode: .file)
      return shown(recorder.take())
    }

    @Test func filesAreLookedAt() throws {
      let bench = try Bench()
      try bench.write("a\n1\n2\n", to: "d.csv")
      let text = "# %% A\nlet t = csv(\"d.csv\")\n# %% B\nsum(t.a)\n"
      _ = try bench.run(text)
      bench.restarted()
      #expect(try bench.run(text).states == "cc")
      try bench.write("a\n1\n5\n", to: "d.csv")
      let run = try bench.run(text)
      #expect(run.states == "rr")
      #expect(run.shownText == "6\n")
    }

    @Test func whatCannotBeKeptIsSaidAndStillRight() throws {
      let bench = try Bench()
      let text = "# %% A\nlet g = grad(x -> x^2)\n# %% B\nsave(1, \"n.json\")\n# %% C\n"
      let first = try bench.run(text + "g(2.0)\n")
      #expect(first.results[0].note?.contains("exists only while the program runs") == true)
      #expect(first.results[1].note == "it writes n.json")
      bench.restarted()
      let run = try bench.run(text + "g(3.0)\n")
      #expect(run.states == "crr")
      #expect(run.shownText == "6\n")
    }

    @Test func errorsStayOnTheirCells() throws {
      let bench = try Bench()
      let run = try bench.run(
        "# %% A\nlet x = [1, 2] + [1, 2, 3]\n# %% B\nx\n# %% C\n1 + 1\n# %% D\nlet y = = 2\n# %% E\nunknown\n"
      )
      #expect(run.states == "fbrff")
      #expect(
        run.results[0].diagnostics.first?.code == "E0401" || run.results[0].diagnostics.first?.code == "E0402"
      )
      #expect(run.results[4].diagnostics.first?.code == "E0301")
    }

    @Test func manualCellsWait() throws {
      let bench = try Bench()
      let text = "# %% A [manual]\nlet x = 3\n# %% B\nx\n# %% C\n2\n"
      #expect(try bench.run(text).states == "wbr")
      bench.notebook.options.wanted = [1]
      #expect(try bench.run(text).states == "rrc")
      bench.notebook.options.wanted = nil
      #expect(try bench.run(text).states == "ccc")
    }

    @Test func damagedAndForeignEntriesAreNotTrusted() throws {
      let bench = try Bench()
      let text = "# %% A\nlet x = arange(50)\n# %% B\nsum(x)\n"
      _ = try bench.run(text)
      let files =
        FileManager.default.enumerator(atPath: bench.folder + "/cache")?.compactMap { $0 as? String } ?? []
      let entries = files.filter { $0.hasSuffix(".cell") || $0.hasSuffix(".values") }
      #expect(entries.count == 4)
      for name in entries {
        let path = bench.folder + "/cache/" + name
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        data[data.count - 3] ^= 0x20
        try data.write(to: URL(fileURLWithPath: path))
      }
      bench.restarted()
      #expect(try bench.run(text).states == "rr")
      bench.restarted(version: "2")
      #expect(try bench.run(text).states == "rr")
      for name in entries {
        try Data("TLX cell 1\n".utf8).write(to: URL(fileURLWithPath: bench.folder + "/cache/" + name))
      }
      bench.restarted()
      #expect(try bench.run(text).shownText == "1225\n")
    }

    @Test func valuesOfAllKindsComeBack() throws {
      let bench = try Bench()
      let head = """
        # %% A
        let a = (nil, true, 3, 2.5, "text {{x}}", range(2, 9, 3), f32, key(1))
        let r = {t: [[1, 2], [3, 4]], e: zeros((0, 3)), s: "é", n: {deep: (1,)}}
        let t = table([{name: "x", v: 1.5}, {name: "y", v: nan}])
        let m = mlp([4, 3, 2])
        let p = plot([1, 4, 9], title="squares", vline=1, band=([0, 3, 8], [2, 5, 10]))
        let c = confusion([0, 1, 1], [0, 1, 0])

        """
      let tail = "# %% B\na\nr\nt\nsummary(m)\nm.params\np\nc\n"
      let first = try bench.run(head + tail)
      #expect(first.states == "rr")
      bench.restarted()
      let again = try bench.run(
        head + tail.replacingOccurrences(of: "# %% B\n", with: "# %% B\nlet other = 1\n"))
      #expect(again.states == "cr")
      #expect(again.shownText == first.shownText)
    }

    @Test func printingWithoutEndIsCut() throws {
      let bench = try Bench()
      let run = try bench.run("# %% A\nfor i in range(200000) { print(\"a line of some length {i}\") }\n")
      let text = run.shownText
      #expect(text.utf8.count < 1 << 21)
      #expect(text.hasSuffix("was left out\n"))
    }
  }
}
