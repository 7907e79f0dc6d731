import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A last layer that compares directions: `z_k = s · ⟨x, w_k⟩ / (‖x‖ ‖w_k‖)`, with W [inputs, outputs] and no bias.
///
/// Embeddings that are trained under it are told apart by angle, as galleries search them (Wang et al., "NormFace", ACM MM
/// 2017). The scale s keeps soft-max from being flat, since cosines lie within ±1.
public struct CosineHead: HeadLayer {
  public let inputs: Int
  public let outputs: Int
  public let scale: Int

  /// Throws E0415 for a size or a scale below one.
  public init(inputs: Int, outputs: Int, scale: Int = 16) throws {
    guard inputs > 0, outputs > 0, scale > 0 else {
      throw NumericsError(
        "E0415",
        "a cosine head needs positive sizes and a positive scale, not \(inputs) → \(outputs) at scale \(scale)"
      )
    }
    self.inputs = inputs
    self.outputs = outputs
    self.scale = scale
  }

  public var kind: String { "cosine" }
  public var configuration: [String: Int] { ["inputs": inputs, "outputs": outputs, "scale": scale] }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.last == inputs else {
      throw NumericsError(
        "E0415", "a cosine head of \(inputs) inputs cannot take rows of shape \(input.listDescription)",
        help: "make its first size \(input.last ?? 1), or flatten the input")
    }
    return Shape(input.sizes.dropLast() + [outputs])
  }

  public func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [Parameter] {
    let bound = sqrt(3 / Double(inputs))
    let weight = try stream.uniform([inputs, outputs], low: -bound, high: bound, dtype: .f32)
    return [Parameter(name: "weight", value: weight)]
  }

  public func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    guard let weight = parameters.first, parameters.count == 1 else {
      throw NumericsError("E0415", "a cosine head has one parameter, not \(parameters.count)")
    }
    return try CosineHead.scores(input, weight: weight, scale: Double(scale))
  }

  /// `scale · cos(x_i, w_k)` for rows x [n, d] and columns w [d, k]; 0 where one of the two is 0.
  public static func scores(_ x: Tensor, weight: Tensor, scale: Double) throws -> Tensor {
    try x.unit(axis: 1).matmul(weight.unit(axis: 0)) * scale
  }

  public func resized(outputs: Int) throws -> any HeadLayer {
    try CosineHead(inputs: inputs, outputs: outputs, scale: scale)
  }
}

extension Tensor {
  /// Slices along the axis scaled to the norm 1; those of norm 0 stay 0.
  public func unit(axis: Int) throws -> Tensor {
    let length = try norm(axes: [axis], keepdims: true)
    return try self / Tensor.maximum(length, 1e-12)
  }
}
