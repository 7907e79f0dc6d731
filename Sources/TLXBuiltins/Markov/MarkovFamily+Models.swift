import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  static let models: [Builtin] = continuous + hidden + decisions

  private static let continuous: [Builtin] = [
    Builtin(
      "ctmc", family: "markov",
      [
        .positional("q", "f64[n, n] | sparse matrix", "the generator: rates, each row summing to 0"),
        .option("states", "list", "the labels of the states", default: "nil"),
      ],
      result: "continuous chain", summary: "makes a Markov chain in continuous time",
      details: """
        qᵢⱼ ≥ 0 is the rate from i to j, qᵢᵢ minus their sum. `stationary`, `absorb` (steps are times), `hitting_times` and \
        `transient` take it; `.embedded` is the chain of its jumps, `.uniformised` I + Q / max rate.
        """,
      errors: ["E0505: a row does not sum to 0, or a rate is below 0", "E0401: not square", "E0504: NaN"],
      examples: [
        Builtin.Example("stationary(ctmc([[-1, 1], [3, -3]])).values", "[0.75, 0.25]"),
        Builtin.Example("hitting_times(ctmc([[-2, 2], [0, 0]]), 1).values", "[0.5, 0]"),
      ],
      body: { arguments in
        guard let matrix = try arguments.transitionMatrix(arguments.value("q")) else {
          throw arguments.failure("q", mustBe: "a square matrix of rates")
        }
        let names = try arguments.optionalStrings("states").map { try StateNames($0) }
        return .object(
          ContinuousChainObject(
            try ContinuousChain(rates: matrix, names: names ?? StateNames(count: matrix.rowCount))))
      }),
    Builtin(
      "transient", family: "markov",
      [
        .positional("chain", "continuous chain", "made by ctmc"), .positional("t", "float", "the time"),
        .option("start", "state | f64[n]", "where walks start; the first state if left out", default: "nil"),
      ],
      result: "labelled vector", summary: "gives the distribution at a time",
      details:
        "start · exp(Q t) by uniformisation: Σ Poisson(k; Λt) start Pᵏ, all terms ≥ 0, cut below 1e-16. Cost: about Λt products.",
      errors: ["E0405: t is negative", "E0505: start is no distribution"],
      examples: [
        Builtin.Example(
          "transient(ctmc([[-1, 1], [0, 0]]), 1).values |> round(digits=6)", "[0.367879, 0.632121]")
      ],
      source: "Jensen 1953",
      body: { arguments in
        let chain = try arguments.object("chain", as: ContinuousChainObject.self, kind: "continuous chain")
          .chain
        let time = try arguments.float("t")
        guard time >= 0, time.isFinite else {
          throw arguments.failure("t", "E0405", "t must be a time from 0, got \(time)")
        }
        let shares = try chain.distribution(at: time, from: arguments.start("start", of: chain.names))
        return .object(try Labelled(names: chain.names.all, tensor: Tensor(shares)))
      }),
  ]

  private static let model: Builtin.Parameter = .positional("model", "hidden Markov model", "made by hmm")
  private static let observations: Builtin.Parameter = .positional(
    "observations", "i64[t] | list", "the observations: numbers from 0, or the model's symbols")

  private static let hidden: [Builtin] = [
    Builtin(
      "hmm", family: "markov",
      [
        .positional("start", "f64[n]", "the distribution of the first state"),
        .positional("transitions", "f64[n, n]", "the state after each state"),
        .positional("emissions", "f64[n, m]", "what is observed in each state"),
        .option("states", "list", "labels of the states", default: "nil"),
        .option("symbols", "list", "labels of the observations", default: "nil"),
      ],
      result: "hidden Markov model", summary: "makes a hidden Markov model",
      details:
        "A chain whose states show themselves only by observations. For `likelihood`, `forward_backward`, `viterbi` and `baum_welch`.",
      errors: ["E0505: a row is no distribution", "E0401: shapes do not fit"],
      examples: [
        Builtin.Example(
          "hmm([0.5, 0.5], [[0.7, 0.3], [0.3, 0.7]], [[0.9, 0.1], [0.2, 0.8]])",
          "hidden Markov model: 2 states, 2 symbols")
      ],
      source: "Rabiner, Proc. IEEE 1989",
      body: { arguments in
        let emissions = try arguments.tensor("emissions", rank: 2, shape: "f64[n, m]")
        let transitions = try arguments.tensor("transitions", rank: 2, shape: "f64[n, n]")
        let model = try HiddenMarkovModel(
          start: arguments.floats("start"), transitions: transitions.doubles(), emissions: emissions.doubles()
        )
        return .object(
          HiddenModelObject(
            model, states: try names("states", model.stateCount, arguments),
            symbols: try names("symbols", model.symbolCount, arguments)))
      }),
    Builtin(
      "likelihood", family: "markov", [model, observations], result: "float",
      summary: "gives the log-likelihood of observations",
      details: "ln P(observations | model) by the scaled forward pass: t n².",
      errors: ["E0505: an observation that is no symbol, or impossible", "E0406: no observations"],
      examples: [
        Builtin.Example(
          "likelihood(hmm([1, 0], [[0, 1], [1, 0]], [[1, 0], [0.5, 0.5]]), [0, 1]) == log(0.5)", "true")
      ],
      body: { arguments in
        let object = try hiddenModel(arguments)
        return .float(
          try object.model.passes(
            readObservations("observations", arguments.value("observations"), object, arguments)
          ).logLikelihood)
      }),
    Builtin(
      "forward_backward", family: "markov", [model, observations],
      result: "{filtered, smoothed, log_likelihood}",
      summary: "gives the distribution of the hidden state at each time",
      details: """
        `filtered` f64[t, n] from the observations up to each time, `smoothed` from all of them. Scaled at each step, so \
        that long sequences do not underflow.
        """,
      errors: ["E0505: an observation that is no symbol, or impossible", "E0406: no observations"],
      examples: [
        Builtin.Example(
          "forward_backward(hmm([1, 0], [[0, 1], [1, 0]], [[1, 0], [0.5, 0.5]]), [0, 1]).smoothed",
          "[[1, 0], [0, 1]]")
      ],
      body: { arguments in
        let object = try hiddenModel(arguments)
        let seen = try readObservations("observations", arguments.value("observations"), object, arguments)
        let passes = try object.model.passes(seen)
        let shape: Shape = [seen.count, object.model.stateCount]
        return .record(
          Record([
            ("filtered", .tensor(try Tensor(passes.filtered).reshape(shape))),
            ("smoothed", .tensor(try Tensor(passes.smoothed).reshape(shape))),
            ("log_likelihood", .float(passes.logLikelihood)),
          ]))
      }),
    Builtin(
      "viterbi", family: "markov", [model, observations], result: "{path, log_probability}",
      summary: "finds the most probable sequence of hidden states",
      details:
        "By dynamic programming on logarithms: t n². Of equal paths the one of lower states. Labels if the model has them.",
      errors: ["E0505: an observation that is no symbol, or impossible", "E0406: no observations"],
      examples: [
        Builtin.Example(
          "viterbi(hmm([0.5, 0.5], [[0.7, 0.3], [0.3, 0.7]], [[0.9, 0.1], [0.2, 0.8]]), [0, 0, 1, 0, 0]).path",
          "[0, 0, 1, 0, 0]")
      ],
      source: "Viterbi, IEEE Trans. Information Theory 1967",
      body: { arguments in
        let object = try hiddenModel(arguments)
        let (path, logProbability) = try object.model.viterbi(
          readObservations("observations", arguments.value("observations"), object, arguments))
        let states: Value =
          object.states.areNumbers
          ? .tensor(try Tensor(path)) : .list(path.map { .string(object.states[$0]) })
        return .record(Record([("path", states), ("log_probability", .float(logProbability))]))
      }),
    Builtin(
      "baum_welch", family: "markov",
      [
        model,
        .positional("sequences", "i64[t] | list", "a sequence of observations, or a list of sequences"),
        .option("steps", "int", "the most steps", default: "100"),
        .option("tolerance", "float", "stops when a step gains less log-likelihood", default: "1e-6"),
      ],
      result: "{model, log_likelihood}", summary: "fits a hidden Markov model to observations",
      details: """
        Expectation maximisation from the given model: each step takes the expected counts as the new probabilities, and \
        never lowers the likelihood. It finds a local optimum, so start from several models. `log_likelihood` is that \
        of the model before each step. A state that is never left keeps its row. Cost: t n² a step.
        """,
      errors: ["E0505: an observation that is no symbol, or impossible", "E0406: no observations"],
      examples: [
        Builtin.Example(
          "baum_welch(hmm([1], [[1]], [[0.5, 0.5]]), [0, 0, 0, 1], steps=1).model.emissions", "[[0.75, 0.25]]"
        )
      ],
      source: "Baum, Petrie, Soules, Weiss, Ann. Math. Statist. 1970",
      body: { arguments in
        let object = try hiddenModel(arguments)
        let given = arguments.value("sequences")
        var sequences = [given]
        if case .list(let items) = given, let first = items.first {
          switch first {
          case .list, .tensor, .range: sequences = items
          default: break
          }
        }
        let read = try sequences.map { try readObservations("sequences", $0, object, arguments) }
        let (fitted, history) = try object.model.fitted(
          read, steps: arguments.int("steps", atLeast: 1), tolerance: arguments.float("tolerance"))
        return .record(
          Record([
            ("model", .object(HiddenModelObject(fitted, states: object.states, symbols: object.symbols))),
            ("log_likelihood", .tensor(try Tensor(history))),
          ]))
      }),
  ]

  private static func hiddenModel(_ arguments: Arguments) throws -> HiddenModelObject {
    try arguments.object("model", as: HiddenModelObject.self, kind: "hidden Markov model")
  }

  private static func names(_ parameter: String, _ count: Int, _ arguments: Arguments) throws -> StateNames {
    guard let texts = try arguments.optionalStrings(parameter) else { return StateNames(count: count) }
    guard texts.count == count else {
      throw arguments.failure(parameter, "E0401", "\(texts.count) labels do not name \(count) \(parameter)")
    }
    return try StateNames(texts)
  }

  private static func readObservations(
    _ parameter: String, _ value: Value, _ object: HiddenModelObject, _ arguments: Arguments
  ) throws -> [Int] {
    if case .list(let items) = value, case .string? = items.first {
      return try items.map { item in
        guard case .string(let text) = item, let position = object.symbols.position(of: text) else {
          throw arguments.failure(
            parameter, "E0408", "the model has no symbol \(Display.canonical(item))",
            help: "its symbols are \(object.symbols.all.prefix(12).joined(separator: ", "))")
        }
        return position
      }
    }
    guard let tensor = try Arguments.tensor(from: value), tensor.rank == 1 else {
      throw arguments.failure(parameter, mustBe: "observations: whole numbers from 0, or symbols")
    }
    return try tensor.doubles().map { number in
      guard let whole = Int(exactly: number) else {
        throw arguments.failure(parameter, "E0505", "\(number) is no observation")
      }
      return whole
    }
  }

  private static let decisions: [Builtin] = [
    Builtin(
      "mdp", family: "markov",
      [
        .positional("p", "f64[a, n, n] | list", "the next state after each action in each state"),
        .positional(
          "r", "f64[a, n] | f64[a, n, n]", "the rewards; inside p where that is a list", default: "nil"),
        .option("discount", "float", "what a reward one step later is worth", default: "0.9"),
        .option(
          "method", "string", "exact policy iteration, or value iteration", default: "\"policy\"",
          choices: ["policy", "value"]),
        .option("average", "bool", "maximises the mean reward a step, undiscounted", default: "false"),
        .option("tolerance", "float", "the error of values that value iteration may leave", default: "1e-9"),
      ],
      result: "{policy, value, gain, steps, bound}",
      summary: "finds the best policy of a Markov decision process",
      details: """
        Where states have different actions, p is a list of states, each a list of actions {p: f64[n], r: float | f64[n]}. \
        `policy` is the number of the action in each state, `value` its expected discounted reward; for `average=true` \
        values relative to state 0, and `gain` the reward a step (nil otherwise). `bound`: what no value is off by more \
        than (for averages the error of the optimality equation). Policy iteration solves a dense system a step.
        """,
      errors: [
        "E0505: probabilities do not sum to 1, a discount outside of 0 ..< 1", "E0401: shapes do not fit",
        "E0503: value iteration does not converge",
      ],
      examples: [
        Builtin.Example(
          "mdp([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], [[0, 1], [0, 0]], discount=0.5).policy", "[1, 0]"),
        Builtin.Example(
          "mdp([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], [[0, 1], [0, 0]], discount=0.5).value", "[1, 2]"),
      ],
      source: "Howard, Dynamic Programming and Markov Processes, 1960",
      body: { arguments in
        let process = try readProcess(arguments)
        let solution: DecisionProcess.Solution
        if try arguments.bool("average") {
          solution = try process.averageReward()
        } else if try arguments.string("method") == "value" {
          let tolerance = try arguments.float("tolerance")
          guard tolerance > 0 else { throw arguments.failure("tolerance", mustBe: "a number above 0") }
          solution = try process.valueIteration(discount: arguments.float("discount"), tolerance: tolerance)
        } else {
          solution = try process.policyIteration(discount: arguments.float("discount"))
        }
        return .record(
          Record([
            ("policy", .tensor(try Tensor(solution.policy))), ("value", .tensor(try Tensor(solution.value))),
            ("gain", solution.gain.map { .float($0) } ?? .null), ("steps", .int(solution.steps)),
            ("bound", .float(solution.bound)),
          ]))
      })
  ]

  private static func readProcess(_ arguments: Arguments) throws -> DecisionProcess {
    if case .list(let states) = arguments.value("p"), case .list? = states.first {
      return try DecisionProcess(
        states.enumerated().map { state, value in
          guard case .list(let actions) = value else {
            throw arguments.failure(
              "p", "E0405", "state \(state) is \(value.kindDescription), not a list of actions")
          }
          return try actions.enumerated().map { try choice($1, state, $0, states.count, arguments) }
        })
    }
    let p = try arguments.tensor("p", rank: 3, shape: "f64[actions, n, n]")
    let (actions, count) = (p.shape[0], p.shape[1])
    let r = try arguments.tensor("r")
    guard p.shape[2] == count, r.shape.sizes == [actions, count] || r.shape == p.shape else {
      throw arguments.failure(
        "r", "E0401", "rewards \(r.typeDescription) do not fit probabilities \(p.typeDescription)")
    }
    let (probabilities, rewards) = (try p.doubles(), try r.doubles())
    return try DecisionProcess(
      (0..<count).map { state in
        (0..<actions).map { action in
          let row = (action * count + state)
          let shares = Array(probabilities[(row * count)..<((row + 1) * count)])
          let reward =
            r.rank == 2
            ? rewards[row]
            : zip(shares, rewards[(row * count)..<((row + 1) * count)]).reduce(0) { $0 + $1.0 * $1.1 }
          return DecisionProcess.Choice(
            action: action, states: Array(0..<count), probabilities: shares, reward: reward)
        }
      })
  }

  private static func choice(
    _ value: Value, _ state: Int, _ action: Int, _ count: Int, _ arguments: Arguments
  ) throws -> DecisionProcess.Choice {
    let place = "action \(action) of state \(state)"
    guard case .record(let record) = value, let p = record["p"], let r = record["r"],
      let shares = try Arguments.tensor(from: p)?.doubles()
    else { throw arguments.failure("p", "E0405", "\(place) must be a record {p, r}") }
    guard shares.count == count else {
      throw arguments.failure("p", "E0401", "\(place) has \(shares.count) probabilities for \(count) states")
    }
    let rewards = try Arguments.tensor(from: r)?.doubles() ?? []
    guard rewards.count == 1 || rewards.count == count else {
      throw arguments.failure("p", "E0401", "\(place) has \(rewards.count) rewards for \(count) states")
    }
    let reward = rewards.count == 1 ? rewards[0] : zip(shares, rewards).reduce(0) { $0 + $1.0 * $1.1 }
    return DecisionProcess.Choice(
      action: action, states: Array(0..<count), probabilities: shares, reward: reward)
  }
}
