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
}
