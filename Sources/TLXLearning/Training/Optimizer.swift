import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A rule that moves parameters along a gradient, written as a tensor program.
public protocol Optimizer: Sendable {
  /// As the language writes it: `adam(lr=0.001)`.
  var description: String { get }
  /// How many tensors of a parameter's shape it remembers between steps; they start at zero.
  var slotCount: Int { get }
  /// The numbers that change from step to step (the first is step 1), handed to `update` as scalars.
  func scalars(step: Int) -> [Double]
  /// The parameter and its slots after one step.
  func update(_ parameter: Tensor, gradient: Tensor, slots: [Tensor], scalars: [Tensor]) throws -> (
    parameter: Tensor, slots: [Tensor]
  )
}

/// Throws E0416 unless a hyper-parameter lies where it makes sense.
func checkHyperparameter(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
  guard value.isFinite, range.contains(value) else {
    throw NumericsError(
      "E0416", "\(name) must lie in [\(range.lowerBound), \(range.upperBound)], not \(value)")
  }
}

/// Stochastic gradient descent, `θ ← θ − lr·u`, with `u = g`, or with momentum `u ← μ u + g`
/// (Polyak 1964; the form of PyTorch, where the rate multiplies the velocity).
public struct GradientDescent: Optimizer {
  public let rate: Double
  public let momentum: Double

  public init(rate: Double, momentum: Double = 0) throws {
    try checkHyperparameter("lr", rate, 0...1e6)
    try checkHyperparameter("beta", momentum, 0...1)
    self.rate = rate
    self.momentum = momentum
  }

  public var description: String {
    momentum == 0 ? "sgd(lr=\(rate))" : "momentum(lr=\(rate), beta=\(momentum))"
  }
  public var slotCount: Int { momentum == 0 ? 0 : 1 }
  public func scalars(step: Int) -> [Double] { [rate] }

  public func update(_ parameter: Tensor, gradient: Tensor, slots: [Tensor], scalars: [Tensor]) throws -> (
    parameter: Tensor, slots: [Tensor]
  ) {
    guard let velocity = slots.first else { return (try parameter - gradient * scalars[0], []) }
    let next = try velocity * momentum + gradient
    return (try parameter - next * scalars[0], [next])
  }
}

/// Adam (Kingma and Ba 2015, algorithm 1):
/// `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `θ ← θ − lr · m̂ / (√v̂ + ε)` with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
/// The two corrections are folded into the rate and ε of the step, which is the same number with two divisions fewer.
public struct Adam: Optimizer {
  public let rate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  public init(rate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) throws
  {
    try checkHyperparameter("lr", rate, 0...1e6)
    try checkHyperparameter("beta1", beta1, 0...0.999_999)
    try checkHyperparameter("beta2", beta2, 0...0.999_999_999)
    try checkHyperparameter("eps", epsilon, 0...1)
    self.rate = rate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public var description: String { "adam(lr=\(rate))" }
  public var slotCount: Int { 2 }

  public func scalars(step: Int) -> [Double] {
    let first = 1 - pow(beta1, Double(step))
    let second = sqrt(1 - pow(beta2, Double(step)))
    return [rate * second / first, epsilon * second]
  }

  public func update(_ parameter: Tensor, gradient: Tensor, slots: [Tensor], scalars: [Tensor]) throws -> (
    parameter: Tensor, slots: [Tensor]
  ) {
    let m = try slots[0] * beta1 + gradient * (1 - beta1)
    let v = try slots[1] * beta2 + gradient.square() * (1 - beta2)
    return (try parameter - m / (v.sqrt() + scalars[1]) * scalars[0], [m, v])
  }
}
