import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

extension UpdateFamily {
  /// Losses on embeddings, which keep a new space comparable with an old one.
  static let featureLosses: [Builtin] = [
    Builtin(
      "bct_loss", family: "update",
      [
        .oldSpace,
        .option(
          "classes", "\"synthesise\" | \"drop\" | \"pseudo\"", "what becomes of classes the old head lacks",
          default: "\"synthesise\"", choices: BackwardCompatibleLoss.NewClasses.allCases.map(\.rawValue)),
        .option(
          "normalize", "bool", "compares directions, whatever head the old model has", default: "false"),
        .option("head_scale", "float", "what cosines are multiplied by then", default: "16"),
      ],
      result: "loss", summary: "makes the influence loss of backward-compatible training",
      details: """
        `mean_i −log softmax(h_old(φ_new(x_i)))[y_i]`: the cross-entropy of the frozen old head on the new embeddings. It is \
        the second term only: train with `cross_entropy + bct_loss(old)`. The mean is over the rows that take part.

        Classes that the old head never saw: `"synthesise"` makes their rows of the head from the mean OLD embedding of \
        their training rows, bias 0 (the paper); `"drop"` leaves their rows out of the mean (released code); `"pseudo"` \
        makes every row so. A cosine head stays one; `normalize=true` makes any head `head_scale · cos`, without bias. Of a \
        wider new embedding the first coordinates count.
        """,
      errors: spaceErrors + ["E0406 a class without training rows", "E0404 targets that are no labels"],
      examples: [
        Builtin.Example(
          "bct_loss(mlp([4, 8, 3]), classes=\"drop\")", "loss bct_loss(4-8-3, classes=\"drop\")"),
        Builtin.Example(
          "bct_loss({features: [[1.0, 0]], weight: [[0.0, 0], [0, 0]]})([[0.0, 0]], [1], [[3.0, 4]]) == log(2)",
          "true"),
      ],
      source: "Shen, Xiong, Xia, Soatto, CVPR 2020, equations 6 and 7",
      body: { arguments in
        let rule = BackwardCompatibleLoss.NewClasses(rawValue: try arguments.string("classes")) ?? .synthesise
        let scale = try arguments.bool("normalize") ? arguments.float("head_scale") : nil
        return .object(
          LossObject(
            try BackwardCompatibleLoss(arguments.oldSpace("old"), newClasses: rule, scale: scale)))
      }),
    Builtin(
      "lwf", family: "update", [.oldSpace],
      result: "loss", summary: "makes the loss of learning without forgetting, with the old head frozen",
      details: """
        `mean_i −Σ_k p_ik log softmax(h_old(φ_new(x_i)))_k` with p = softmax(h_old(φ_old(x_i))), at temperature 1. Its least \
        value is the entropy of p. Needs no labels.
        """,
      errors: spaceErrors,
      examples: [
        Builtin.Example(
          "lwf({features: [[1.0, 0]], weight: [[0.0, 0], [0, 0]]})([[0.0, 0]], [1], [[3.0, 4]]) == log(2)",
          "true")
      ],
      source: "Li and Hoiem, ECCV 2016, “Learning without forgetting”",
      body: { .object(LossObject(LearningWithoutForgetting(try $0.oldSpace("old")))) }),
    Builtin(
      "l2_features", family: "update",
      [
        .oldSpace,
        .option(
          "scale", "\"mean\" | \"sum\"", "over the coordinates", default: "\"mean\"",
          choices: FeatureMatching.Reduction.allCases.map(\.rawValue)),
      ],
      result: "loss", summary: "makes the loss that keeps embeddings near the old ones",
      details: """
        `mean (φ_new − φ_old)²` over rows and coordinates; with `scale="sum"` summed over coordinates, width times as large. \
        Needs no labels. Of a wider new embedding the first coordinates count. A weight of 10 is usual with the mean.
        """,
      errors: spaceErrors,
      examples: [
        Builtin.Example("l2_features([[1.0, 0]])([[0.0, 0]], [0], [[1.0, 2]])", "2")
      ],
      source: "the baseline of Shen et al., CVPR 2020, section 4",
      body: { arguments in
        let reduction = FeatureMatching.Reduction(rawValue: try arguments.string("scale")) ?? .mean
        return .object(LossObject(FeatureMatching(try arguments.oldSpace("old"), reduction: reduction)))
      }),
    Builtin(
      "contrastive_features", family: "update",
      [
        .oldSpace, .option("temperature", "float", "what cosines are divided by", default: "0.1"),
        .option(
          "new_negatives", "bool", "also contrasts new embeddings with each other", default: "false"),
      ],
      result: "loss", summary: "makes the loss that contrasts new embeddings with old ones",
      details: """
        With unit embeddings n (new) and o (old) of a batch, `mean_i −log e^{n_i·o_i/τ} / (e^{n_i·o_i/τ} + Σ e^{n_i·o_j/τ})` \
        over j of other classes: the positive is the row's own old embedding. `new_negatives=true` adds `Σ e^{n_i·n_j/τ}`, the \
        form that protects quality while a gallery is refreshed. Cost: the square of the batch.
        """,
      errors: spaceErrors,
      examples: [
        Builtin.Example(
          "contrastive_features([[1.0, 0], [1, 0]], temperature=1)([[0.0, 0], [0, 0]], [0, 1], [[0.0, 1], [0, 2]]) == log(2)",
          "true")
      ],
      source:
        "Zhang et al., ICLR 2022, “Towards universal backward-compatible representation learning”, equation 5",
      body: { arguments in
        .object(
          LossObject(
            try FeatureContrast(
              arguments.oldSpace("old"), temperature: arguments.float("temperature"),
              includesNew: arguments.bool("new_negatives"))))
      }),
    Builtin(
      "triplet_features", family: "update",
      [.oldSpace, .option("margin", "float", "how much nearer the own class must be", default: "0.2")],
      result: "loss", summary: "makes the loss that keeps the old embeddings of the own class nearest",
      details: """
        On unit embeddings, `mean_i max(0, margin + max_j ‖n_i − o_j‖ − min_k ‖n_i − o_k‖)` over j of the row's class and k of \
        other classes in the batch: the hardest triplet of each new anchor among old embeddings.
        """,
      errors: spaceErrors,
      examples: [
        Builtin.Example(
          "triplet_features([[1.0, 0], [-1, 0]], margin=0.5)([[0.0, 0], [0, 0]], [0, 1], [[0.0, 1], [0, 2]]) |> round(digits=6)",
          "0.5")
      ],
      source: "Hermans, Beyer, Leibe 2017, equation 5, with the old space on one side as in openBCT",
      body: { arguments in
        .object(
          LossObject(try FeatureTriplets(arguments.oldSpace("old"), margin: arguments.float("margin"))))
      }),
  ]

  private static let spaceErrors = [
    "E0401 new embeddings narrower than the old ones, or a table with another number of rows",
    "E0415 no old head that can be frozen", "E0416 a setting out of range",
  ]
}

extension Builtin.Parameter {
  fileprivate static let oldSpace: Self = .positional(
    "old", "model | f64[n, width] | {features, weight, bias, scale}",
    "the old model, or its embeddings of the training rows in order, with its head")
}
