import TLXLearning
import TLXNumerics
import TLXRuntime

/// Losses and optimizers: functions to call, and values that `fit` takes.
let lossesFamily: [Builtin] = [
  crossEntropyBuiltin, mseBuiltin, l2Builtin, sgdBuiltin, momentumBuiltin, adamBuiltin,
]

private let crossEntropyBuiltin = Builtin(
  "cross_entropy", family: "train",
  [
    .positional("logits", "f32[n, k]", "scores before soft-max"),
    .positional("y", "i64[n]", "class numbers"),
  ],
  result: "float", summary: "Measures how improbable the true classes are",
  details: """
    `mean_i −log softmax(z_i)[y_i]` in nats, through log-soft-max so that large logits do not overflow. As a value it \
    is a loss: `fit(…, loss=cross_entropy)`, `cross_entropy + 1e-4 * l2`.
    """,
  errors: ["E0404 not logits [n, k] with labels i64[n]", "E0416 a label that is not a class"],
  examples: [Builtin.Example("cross_entropy([[0, 0], [0, 0]], [0, 1])", "0.6931471805599453")],
  standsFor: { LossObject(CrossEntropy()) },
  body: { .tensor(try CrossEntropy.value(logits: $0.tensor("logits").floating(), labels: $0.tensor("y"))) })

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

private let sgdBuiltin = Builtin(
  "sgd", family: "train", [.option("lr", "float", "learning rate", default: "0.1")],
  result: "optimizer", summary: "Makes plain gradient descent: θ ← θ − lr·g",
  errors: ["E0416 a rate that is negative or not finite"],
  examples: [Builtin.Example("sgd(lr=0.5)", "optimizer sgd(lr=0.5)")],
  body: { .object(OptimizerObject(try GradientDescent(rate: $0.float("lr")))) })

private let momentumBuiltin = Builtin(
  "momentum", family: "train",
  [
    .option("lr", "float", "learning rate", default: "0.05"),
    .option("beta", "float", "how much of the velocity stays", default: "0.9"),
  ],
  result: "optimizer", summary: "Makes gradient descent with momentum: u ← β·u + g, θ ← θ − lr·u",
  errors: ["E0416 a hyper-parameter out of range"],
  examples: [Builtin.Example("momentum()", "optimizer momentum(lr=0.05, beta=0.9)")],
  source: "Polyak 1964; the form of PyTorch, where the rate multiplies the velocity",
  body: { .object(OptimizerObject(try GradientDescent(rate: $0.float("lr"), momentum: $0.float("beta")))) })

private let adamBuiltin = Builtin(
  "adam", family: "train",
  [
    .option("lr", "float", "learning rate", default: "0.001"),
    .option("beta1", "float", "how much of the mean gradient stays", default: "0.9"),
    .option("beta2", "float", "how much of the mean square stays", default: "0.999"),
    .option("eps", "float", "added to the root of the mean square", default: "1e-8"),
  ],
  result: "optimizer", summary: "Makes Adam",
  details: """
    `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `θ ← θ − lr · m̂ / (√v̂ + ε)` with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
    """,
  errors: ["E0416 a hyper-parameter out of range"],
  examples: [Builtin.Example("adam(lr=0.01)", "optimizer adam(lr=0.01)")],
  source: "Kingma and Ba 2015, algorithm 1",
  body: {
    .object(
      OptimizerObject(
        try Adam(
          rate: $0.float("lr"), beta1: $0.float("beta1"), beta2: $0.float("beta2"), epsilon: $0.float("eps")))
    )
  })

extension Tensor {
  /// Integers and bools as f64.
  fileprivate func floating() throws -> Tensor { dtype.isFloat ? self : try cast(to: .f64) }
}
