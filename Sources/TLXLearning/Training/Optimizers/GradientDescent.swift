import TLXNumerics

/// Stochastic gradient descent, `θ ← θ − lr·u`, with `u = g`, or with momentum `u ← μ u + g`
/// (Polyak 1964; the form of PyTorch, where the rate multiplies the velocity), or with Nesterov's `u = g + μ (μ u + g)`.
/// Weight decay λ adds λθ to the gradient first.
public struct GradientDescent: ParameterwiseOptimizer {
  public let rate: LearningRate
  public let momentum: Double
  public let weightDecay: Double
  public let isNesterov: Bool

  public init(rate: Double, momentum: Double = 0) throws {
    try self.init(schedule: .constant(rate), momentum: momentum)
  }

  /// Throws E0416 for a number out of range.
  public init(
    schedule: LearningRate, momentum: Double = 0, weightDecay: Double = 0, isNesterov: Bool = false
  ) throws {
    rate = try schedule.checked()
    try checkHyperparameter("beta", momentum, 0...1)
    try checkHyperparameter("weight_decay", weightDecay, 0...1e6)
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.isNesterov = isNesterov
  }

  public var description: String {
    let decay = ("weight_decay", weightDecay, 0.0)
    if momentum == 0 { return describe("sgd", rate, [decay]) }
    let nesterov = isNesterov ? ", nesterov=true)" : ")"
    return String(describe("momentum", rate, [("beta", momentum, -1), decay]).dropLast()) + nesterov
  }

  public var slotCount: Int { momentum == 0 ? 0 : 1 }
  public func scalars(at moment: TrainingMoment) -> [Double] { [rate.rate(at: moment)] }

  public func update(_ parameter: Tensor, gradient: Tensor, slots: [Tensor], scalars: [Tensor]) throws -> (
    parameter: Tensor, slots: [Tensor]
  ) {
    let gradient = weightDecay == 0 ? gradient : try gradient + parameter * weightDecay
    guard let velocity = slots.first else { return (try parameter - gradient * scalars[0], []) }
    let next = try velocity * momentum + gradient
    let direction = isNesterov ? try gradient + next * momentum : next
    return (try parameter - direction * scalars[0], [next])
  }
}
