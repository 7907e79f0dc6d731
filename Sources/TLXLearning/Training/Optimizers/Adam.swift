import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Adam (Kingma and Ba 2015, algorithm 1):
/// `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `θ ← θ − lr · m̂ / (√v̂ + ε)` with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
/// The two corrections are folded into the rate and ε of the step, which is the same number with two divisions fewer.
///
/// Weight decay λ adds λθ to the gradient; decoupled (AdamW: Loshchilov and Hutter, ICLR 2019, algorithm 2) it shrinks the
/// parameters by `lr · λ` instead, outside of what the moments see.
public struct Adam: ParameterwiseOptimizer {
  public let rate: LearningRate
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let weightDecay: Double
  public let isDecoupled: Bool

  public init(rate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) throws
  {
    try self.init(schedule: .constant(rate), beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  /// Throws E0416 for a number out of range.
  public init(
    schedule: LearningRate, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, isDecoupled: Bool = false
  ) throws {
    rate = try schedule.checked()
    try checkHyperparameter("beta1", beta1, 0...0.999_999)
    try checkHyperparameter("beta2", beta2, 0...0.999_999_999)
    try checkHyperparameter("eps", epsilon, 0...1)
    try checkHyperparameter("weight_decay", weightDecay, 0...1e6)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
  }

  public var description: String {
    describe(
      isDecoupled ? "adamw" : "adam", rate,
      [
        ("beta1", beta1, 0.9), ("beta2", beta2, 0.999), ("eps", epsilon, 1e-8),
        ("weight_decay", weightDecay, isDecoupled ? 0.01 : 0),
      ])
  }

  public var slotCount: Int { 2 }

  public func scalars(at moment: TrainingMoment) -> [Double] {
    let first = 1 - pow(beta1, Double(moment.step))
    let second = sqrt(1 - pow(beta2, Double(moment.step)))
    let rate = rate.rate(at: moment)
    return [rate * second / first, epsilon * second, 1 - rate * weightDecay]
  }

  public func update(_ parameter: Tensor, gradient: Tensor, slots: [Tensor], scalars: [Tensor]) throws -> (
    parameter: Tensor, slots: [Tensor]
  ) {
    let isCoupled = weightDecay > 0 && !isDecoupled
    let gradient = isCoupled ? try gradient + parameter * weightDecay : gradient
    let start = weightDecay > 0 && isDecoupled ? try parameter * scalars[2] : parameter
    let m = try slots[0] * beta1 + gradient * (1 - beta1)
    let v = try slots[1] * beta2 + gradient.square() * (1 - beta2)
    return (try start - m / (v.sqrt() + scalars[1]) * scalars[0], [m, v])
  }
}
