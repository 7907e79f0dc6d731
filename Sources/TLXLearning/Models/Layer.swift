import TLXNumerics

/// One step of a model: it turns a batch of inputs into a batch of outputs with its parameters, as a tensor program,
/// so that training, derivatives and the executor see nothing but primitives.
public protocol Layer: Sendable {
  /// The name in the language and in files: `dense`, `relu`.
  var kind: String { get }
  /// What besides the parameters a file must say to make the layer again.
  var configuration: [String: Int] { get }
  /// The same for what is no whole number: a rate, a small constant.
  var settings: [String: Double] { get }
  /// The dtype of its input rows: i64 for what reads positions.
  var inputDType: DType { get }
  /// Whether it takes rows of any shape, so that what it gives is not known before rows are.
  var isOpen: Bool { get }
  /// Whether a file can describe it by its kind, configuration, settings and parameters. Not so for a user's function.
  var isStorable: Bool { get }
  /// The shape of one output row for inputs of shape `input` (no batch axis). Throws E0415 if they do not fit.
  func outputShape(for input: Shape) throws -> Shape
  /// Fresh parameters in a fixed order. `next` is the activation that follows, which decides the scale.
  func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter]
  /// The output for a batch.
  func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor
}

extension Layer {
  public var configuration: [String: Int] { [:] }
  public var settings: [String: Double] { [:] }
  public var inputDType: DType { .f32 }
  public var isOpen: Bool { false }
  public var isStorable: Bool { true }
  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] { [] }

  /// Exactly `count` parameters, or E0415.
  func require(_ count: Int, of parameters: ArraySlice<Tensor>) throws {
    guard parameters.count == count else {
      throw NumericsError("E0415", "\(kind) has \(count) parameters, not \(parameters.count)")
    }
  }
}

/// A last layer, which gives each class its score from the features.
public protocol HeadLayer: Layer {
  var inputs: Int { get }
  var outputs: Int { get }
  /// The same head for another number of classes.
  func resized(outputs: Int) throws -> any HeadLayer
}

/// A tensor of a layer and its name within the layer: `weight`, `bias`.
public struct Parameter: Sendable {
  public var name: String
  public var value: Tensor
  /// Whether steps move it along its gradient. What is not trained is state: running statistics, which a training pass
  /// gives new values.
  public var isTrained: Bool

  public init(name: String, value: Tensor, isTrained: Bool = true) {
    self.name = name
    self.value = value
    self.isTrained = isTrained
  }
}
