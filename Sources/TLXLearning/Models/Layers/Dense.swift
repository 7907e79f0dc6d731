import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A fully connected layer: `y = x W + b` with W [inputs, outputs] and b [outputs].
///
/// Weights start uniform in ±√(6 / inputs) before a rectifier (He et al. 2015, eq. 10) and in ±√(3 / inputs) otherwise
/// (LeCun et al. 1998), so that variance neither grows nor fades with depth; biases start at zero. PyTorch's default
/// (±√(1 / inputs) everywhere) shrinks a rectified signal by √6 a layer.
public struct Dense: HeadLayer {
  public let inputs: Int
  public let outputs: Int

  /// Throws E0415 for a size below one.
  public init(inputs: Int, outputs: Int) throws {
    guard inputs > 0, outputs > 0 else {
      throw NumericsError("E0415", "a dense layer needs positive sizes, not \(inputs) → \(outputs)")
    }
    self.inputs = inputs
    self.outputs = outputs
  }

  public var kind: String { "dense" }
  public var configuration: [String: Int] { ["inputs": inputs, "outputs": outputs] }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.last == inputs else {
      throw NumericsError(
        "E0415", "a dense layer of \(inputs) inputs cannot take rows of shape \(input.listDescription)",
        help: "make its first size \(input.last ?? 1), or flatten the input")
    }
    return Shape(input.sizes.dropLast() + [outputs])
  }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    let bound = sqrt((next?.isRectifier == true ? 6 : 3) / Double(inputs))
    let weight = try stream.uniform([inputs, outputs], low: -bound, high: bound, dtype: .f32)
    return [
      Parameter(name: "weight", value: weight),
      Parameter(name: "bias", value: try Tensor.zeros([outputs], .f32)),
    ]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    guard parameters.count == 2, let weight = parameters.first, let bias = parameters.last else {
      throw NumericsError("E0415", "a dense layer has two parameters, not \(parameters.count)")
    }
    return try pass.tapped(
      input: input, output: input.matmul(weight) + bias, weight: parameters.startIndex)
  }

  public func resized(outputs: Int) throws -> any HeadLayer { try Dense(inputs: inputs, outputs: outputs) }
}
