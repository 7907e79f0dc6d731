import TLXNumerics

/// Layers in a row with their parameters: a value. Training gives a new model and leaves the old one as it was.
public struct Model: Sendable {
  public let layers: [any Layer]
  /// All layers' parameters in order.
  public let parameters: [Tensor]
  /// `0.weight`, `0.bias`, `2.weight`, … as PyTorch names them.
  public let parameterNames: [String]
  /// Which of them steps move; the others are state.
  public let isTrained: [Bool]
  /// The parameters of layer k are `parameters[parameterRanges[k]]`.
  let parameterRanges: [Range<Int>]
  /// The shape of one input row.
  public let inputShape: Shape
  /// The shape of one output row.
  public let outputShape: Shape
  /// The embedding spaces of other models that its features were trained, or declared, to fit.
  public var compatibleSpaces: [String] = []

  /// A fresh model. Throws E0415 where one layer's output does not fit the next.
  /// Layers whose parameters are `known` (by position) keep them.
  public init(
    layers: [any Layer], inputShape: Shape, keeping known: [Int: [Parameter]] = [:], stream: RandomStream
  ) throws {
    var fresh: [[Parameter]] = []
    for (position, layer) in layers.enumerated() {
      if let parameters = known[position] {
        fresh.append(parameters)
        continue
      }
      let next = position + 1 < layers.count ? layers[position + 1] as? Activation : nil
      fresh.append(try layer.makeParameters(stream: stream, followedBy: next))
    }
    try self.init(layers: layers, inputShape: inputShape, parameters: fresh)
  }

  /// A model of known parameters, one list a layer.
  public init(layers: [any Layer], inputShape: Shape, parameters: [[Parameter]]) throws {
    guard !layers.isEmpty else { throw NumericsError("E0415", "a model needs at least one layer") }
    var shape = inputShape
    var names: [String] = []
    var values: [Tensor] = []
    var isTrained: [Bool] = []
    var ranges: [Range<Int>] = []
    for (position, layer) in layers.enumerated() {
      shape = try layer.outputShape(for: shape)
      let start = values.count
      for parameter in parameters[position] {
        names.append("\(position).\(parameter.name)")
        values.append(parameter.value)
        isTrained.append(parameter.isTrained)
      }
      ranges.append(start..<values.count)
    }
    self.layers = layers
    self.parameters = values
    self.parameterNames = names
    self.isTrained = isTrained
    self.parameterRanges = ranges
    self.inputShape = inputShape
    self.outputShape = shape
  }

  private init(copying model: Model, parameters: [Tensor]) {
    layers = model.layers
    parameterNames = model.parameterNames
    isTrained = model.isTrained
    parameterRanges = model.parameterRanges
    inputShape = model.inputShape
    outputShape = model.outputShape
    self.parameters = parameters
  }

  /// The same layers with other parameters of the same shapes. Spaces that the model fitted are no longer said to fit.
  public func replacing(parameters: [Tensor]) throws -> Model {
    guard parameters.map(\.shape) == self.parameters.map(\.shape) else {
      throw NumericsError(
        "E0415", "parameters of other shapes: \(parameters.map(\.typeDescription).joined(separator: ", "))",
        help: "the model has \(self.parameters.map(\.typeDescription).joined(separator: ", "))")
    }
    return Model(copying: self, parameters: parameters)
  }

  /// How many numbers training moves. State does not count.
  public var parameterCount: Int { zip(parameters, isTrained).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) } }

  /// Whether it takes rows of any shape: its first layer is a user's function.
  public var isOpen: Bool { layers.first?.isOpen == true }

  /// The number of classes it tells apart: the size of an output row.
  public var classCount: Int { outputShape.last ?? 1 }

  /// `64-128-10`, or the layers' kinds where they are not all dense.
  public var architecture: String {
    let dense = layers.compactMap { $0 as? Dense }
    guard let first = dense.first,
      dense.count + layers.compactMap({ $0 as? Activation }).count == layers.count
    else { return layers.map(\.kind).joined(separator: "-") }
    return ([first.inputs] + dense.map(\.outputs)).map(String.init).joined(separator: "-")
  }
}

extension Model {
  /// A multilayer perceptron: dense layers of the given sizes with `activation` between them.
  public static func mlp(_ sizes: [Int], activation: Activation, stream: RandomStream) throws -> Model {
    guard sizes.count >= 2 else {
      throw NumericsError(
        "E0415", "an mlp needs at least an input and an output size, not \(sizes.count)",
        help: "write mlp([64, 128, 10]) for 64 inputs, 128 hidden units and 10 classes")
    }
    var layers: [any Layer] = []
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
      if !layers.isEmpty { layers.append(activation) }
      layers.append(try Dense(inputs: inputs, outputs: outputs))
    }
    return try Model(layers: layers, inputShape: [sizes[0]], stream: stream)
  }
}
