import TLXNumerics
import TLXRuntime
import TLXTransfer

/// How well a source model will transfer to a target task, from one forward pass and no training.
enum TransferFamily {
  static let probabilities: [Builtin] = [
    Builtin(
      "leep", family: "transfer",
      [
        .positional("theta", "f32[n, s]", "the source model's probabilities on the target's examples"),
        .labels,
        .option("steps", "int", "steps of expectation maximisation; more give the best head", default: "1"),
        .details,
      ],
      result: "float | record", summary: "scores a source model by the log expected empirical prediction",
      details: """
        With P(y, z) = (1/n) Σᵢ [yᵢ = y] θᵢ[z], LEEP = (1/n) Σᵢ ln Σ_z P(yᵢ | z) θᵢ[z]: the mean log-likelihood, in nats, \
        of a head that is counted instead of trained. −H(Y) ≤ LEEP ≤ 0; a constant θ gives −H(Y), a one-hot θ gives \
        `nce`. Scores of targets with unequal label entropy compare by `gain` = LEEP + H(Y) only.

        `details=true` gives {value, classes, source_classes, dead_source_classes, entropy, gain, soft_nce}. A source \
        class that no example gives any probability contributes nothing (public code returns NaN there), and labels \
        may have gaps. Each row of θ must sum to 1: logits are refused, and so are arguments in the wrong order. \
        `steps=50` iterates the head to the best one that maps source to target probabilities.

        Cost: two passes over θ, in parallel; memory: classes × source classes doubles. f32 data is added up in f64.
        """,
      errors: [
        "E0401: shapes do not fit, or arguments are swapped", "E0505: a row of theta is no distribution",
        "E0504: NaN or infinity", "E0406: no examples",
      ],
      examples: [
        Builtin.Example(
          "leep([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]], [0, 0, 1]) |> round(digits=6)", "-0.244867"),
        Builtin.Example("leep([[0.5, 0.5], [0.5, 0.5]], [0, 1]) == -log(2)", "true"),
      ],
      source: "Nguyen, Hassner, Seeger, Archambeau, ICML 2020, equations 1 and 2",
      body: { arguments in
        let (theta, y) = (try arguments.tensor("theta"), try arguments.tensor("y"))
        let labels = try TargetLabels(y)
        let leep = try LEEP(theta, labels)
        let steps = try arguments.int("steps", atLeast: 1)
        let value = steps == 1 ? leep.value : try LEEP.refined(theta, labels, steps: steps)
        guard try arguments.bool("details") else { return .float(value) }
        return .record(
          Record([
            ("value", .float(value)), ("classes", .int(leep.classes)),
            ("source_classes", .int(leep.sourceClasses)),
            ("dead_source_classes", .int(leep.deadSourceClasses)), ("entropy", .float(leep.entropy)),
            ("gain", .float(value + leep.entropy)), ("soft_nce", .float(leep.softNCE)),
          ]))
      }),
    Builtin(
      "nce", family: "transfer",
      [
        .positional(
          "z", "i64[n] | f32[n, s]", "source labels, or probabilities, of which the likeliest class counts"),
        .labels, .details,
      ],
      result: "float | record", summary: "scores a source by the negative conditional entropy of its labels",
      details: """
        −H(Y | Z) = Σ P(y, z) ln P(y | z) in nats, between −H(Y) and 0, from hard counts. Empty cells contribute 0; \
        public code adds a small number to each, which biases the score. `details=true` gives {value, classes, \
        source_classes, entropy, gain}. Cost: O(n).
        """,
      errors: ["E0401: unequal lengths", "E0505: what is no label", "E0406: no examples"],
      examples: [
        Builtin.Example("nce([0, 0, 1, 1], [0, 0, 1, 2]) |> round(digits=6)", "-0.346574"),
        Builtin.Example("nce([0, 1], [3, 5])", "0"),
      ],
      source: "Tran, Nguyen, Hassner, ICCV 2019, equation 7",
      body: { arguments in
        var z = try arguments.tensor("z")
        if z.rank == 2 { z = try z.argmax(axis: 1) }
        let nce = try NCE(z, arguments.tensor("y"))
        guard try arguments.bool("details") else { return .float(nce.value) }
        return .record(
          Record([
            ("value", .float(nce.value)), ("classes", .int(nce.classes)),
            ("source_classes", .int(nce.sourceClasses)),
            ("entropy", .float(nce.entropy)), ("gain", .float(nce.gain)),
          ]))
      }),
    Builtin(
      "label_entropy", family: "transfer", [.labels], result: "float",
      summary: "gives the entropy of the labels, the baseline of every score",
      details: """
        H(Y) = −Σ p ln p in nats. −H(Y) is what an uninformative source scores: a correlation of scores with accuracies \
        over targets of unequal H(Y) mostly measures how hard the targets are.
        """,
      errors: ["E0505: what is no label", "E0406: no labels"],
      examples: [Builtin.Example("label_entropy([0, 1, 0, 1]) == log(2)", "true")],
      body: { .float(try TargetLabels($0.tensor("y")).entropy) }),
    Builtin(
      "entropy", family: "transfer",
      [.positional("p", "f64[…, k]", "probabilities; the last axis sums to 1")],
      result: "float | tensor", summary: "gives the entropy of a distribution",
      details: "−Σ p ln p in nats over the last axis; zeros contribute nothing.",
      errors: ["E0505: negative, or does not sum to 1"],
      examples: [Builtin.Example("entropy([[1, 0], [0.5, 0.5]]) == [0, log(2)]", "[true, true]")],
      body: { arguments in
        let given = try arguments.tensor("p")
        let p = given.dtype.isFloat ? given : try given.cast(to: .f64)
        guard p.rank > 0 else { throw arguments.failure("p", mustBe: "f64[…, k]") }
        if !p.isAbstract {
          let sums = try p.sum(axes: [-1]).doubles()
          let isValid = try sums.allSatisfy { abs($0 - 1) < 1e-3 } && p.doubles().allSatisfy { $0 >= 0 }
          guard isValid else {
            throw arguments.failure(
              "p", "E0505", "p is no distribution: its last axis must sum to 1 and not be negative")
          }
        }
        let isZero = try p.equal(0)
        return .tensor(try -(p * Tensor.where(isZero, 1, p).log()).sum(axes: [-1]))
      }),
  ]

  static let features: [Builtin] = [
    Builtin(
      "h_score", family: "transfer",
      [
        .features, .labels,
        .option("shrink", "bool", "shrink the covariance, for few examples", default: "false"), .details,
      ],
      result: "float | record", summary: "scores features by the share of their variance between classes",
      details: """
        tr(cov(F)⁺ cov(E[F | y])), between 0 and min(rank F, C − 1), the same for F A with any invertible A. Computed as \
        ‖Uᵀ G‖² from an orthonormal basis U of the centred features and the class indicators G; directions below \
        max(n, d) ε s_max count as absent. Public code inverts the covariance with a cut below its rounding, or \
        multiplies element by element, and publishes values above C − 1.

        With n − 1 ≤ d it is C − 1 for any features: use `shrink=true`, (1 − α) tr(cov_α(F)⁻¹ cov(E[F | y])) with the \
        α of Ledoit and Wolf. `details=true` gives {value, classes, rank}, or {value, classes, shrinkage}. \
        Cost: n d² + 9 d³ for n ≥ d; one pass, d² doubles.
        """,
      errors: ["E0401: shapes do not fit", "E0504: NaN or infinity", "E0406: no examples"],
      examples: [
        Builtin.Example("h_score([[0, 1], [0, 2], [4, 1], [4, 2]], [0, 0, 1, 1]) |> round(digits=6)", "1")
      ],
      source: "Bao et al., ICIP 2019, definition 2; Ibrahim, Ponomareva, Mazumder, ECML 2022",
      body: { arguments in
        let (features, y) = (try arguments.tensor("features"), try arguments.tensor("y"))
        let wantsDetails = try arguments.bool("details")
        if try arguments.bool("shrink") {
          let shrunk = try HScore.shrunk(features, y)
          guard wantsDetails else { return .float(shrunk.value) }
          return .record(
            Record([
              ("value", .float(shrunk.value)), ("classes", .int(try TargetLabels(y).classCount)),
              ("shrinkage", .float(shrunk.shrinkage)),
            ]))
        }
        let score = try HScore(features, y)
        guard wantsDetails else { return .float(score.value) }
        return .record(
          Record([
            ("value", .float(score.value)), ("classes", .int(score.classes)), ("rank", .int(score.rank)),
          ]))
      }),
    Builtin(
      "logme", family: "transfer",
      [
        .features, .positional("y", "i64[n]", "the target's labels; with regression=true its values"),
        .option("regression", "bool", "y are real values, f64[n] or f64[n, k]", default: "false"),
        .option("tolerance", "float", "the relative change at which the fixed point stops", default: "1e-3"),
        .option("iterations", "int", "its greatest number of steps", default: "11"), .details,
      ],
      result: "float | record", summary: "scores features by the evidence of a Bayesian linear model",
      details: """
        For each class, with w ~ N(0, I/α) and [y = c] ~ N(F w, I/β), the log evidence per example, maximised over α and β; \
        the mean over the classes that occur. The determinant is over all d directions: public fixed-point code leaves \
        out those of singular value 0 and is wrong for n < d and for dead columns (44.9 instead of 1.51 at n = 200, \
        d = 2048), and it gives classes that do not occur a huge evidence.

        The defaults stop as the published scores do. For n ≤ rank the model interpolates; 1e-5 in both denominators \
        keeps the score finite, which then depends on it. Not free of the scale of a column. `details=true` gives \
        {value, columns: a table of evidence, alpha, beta, iterations}. Cost: as `h_score`.
        """,
      errors: ["E0401: shapes do not fit", "E0504: NaN or infinity", "E0406: no examples"],
      examples: [
        Builtin.Example("logme([[0, 1], [0, 2], [4, 1], [4, 2]], [0, 0, 1, 1]) |> round(digits=4)", "0.4703")
      ],
      source: "You, Liu, Wang, Long, ICML 2021, algorithms 1–3; You et al., JMLR 2022",
      body: { arguments in
        let (features, y) = (try arguments.tensor("features"), try arguments.tensor("y"))
        var settings = LogME.Settings()
        settings.tolerance = try arguments.float("tolerance")
        settings.iterations = try arguments.int("iterations", atLeast: 1)
        let score =
          try arguments.bool("regression")
          ? LogME(features, targets: y, settings: settings) : LogME(features, y, settings: settings)
        guard try arguments.bool("details") else { return .float(score.value) }
        let columns: [(String, Tensor)] = [
          ("evidence", try Tensor(score.columns.map(\.evidence))),
          ("alpha", try Tensor(score.columns.map(\.alpha))),
          ("beta", try Tensor(score.columns.map(\.beta))),
          ("iterations", try Tensor(score.columns.map(\.iterations))),
        ]
        let table = Table(
          names: columns.map(\.0), columns: columns.map { .tensor($0.1) }, rowCount: score.columns.count)
        return .record(Record([("value", .float(score.value)), ("columns", .table(table))]))
      }),
  ]
}

extension Builtin.Parameter {
  fileprivate static let labels: Self = .positional("y", "i64[n]", "the target's labels")
  fileprivate static let features: Self = .positional(
    "features", "f32[n, d]", "the source model's features of the target's examples")
  fileprivate static let details: Self = .option(
    "details", "bool", "give a record with all that is known", default: "false")
}
