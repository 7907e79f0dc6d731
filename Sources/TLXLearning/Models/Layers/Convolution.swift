import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A convolution of images [h, w, inputs]: `y[r, s, o] = b_o + Σ_ijc x[r·t + i − p, s·t + j − p, c] · W[i, j, c, o]`, with W
/// [height, width, inputs, outputs] and b [outputs]; channels come last. PyTorch keeps W as [o, c, i, j].
///
/// Weights start as those of `Dense`, with height · width · inputs numbers going into each output.
public struct Convolution: Layer {
  public let inputs: Int
  public let outputs: Int
  public let window: Window

  /// Throws E0415 for a size below one.
  public init(inputs: Int, outputs: Int, window: Window) throws {
    guard inputs > 0, outputs > 0 else {
      throw NumericsError("E0415", "a convolution needs positive channels, not \(inputs) → \(outputs)")
    }
    self.inputs = inputs
    self.outputs = outputs
    self.window = window
  }

  public var kind: String { "conv2d" }
  public var configuration: [String: Int] {
    window.configuration.merging(["inputs": inputs, "outputs": outputs]) { first, _ in first }
  }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.rank == 3, input[2] == inputs else {
      throw NumericsError(
        "E0415",
        "a convolution of \(inputs) channels takes images [height, width, \(inputs)], not \(input.listDescription)",
        help: input.rank == 1 ? "give the model its input shape: input=[28, 28, \(inputs)]" : nil)
    }
    let (rows, columns) = try window.count(height: input[0], width: input[1])
    return [rows, columns, outputs]
  }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    let bound = sqrt((next?.isRectifier == true ? 6 : 3) / Double(window.area * inputs))
    return [
      Parameter(
        name: "weight",
        value: try stream.uniform(
          [window.height, window.width, inputs, outputs], low: -bound, high: bound, dtype: .f32)),
      Parameter(name: "bias", value: try Tensor.zeros([outputs], .f32)),
    ]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try require(2, of: parameters)
    let (weight, bias) = (parameters[parameters.startIndex], parameters[parameters.startIndex + 1])
    return try input.convolve(
      weight, stride: (window.strideY, window.strideX), padding: (window.paddingY, window.paddingX)) + bias
  }
}

/// The largest or the mean of each window of an image [h, w, c], channel by channel.
public struct Pooling: Layer {
  public enum Kind: String, Sendable { case max = "max_pool", average = "avg_pool" }

  public let operation: Kind
  public let window: Window

  public init(_ operation: Kind, window: Window) {
    self.operation = operation
    self.window = window
  }

  public var kind: String { operation.rawValue }
  public var configuration: [String: Int] { window.configuration }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.rank == 3 else {
      throw NumericsError(
        "E0415", "\(kind) takes images [height, width, channels], not \(input.listDescription)")
    }
    let (rows, columns) = try window.count(height: input[0], width: input[1])
    return [rows, columns, input[2]]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    switch operation {
    case .max: try input.maxPool(window)
    case .average: try input.averagePool(window)
    }
  }
}

/// The mean over all axes of a row but the last: of an image's pixels, of a sequence's positions.
public struct MeanPooling: Layer {
  public init() {}

  public var kind: String { "mean_pool" }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.rank >= 2, let last = input.last else {
      throw NumericsError(
        "E0415", "mean_pool takes rows with at least two axes, not \(input.listDescription)")
    }
    return [last]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    try input.mean(axes: Array(1..<(input.rank - 1)))
  }
}

extension Window {
  var configuration: [String: Int] {
    [
      "height": height, "width": width, "stride_y": strideY, "stride_x": strideX, "padding_y": paddingY,
      "padding_x": paddingX,
    ]
  }

  /// What `configuration` says; nil where something is missing.
  init?(configuration: [String: Int]) throws {
    guard let height = configuration["height"], let width = configuration["width"],
      let strideY = configuration["stride_y"], let strideX = configuration["stride_x"],
      let paddingY = configuration["padding_y"], let paddingX = configuration["padding_x"]
    else { return nil }
    try self.init(size: (height, width), stride: (strideY, strideX), padding: (paddingY, paddingX))
  }
}
