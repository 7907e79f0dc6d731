import TLXLearning
import TLXNumerics
import TLXRuntime

/// Correlations with their intervals, and tests.
enum StatisticsFamily {
  static let correlations: [Builtin] = [
    correlation(
      .pearson, "measures how linearly two samples go together",
      "cov(x, y) / (σx σy). p: two-sided, of Student's t with n − 2 degrees of freedom.",
      Builtin.Example("pearson([1, 2, 3], [2, 4, 6])", "1"), source: nil),
    correlation(
      .spearman, "measures how alike two samples are ordered",
      "The Pearson correlation of the ranks; equal values share their mean rank. p as for `pearson`.",
      Builtin.Example("spearman([1, 2, 3, 4], [1, 8, 27, 20])", "0.8"), source: nil),
    correlation(
      .kendall, "counts pairs that two samples order alike and unlike",
      """
      τ-b: (concordant − discordant) / √((pairs − ties in x)(pairs − ties in y)), in O(n log n). p: exact for up to 33 \
      pairs without ties, else normal with the variance for ties.
      """,
      Builtin.Example("kendall([1, 2, 3, 4], [1, 3, 2, 4]) |> round(digits=6)", "0.666667"),
      source: "Knight, JASA 1966"),
    correlation(
      .weightedKendall, "measures how alike two samples are ordered, the top counting most",
      """
      Kendall's τ in which the pair at ranks r, s from the top weighs 1/(r+1) + 1/(s+1); the mean of ranking by x and \
      by y. What scipy's weightedtau gives by default (with rank=None it gives other values). p: a permutation test \
      with as many permutations as bootstrap replicates.
      """,
      Builtin.Example("weighted_kendall([1, 2, 3, 4], [2, 1, 3, 4]) |> round(digits=6)", "0.813333"),
      source: "Vigna, WWW 2015"),
  ]

  private static func correlation(
    _ kind: Correlation, _ summary: String, _ details: String, _ example: Builtin.Example, source: String?
  ) -> Builtin {
    Builtin(
      kind.name, family: "statistics",
      [
        .positional("x", "f64[n]", "the first sample"),
        .positional("y", "f64[n]", "the second, in the same order"),
        .option("bootstrap", "int", "replicates for an interval", default: "nil"),
        .option("ci", "float", "the coverage of the interval", default: "nil"), .intervalMethod, .key,
      ],
      result: "float | {value, low, high, p}", summary: summary,
      details: details
        + "\n\nWith `bootstrap=` or `ci=` (2,000 replicates, 95 %) a record with an interval from resampling the pairs.",
      errors: [
        "E0505: a sample is constant", "E0401: unequal lengths", "E0406: fewer than two pairs",
        "E0504: NaN or infinity",
      ],
      examples: [example], source: source,
      body: { arguments in
        let (x, y) = (try arguments.sample("x"), try arguments.sample("y"))
        let value = try kind(x, y)
        guard arguments.has("bootstrap") || arguments.has("ci") else { return .float(value) }
        let bootstrap = try arguments.bootstrap(replicates: "bootstrap")
        let stream = try arguments.stream()
        let interval = try bootstrap.interval(count: x.count, stream: stream) { indices in
          kind.resampled(indices.map { x[$0] }, indices.map { y[$0] })
        }
        let p =
          try kind.p(x, y) ?? kind.permutationP(x, y, permutations: bootstrap.replicates, stream: stream)
        return .numbers([("value", value), ("low", interval.low), ("high", interval.high), ("p", p)])
      })
  }

  static let tests: [Builtin] = [
    Builtin(
      "bootstrap", family: "statistics",
      [
        .positional("x", "collection", "the sample: a tensor by rows, a list, a table"),
        .positional("f", "function", "the statistic: of a resample, a number"),
        .option("n", "int", "replicates", default: "2000"),
        .option("ci", "float", "the coverage of the interval", default: "0.95"), .intervalMethod, .key,
      ],
      result: "{value, low, high, error}", summary: "gives the interval of any statistic by resampling",
      details: """
        Draws as many items with replacement as there are, n times. `method="bca"` corrects the quantiles of the \
        replicates for bias and skewness, with a jackknife; `"percentile"` takes them as they are. `error` is the \
        standard deviation of the replicates; replicates that are NaN are left out.
        """,
      errors: ["E0406: nothing to resample", "E0505: n below 2 or ci outside of (0, 1)"],
      examples: [
        Builtin.Example("bootstrap([1, 1, 1], mean, n=10, key=1)", "{value: 1, low: 1, high: 1, error: 0}")
      ],
      source: "Efron, JASA 1987",
      body: { arguments in
        let x = arguments.value("x")
        guard let count = try Items.count(of: x) else { throw arguments.failure("x", mustBe: "a collection") }
        let bootstrap = try arguments.bootstrap(replicates: "n")
        let interval = try bootstrap.interval(count: count, stream: arguments.stream()) { indices in
          let result = try Operations.settle(arguments.call("f", Items.picking(indices, from: x)))
          guard let number = result.number else {
            throw arguments.failure("f", "E0405", "f must give a number, and gave \(result.kindDescription)")
          }
          return number
        }
        return .numbers([
          ("value", interval.value), ("low", interval.low), ("high", interval.high),
          ("error", interval.error),
        ])
      }),
    Builtin(
      "mcnemar", family: "statistics",
      [
        .positional("a", "i64[n] | bool[n]", "the first classifier's predictions, or whether each is right"),
        .positional("b", "i64[n] | bool[n]", "the second's"),
        .positional("y", "i64[n]", "the true labels, for predictions", default: "nil"),
      ],
      result: "{only_a, only_b, p}",
      summary: "tests whether two classifiers are equally good on the same examples",
      details: """
        Only examples that one gets right and the other wrong tell: `only_a`, `only_b` of them. p: exact and two-sided, \
        the binomial probability at ½ of a split at least as uneven.
        """,
      errors: ["E0401: unequal lengths", "E0405: predictions without y"],
      examples: [
        Builtin.Example("mcnemar([1, 1, 0, 1], [0, 0, 0, 1], [1, 1, 0, 0])", "{only_a: 2, only_b: 0, p: 0.5}")
      ],
      source: "McNemar, Psychometrika 1947",
      body: { arguments in
        let test = try McNemarTest(arguments.outcomes("a"), arguments.outcomes("b"))
        return .record(
          Record([("only_a", .int(test.onlyFirst)), ("only_b", .int(test.onlySecond)), ("p", .float(test.p))])
        )
      }),
    Builtin(
      "ttest", family: "statistics",
      [
        .positional("x", "f64[n]", "the first sample"),
        .positional("y", "f64[m]", "the second; without it x is compared with `mean`", default: "nil"),
        .option("mean", "float", "what the mean of x is compared with", default: "0"),
        .option("paired", "bool", "whether x and y are pairs", default: "false"),
        .option("ci", "float", "the coverage of the interval", default: "0.95"),
      ],
      result: "{difference, t, df, p, low, high}", summary: "tests whether two means are equal",
      details: """
        Welch's test, which does not assume equal variances; of pairs, and of one sample, Student's. p is two-sided; \
        `low` and `high` bound the difference of the means.
        """,
      errors: ["E0406: fewer than two values", "E0401: pairs of unequal lengths", "E0504: NaN or infinity"],
      examples: [Builtin.Example("ttest([1, 2, 3], [2, 3, 4]).df", "4")], source: "Welch, Biometrika 1947",
      body: { arguments in
        let x = try arguments.sample("x")
        let test: TTest
        if arguments.has("y") {
          let y = try arguments.sample("y")
          test = try arguments.bool("paired") ? TTest(paired: x, y) : TTest(x, y)
        } else {
          test = try TTest(x, mean: arguments.float("mean"))
        }
        let interval = test.interval(level: try arguments.float("ci", in: 0...1))
        return .numbers([
          ("difference", test.difference), ("t", test.t), ("df", test.degreesOfFreedom), ("p", test.p),
          ("low", interval.low), ("high", interval.high),
        ])
      }),
    Builtin(
      "cka", family: "statistics",
      [
        .positional("x", "f64[n, d]", "a representation, a row per example"),
        .positional("y", "f64[n, k]", "another of the same examples"),
        .option("debiased", "bool", "the estimate that is 0 on average for unrelated ones", default: "false"),
      ],
      result: "float", summary: "measures how alike two representations are",
      details: """
        Linear centred kernel alignment ‖Yᵀ X‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖) of the centred columns: 1 for representations that \
        differ by rotation, scale and shift. For widths near n the plain value is close to 1 for any two; \
        `debiased=true` is not, and may be negative.
        """,
      errors: ["E0401: unequal numbers of rows", "E0505: the rows of one do not differ"],
      examples: [
        Builtin.Example("cka([[1, 0], [0, 1], [1, 1]], [[0, 2], [2, 0], [2, 2]]) |> round(digits=6)", "1")
      ],
      source: "Kornblith et al., ICML 2019, section 3; Song et al., JMLR 2012, equation 5",
      body: { arguments in
        let (x, y) = (try arguments.tensor("x"), try arguments.tensor("y"))
        return .tensor(
          try arguments.bool("debiased")
            ? CenteredKernelAlignment.debiased(x, y) : CenteredKernelAlignment.linear(x, y))
      }),
  ]
}

extension Builtin.Parameter {
  fileprivate static let intervalMethod: Self = .option(
    "method", "\"bca\" | \"percentile\"", "how the interval is made", default: "\"bca\"",
    choices: Bootstrap.Method.allCases.map(\.rawValue))
}

extension Arguments {
  /// A vector of numbers.
  func sample(_ name: String) throws -> [Double] {
    try tensor(name, rank: 1, shape: "f64[n]").doubles()
  }

  /// The bootstrap that `replicates`, `ci` and `method` ask for.
  fileprivate func bootstrap(replicates: String) throws -> Bootstrap {
    try Bootstrap(
      replicates: optionalInt(replicates) ?? 2000, level: optionalFloat("ci") ?? 0.95,
      method: Bootstrap.Method(rawValue: string("method")) ?? .bca)
  }

  /// Whether each prediction is right: bools as they are, class numbers compared with y.
  fileprivate func outcomes(_ name: String) throws -> [Bool] {
    let given = try tensor(name, rank: 1, shape: "i64[n] or bool[n]")
    guard has("y") else {
      guard given.dtype == .bool else {
        throw failure(name, "E0405", "\(name) holds class numbers, so y is needed", help: "mcnemar(a, b, y)")
      }
      return try given.elements(of: Bool.self)
    }
    let y = try tensor("y", rank: 1, shape: "i64[n]")
    guard y.shape == given.shape else {
      throw failure(name, "E0401", "\(name) has \(given.count) predictions for \(y.count) labels")
    }
    return zip(try given.doubles(), try y.doubles()).map { $0 == $1 }
  }
}

extension Value {
  /// A record of numbers.
  static func numbers(_ fields: [(String, Double)]) -> Value {
    .record(Record(fields.map { ($0.0, .float($0.1)) }))
  }
}
