import TLXLearning
import TLXNumerics
import TLXRuntime

/// Losses: functions to call, and values that `fit` takes.
let lossesFamily: [Builtin] = [crossEntropyBuiltin, labelSmoothingBuiltin, mseBuiltin, l2Builtin]

private let weightOption = Builtin.Parameter.option(
  "weight", "f64[k]", "how much a row of each class counts; all alike if left out", default: "nil")

/// Class weights: finite, not negative.
private func classWeights(_ arguments: Arguments) throws -> [Double]? {
  guard let weights = try arguments.optionalTensor("weight") else { return nil }
  guard weights.rank == 1 else {
    throw arguments.failure("weight", mustBe: "one number a class, not \(weights.typeDescription)")
  }
  return try weights.doubles()
}

/// A loss value, or what it is of the logits and labels that were given.
private func lossOrValue(_ arguments: Arguments, _ loss: CrossEntropy) throws -> Value {
  guard arguments.has("logits") || arguments.has("y") else { return .object(LossObject(loss)) }
  return .tensor(
    try loss.value(logits: arguments.tensor("logits").floating(), labels: arguments.tensor("y")))
}

private let crossEntropyBuiltin = Builtin(
  "cross_entropy", family: "train",
  [
    .positional("logits", "f32[n, k]", "scores before soft-max", default: "nil"),
    .positional("y", "i64[n]", "class numbers", default: "nil"),
    weightOption,
  ],
  result: "float | loss", summary: "Measures how improbable the true classes are",
  details: """
    `mean_i −log softmax(z_i)[y_i]` in nats, through log-soft-max so that large logits do not overflow; with `weight` w \
    `Σ_i w[y_i] · −log softmax(z_i)[y_i] / Σ_i w[y_i]`. As a value it is a loss: `fit(…, loss=cross_entropy)`, \
    `cross_entropy + 1e-4 * l2`, `cross_entropy(weight=[1, 5])`.
    """,
  errors: [
    "E0404 not logits [n, k] with labels i64[n]",
    "E0416 a label that is not a class, weights that are negative or not one a class",
  ],
  examples: [
    Builtin.Example("cross_entropy([[0, 0], [0, 0]], [0, 1])", "0.6931471805599453"),
    Builtin.Example("cross_entropy(weight=[1, 5])", "loss cross_entropy(weight=[1.0, 5.0])"),
  ],
  standsFor: { LossObject(CrossEntropy()) },
  body: { try lossOrValue($0, CrossEntropy(weights: classWeights($0))) })

private let labelSmoothingBuiltin = Builtin(
  "label_smoothing", family: "train",
  [
    .positional("amount", "float", "the share ε of the target that all classes have in equal parts"),
    .positional("logits", "f32[n, k]", "scores before soft-max", default: "nil"),
    .positional("y", "i64[n]", "class numbers", default: "nil"),
    weightOption,
  ],
  result: "loss | float", summary: "Makes a cross-entropy against softened labels",
  details: """
    `mean_i Σ_c t_ic · −log softmax(z_i)[c]` with `t_ic = (1 − ε)[c = y_i] + ε/k`. With `weight` each term counts `w_c` and \
    the sum is divided by `Σ_i w[y_i]`, as PyTorch does. With logits and labels it gives the value.
    """,
  errors: [
    "E0416 an amount outside of [0, 1], or what `cross_entropy` refuses", "E0404 not logits with labels",
  ],
  examples: [
    Builtin.Example("label_smoothing(0.1)", "loss label_smoothing(0.1)"),
    Builtin.Example("label_smoothing(0.1, [[0, 0], [0, 0]], [0, 1])", "0.6931471805599453"),
  ],
  source: "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, CVPR 2016, section 7",
  body: { try lossOrValue($0, CrossEntropy(weights: classWeights($0), smoothing: $0.float("amount"))) })

private let mseBuiltin = Builtin(
  "mse", family: "train",
  [
    .positional("prediction", "f64[…]", "predicted values"),
    .positional("target", "f64[…]", "true values, of the same shape"),
  ],
  result: "float", summary: "Measures the mean squared difference",
  details: """
    `mean (p − t)²` over all elements. Shapes must be equal: [n, 1] against [n] would compare every pair. As a loss, \
    labels count as one-hot targets.
    """,
  errors: ["E0402 shapes differ"],
  examples: [Builtin.Example("mse([1, 2, 3], [1, 2, 5])", "1.3333333333333333")],
  standsFor: { LossObject(MeanSquaredError()) },
  body: {
    .tensor(try MeanSquaredError.value($0.tensor("prediction").floating(), $0.tensor("target").floating()))
  })

private let l2Builtin = Builtin(
  "l2", family: "train",
  [.positional("model", "model", "the model")],
  result: "float", summary: "Measures half the squared norm of a model's weights",
  details:
    "`½ Σ w²` over weights, not biases. As a value it is a loss to add: `cross_entropy + 1e-4 * l2` is weight decay.",
  examples: [Builtin.Example("l2(linear(3, 2)) > 0", "true")],
  standsFor: { LossObject(SquaredNorm()) },
  body: { arguments in
    let model = try arguments.model("model")
    let none = try Tensor.zeros([], .f32)
    return .tensor(
      try SquaredNorm().value(
        LossBatch(
          logits: none, targets: none, parameters: model.parameters, parameterNames: model.parameterNames)))
  })

extension Tensor {
  /// Integers and bools as f64.
  fileprivate func floating() throws -> Tensor { dtype.isFloat ? self : try cast(to: .f64) }
}
