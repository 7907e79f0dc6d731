import TLXLearning
import TLXNumerics

/// A model's first-order expansion in its weights, `f(x; w₀) + J(x; w₀) Δw`, as one layer whose parameters are Δw.
///
/// The product with the Jacobian is one forward-mode pass (no Jacobian is stored), so that whatever trains a model
/// trains its expansion: with any loss it is a convex problem where the loss is convex in the logits.
/// (Achille et al., "LQF: Linear Quadratic Fine-Tuning", CVPR 2021.)
public struct Linearization: Layer {
  public let base: Model

  public init(_ base: Model) { self.base = base }

  public var kind: String { "linearized" }
  public var configuration: [String: Int] { [:] }
  public var isStorable: Bool { false }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.elementCount == base.inputShape.elementCount else {
      throw NumericsError(
        "E0415",
        "the expansion of a model of \(base.inputShape.crossDescription) inputs cannot take rows of shape "
          + input.listDescription)
    }
    return base.outputShape
  }

  /// Δw = 0: the expansion starts as the model itself.
  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    try zip(base.parameterNames, base.parameters).map { Parameter(name: $0, value: try $1.zerosLike()) }
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    let (values, tangents) = try Differentiation.jvp(
      of: { try [base.logits(input, parameters: $0, pass: pass)] }, at: base.parameters,
      tangents: Array(parameters))
    return try values[0] + tangents[0]
  }
}

extension Model {
  /// The model's first-order expansion at its weights, Δw = 0.
  ///
  /// - Parameter leaky: Every ReLU becomes a leaky one (slope 0.2) first: no unit of the expansion is then cut off.
  /// - Throws: E0415 for an expansion of an expansion.
  public func linearized(leaky: Bool = false) throws -> Model {
    guard !layers.contains(where: { $0 is Linearization }) else {
      throw NumericsError("E0415", "the model is a linear expansion already")
    }
    let base = try leaky ? replacingRectifiers() : self
    let layer = Linearization(base)
    let zeros = try layer.makeParameters(stream: RandomStream(key: RandomKey(seed: 0)), followedBy: nil)
    return try Model(layers: [layer], inputShape: inputShape, parameters: [zeros])
  }

  /// The same weights with a leaky ReLU for every ReLU.
  public func replacingRectifiers() throws -> Model {
    try Model(
      layers: layers.map { ($0 as? Activation) == .relu ? Activation.leakyRelu : $0 }, inputShape: inputShape,
      parameters: parametersByLayer)
  }

  /// The same model computing in f64.
  func inDoublePrecision() throws -> Model {
    try Model(
      layers: layers, inputShape: inputShape,
      parameters: parametersByLayer.map {
        try $0.map { Parameter(name: $0.name, value: try $0.value.cast(to: .f64)) }
      })
  }
}
