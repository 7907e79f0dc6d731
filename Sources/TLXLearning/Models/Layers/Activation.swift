import TLXNumerics

/// A layer without parameters that bends each number by itself.
public enum Activation: String, Layer, CaseIterable {
  case relu, gelu, tanh, sigmoid, softplus
  case leakyRelu = "leaky_relu"

  /// Whether it cuts negative numbers off, so that weights before it need the larger start.
  public var isRectifier: Bool {
    self == .relu || self == .leakyRelu || self == .gelu || self == .softplus
  }

  public var kind: String { rawValue }
  public var configuration: [String: Int] { [:] }
  public func outputShape(for input: Shape) throws -> Shape { input }
  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] { [] }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    switch self {
    case .relu: try input.relu()
    case .gelu: try input.gelu()
    case .tanh: try input.tanh()
    case .sigmoid: try input.sigmoid()
    case .softplus: try input.softplus()
    case .leakyRelu: try input.leakyRelu()
    }
  }
}

/// Rows of any shape made flat: what stands between images and dense layers.
public struct Flatten: Layer {
  public init() {}

  public var kind: String { "flatten" }
  public var configuration: [String: Int] { [:] }
  public func outputShape(for input: Shape) throws -> Shape { [input.elementCount] }
  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] { [] }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    guard let rows = input.shape.first else { return input }
    return try input.reshape([rows, input.shape.dropFirst().reduce(1, *)])
  }
}
