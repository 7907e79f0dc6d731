import TLXNumerics

/// A rule that moves parameters along their gradients, written as a tensor program.
public protocol Optimizer: Sendable {
  /// As the language writes it: `adam(lr=0.001)`. Two of equal description do the same.
  var description: String { get }
  /// What it remembers between steps, as it is before the first.
  func makeSlots(for model: Model) throws -> [Tensor]
  /// The numbers that change from step to step, handed to `update` as scalars; always as many.
  func scalars(at moment: TrainingMoment) -> [Double]
  /// Steps of different variants are different programs: one that is rare can do work that the others leave out.
  func variant(of step: Int) -> Int
  /// What it must know of dense layers besides gradients.
  var curvature: CurvatureSample? { get }
  /// The trained parameters and the slots after one step.
  func update(_ step: OptimizerStep) throws -> (parameters: [Tensor], slots: [Tensor])
}

extension Optimizer {
  public func variant(of step: Int) -> Int { 0 }
  public var curvature: CurvatureSample? { nil }
}

/// Where the gradients at the layers' outputs come from that curvature is estimated by.
public enum CurvatureSample: String, Sendable, CaseIterable {
  /// Classes drawn from the model's own soft-max: the Fisher information of a classifier.
  case classes
  /// Targets drawn about the model's outputs with variance 1: the Fisher information of least squares.
  case gaussian
  /// The training's own targets. No Fisher information, but needs no second backward pass.
  case empirical
}

/// What an optimizer is given for a step.
public struct OptimizerStep {
  /// The trained parameters, in the model's order, and their gradients.
  public var parameters: [Tensor]
  public var gradients: [Tensor]
  public var slots: [Tensor]
  public var scalars: [Tensor]
  public var variant: Int
  /// What the dense layers saw, if the optimizer asked.
  public var layers: [DenseSample]

  public init(
    parameters: [Tensor], gradients: [Tensor], slots: [Tensor], scalars: [Tensor], variant: Int = 0,
    layers: [DenseSample] = []
  ) {
    self.parameters = parameters
    self.gradients = gradients
    self.slots = slots
    self.scalars = scalars
    self.variant = variant
    self.layers = layers
  }
}

/// A dense layer in one step: its inputs [b, in], and the gradients of each row's own loss at its outputs [b, out].
public struct DenseSample {
  /// Which of the model's dense layers it is, from 0.
  public var ordinal: Int
  /// The place of its weight among the trained parameters; the bias follows it.
  public var weight: Int
  public var inputs: Tensor
  public var gradients: Tensor

  public init(ordinal: Int, weight: Int, inputs: Tensor, gradients: Tensor) {
    self.ordinal = ordinal
    self.weight = weight
    self.inputs = inputs
    self.gradients = gradients
  }
}

/// A rule that treats every parameter by itself.
public protocol ParameterwiseOptimizer: Optimizer {
  /// How many tensors of a parameter's shape it remembers; they start at zero.
  var slotCount: Int { get }
  /// The parameter and its slots after one step.
  func update(_ parameter: Tensor, gradient: Tensor, slots: [Tensor], scalars: [Tensor]) throws -> (
    parameter: Tensor, slots: [Tensor]
  )
}

extension ParameterwiseOptimizer {
  public func makeSlots(for model: Model) throws -> [Tensor] {
    try model.trainedParameters.flatMap { parameter in
      try (0..<slotCount).map { _ in try Tensor.zeros(parameter.shape, parameter.dtype) }
    }
  }

  public func update(_ step: OptimizerStep) throws -> (parameters: [Tensor], slots: [Tensor]) {
    var parameters: [Tensor] = []
    var slots: [Tensor] = []
    for (index, parameter) in step.parameters.enumerated() {
      let next = try update(
        parameter, gradient: step.gradients[index],
        slots: Array(step.slots[index * slotCount..<(index + 1) * slotCount]), scalars: step.scalars)
      parameters.append(next.parameter)
      slots += next.slots
    }
    return (parameters, slots)
  }
}

extension Model {
  /// The parameters that training moves, in order.
  public var trainedParameters: [Tensor] { zip(parameters, isTrained).filter(\.1).map(\.0) }
}

/// Throws E0416 unless a hyper-parameter lies where it makes sense.
func checkHyperparameter(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
  guard value.isFinite, range.contains(value) else {
    throw NumericsError(
      "E0416", "\(name) must lie in [\(range.lowerBound), \(range.upperBound)], not \(value)")
  }
}

/// `adam(lr=0.1, beta1=0.8)`: what differs from the standard, and the rate.
func describe(_ name: String, _ rate: LearningRate, _ others: [(String, Double, Double)]) -> String {
  let shown = others.filter { $0.1 != $0.2 }.map { ", \($0.0)=\($0.1)" }
  return "\(name)(lr=\(rate.description)\(shown.joined()))"
}
