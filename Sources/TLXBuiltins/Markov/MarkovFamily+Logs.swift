import TLXLearning
import TLXMarkov
import TLXNumerics
import TLXRuntime
import TLXSource

extension MarkovFamily {
  static let logs: [Builtin] = [chainFromBuiltin, transitionsBuiltin]

  private static let chainFromBuiltin = Builtin(
    "chain_from", family: "markov",
    [
      .positional(
        "log", "table | string | list",
        "a table with a turn a row, the name of a .jsonl file with a turn a line, or a list of sequences of states"
      ),
      .option(
        "session", "string", "the column of the session; nil: all that a customer does",
        default: "\"session\""),
      .option("state", "string", "the column of the state", default: "\"state\""),
      .option(
        "outcome", "string | list of string",
        "the column of how a walk ends, empty where it goes on; of a list: one for each sequence",
        default: "nil"),
      .option("customer", "string", "the column of the customer, if there is one", default: "\"customer\""),
      .option(
        "time", "string", "the column of the time in ms, if there is one; nil passes it over",
        default: "\"time\""),
      .option(
        "signals", "bool | record",
        "words that are no states: {stop: \"failure\"}; nil: the usual ones if there are outcomes",
        default: "nil"),
      .option(
        "repeats", "string", "whether a state that follows itself is a transition", default: "\"keep\"",
        choices: ["keep", "drop"]),
      .option("gap", "float", "a pause of so many seconds ends a walk", default: "nil"),
      .option("half_life", "float", "a turn so many days older than the last counts half", default: "nil"),
      .option("prior", "float", "weight of the log's mean outcome in that of each state", default: "0"),
      .option("laplace", "float", "added to the count of every possible transition", default: "0"),
      .option("min_count", "int", "transitions seen less often lead to \"rare\"", default: "1"),
      .option("min_customers", "int", "so do those of fewer customers", default: "1"),
      .option("interleaved", "bool", "whether turns of several sessions may alternate", default: "false"),
      .option(
        "skip_malformed", "bool", "passes over lines of a file that are no turns, and counts them",
        default: "false"),
    ],
    result: "chain", summary: "estimates a Markov chain from a log of sessions",
    details: """
      A walk is a session's states in their order; it ends, absorbed, in its outcome. P(i → j) = c(i, j) / n(i), the \
      maximum of the likelihood, n(i) being how often i was left. A session goes on after an outcome as a new walk. Without \
      `outcome=` the chain has no ends, and a state that was never left is absorbing; with it, walks that end without \
      one lead to the state `unfinished`.

      `prior=w` smooths what walks end in: (s + w m) / (s + f + w) of the ends of a state are successes, m being \
      the log's share. Words like “stop”, “no”, “yes” are signals and not states where there are outcomes: they \
      decide how a walk ended that has no outcome of its own. Repeats count as transitions unless `repeats="drop"`.

      Counts, and distinct customers (exact below 32, else estimated within about 18 %), stay with the chain: \
      `chain.requests`, `transitions`, `best_rewrite`. Turns of a session must stand together, in the order of time. \
      A .jsonl file (also .gz) is streamed: memory grows with states and transitions, not with turns; that a session \
      comes back after others is then noticed for about the last 65,536 sessions.
      """,
    errors: [
      "E0406: the log has no turns", "E0408: there is no such column", "E0601: there is no such file",
      "E0604: a line is malformed; the message names it",
      "E0631: a session comes back, or time goes backwards",
    ],
    examples: [
      Builtin.Example(
        "chain_from(((\"sun\", \"sun\", \"rain\"), (\"rain\", \"sun\"))).matrix", "[[0.5, 0.5], [1, 0]]")
    ],
    source: "Anderson and Goodman, Annals of Mathematical Statistics 28 (1957)",
    body: { arguments in
      let options = try walkOptions(arguments)
      let counts: WalkCounts
      switch arguments.value("log") {
      case .table(let table): counts = try count(table, options, arguments)
      case .string: counts = try count(file: arguments.file("log"), options, arguments)
      case .list(let items): counts = try count(items, options, arguments)
      default: throw arguments.failure("log", mustBe: "a table, a file name or a list of sequences")
      }
      var estimate = LogChainOptions()
      estimate.prior = try arguments.float("prior", in: 0...1e300)
      estimate.laplace = try arguments.float("laplace", in: 0...1e300)
      estimate.minimumCount = try arguments.int("min_count", atLeast: 1)
      estimate.minimumCustomers = try arguments.int("min_customers", atLeast: 1)
      let logged = try counts.chain(estimate)
      return .object(ChainObject(logged.chain, source: LogSource(logged: logged)))
    })

  private static func walkOptions(_ arguments: Arguments) throws -> WalkOptions {
    var options = WalkOptions()
    options.keepsRepeats = try arguments.string("repeats") == "keep"
    options.signals = try signals(arguments)
    options.gap = try positive("gap", arguments).map { $0 * 1000 }
    options.halfLife = try positive("half_life", arguments).map { $0 * 86_400_000 }
    options.isInterleaved = try arguments.bool("interleaved")
    return options
  }

  private static func positive(_ name: String, _ arguments: Arguments) throws -> Double? {
    guard let value = try arguments.optionalFloat(name) else { return nil }
    guard value > 0 else { throw arguments.failure(name, "E0405", "\(name) must be above 0, got \(value)") }
    return value
  }

  private static func signals(_ arguments: Arguments) throws -> [String: String] {
    switch arguments.value("signals") {
    case .null: return arguments.has("outcome") ? WalkOptions.standardSignals : [:]
    case .bool(let isOn): return isOn ? WalkOptions.standardSignals : [:]
    case .record(let record):
      var signals: [String: String] = [:]
      for (word, value) in zip(record.names, record.values) {
        guard case .string(let outcome) = value else {
          throw arguments.failure("signals", "E0405", "the outcome of \"\(word)\" must be a string")
        }
        signals[word] = outcome
      }
      return signals
    default: throw arguments.failure("signals", mustBe: "true, false or a record of words and outcomes")
    }
  }

  // MARK: - Tables

  private static func count(_ table: Table, _ given: WalkOptions, _ arguments: Arguments) throws -> WalkCounts
  {
    let log = LogTable(table, arguments)
    var options = given
    options.remembersSessions = true
    let states = try log.texts(arguments.string("state"))
    let outcomes = try arguments.optionalString("outcome").map { try log.texts($0) }
    let customers = try log.optionalColumn("customer", default: "customer").map { try log.identities($0) }
    let times = try log.optionalColumn("time", default: "time").map { try log.numbers($0, "time") }
    let sessions: [LogIdentity]
    if let name = try arguments.optionalString("session") {
      sessions = try log.identities(name)
    } else {
      guard let customers else {
        throw arguments.failure("session", mustBe: "a column where there is none of customers")
      }
      sessions = customers
      options.isInterleaved = true
    }
    try needTimes(times != nil, arguments)
    var counts = WalkCounts(options)
    for row in states.indices {
      if row % 16_384 == 0 { try Interrupt.check() }
      guard !states[row].isEmpty else {
        throw arguments.failure("state", "E0406", "the state of row \(row) is empty")
      }
      try counts.add(
        session: sessions[row], state: states[row], outcome: outcomes?[row], customer: customers?[row],
        time: times?[row], place: "row \(row)")
    }
    return counts
  }

  private static func needTimes(_ hasTimes: Bool, _ arguments: Arguments) throws {
    for name in ["gap", "half_life"] where arguments.has(name) && !hasTimes {
      throw arguments.failure(
        name, "E0405", "\(name) needs the times of the turns", help: "name their column: time=")
    }
  }

  // MARK: - Sequences

  private static func count(_ items: [Value], _ options: WalkOptions, _ arguments: Arguments) throws
    -> WalkCounts
  {
    try needTimes(false, arguments)
    let outcomes = try arguments.optionalStrings("outcome")
    if let outcomes, outcomes.count != items.count {
      throw arguments.failure(
        "outcome", "E0401", "there are \(outcomes.count) outcomes for \(items.count) sequences")
    }
    var counts = WalkCounts(options)
    for (index, item) in items.enumerated() {
      guard !item.isScalar, let states = try? Operations.items(of: item), !isText(item) else {
        throw arguments.failure(
          "log", "E0405", "sequence \(index) is \(item.kindDescription), not a list of states",
          help: "one sequence alone is a list of one: chain_from((states,))")
      }
      try counts.add(walk: states.map { Display.text(of: $0) }, outcome: outcomes?[index])
    }
    return counts
  }

  private static func isText(_ value: Value) -> Bool { if case .string = value { true } else { false } }

  // MARK: - Files

  private static func count(file: FileName, _ given: WalkOptions, _ arguments: Arguments) throws -> WalkCounts
  {
    guard ["jsonl", "ndjson", "json"].contains(file.format) else {
      throw arguments.failure(
        "log", "E0615", "\(file.shown) is no file of JSON lines",
        help: "chain_from(csv(\"\(file.shown)\"), …)")
    }
    var options = given
    let session = try arguments.optionalString("session")
    let customer = try arguments.optionalString("customer")
    let time = try arguments.optionalString("time")
    if session == nil {
      guard customer != nil else {
        throw arguments.failure("session", mustBe: "a field where there is no customer")
      }
      options.isInterleaved = true
    }
    let fields = LogFields(
      session: session, state: try arguments.string("state"),
      outcome: try arguments.optionalString("outcome"), customer: customer, time: time)
    let reader = LogFileReader(file, fields: fields, skipsMalformed: try arguments.bool("skip_malformed"))
    do {
      let counts = try reader.read(options)
      try checkFields(counts, fields, file, arguments)
      return counts
    } catch let missing as MissingLogField {
      let near = Spelling.nearest(to: missing.field, in: missing.available)
      throw Failure(
        "E0408",
        "\(missing.place) has no field “\(missing.field)”; it has \(missing.available.joined(separator: ", "))",
        help: near.map { "did you mean \"\($0)\"?" } ?? "name the fields: session=, state=", parameter: "log")
    }
  }

  /// A field that was asked for by name and that no line has is a slip of the pen.
  private static func checkFields(
    _ counts: WalkCounts, _ fields: LogFields, _ file: FileName, _ arguments: Arguments
  ) throws {
    let asked = [
      ("outcome", fields.outcome, ""), ("customer", fields.customer, "customer"),
      ("time", fields.time, "time"),
    ]
    for (parameter, field, standard) in asked {
      guard let field, field != standard, counts.turns > 0, counts.absentFields.contains(field) else {
        continue
      }
      let near = Spelling.nearest(to: field, in: counts.fieldNames)
      throw arguments.failure(
        parameter, "E0408", "no line of \(file.shown) has a field “\(field)”",
        help: near.map { "did you mean \"\($0)\"?" })
    }
    try needTimes(fields.time.map { !counts.absentFields.contains($0) } ?? false, arguments)
  }

  // MARK: - Intervals

  private static let transitionsBuiltin = Builtin(
    "transition_intervals", family: "markov",
    [
      .positional("chain", "chain", "a chain from a log"),
      .option("ci", "float", "the coverage of the intervals", default: "0.95"),
      .option(
        "bootstrap", "int", "resamples the turns of each state so often; 0: Wilson's intervals", default: "0"),
      .key,
    ],
    result: "table", summary: "gives every transition of a log with its count and an interval",
    details: """
      Columns from, to, count, customers, probability, low, high. Wilson's score interval of count / n(from), or \
      percentiles of multinomial resamples of the turns of each state. `min_count=` and `prior=` of `chain_from` show in \
      the probability, not in the interval, which is that of the counts.
      """,
    errors: ["E0405: the chain was not counted from a log", "E0505: a coverage outside of (0, 1)"],
    examples: [
      Builtin.Example(
        "(transition_intervals(chain_from(((\"a\", \"b\"), (\"a\", \"b\"), (\"a\", \"c\"))))).low[0] |> round(digits=4)",
        "0.2077")
    ],
    source: "Wilson, JASA 1927",
    body: { arguments in
      let logged = try arguments.loggedChain("chain")
      let level = try arguments.float("ci")
      let replicates = try arguments.int("bootstrap", atLeast: 0)
      let rows = try TransitionInterval.all(
        logged, level: level, replicates: replicates,
        stream: replicates > 0 ? arguments.stream() : RandomStream(key: RandomKey(seed: 0)))
      let names = logged.chain.names
      return .table(
        Table(
          names: ["from", "to", "count", "customers", "probability", "low", "high"],
          columns: [
            .list(rows.map { .string(names[$0.from]) }), .list(rows.map { .string(names[$0.to]) }),
            .tensor(try Tensor(rows.map(\.count))), .tensor(try Tensor(rows.map(\.customers))),
            .tensor(try Tensor(rows.map(\.probability))), .tensor(try Tensor(rows.map(\.low))),
            .tensor(try Tensor(rows.map(\.high))),
          ], rowCount: rows.count))
    })
}
