import TLXFigures
import TLXMarkov
import TLXRuntime

/// Chains as pictures.
enum GraphFamily {
  static let all: [Builtin] = [
    Builtin(
      "graph", family: "show",
      [
        .chain, .option("title", "string", "text above", default: "\"\""),
        .option("min", "float", "leaves out transitions of a smaller probability", default: "0"),
        .option(
          "layout", "string", "by Graphviz where it is installed, or TLX's own", default: "\"auto\"",
          choices: ["auto", "dot", "own"]),
      ],
      result: "figure", summary: "Draws the states of a chain and the transitions between them",
      details: """
        Absorbing states have a double line. Laid out by Graphviz's `dot` where it is installed; else in columns by the \
        order of the classes, or on a circle if all states reach each other. In the terminal a line a state with its \
        successors (↺ is a loop, ■ an absorbing state). At most 200 states: `min=` leaves out rare transitions, and \
        `lump` merges states.
        """,
      errors: ["E0702 more than 200 states", "E0704 layout=\"dot\" without Graphviz"],
      examples: [
        Builtin.Example(
          "graph(markov([[0.5, 0.5], [0, 1]], states=(\"try\", \"done\")))", "try  → ↺ 0.5, done 0.5\ndone ■")
      ],
      source: "Gansner, Koutsofios, North, Vo, IEEE Trans. Software Engineering 1993",
      body: { arguments in
        let chain = try arguments.chain()
        guard chain.stateCount <= 200 else {
          throw arguments.failure(
            "chain", "E0702", "a graph of \(chain.stateCount) states cannot be read; at most 200",
            help: "lump(chain, parts) merges states")
        }
        var graph = try stateGraph(chain, least: arguments.float("min"))
        let layout = try arguments.string("layout")
        if layout == "own" || !graph.placeByGraphviz() {
          if layout == "dot" {
            throw arguments.failure(
              "layout", "E0704", "Graphviz's dot is not installed or failed", help: "apt install graphviz")
          }
          graph.placeNodes(layers: try layers(of: chain))
        }
        return .object(
          FigureObject(Figure(title: try arguments.string("title"), content: .graph(graph))))
      })
  ]

  private static func stateGraph(_ chain: MarkovChain, least: Double) throws -> StateGraph {
    let absorbing = Set(chain.absorbingStates)
    let nodes = (0..<chain.stateCount).map {
      StateGraph.Node(name: chain.names[$0], isEnd: absorbing.contains($0))
    }
    var edges: [StateGraph.Edge] = []
    for row in 0..<chain.stateCount {
      for position in chain.transitions.positions(ofRow: row)
      where chain.transitions.values[position] >= least {
        edges.append(
          StateGraph.Edge(
            from: row, to: Int(chain.transitions.columns[position]),
            weight: chain.transitions.values[position]))
      }
    }
    return StateGraph(nodes: nodes, edges: edges)
  }

  /// The column of each state: one more than that of the classes that lead to its own.
  private static func layers(of chain: MarkovChain) throws -> [Int] {
    let components = try chain.structure().components
    var depth = [Int](repeating: 0, count: components.count)
    for part in 0..<components.count {
      for state in components.members(part) {
        for position in chain.transitions.positions(ofRow: Int(state)) {
          let other = Int(components.component[Int(chain.transitions.columns[position])])
          if other != part { depth[other] = max(depth[other], depth[part] + 1) }
        }
      }
    }
    return (0..<chain.stateCount).map { depth[Int(components.component[$0])] }
  }
}
