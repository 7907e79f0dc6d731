import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  private static let target: Builtin.Parameter = .positional(
    "target", "state | list", "the states to reach, by label or number")

  static let hitting: [Builtin] = [
    Builtin(
      "absorb", family: "markov", [.chain, .exact], result: "absorption",
      summary: "says where walks end and after how many steps",
      details: """
        For each state: `probability` f64[states, ends], expected `steps` and their variance `steps_var`, and a labelled \
        vector for each end under its name: `absorb(c).success`. Ends are the closed classes (one of several states is \
        named `a+b`); `ends` lists them, `missed` the states that cannot reach some end. `residual` is of the equations \
        and the row sums, `bound` what no probability is off by more than.

        (I − Q) B = R and (I − Q) t = 1 by strongly connected components in topological order: single states directly, \
        blocks up to 400 states by subtraction-free elimination (every entry has full relative accuracy however rare the \
        end), larger ones by BiCGSTAB with ILU(0), corrected until the residual no longer falls, the bound proven from \
        the steps; where that is too weak Gauss–Seidel sweeps close in from both sides. Takes chains in continuous time \
        too (`steps` are then times).
        """,
      errors: ["E0505: the rows are no distributions"],
      examples: [
        Builtin.Example(
          "absorb(markov([[1, 0, 0], [0.5, 0, 0.5], [0, 0, 1]], states=(\"home\", \"street\", \"bar\"))).home",
          "home    1\nstreet  0.5\nbar     0"),
        Builtin.Example(
          "absorb([[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 0, 1]], exact=true).steps",
          "0  0\n1  2\n2  2\n3  0"),
      ],
      source: "Kemeny and Snell 1960, chapter 3; O'Cinneide, Numerische Mathematik 1993",
      body: { arguments in
        if case .object(let object as ContinuousChainObject)? = arguments.optional("chain") {
          return try object.absorption()
        }
        if try arguments.isExact { return try exactAbsorption(arguments) }
        let chain = try arguments.chain()
        return .object(try solution(chain, chain.absorption()))
      }),
    Builtin(
      "fundamental", family: "markov",
      [
        .chain,
        .option("start", "state", "gives one row: visits of walks from there", default: "nil"),
        .option("to", "state", "gives one column: visits to there", default: "nil"), .exact,
      ],
      result: "f64[m, m] | labelled vector", summary: "gives the expected visits to transient states",
      details: """
        N = (I − Q)⁻¹ over the transient states in their order; the start counts as a visit. `start=` and `to=` solve for \
        one row or column, which is all that large chains need: the states of zero are left out. The whole of N has at \
        most 3000 rows.
        """,
      errors: ["E0702: N is too large: ask for a row", "E0408: no such state"],
      examples: [
        Builtin.Example(
          "fundamental([[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 0, 1]], exact=true)",
          "     1    2\n1  4/3  2/3\n2  2/3  4/3")
      ],
      body: { arguments in try fundamental(arguments) }),
    Builtin(
      "hitting_times", family: "markov", [.chain, target, .exact, .chainDetails], result: "labelled vector",
      summary: "gives the expected steps until states are reached",
      details: """
        t = 0 on the targets and 1 + P t elsewhere; `inf` where the targets may be missed. Solved as `absorb`. Takes \
        chains in continuous time too.
        """,
      errors: ["E0408: no such state"],
      examples: [Builtin.Example("hitting_times([[0.5, 0.5], [0, 1]], 1).values", "[2, 0]")],
      body: { arguments in
        if case .object(let object as ContinuousChainObject)? = arguments.optional("chain") {
          let targets = try arguments.states("target", of: object.chain.names)
          return .object(
            try Labelled(
              names: object.chain.names.all, tensor: Tensor(object.chain.hittingTimes(of: targets))))
        }
        let chain = try arguments.chain()
        let targets = try arguments.states("target", of: chain.names)
        if try arguments.isExact {
          return chain.fractions(try arguments.exactChain().hittingTimes(of: targets))
        }
        return try stateSolution(arguments, chain, chain.hittingTimes(of: targets))
      }),
    Builtin(
      "hitting_probabilities", family: "markov", [.chain, target, .exact, .chainDetails],
      result: "labelled vector", summary: "gives the probabilities that states are ever reached",
      details:
        "h = 1 on the targets and P h elsewhere; 0 where no way leads there. Never negative, never above 1 but by rounding.",
      errors: ["E0408: no such state"],
      examples: [
        Builtin.Example(
          "hitting_probabilities([[0.5, 0.25, 0.25], [0, 1, 0], [0, 0, 1]], 1).values", "[0.5, 1, 0]")
      ],
      body: { arguments in
        let chain = try arguments.chain()
        let targets = try arguments.states("target", of: chain.names)
        if try arguments.isExact {
          return chain.fractions(try arguments.exactChain().hittingProbabilities(of: targets))
        }
        return try stateSolution(arguments, chain, chain.hittingProbabilities(of: targets))
      }),
    Builtin(
      "first_passage", family: "markov",
      [
        .chain, .option("to", "state", "gives the times to one state only", default: "nil"), .exact,
      ],
      result: "f64[n, n] | labelled vector", summary: "gives the expected steps between all pairs of states",
      details: """
        mᵢⱼ = 1 + Σ_{k ≠ j} pᵢₖ mₖⱼ; the diagonal is the time to return, 1/πⱼ. `inf` where a state may be missed. \
        Irreducible chains by halving without a subtraction, n³; up to 3000 states.
        """,
      errors: ["E0702: too many pairs: ask for a target"],
      examples: [Builtin.Example("first_passage([[0.5, 0.5], [0.25, 0.75]])", "[[3, 2], [4, 1.5]]")],
      body: { arguments in
        let chain = try arguments.chain()
        if try arguments.isExact {
          let rows = try arguments.exactChain().firstPassages()
          guard arguments.has("to") else {
            return .object(FractionMatrix(rowNames: chain.states, columnNames: chain.states, rows: rows))
          }
          let target = try arguments.state("to", of: chain.names)
          return chain.fractions(rows.map { $0[target] })
        }
        if arguments.has("to") {
          return try chain.labelled(chain.firstPassage(to: arguments.state("to", of: chain.names)).values)
        }
        return .tensor(
          try Tensor(chain.firstPassages()).reshape([chain.stateCount, chain.stateCount]))
      }),
  ]

  private static func stateSolution(_ arguments: Arguments, _ chain: MarkovChain, _ solution: StateSolution)
    throws -> Value
  {
    let value = try chain.labelled(solution.values)
    guard try arguments.bool("details") else { return value }
    return .record(Record([("value", value), ("bound", .float(solution.bound))]))
  }

  private static func fundamental(_ arguments: Arguments) throws -> Value {
    let chain = try arguments.chain()
    if try arguments.isExact {
      let (states, rows) = try arguments.exactChain().fundamental()
      let names = states.map { chain.names[$0] }
      return .object(FractionMatrix(rowNames: names, columnNames: names, rows: rows))
    }
    if arguments.has("start") {
      return try chain.labelled(chain.fundamentalRow(of: arguments.state("start", of: chain.names)))
    }
    if arguments.has("to") {
      return try chain.labelled(chain.fundamentalColumn(of: arguments.state("to", of: chain.names)))
    }
    let transient = try chain.transientStates()
    guard transient.count <= 3000 else {
      throw arguments.failure(
        "chain", "E0702", "the visits between \(transient.count) states are too many numbers",
        help: "ask for a row with start=, or a column with to=")
    }
    let solver = try FundamentalSolver(chain.transientSystem())
    let rows = try transient.flatMap { state in
      let row = try solver.row(of: state)
      return transient.map { row[$0] }
    }
    return .tensor(try Tensor(rows).reshape([transient.count, transient.count]))
  }

  // MARK: Absorption

  private static func solution(_ chain: MarkovChain, _ absorption: Absorption) throws -> SolutionObject {
    let ends = absorption.classes.map(chain.className)
    let shape: Shape = [chain.stateCount, ends.count]
    var fields: [SolutionObject.Field] = [
      .init(name: "probability") { .tensor(try Tensor(absorption.probability).reshape(shape)) },
      .init(name: "steps") { try chain.labelled(absorption.steps) },
      .init(name: "steps_var") { try chain.labelled(absorption.stepsVariance) },
      .init(name: "residual") { .float(absorption.residual) },
      .init(name: "bound") { .float(absorption.bound) },
      .init(name: "ends") { .list(ends.map { .string($0) }) },
      .init(name: "missed") { .record(missed(chain, absorption, ends)) },
    ]
    for (position, name) in ends.enumerated() where !fields.contains(where: { $0.name == name }) {
      fields.append(.init(name: name) { try chain.labelled(absorption.probabilities(of: position)) })
    }
    return SolutionObject("absorption", lines: lines(chain, absorption, ends), fields)
  }

  private static func lines(_ chain: MarkovChain, _ absorption: Absorption, _ ends: [String]) -> [String] {
    let transient = chain.stateCount - absorption.classes.reduce(0) { $0 + $1.count }
    let shown = ends.prefix(6).joined(separator: ", ") + (ends.count > 6 ? ", … (\(ends.count))" : "")
    var lines = [
      "absorption: \(grouped(transient)) transient \(transient == 1 ? "state" : "states"), ends: \(shown)",
      "  residual \(Display.canonical(.float(absorption.residual), digits: 2)), bound \(Display.canonical(.float(absorption.bound), digits: 2))",
    ]
    if let missed = missedLine(chain, absorption, ends) { lines.append("  " + missed) }
    return lines
  }

  /// The transient states that cannot reach an end, by end.
  private static func missed(_ chain: MarkovChain, _ absorption: Absorption, _ ends: [String]) -> Record {
    let isRecurrent = Set(absorption.classes.joined())
    return Record(
      ends.enumerated().map { position, name in
        let states = (0..<chain.stateCount).filter {
          !isRecurrent.contains($0) && absorption.probability[$0 * ends.count + position] == 0
        }
        return (name, .list(states.map { .string(chain.names[$0]) }))
      })
  }

  private static func missedLine(_ chain: MarkovChain, _ absorption: Absorption, _ ends: [String]) -> String?
  {
    guard ends.count > 1, ends.count <= 20 else { return nil }
    let isRecurrent = Set(absorption.classes.joined())
    var counts = [Int](repeating: 0, count: ends.count)
    for state in 0..<chain.stateCount where !isRecurrent.contains(state) {
      for end in ends.indices where absorption.probability[state * ends.count + end] == 0 { counts[end] += 1 }
    }
    let parts = ends.indices.filter { counts[$0] > 0 }.map { "\(ends[$0]) from \(grouped(counts[$0]))" }
    return parts.isEmpty ? nil : "out of reach: " + parts.joined(separator: ", ")
  }

  private static func exactAbsorption(_ arguments: Arguments) throws -> Value {
    let chain = try arguments.chain()
    let exact = try arguments.exactChain()
    let found = try exact.absorption()
    let ends = found.classes.map(chain.className)
    let rows = (0..<chain.stateCount).map { state in found.probability.map { $0[state] } }
    var fields: [SolutionObject.Field] = [
      .init(name: "probability") {
        .object(FractionMatrix(rowNames: chain.states, columnNames: ends, rows: rows))
      },
      .init(name: "steps") { chain.fractions(found.steps) },
      .init(name: "steps_var") { chain.fractions(found.variance) },
      .init(name: "residual") { .object(FractionObject(.zero)) },
      .init(name: "bound") { .object(FractionObject(.zero)) },
      .init(name: "ends") { .list(ends.map { .string($0) }) },
    ]
    for (position, name) in ends.enumerated() where !fields.contains(where: { $0.name == name }) {
      fields.append(.init(name: name) { chain.fractions(found.probability[position]) })
    }
    return .object(
      SolutionObject(
        "absorption", lines: ["absorption in fractions, ends: \(ends.joined(separator: ", "))"], fields))
  }
}
