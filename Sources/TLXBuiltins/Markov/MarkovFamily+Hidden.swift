import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  private static let model: Builtin.Parameter = .positional("model", "hidden Markov model", "made by hmm")
  private static let observations: Builtin.Parameter = .positional(
    "observations", "i64[t] | list", "the observations: numbers from 0, or the model's symbols")

  static let hidden: [Builtin] = [
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
}
