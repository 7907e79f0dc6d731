import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

extension UpdateFamily {
  /// What lowers flips, or joins two spaces, without a loss: the baselines of every method.
  static let baselines: [Builtin] = [
    Builtin(
      "ensemble", family: "update", [.positional("models", "list of models", "of the same classes")],
      result: "ensemble", summary: "joins models into one that averages their logits",
      details: """
        The mean of the members' LOGITS, then soft-max. `predict`, `predict_proba`, `logits`, `distill` and `compat_matrix` \
        take it like a model. Negative flips between two ensembles keep falling with their size after the error has stopped \
        to. Cost: every member's.
        """,
      errors: ["E0415 no models, or different numbers of classes"],
      examples: [
        Builtin.Example("ensemble([linear(4, 3), linear(4, 3)])", "ensemble of 2 models, 3 classes")
      ],
      source: "Yan et al., CVPR 2021, section 4.4",
      body: { arguments in
        let models = try arguments.list("models")
        let members = try models.enumerated().map { index, value in
          guard let (classifier, _) = try value.classifier() else {
            throw arguments.failure(
              "models", "E0405", "item \(index) of models is \(value.kindDescription), not a model")
          }
          return classifier
        }
        return .object(EnsembleObject(try Ensemble(members)))
      }),
    Builtin(
      "interpolate_weights", family: "update",
      [
        .positional("old", "model", "the old model"),
        .positional("new", "model", "its successor, of the same architecture"),
        .option("share", "float", "the old model's share, from 0 to 1", default: "0.5"),
      ],
      result: "model", summary: "mixes the weights of two models",
      details: """
        `share · w_old + (1 − share) · w_new`. It costs nothing and lowers flips where the new model was trained on from the \
        old one, `fit(old, data)`. Models from different random starts have nothing to average.
        """,
      errors: ["E0415 other architectures", "E0416 a share outside of [0, 1]"],
      examples: [
        Builtin.Example(
          "interpolate_weights(linear(4, 3), linear(4, 3), share=0.25)", "model 4-3, 15 parameters")
      ],
      source: "Schumann et al. 2023, “Backward compatibility during data updates by weight interpolation”",
      body: { arguments in
        .object(
          ModelObject(
            try arguments.model("new").interpolated(
              with: arguments.model("old"), share: arguments.float("share"))))
      }),
    Builtin(
      "procrustes", family: "update",
      [
        .positional("new", "f64[n, k]", "new embeddings"),
        .positional("old", "f64[n, d]", "the old embeddings of the same rows, d ≤ k"),
      ],
      result: "{rotation, residual}", summary: "finds the rotation of one embedding onto another",
      details: """
        R = U Vᵀ of newᵀ old = U S Vᵀ minimises ‖new R − old‖; `new @ R` can then search an old gallery, with nothing \
        trained. `residual` is ‖new R − old‖². Fit it on rows that are not used for testing. Cost: n k d + 22 d³.
        """,
      errors: ["E0401 unequal numbers of rows, or a narrower new embedding", "E0406 no rows"],
      examples: [
        Builtin.Example(
          "procrustes([[1, 0], [0, 2.0]], [[0, 1], [-2.0, 0]]).rotation |> round(digits=6)",
          "[[0, 1], [-1, 0]]")
      ],
      source: "Schönemann, Psychometrika 1966",
      body: { arguments in
        let result = try Procrustes(arguments.tensor("new"), onto: arguments.tensor("old"))
        return .record(
          Record([("rotation", .tensor(result.rotation)), ("residual", .float(result.residual))]))
      }),
  ]
}
