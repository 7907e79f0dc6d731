import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  static let longRun: [Builtin] = [
    Builtin(
      "stationary", family: "markov", [.chain, .exact, .chainDetails],
      result: "labelled vector | f64[k, n] | record",
      summary: "gives the stationary distributions of a chain",
      details: """
        π = π P: one labelled vector, or a row for each closed class where there are several; for periodic classes the \
        share of time. Classes up to 3000 states by subtraction-free elimination (Grassmann, Taksar, Heyman): every share, \
        down to 1e-300, has full relative accuracy. Larger sparse ones by BiCGSTAB on the walk that stops in one state, \
        with a proven bound. `details=true` gives {value, residual, bound}, the bound for each share. Takes chains in \
        continuous time too. Cost: n³/3 as matrix products, or steps × transitions.
        """,
      examples: [
        Builtin.Example(
          "stationary([[0.9, 0.1], [0.5, 0.5]]).values |> round(digits=6)", "[0.833333, 0.166667]"),
        Builtin.Example(
          "stationary(markov([[0.9, 0.1], [0.5, 0.5]], states=(\"sun\", \"rain\")), exact=true)",
          "sun   5/6\nrain  1/6"),
        Builtin.Example("stationary([[1, 0], [0, 1]])", "[[1, 0], [0, 1]]"),
      ],
      source: "Grassmann, Taksar, Heyman, Operations Research 1985",
      body: { arguments in
        if case .object(let object as ContinuousChainObject)? = arguments.optional("chain") {
          return try distributions(
            object.chain.stationary(), of: object.chain.names, details: arguments.bool("details"))
        }
        let chain = try arguments.chain()
        if try arguments.isExact {
          let rows = try arguments.exactChain().stationary()
          if rows.count == 1 { return chain.fractions(rows[0]) }
          let names = try chain.stationary().map { chain.className($0.states) }
          return .object(FractionMatrix(rowNames: names, columnNames: chain.states, rows: rows))
        }
        return try distributions(chain.stationary(), of: chain.names, details: arguments.bool("details"))
      }),
    Builtin(
      "n_step", family: "markov",
      [
        .chain, .positional("n", "int | list", "how many steps, or several numbers of steps"),
        .option("start", "state | f64[n]", "where walks start; the first state if left out", default: "nil"),
      ],
      result: "labelled vector | table", summary: "gives the distribution after n steps",
      details: """
        start Pⁿ by n products, each not negative: small probabilities keep their digits. Of several numbers of steps a \
        table with a row each and a column a state, which `plot(x="n")` draws: how the start is forgotten.
        """,
      errors: ["E0405: n is negative", "E0505: start is no distribution", "E0408: no such state"],
      examples: [
        Builtin.Example("n_step([[0.5, 0.5], [0, 1]], 3).values", "[0.125, 0.875]"),
        Builtin.Example(
          "n_step([[0.5, 0.5], [0, 1]], range(3))", "n  0     1\n0  1     0\n1  0.5   0.5\n2  0.25  0.75"),
      ],
      body: { arguments in
        let chain = try arguments.chain()
        let start = try arguments.start("start", of: chain.names)
        if arguments.value("n").exactInt != nil {
          return try chain.labelled(chain.distribution(after: arguments.int("n", atLeast: 0), from: start))
        }
        return .table(try distributions(chain, arguments.ints("n"), from: start, arguments))
      }),
    Builtin(
      "mixing_time", family: "markov",
      [
        .chain,
        .option("epsilon", "float", "the distance from the stationary distribution", default: "0.25"),
      ],
      result: "int", summary: "gives the steps after which the start no longer matters",
      details: """
        The least t with maxᵢ ½ Σⱼ |Pᵗᵢⱼ − πⱼ| ≤ ε, over the worst start (others take the mean start, which is sooner). \
        By squaring and bisection: n³ log t; up to 2000 states.
        """,
      errors: ["E0505: the chain is periodic, or has several closed classes", "E0702: too many states"],
      examples: [Builtin.Example("mixing_time([[0.9, 0.1], [0.5, 0.5]])", "2")],
      body: {
        .int(try $0.chain().mixingTime(epsilon: $0.float("epsilon", in: 1e-12...1)))
      }),
    Builtin(
      "spectral_gap", family: "markov", [.chain], result: "float",
      summary: "gives how fast a chain forgets its start",
      details: """
        1 − |λ₂|, with |λ₂| the second largest modulus of the eigenvalues: 0 for periodic chains and several classes. A \
        reversible chain goes by a symmetric matrix. Up to 2000 states.
        """,
      errors: ["E0702: too many states"],
      examples: [Builtin.Example("spectral_gap([[0.75, 0.25], [0.5, 0.5]]) |> round(digits=6)", "0.75")],
      body: { .float(max(0, 1 - (try $0.chain().secondEigenvalue()))) }),
    Builtin(
      "entropy_rate", family: "markov", [.chain], result: "float",
      summary: "gives the entropy of a step",
      details: "−Σ πᵢ pᵢⱼ ln pᵢⱼ in nats.",
      errors: ["E0505: there are several closed classes"],
      examples: [Builtin.Example("entropy_rate([[0.5, 0.5], [0.5, 0.5]]) == log(2)", "true")],
      body: { .float(try $0.chain().entropyRate()) }),
    Builtin(
      "kemeny", family: "markov", [.chain, .exact], result: "float | fraction",
      summary: "gives the mean steps to a random state",
      details: """
        K = Σ_{j ≠ i} mᵢⱼ πⱼ, the same for every start i. Others count the return to i and give K + 1. Without a \
        subtraction, by halving; n³, up to 3000 states.
        """,
      errors: ["E0505: the chain is not irreducible", "E0702: too many states"],
      examples: [Builtin.Example("kemeny([[0.9, 0.1], [0.5, 0.5]], exact=true)", "5/3")],
      source: "Kemeny and Snell 1960, theorem 4.4.10",
      body: { arguments in
        let value = try arguments.chain().kemeny()
        guard try arguments.isExact else { return .float(value) }
        return .object(FractionObject(try arguments.exactChain().kemeny()))
      }),
    Builtin(
      "simulate_chain", family: "markov",
      [
        .chain, .positional("n", "int", "how many steps"),
        .option(
          "start", "state | f64[n]", "where the walk starts; the first state if left out", default: "nil"),
        .option("stop", "bool", "ends in an absorbing state", default: "false"), .key,
      ],
      result: "list", summary: "draws a walk",
      details: "The start and the state after each step, by label (by number without labels, as i64[n + 1]).",
      errors: ["E0405: n is negative", "E0408: no such state"],
      examples: [Builtin.Example("simulate_chain([[0, 1], [1, 0]], 4)", "[0, 1, 0, 1, 0]")],
      body: { arguments in
        let chain = try arguments.chain()
        let walk = try chain.walk(
          from: arguments.start("start", of: chain.names), steps: arguments.int("n", atLeast: 0),
          stopsWhenAbsorbed: arguments.bool("stop"), random: arguments.stream())
        return chain.names.areNumbers
          ? .tensor(try Tensor(walk)) : .list(walk.map { .string(chain.names[$0]) })
      }),
  ]

  static func distributions(_ found: [Stationary], of names: StateNames, details: Bool) throws -> Value {
    var rows = [Double](repeating: 0, count: found.count * names.count)
    for (number, stationary) in found.enumerated() {
      for (state, share) in zip(stationary.states, stationary.probability) {
        rows[number * names.count + state] = share
      }
    }
    let tensor = try Tensor(rows)
    let value: Value =
      found.count == 1
      ? .object(try Labelled(names: names.all, tensor: tensor))
      : .tensor(try tensor.reshape([found.count, names.count]))
    guard details else { return value }
    return .record(
      Record([
        ("value", value), ("residual", .float(found.map(\.residual).max() ?? 0)),
        ("bound", .float(found.map(\.bound).max() ?? 0)),
      ]))
  }

  /// A row for each number of steps, in the order given.
  private static func distributions(
    _ chain: MarkovChain, _ steps: [Int], from start: [Double], _ arguments: Arguments
  ) throws -> Table {
    if let negative = steps.first(where: { $0 < 0 }) {
      throw arguments.failure("n", "E0405", "n counts steps, and \(negative) is below 0")
    }
    guard chain.stateCount <= 1000 else {
      throw arguments.failure(
        "n", "E0702", "a table of \(chain.stateCount) columns cannot be read; at most 1000",
        help: "ask for one n at a time")
    }
    var known: [Int: [Double]] = [:]
    var (taken, shares) = (0, start)
    for step in Set(steps).sorted() {
      shares = try chain.distribution(after: step - taken, from: shares)
      taken = step
      known[step] = shares
    }
    let columns = try (0..<chain.stateCount).map { state in
      Value.tensor(try Tensor(steps.map { known[$0]?[state] ?? 0 }))
    }
    var name = "n"
    while chain.names.position(of: name) != nil { name += "_" }
    return Table(
      names: [name] + chain.states, columns: [.tensor(try Tensor(steps))] + columns, rowCount: steps.count)
  }
}
