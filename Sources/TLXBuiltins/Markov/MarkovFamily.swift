import TLXMarkov
import TLXNumerics
import TLXRuntime

/// Markov chains in discrete time: making them, and what they are.
enum MarkovFamily {
  static let chains: [Builtin] = [
    Builtin(
      "markov", family: "markov",
      [
        .positional("p", "f64[n, n] | sparse matrix | list", "the transition probabilities, row by row"),
        .option("states", "list", "the labels of the states; 0, 1, … if left out", default: "nil"),
      ],
      result: "chain", summary: "makes a Markov chain of transition probabilities",
      details: """
        Row i is the distribution of the state after i and must sum to 1; a state where walks end has a loop of \
        probability 1. Sums off by less than 1e-6 (single precision) are divided out, and the chain says so. Rows may be \
        lists of fractions in strings, which `exact=true` then computes with: `markov((("1/3", "2/3"), ("1", "0")))`.

        Fields: `states`, `matrix`, `sparse`, `transitions` (a table), `absorbing`. Solvers read the elements off the \
        diagonal only, so a probability of 1e-100 to leave a state counts.
        """,
      errors: [
        "E0505: a row does not sum to 1, or an element is below 0", "E0504: NaN or infinity",
        "E0401: not square, or labels of another number", "E0405: a label twice", "E0406: no states",
      ],
      examples: [
        Builtin.Example(
          "markov([[0.9, 0.1], [0.5, 0.5]], states=(\"sun\", \"rain\"))",
          "chain: 2 states, 4 transitions\n  irreducible, aperiodic"),
        Builtin.Example(
          "markov([[1, 0], [0.5, 0.5]])",
          "chain: 2 states, 3 transitions\n  2 classes, 1 closed; absorbing: 0"),
      ],
      source: "Kemeny and Snell, Finite Markov Chains, 1960",
      body: { arguments in
        let labels = try arguments.optionalStrings("states")
        if let fractions = try writtenFractions(arguments) {
          let count = fractions.count
          let elements = fractions.flatMap { $0 }
          let matrix = try SparseMatrix(dense: elements.map(\.double), rowCount: count, columnCount: count)
          return .object(
            ChainObject(try MarkovChain(transitions: matrix, states: labels), fractions: elements))
        }
        guard let matrix = try arguments.transitionMatrix(arguments.value("p")) else {
          throw arguments.failure("p", mustBe: "a square matrix of probabilities")
        }
        return .object(ChainObject(try MarkovChain(transitions: matrix, states: labels)))
      }),
    Builtin(
      "classes", family: "markov", [.chain], result: "table",
      summary: "lists the communicating classes of a chain",
      details: """
        States that reach each other form a class. A class that is never left is recurrent, others are transient. The \
        period is the greatest common divisor of the lengths of its cycles, 0 for a state that is never met again. \
        In the order of the first states; O(states + transitions).
        """,
      examples: [
        Builtin.Example(
          "classes([[0, 1, 0], [1, 0, 0], [0.5, 0, 0.5]])",
          """
          states    size  kind       period
          (0, 1)       2  recurrent       2
          (2,)         1  transient       1
          """)
      ],
      source: "Tarjan, SIAM J. Comput. 1972; Denardo, Management Science 1977",
      body: { arguments in
        let chain = try arguments.chain()
        let structure = try chain.structure()
        let order = (0..<structure.classCount).sorted {
          structure.components.members($0).first ?? 0 < structure.components.members($1).first ?? 0
        }
        let members = order.map { structure.components.members($0).map(Int.init) }
        return .table(
          Table(
            names: ["states", "size", "kind", "period"],
            columns: [
              .list(members.map { .list($0.map { classLabel(chain, $0) }) }),
              .tensor(try Tensor(members.map(\.count))),
              .list(order.map { .string(structure.isClosed[$0] ? "recurrent" : "transient") }),
              .tensor(try Tensor(order.map { try chain.period(ofClass: $0) })),
            ], rowCount: order.count))
      }),
    Builtin(
      "period", family: "markov", [.chain], result: "int | i64[k]", summary: "gives the period of a chain",
      details:
        "The greatest common divisor of the lengths of the cycles of its closed class; one number a closed class where there are several.",
      examples: [Builtin.Example("period([[0, 1], [1, 0]])", "2")],
      body: { arguments in
        let chain = try arguments.chain()
        let structure = try chain.structure()
        let closed = structure.closedClasses.sorted {
          structure.components.members($0).first ?? 0 < structure.components.members($1).first ?? 0
        }
        let periods = try closed.map { try chain.period(ofClass: $0) }
        return periods.count == 1 ? .int(periods[0]) : .tensor(try Tensor(periods))
      }),
    Builtin(
      "lump", family: "markov",
      [
        .chain, .positional("parts", "record | list", "lists of states, under names or not"),
        .option("tolerance", "float", "how much two states of a part may differ", default: "1e-12"),
      ],
      result: "chain", summary: "merges states into parts, where the result is a Markov chain",
      details: """
        The chain watched by parts is a chain if, within each part, all states have the same probability to enter each \
        part. States in no part stay alone.
        """,
      errors: [
        "E0505: the parts do not lump: names two states, a part and by how much", "E0408: no such state",
      ],
      examples: [
        Builtin.Example(
          "lump([[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]], {bad: (0, 2), good: (1,)}).matrix",
          "[[0.75, 0.25], [1, 0]]")
      ],
      source: "Kemeny and Snell 1960, theorem 6.3.2",
      body: { arguments in
        let chain = try arguments.chain()
        let (names, parts) = try readParts(arguments, chain)
        if let (error, states, part) = chain.lumpingError(parts), error > (try arguments.float("tolerance")) {
          throw arguments.failure(
            "parts", "E0505",
            "the parts are no chain of their own: “\(chain.names[states.0])” and “\(chain.names[states.1])” enter “\(names[part])” with probabilities that differ by \(Display.canonical(.float(error), digits: 3))"
          )
        }
        return .object(ChainObject(try chain.lumped(parts, names: names)))
      }),
    Builtin(
      "time_reversal", family: "markov", [.chain], result: "chain",
      summary: "gives the chain seen backwards in time",
      details:
        "p̃ᵢⱼ = πⱼ pⱼᵢ / πᵢ: the chain of the same walks read from their end. The same chain if it is reversible.",
      errors: ["E0505: the chain is not irreducible"],
      examples: [
        Builtin.Example(
          "time_reversal([[0, 1, 0], [0, 0, 1], [1, 0, 0]]).matrix", "[[0, 0, 1], [1, 0, 0], [0, 1, 0]]")
      ],
      body: { .object(ChainObject(try $0.chain().reversed())) }),
    Builtin(
      "is_reversible", family: "markov", [.chain], result: "bool",
      summary: "says whether a chain looks the same backwards in time",
      details: "Detailed balance: πᵢ pᵢⱼ = πⱼ pⱼᵢ for all pairs, to 1e-10 of the larger.",
      errors: ["E0505: there are several closed classes"],
      examples: [Builtin.Example("is_reversible([[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]])", "true")],
      body: { .bool(try $0.chain().isReversible()) }),
  ]

  private static func classLabel(_ chain: MarkovChain, _ state: Int) -> Value {
    chain.names.areNumbers ? .int(state) : .string(chain.names[state])
  }

  /// The rows if they are lists with strings among their items.
  private static func writtenFractions(_ arguments: Arguments) throws -> [[Rational]]? {
    guard case .list(let rows) = arguments.value("p") else { return nil }
    let lists = rows.compactMap { row -> [Value]? in if case .list(let items) = row { items } else { nil } }
    guard lists.count == rows.count, !rows.isEmpty,
      lists.joined().contains(where: { if case .string = $0 { true } else { false } })
    else { return nil }
    return try lists.enumerated().map { position, row in
      guard row.count == rows.count else {
        throw arguments.failure(
          "p", "E0401", "row \(position) has \(row.count) elements, but there are \(rows.count) rows")
      }
      return try row.map { item in
        switch item {
        case .string(let text):
          guard let fraction = Rational(text) else {
            throw arguments.failure(
              "p", "E0405", "\(Display.canonical(item)) is no fraction", help: "write \"3/4\"")
          }
          return fraction
        default:
          guard let number = item.number else { throw arguments.failure("p", mustBe: "fractions") }
          return try Rational(simplest: number)
        }
      }
    }
  }

  private static func readParts(_ arguments: Arguments, _ chain: MarkovChain) throws -> ([String], [[Int]]) {
    var names: [String] = []
    var parts: [[Int]] = []
    var isUsed = [Bool](repeating: false, count: chain.stateCount)
    let given: [(String?, Value)]
    if case .record(let record) = arguments.value("parts") {
      given = zip(record.names, record.values).map { ($0, $1) }
    } else {
      given = try arguments.list("parts").map { (nil, $0) }
    }
    for (name, value) in given {
      let single = Arguments(
        builtin: arguments.builtin,
        values: arguments.builtin.parameters.map { $0.name == "parts" ? value : nil },
        context: arguments.context)
      let members = try single.states("parts", of: chain.names)
      for state in members {
        guard !isUsed[state] else {
          throw arguments.failure("parts", "E0405", "state “\(chain.names[state])” is in two parts")
        }
        isUsed[state] = true
      }
      names.append(name ?? chain.className(members))
      parts.append(members)
    }
    for state in 0..<chain.stateCount where !isUsed[state] {
      names.append(chain.names[state])
      parts.append([state])
    }
    return (names, parts)
  }
}
