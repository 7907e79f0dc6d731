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
    case .drawn(let text, _), .picture(_, let text), .head(_, _, _, let text): text + "\n"
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
    let text = "# %% A\nlet g = vjp(x -> x^2, 3.0).pull\n# %% B\nsave(1, \"n.json\")\n# %% C\n"
    let first = try bench.run(text + "g(2.0)\n")
    #expect(first.results[0].note?.contains("exists only while the program runs") == true)
    #expect(first.results[1].note == "it writes n.json")
    bench.restarted()
    let run = try bench.run(text + "g(3.0)\n")
    #expect(run.states == "crr")
    #expect(run.shownText == "18\n")
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

  /// Losses, optimizers, schedules, layers and what `grad` makes come back by the calls that made them; chains with their logs.
  @Test func whatCallsMadeComesBack() throws {
    let bench = try Bench()
    let head = """
      # %% A
      let old = mlp([4, 3, 2])
      let loss = 0.5 * cross_entropy + distill(old, temperature=2) + label_smoothing(0.1)
      let smooth = 0.5 * cross_entropy + label_smoothing(0.1)
      let best = adamw(lr=cosine(0.01, steps=50))
      let bare = mse
      let layer = dense(4, 3)
      let square = x -> x^2 + shift
      let shift = 2.0
      let g = grad(square)
      let h = hessian(v -> sum(v^3))
      let chain = markov([[0.5, 0.5, 0], [0, 0.3, 0.7], [0, 0, 1]], states=["a", "b", "end"])
      let logged = chain_from(table([{session: 1, state: "a"}, {session: 1, state: "b"}, {session: 2, state: "a"}]), time=nil)
      let s = sparse([0, 1], [1, 0], [2.0, 3.0], shape=(2, 2))

      """
    let tail =
      "# %% B\nloss\nbest\nlayer\ng(3.0)\nh([1.0, 2])\nchain\nabsorb(chain).steps\nlogged\nlogged.turns\ns @ [1.0, 1]\nsmooth(old(ones((2, 4))), [0, 1])\nbare\n"
    let first = try bench.run(head + tail)
    #expect(first.results[0].note == nil)
    bench.restarted()
    let again = try bench.run(
      head + tail.replacingOccurrences(of: "# %% B\n", with: "# %% B\nlet other = 1\n"))
    #expect(again.results.map { $0.diagnostics.map(\.message) } == [[], []])
    #expect(again.states == "cr")
    #expect(again.shownText == first.shownText)
  }

  /// A table too large to keep is shown by its first rows, of the page of a run and of one from the cache alike.
  @Test func largeTablesKeepTheirHead() throws {
    let bench = try Bench()
    let text = "# %% A\ntable({a: arange(3000), b: [\"row {i}\" for i in range(3000)]})\n"
    let first = try bench.run(text)
    bench.restarted()
    let again = try bench.run(text)
    #expect(again.states == "c")
    #expect(again.shownText == first.shownText)
    let view = ValueView(width: 100)
    let pages = [first, again].map { $0.results[0].outputs.map { view.html($0) }.joined() }
    #expect(pages[0] == pages[1])
    #expect(pages[0].contains("the first 1,000 of 3,000 rows") && !pages[0].contains("row 1000<"))
  }

  @Test func rowsOfLargeTables() throws {
    let bench = try Bench()
    let run = try bench.run(
      "# %% A\nlet n = 5000\ntable({a: arange(n) * 7 % n, b: [\"<{i}>\" for i in range(n)], c: arange(n) / 2})\n"
    )
    let tables = LiveTables()
    tables.keep(run)
    let name = try #require(LiveTables.name(of: 0, in: run.results[0]))
    let rows = try #require(tables.rows(of: name, from: 4_998, count: 25, sorting: nil))
    #expect(
      rows == "<tr><td class=\"num\">4986</td><td>&lt;4998&gt;</td><td class=\"num\">2499</td></tr>\n"
        + "<tr><td class=\"num\">4993</td><td>&lt;4999&gt;</td><td class=\"num\">2499.5</td></tr>\n")
    let sorted = try #require(tables.rows(of: name, from: 0, count: 2, sorting: (column: 0, isRising: false)))
    #expect(sorted.contains("4999") && sorted.contains("4998"))
    let texts = try #require(tables.rows(of: name, from: 1, count: 1, sorting: (column: 1, isRising: true)))
    #expect(texts.contains("&lt;1000&gt;"))
    for (start, count) in [(-1, 5), (0, -1), (0, 5_000)] {
      #expect(tables.rows(of: name, from: start, count: count, sorting: nil) == nil)
    }
    #expect(tables.rows(of: name, from: 90_000, count: 5, sorting: (column: 9, isRising: true)) == "")
    #expect(tables.rows(of: "other", from: 0, count: 5, sorting: nil) == nil)
  }

  @Test func printingWithoutEndIsCut() throws {
    let bench = try Bench()
    let run = try bench.run("# %% A\nfor i in range(200000) { print(\"a line of some length {i}\") }\n")
    let text = run.shownText
    #expect(text.utf8.count < 1 << 21)
    #expect(text.hasSuffix("was left out\n"))
  }
}
