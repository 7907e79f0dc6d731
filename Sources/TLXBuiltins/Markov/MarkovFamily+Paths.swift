import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  private static let start: Builtin.Parameter = .positional("start", "state", "where walks start")
  private static let end: Builtin.Parameter = .positional("target", "state | list", "where they should end")

  static let paths: [Builtin] = [
    Builtin(
      "most_likely_path", family: "markov",
      [.chain, start, end, .option("k", "int", "how many paths", default: "1")],
      result: "record | table", summary: "finds the most probable paths without repetition",
      details: """
        {path, probability} for one, a table of at most k otherwise, the likeliest first. Dijkstra on −ln p, then Yen's \
        algorithm.
        """,
      errors: ["E0505: no path leads there", "E0408: no such state"],
      examples: [
        Builtin.Example(
          "most_likely_path([[0, 0.6, 0.4], [0, 0.5, 0.5], [0, 0, 1]], 0, 2)",
          "{path: (\"0\", \"2\"), probability: 0.4}")
      ],
      source: "Yen, Management Science 1971",
      body: { arguments in
        let chain = try arguments.chain()
        let count = try arguments.int("k", atLeast: 1)
        let from = try arguments.state("start", of: chain.names)
        let found = try chain.likelyPaths(
          from: from, to: arguments.states("target", of: chain.names), count: count)
        func names(_ path: LikelyPath) -> Value { .list(path.states.map { .string(chain.names[$0]) }) }
        guard let first = found.first else {
          throw arguments.failure("target", "E0505", "no path leads there from “\(chain.names[from])”")
        }
        if count == 1 {
          return .record(Record([("path", names(first)), ("probability", .float(first.probability))]))
        }
        return .table(
          Table(
            names: ["path", "probability"],
            columns: [.list(found.map(names)), .tensor(try Tensor(found.map(\.probability)))],
            rowCount: found.count))
      }),
    Builtin(
      "last_before", family: "markov",
      [
        .chain, .positional("target", "state | list", "where walks end"),
        .option("start", "state", "where they start; every state if left out", default: "nil"),
      ],
      result: "labelled vector | table", summary: "says which state is the last before the target",
      details: """
        Nᵢⱼ pⱼ: the probability that a walk from i enters the target, and does so from j. Over j it sums to the probability \
        to end there. Without `start=` a table of each start with its likeliest last state, that share, and the whole.
        """,
      errors: ["E0408: no such state"],
      examples: [
        Builtin.Example(
          "last_before([[0, 0.5, 0.5], [0, 0.5, 0.5], [0, 0, 1]], 2, start=0)", "0  0.5\n1  0.5")
      ],
      body: { arguments in
        let chain = try arguments.chain()
        let targets = try arguments.states("target", of: chain.names)
        if arguments.has("start") {
          return try chain.labelled(
            chain.lastBefore(targets, from: arguments.state("start", of: chain.names)))
        }
        return try lastStates(chain, targets)
      }),
    Builtin(
      "conditional_chain", family: "markov",
      [.chain, .positional("target", "state | list", "where walks end")],
      result: "chain", summary: "gives the chain of the walks that end in the target",
      details: """
        p⁺ᵢⱼ = pᵢⱼ hⱼ / hᵢ with h the probability to reach the target: what successful walks do. `hitting_times` of it are \
        the steps to success given success.
        """,
      errors: ["E0505: no other state reaches the target", "E0408: no such state"],
      examples: [
        Builtin.Example(
          "hitting_times(conditional_chain([[0.5, 0.25, 0.25], [0, 1, 0], [0, 0, 1]], 1), \"1\")",
          "0  2\n1  0")
      ],
      source: "Doob 1957",
      body: { arguments in
        let chain = try arguments.chain()
        return .object(
          ChainObject(try chain.conditional(on: arguments.states("target", of: chain.names))))
      }),
    Builtin(
      "sensitivity", family: "markov", [.chain, end, start], result: "table",
      summary: "says how the probability to reach a target depends on each transition",
      details: """
        ∂hₛ/∂pᵢⱼ = Nₛᵢ hⱼ for each transition that a walk from the start can take, the rest of its row unchanged; moving ε \
        from one transition of a row to another changes hₛ by ε times the difference of their slopes. The largest first.
        """,
      errors: ["E0408: no such state"],
      examples: [
        Builtin.Example(
          "sensitivity([[0, 0.5, 0.5], [0, 1, 0], [0, 0, 1]], 1, 0).slope", "[1, 0]")
      ],
      body: { arguments in
        let chain = try arguments.chain()
        let slopes = try chain.sensitivity(
          of: arguments.states("target", of: chain.names), from: arguments.state("start", of: chain.names))
        return try slopeTable(chain, slopes)
      }),
  ]

  private static func lastStates(_ chain: MarkovChain, _ targets: [Int]) throws -> Value {
    var (starts, lasts): ([Value], [Value]) = ([], [])
    var (shares, totals): ([Double], [Double]) = ([], [])
    for state in try chain.transientStates() {
      let found = try chain.lastBefore(targets, from: state)
      guard let best = found.visits.indices.max(by: { found.visits[$0] < found.visits[$1] }) else { continue }
      starts.append(.string(chain.names[state]))
      lasts.append(.string(chain.names[found.states[best]]))
      shares.append(found.visits[best])
      totals.append(found.visits.reduce(0, +))
    }
    return .table(
      Table(
        names: ["start", "last", "share", "total"],
        columns: [.list(starts), .list(lasts), .tensor(try Tensor(shares)), .tensor(try Tensor(totals))],
        rowCount: starts.count))
  }

  private static func slopeTable(_ chain: MarkovChain, _ slopes: [Double]) throws -> Value {
    let matrix = chain.transitions
    var rows: [(from: Int, to: Int, probability: Double, slope: Double)] = []
    let structure = try chain.structure()
    for row in 0..<matrix.rowCount where !structure.isRecurrent(row) {
      for position in matrix.positions(ofRow: row) {
        rows.append((row, Int(matrix.columns[position]), matrix.values[position], slopes[position]))
      }
    }
    rows.sort { $0.slope > $1.slope }
    return .table(
      Table(
        names: ["from", "to", "probability", "slope"],
        columns: [
          .list(rows.map { .string(chain.names[$0.from]) }), .list(rows.map { .string(chain.names[$0.to]) }),
          .tensor(try Tensor(rows.map(\.probability))), .tensor(try Tensor(rows.map(\.slope))),
        ], rowCount: rows.count))
  }
}
