import TLXNumerics

/// A table of vectors: the number t becomes row t of W [count, width], which starts standard normal.
public struct Embedding: Layer {
  public let count: Int
  public let width: Int

  /// Throws E0415 for a size below one.
  public init(count: Int, width: Int) throws {
    guard count > 0, width > 0 else {
      throw NumericsError("E0415", "an embedding needs positive sizes, not \(count) of width \(width)")
    }
    self.count = count
    self.width = width
  }

  public var kind: String { "embedding" }
  public var configuration: [String: Int] { ["count": count, "width": width] }
  public var inputDType: DType { .i64 }
  public func outputShape(for input: Shape) throws -> Shape { Shape(input.sizes + [width]) }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    [Parameter(name: "weight", value: try stream.normal([count, width], dtype: .f32))]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    guard let weight = parameters.first, parameters.count == 1 else {
      throw NumericsError("E0415", "an embedding has one parameter, not \(parameters.count)")
    }
    return try weight.take(input.cast(to: .i64), axis: 0)
  }
}

/// A learned vector for each position of a sequence [length, width], added to it; it starts normal with deviation 0.02.
public struct Positions: Layer {
  public let length: Int
  public let width: Int

  /// Throws E0415 for a size below one.
  public init(length: Int, width: Int) throws {
    guard length > 0, width > 0 else {
      throw NumericsError("E0415", "positions need positive sizes, not \(length) of width \(width)")
    }
    self.length = length
    self.width = width
  }

  public var kind: String { "positions" }
  public var configuration: [String: Int] { ["length": length, "width": width] }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input == [length, width] else {
      throw NumericsError(
        "E0415",
        "positions of \(length)×\(width) cannot be added to rows of shape \(input.listDescription)")
    }
    return input
  }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    [Parameter(name: "weight", value: try stream.normal([length, width], std: 0.02, dtype: .f32))]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    guard let weight = parameters.first else { throw NumericsError("E0415", "positions have one parameter") }
    return try input + weight
  }
}
