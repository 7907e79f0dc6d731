import TLXSource
import TLXSyntax
import Testing

@testable import TLXNotebook

@Suite struct CellGraphTests {
  private func graph(_ text: String) -> CellGraph {
    CellGraph(parse(SourceText(name: "t.tlx", text: text)).cells.map(\.dependencies))
  }

  @Test func namesMakeEdges() {
    let graph = graph("# %% A\nlet x = 1\n# %% B\nlet y = 2\n# %% C\nlet z = x + y\n# %% D\nz\n")
    #expect(graph.dependencies == [[], [], [0, 1], [2]])
    #expect(graph.closure(of: [3]) == [0, 1, 2, 3])
    #expect(graph.dependents(of: 0) == [2])
  }

  @Test func assignmentStandsBetween() {
    let graph = graph("# %% A\nvar x = 1\n# %% B\nx\n# %% C\nx += 1\n# %% D\nx\n")
    #expect(graph.dependencies == [[], [0], [0], [2]])
  }

  @Test func functionsCarryWhatTheyReach() {
    let graph = graph(
      "# %% A\nvar n = 0\nfn tick() { n += 1; n }\n# %% B\nlet g = tick\n# %% C\ng()\n# %% D\nn\n")
    // C calls tick through g, so D sees what C left in n.
    #expect(graph.dependencies[3].contains(2))
    #expect(graph.written[2].contains("n"))
  }

  @Test func functionsReadWhatCameLater() {
    let graph = graph("# %% A\nvar s = 1\nfn f(x) = s * x\n# %% B\ns = 5\n# %% C\nf(2)\n")
    #expect(graph.dependencies[2] == [0, 1])
  }
}
