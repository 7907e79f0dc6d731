import TLXLearning
import TLXNumerics
import TLXRuntime

/// Optimizers and the schedules of their learning rates.
let optimizersFamily: [Builtin] = [
  sgdBuiltin, momentumBuiltin, adamBuiltin, adamwBuiltin, kfacBuiltin, cosineBuiltin, warmupBuiltin,
  stepDecayBuiltin,
]

private func rateOption(_ text: String) -> Builtin.Parameter {
  .option("lr", "float | schedule", "learning rate, or a schedule of it", default: text)
}

private func decayOption(_ text: String = "0", _ summary: String = "λ: adds λθ to the gradient")
  -> Builtin.Parameter
{
  .option("weight_decay", "float", summary, default: text)
}

private let hyperparameterErrors = ["E0416 a hyper-parameter out of range"]

private let sgdBuiltin = Builtin(
  "sgd", family: "train", [rateOption("0.1"), decayOption()],
  result: "optimizer", summary: "Makes plain gradient descent: θ ← θ − lr·g",
  errors: ["E0416 a rate that is negative or not finite"],
  examples: [Builtin.Example("sgd(lr=0.5)", "optimizer sgd(lr=0.5)")],
  body: {
    .object(
      OptimizerObject(try GradientDescent(schedule: $0.rate("lr"), weightDecay: $0.float("weight_decay"))))
  })

private let momentumBuiltin = Builtin(
  "momentum", family: "train",
  [
    rateOption("0.05"),
    .option("beta", "float", "how much of the velocity stays", default: "0.9"), decayOption(),
    .option("nesterov", "bool", "steps by g + β·u instead of u", default: "false"),
  ],
  result: "optimizer", summary: "Makes gradient descent with momentum: u ← β·u + g, θ ← θ − lr·u",
  errors: hyperparameterErrors,
  examples: [Builtin.Example("momentum()", "optimizer momentum(lr=0.05, beta=0.9)")],
  source: "Polyak 1964; the form of PyTorch, where the rate multiplies the velocity",
  body: {
    .object(
      OptimizerObject(
        try GradientDescent(
          schedule: $0.rate("lr"), momentum: $0.float("beta"), weightDecay: $0.float("weight_decay"),
          isNesterov: $0.bool("nesterov"))))
  })

private let adamOptions: [Builtin.Parameter] = [
  rateOption("0.001"),
  .option("beta1", "float", "how much of the mean gradient stays", default: "0.9"),
  .option("beta2", "float", "how much of the mean square stays", default: "0.999"),
  .option("eps", "float", "added to the root of the mean square", default: "1e-8"),
]

private func adam(_ arguments: Arguments, isDecoupled: Bool) throws -> Value {
  .object(
    OptimizerObject(
      try Adam(
        schedule: arguments.rate("lr"), beta1: arguments.float("beta1"), beta2: arguments.float("beta2"),
        epsilon: arguments.float("eps"), weightDecay: arguments.float("weight_decay"),
        isDecoupled: isDecoupled
      )))
}

private let adamBuiltin = Builtin(
  "adam", family: "train", adamOptions + [decayOption()],
  result: "optimizer", summary: "Makes Adam",
  details: """
    `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `θ ← θ − lr · m̂ / (√v̂ + ε)` with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
    """,
  errors: hyperparameterErrors,
  examples: [Builtin.Example("adam(lr=0.01)", "optimizer adam(lr=0.01)")],
  source: "Kingma and Ba 2015, algorithm 1",
  body: { try adam($0, isDecoupled: false) })

private let adamwBuiltin = Builtin(
  "adamw", family: "train",
  adamOptions + [decayOption("0.01", "λ: shrinks every parameter by lr·λ a step")],
  result: "optimizer", summary: "Makes Adam with decoupled weight decay",
  details: """
    `θ ← θ − lr·λ·θ`, then a step of Adam whose moments do not see the decay. All parameters decay, as in PyTorch.
    """,
  errors: hyperparameterErrors,
  examples: [
    Builtin.Example(
      "adamw(lr=cosine(0.001), weight_decay=0.1)", "optimizer adamw(lr=cosine(0.001), weight_decay=0.1)")
  ],
  source: "Loshchilov and Hutter, ICLR 2019, algorithm 2",
  body: { try adam($0, isDecoupled: true) })

private let kfacBuiltin = Builtin(
  "kfac", family: "train",
  [
    rateOption("0.05"),
    .option("damping", "float", "λ, shared between the two factors", default: "0.01"),
    .option("beta", "float", "how much of the velocity stays", default: "0.9"),
    .option("decay", "float", "how much of the factors stays", default: "0.95"),
    .option("every", "int", "steps between two inversions", default: "10"), decayOption(),
    .option(
      "sample", "\"classes\" | \"gaussian\" | \"empirical\"", "where the factors' gradients come from",
      default: "\"classes\"", choices: CurvatureSample.allCases.map(\.rawValue)),
  ],
  result: "optimizer", summary: "Makes K-FAC: natural gradient steps for dense layers",
  details: """
    For a dense layer with inputs `ā = (a, 1)` and gradients g at its outputs: `A ← ρA + (1−ρ) mean ā āᵀ`, `G ← ρG + \
    (1−ρ) mean g gᵀ` with `ρ = min(1 − 1/t, decay)`; `U = (A + π√λ I)⁻¹ ∇W (G + √λ/π I)⁻¹` with `π² = (tr A/dim A) / \
    (tr G/dim G)`; `v ← β·v + U`, `θ ← θ − lr·(v + weight_decay·θ)`. Other parameters move by momentum.

    g is that of the loss on targets drawn from the model's own predictions: `"classes"` from its soft-max (for \
    `cross_entropy`), `"gaussian"` about its outputs (for `mse`), both at the cost of a second backward pass; \
    `"empirical"` takes the labels instead, which is cheaper and no Fisher information.
    """,
  errors: hyperparameterErrors,
  examples: [Builtin.Example("kfac(damping=0.1)", "optimizer kfac(lr=0.05, damping=0.1)")],
  source: "Martens and Grosse, ICML 2015, sections 2, 3 and 6.3",
  body: { arguments in
    .object(
      OptimizerObject(
        try KroneckerFactors(
          schedule: arguments.rate("lr"), momentum: arguments.float("beta"),
          damping: arguments.float("damping"), decay: arguments.float("decay"),
          every: arguments.int("every", atLeast: 1), weightDecay: arguments.float("weight_decay"),
          sample: CurvatureSample(rawValue: arguments.string("sample")) ?? .classes)))
  })

// MARK: Schedules

private func schedule(_ rate: LearningRate) throws -> Value { .object(ScheduleObject(try rate.checked())) }

private let cosineBuiltin = Builtin(
  "cosine", family: "train",
  [
    .positional("lr", "float", "the first rate"),
    .option("floor", "float", "the last rate", default: "0"),
    .option("steps", "int", "length in steps; the whole training if left out", default: "nil"),
  ],
  result: "schedule", summary: "Lets a learning rate fall along half a cosine",
  details: "`floor + (lr − floor)·(1 + cos(π(t − 1)/T))/2` at step t of T, `floor` afterwards.",
  errors: hyperparameterErrors,
  examples: [Builtin.Example("sgd(lr=cosine(0.1))", "optimizer sgd(lr=cosine(0.1))")],
  source: "Loshchilov and Hutter, ICLR 2017, equation 5, without restarts",
  body: {
    try schedule(
      .cosine(peak: $0.float("lr"), floor: $0.float("floor"), steps: $0.optionalInt("steps")))
  })

private let warmupBuiltin = Builtin(
  "warmup", family: "train",
  [
    .positional("lr", "float | schedule", "the rate, or the schedule that follows"),
    .required("steps", "int", "how long the rate rises"),
  ],
  result: "schedule", summary: "Lets a learning rate rise over the first steps",
  details:
    "`lr·t/n` at step t ≤ n = `steps`; then the rate, or the schedule from its start over the steps that are left.",
  errors: hyperparameterErrors,
  examples: [
    Builtin.Example("warmup(cosine(0.1), steps=100)", "schedule warmup(cosine(0.1), steps=100)")
  ],
  body: { try schedule(.warmup(steps: $0.int("steps"), then: $0.rate("lr"))) })

private let stepDecayBuiltin = Builtin(
  "step_decay", family: "train",
  [
    .positional("lr", "float", "the first rate"),
    .required("every", "int", "steps between two falls"),
    .option("factor", "float", "what the rate is multiplied by", default: "0.1"),
  ],
  result: "schedule", summary: "Lets a learning rate fall by a factor every so many steps",
  details: "`lr · factor^⌊(t − 1)/every⌋` at step t, from 1. An epoch has ⌈rows / batch⌉ steps.",
  errors: hyperparameterErrors,
  examples: [
    Builtin.Example(
      "step_decay(0.1, every=500)", "schedule step_decay(0.1, every=500, factor=0.1)")
  ],
  body: {
    try schedule(.steps(rate: $0.float("lr"), every: $0.int("every"), factor: $0.float("factor")))
  })

/// A learning rate over time as a value of the language.
final class ScheduleObject: TracedObject {
  let rate: LearningRate
  var origin: Origin?

  init(_ rate: LearningRate) { self.rate = rate }

  var kindName: String { "schedule" }
  func summary(width: Int) -> String { "schedule " + rate.description }
}

extension Arguments {
  /// A learning rate: a number or a schedule.
  fileprivate func rate(_ name: String) throws -> LearningRate {
    if case .object(let object as ScheduleObject) = value(name) { return object.rate }
    guard let rate = value(name).number else {
      throw failure(
        name, mustBe: "a number or a schedule", help: "schedules are cosine(…), warmup(…) and step_decay(…)")
    }
    return .constant(rate)
  }
}
