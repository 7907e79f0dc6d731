import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// Checking a model update, and training a successor that does not break what worked.
enum UpdateFamily {
  /// Losses on the old model's logits. Values: they add and scale.
  static let logitLosses: [Builtin] = [
    Builtin(
      "distill", family: "update", [.oldLogits] + temperature + [scale],
      result: "loss", summary: "makes the loss that keeps logits near an old model's",
      details: """
        Without `temperature`, logit matching: `mean_i ½ Σ_k (z_ik − z_old,ik)²`. With it, \
        `mean_i τ² KL(softmax(z_old/τ) ‖ softmax(z/τ))`; `reverse=true` swaps the two. For large τ the second tends to \
        1/C of the first, of centred logits.

        \(scaleDetails)

        It needs no labels: alone, `loss=distill(old)`, it copies the old model, errors included. The old logits are \
        computed once a fit. A list of models counts by its mean logits.
        """,
      errors: lossErrors,
      examples: [
        Builtin.Example("distill([[1.0, 0]])([[0.0, 0]], [0])", "0.5"),
        Builtin.Example(
          "cross_entropy + 0.02 * distill(linear(4, 3))", "loss cross_entropy + 0.02 * distill(4-3)"),
      ],
      source: "Yan et al., CVPR 2021, “Positive-congruent training”, section 3.3",
      body: { arguments in
        .object(
          LossObject(
            try Distillation(
              arguments.oldLogits("old"), matching: arguments.matching(), scale: arguments.scale())))
      }),
    Builtin(
      "focal_distill", family: "update",
      [
        .oldLogits, .option("alpha", "float", "the weight of every row", default: "1"),
        .option("beta", "float", "added to it for rows that the OLD model has right", default: "5"),
      ] + temperature + [scale],
      result: "loss",
      summary: "makes the loss of positive-congruent training: distillation where the old model is right",
      details: """
        `mean_i (α + β [old right on i]) · D(new_i, old_i)`, the mean over all rows of the batch, with D as in `distill`. \
        α=1, β=5 is the paper's; α=1, β=0 plain distillation; α=0, β=1 leaves old errors alone. On small nets α=1, β=5 \
        acts mostly as a five times larger weight: with the ½ Σ scale start from λ about 0.003 and look at the whole \
        curve (`sweep`).

        \(scaleDetails) Public code that multiplies weights [N] with divergences [N, 1] computes mean(weight) · \
        mean(divergence), which has no focus at all, and one library focuses on what the NEW model has right.
        """,
      errors: lossErrors + ["E0404 targets that are no labels"],
      examples: [
        Builtin.Example(
          "focal_distill([[2.0, 0], [0, 2]], alpha=0, beta=1)([[0.0, 0], [0, 0]], [0, 0])", "1")
      ],
      source: "Yan et al., CVPR 2021, equations 5–8",
      body: { arguments in
        let focus = Distillation.Focus(
          alpha: try arguments.float("alpha"), beta: try arguments.float("beta"))
        return .object(
          LossObject(
            try Distillation(
              arguments.oldLogits("old"), matching: arguments.matching(), focus: focus,
              scale: arguments.scale())))
      }),
    oldRight(
      "naive_positive_congruent", "makes the naive loss of positive-congruent training",
      "Yan et al., CVPR 2021, equation 4; it barely lowers negative flips"),
    oldRight(
      "new_error", "makes the loss that counts errors on what the old model had right",
      "Bansal et al., AAAI 2019, “Updates in human-AI teams”, equation 3"),
    Builtin(
      "strict_imitation", family: "update", [.oldLogits],
      result: "loss", summary: "makes the loss that imitates the old model where it is right",
      details: """
        `mean_i [old right on i] · −Σ_k p_ik log softmax(z_i)_k` with p = softmax(z_old), the mean over all rows of the \
        batch. Its least value is the entropy of p on those rows, not 0.
        """,
      errors: lossErrors + ["E0404 targets that are no labels"],
      examples: [
        Builtin.Example(
          "strict_imitation([[0.0, 0], [0, 1]])([[0.0, 0], [5, 0]], [0, 0]) == log(2) / 2", "true")
      ],
      source: "Bansal et al., AAAI 2019, section 3.2",
      body: { .object(LossObject(StrictImitation(try $0.oldLogits("old")))) }),
    Builtin(
      "ldi", family: "update", [.oldLogits] + inhibition,
      result: "loss", summary: "makes the loss that inhibits differences of logits beyond a margin",
      details: """
        `mean_i Σ_{k ∈ K_i} max(0, |z_ik − z_old,ik| − margin)^power`: the SUM over classes (with margin 0 and power 2 \
        twice `distill`'s), with `scale="mean"` their mean. K_i are all classes, or the `top` greatest of the row by old \
        logits (`by="old"`) or new ones, or all but the row's label. (Released code sorts the batch instead of the \
        classes, which chooses nothing.)
        """,
      errors: lossErrors,
      examples: [Builtin.Example("ldi([[1.0, 0]], margin=0.5)([[0.0, 0]], [0])", "0.25")],
      source: "Zhao et al. 2022, “ELODI”, equation 3",
      body: { arguments in
        .object(
          LossObject(
            try LogitDifferenceInhibition(arguments.oldLogits("old"), settings: arguments.inhibition())))
      }),
    Builtin(
      "elodi", family: "update",
      [
        .positional(
          "reference", "list of models | f64[n, classes]",
          "an ensemble of the NEW architecture, or its mean logits")
      ]
        + inhibition,
      result: "loss", summary: "makes the loss that keeps a model near the mean of an ensemble of its kind",
      details: """
        `ldi` against the mean logits of the ensemble. Train old and new version each with an ensemble of its own: both \
        are close to their means, which differ less than single models do, so flips shrink and no old model is kept. \
        The authors add it as `0.2 * cross_entropy + 0.8 * elodi(models)`, 8 models, margin 0 to 0.2.
        """,
      errors: lossErrors,
      examples: [Builtin.Example("elodi([[1.0, 0]], scale=\"mean\")([[0.0, 0]], [0])", "0.5")],
      source:
        "Zhao et al. 2022, “ELODI: ensemble logit difference inhibition for positive-congruent training”",
      body: { arguments in
        .object(
          LossObject(
            try LogitDifferenceInhibition(
              arguments.oldLogits("reference"), settings: arguments.inhibition(), name: "elodi")))
      }),
  ]

  private static func oldRight(_ name: String, _ summary: String, _ source: String) -> Builtin {
    Builtin(
      name, family: "update", [.oldLogits],
      result: "loss", summary: summary,
      details: """
        `mean_i [old right on i] · −log softmax(z_i)[y_i]`, the mean over ALL rows of the batch: add it to \
        `cross_entropy`. `naive_positive_congruent` and `new_error` are two names of this loss.
        """,
      errors: lossErrors + ["E0404 targets that are no labels"],
      examples: [
        Builtin.Example("\(name)([[1.0, 0], [1, 0]])([[0.0, 0], [0, 0]], [0, 1]) == log(2) / 2", "true")
      ],
      source: source,
      body: { .object(LossObject(OldRightCrossEntropy(try $0.oldLogits("old"), name: name))) })
  }

  private static let lossErrors = [
    "E0401 the models tell apart different classes, or the table has another number of rows",
    "E0416 a setting out of range", "E0506 (by `fit`) a weight that makes the loss infinite or NaN",
  ]

  private static let temperature: [Builtin.Parameter] = [
    .option(
      "temperature", "float", "compares probabilities at this temperature instead of logits", default: "nil"),
    .option("reverse", "bool", "takes KL(new ‖ old), which the paper's equation 8 prints", default: "false"),
  ]

  private static let scale = Builtin.Parameter.option(
    "scale", "float | \"paper\" | \"mean\" | \"half_mean\" | \"plain\"",
    "a factor, or whose scale", default: "\"paper\"")

  private static let scaleDetails = """
    Published weights belong to a scale. `scale="paper"`: ½ Σ_k of squared differences, τ² KL. `"mean"`: the mean over \
    classes, 2/C times as large (regression-constraint-model-upgrade). `"half_mean"`: 1/C times (negative_flip_MPT). \
    `"plain"`: KL without τ², 1e-4 times at τ=100 (negative_flip_MPT). A number: so many times the paper's.
    """

  private static let inhibition: [Builtin.Parameter] = [
    .option("margin", "float", "differences up to this are free", default: "0"),
    .option("top", "int", "how many classes of a row count; all if left out", default: "nil"),
    .option(
      "by", "\"old\" | \"new\"", "whose greatest logits `top` means", default: "\"old\"",
      choices: ["old", "new"]),
    .option("exclude_label", "bool", "leaves out the row's own label", default: "false"),
    .option("power", "float", "the power of a difference", default: "2"),
    .option(
      "scale", "\"sum\" | \"mean\"", "over the classes", default: "\"sum\"", choices: ["sum", "mean"]),
  ]
}

extension Builtin.Parameter {
  fileprivate static let oldLogits: Self = .positional(
    "old", "model | list of models | f64[n, classes]",
    "the old model, several (their mean logits), or its logits of the training rows in order")
}

extension Arguments {
  fileprivate func matching() throws -> Distillation.Matching {
    guard let temperature = try optionalFloat("temperature") else {
      if try bool("reverse") {
        throw failure("reverse", "E0416", "logit matching has no direction", help: "give temperature=")
      }
      return .logits
    }
    return .probabilities(temperature: temperature, isReversed: try bool("reverse"))
  }

  fileprivate func scale() throws -> DistillationScale {
    if let factor = value("scale").number { return .factor(factor) }
    if case .string(let text) = value("scale"), let scale = DistillationScale(text) { return scale }
    throw failure("scale", mustBe: "a number, \"paper\", \"mean\", \"half_mean\" or \"plain\"")
  }

  fileprivate func inhibition() throws -> LogitDifferenceInhibition.Settings {
    var settings = LogitDifferenceInhibition.Settings()
    settings.margin = try float("margin")
    settings.top = try optionalInt("top")
    settings.topIsByNew = try string("by") == "new"
    settings.excludesLabel = try bool("exclude_label")
    settings.power = try float("power")
    settings.isMeanOverClasses = try string("scale") == "mean"
    return settings
  }
}
