import TLXNumerics

/// Batch normalization over all axes but the last: `y = γ (x − μ) / √(σ² + ε) + β`.
///
/// In training μ and σ² are the batch's own mean and (biased) variance, and the running ones move towards them:
/// `r ← (1 − m) r + m · new`, with the unbiased variance, as in PyTorch. In use they are the running ones. A batch with a
/// single value a channel, which has no variance, is normalized by the running statistics and leaves them as they are.
/// (Ioffe and Szegedy, ICML 2015, algorithm 1.)
public struct BatchNormalization: Layer {
  public let width: Int
  public let momentum: Double
  public let epsilon: Double

  /// Throws E0415 for a width below one, E0416 for a momentum outside of [0, 1].
  public init(width: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws {
    guard width > 0 else { throw NumericsError("E0415", "batch_norm needs a positive width, not \(width)") }
    try checkHyperparameter("momentum", momentum, 0...1)
    try checkHyperparameter("eps", epsilon, 0...1)
    self.width = width
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public var kind: String { "batch_norm" }
  public var configuration: [String: Int] { ["width": width] }
  public var settings: [String: Double] { ["momentum": momentum, "eps": epsilon] }

  public func outputShape(for input: Shape) throws -> Shape { try normalized(input, width, kind) }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    [
      Parameter(name: "weight", value: try Tensor.ones([width], .f32)),
      Parameter(name: "bias", value: try Tensor.zeros([width], .f32)),
      Parameter(name: "running_mean", value: try Tensor.zeros([width], .f32), isTrained: false),
      Parameter(name: "running_var", value: try Tensor.ones([width], .f32), isTrained: false),
    ]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try require(4, of: parameters)
    let first = parameters.startIndex
    let (weight, bias) = (parameters[first], parameters[first + 1])
    let (mean, variance) = (parameters[first + 2], parameters[first + 3])
    let count = input.count / max(1, width)
    guard pass.isTraining, count > 1 else {
      let scale = try weight / (variance + epsilon).sqrt()
      return try input * scale + (bias - mean * scale)
    }
    let axes = Array(0..<(input.rank - 1))
    let own = try input.mean(axes: axes)
    let centred = try input - own
    let spread = try centred.square().mean(axes: axes)
    let unbiased = try spread * (Double(count) / Double(count - 1))
    try pass.update(first + 2, to: mean * (1 - momentum) + own * momentum)
    try pass.update(first + 3, to: variance * (1 - momentum) + unbiased * momentum)
    return try centred * (weight / (spread + epsilon).sqrt()) + bias
  }
}

/// Normalization of each vector along the last axis: `y = γ (x − mean) / √(variance + ε) + β`, the same in training and in
/// use. (Ba, Kiros and Hinton 2016, equation 4.)
public struct LayerNormalization: Layer {
  public let width: Int
  public let epsilon: Double

  /// Throws E0415 for a width below one.
  public init(width: Int, epsilon: Double = 1e-5) throws {
    guard width > 0 else { throw NumericsError("E0415", "layer_norm needs a positive width, not \(width)") }
    try checkHyperparameter("eps", epsilon, 0...1)
    self.width = width
    self.epsilon = epsilon
  }

  public var kind: String { "layer_norm" }
  public var configuration: [String: Int] { ["width": width] }
  public var settings: [String: Double] { ["eps": epsilon] }

  public func outputShape(for input: Shape) throws -> Shape { try normalized(input, width, kind) }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    [
      Parameter(name: "weight", value: try Tensor.ones([width], .f32)),
      Parameter(name: "bias", value: try Tensor.zeros([width], .f32)),
    ]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try require(2, of: parameters)
    let axes = [input.rank - 1]
    let centred = try input - input.mean(axes: axes, keepdims: true)
    let variance = try centred.square().mean(axes: axes, keepdims: true)
    let (weight, bias) = (parameters[parameters.startIndex], parameters[parameters.startIndex + 1])
    return try centred / (variance + epsilon).sqrt() * weight + bias
  }
}

/// Throws E0415 unless the last axis has that width.
private func normalized(_ input: Shape, _ width: Int, _ kind: String) throws -> Shape {
  guard input.last == width else {
    throw NumericsError(
      "E0415", "a \(kind) of width \(width) cannot take rows of shape \(input.listDescription)",
      help: input.last.map { "make it \(kind)(\($0))" })
  }
  return input
}

/// In training each number becomes 0 with probability p, and 1 / (1 − p) times itself otherwise; in use nothing happens.
/// (Srivastava et al., JMLR 2014, in the inverted form that all libraries use.)
public struct Dropout: Layer {
  public let rate: Double

  /// Throws E0416 unless the rate lies in [0, 1).
  public init(rate: Double) throws {
    guard rate >= 0, rate < 1 else {
      throw NumericsError(
        "E0416", "dropout needs a probability from 0 to below 1, not \(rate)",
        help: "dropout(0.1) drops a tenth of the numbers")
    }
    self.rate = rate
  }

  public var kind: String { "dropout" }
  public var settings: [String: Double] { ["rate": rate] }
  public func outputShape(for input: Shape) throws -> Shape { input }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try Dropout.apply(rate, to: input, pass)
  }

  static func apply(_ rate: Double, to input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    guard pass.isTraining, rate > 0 else { return input }
    return try input * pass.noise(.mask(dropping: rate), input.shape)
  }
}
