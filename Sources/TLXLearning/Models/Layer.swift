import TLXNumerics

/// One step of a model: it turns a batch of inputs into a batch of outputs with its parameters, as a tensor program,
/// so that training, derivatives and the executor see nothing but primitives.
public protocol Layer: Sendable {
  /// The name in the language and in files: `dense`, `relu`.
  var kind: String { get }
  /// What besides the parameters a file must say to make the layer again.
  var configuration: [String: Int] { get }
  /// The shape of one output row for inputs of shape `input` (no batch axis). Throws E0415 if they do not fit.
  func outputShape(for input: Shape) throws -> Shape
  /// Fresh parameters in a fixed order. `next` is the activation that follows, which decides the scale.
  func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter]
  /// The output for a batch.
  func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor
}

/// A last layer, which gives each class its score from the features.
public protocol HeadLayer: Layer {
  var inputs: Int { get }
  var outputs: Int { get }
  /// The same head for another number of classes.
  func resized(outputs: Int) throws -> any HeadLayer
}

/// A trained tensor and its name within the layer: `weight`, `bias`.
public struct Parameter: Sendable {
  public var name: String
  public var value: Tensor

  public init(name: String, value: Tensor) {
    self.name = name
    self.value = value
  }
}

/// What a layer may ask about the pass it takes part in.
public struct ForwardPass: Sendable {
  /// Whether parameters are being fitted (dropout drops, batch statistics are the batch's own).
  public var isTraining: Bool

  public init(isTraining: Bool) { self.isTraining = isTraining }

  public static let inference = ForwardPass(isTraining: false)
}
