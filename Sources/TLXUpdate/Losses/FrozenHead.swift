import TLXLearning
import TLXNumerics

/// A classifier over embeddings that is not trained: `z = e W + b`, or with a scale s
/// `z_k = s ⟨e, w_k⟩ / (‖e‖ ‖w_k‖)`.
public struct FrozenHead: Sendable {
  /// [width, classes]
  public var weight: Tensor
  /// [classes]; nil for none, and always without effect under a scale.
  public var bias: Tensor?
  /// Not nil for a normalised head.
  public var scale: Double?

  /// Throws E0401 unless the shapes fit, E0416 for a scale that is not positive.
  public init(weight: Tensor, bias: Tensor? = nil, scale: Double? = nil) throws {
    guard weight.rank == 2, weight.shape[1] > 0 else {
      throw NumericsError(
        "E0401", "the weight of a head must be [width, classes], not \(weight.typeDescription)")
    }
    if let bias, bias.shape != [weight.shape[1]] {
      throw NumericsError(
        "E0401",
        "the bias \(bias.typeDescription) does not fit the head's weight \(weight.typeDescription): "
          + "one number a class")
    }
    if let scale { try positive("head_scale", scale) }
    self.weight = weight
    self.bias = bias
    self.scale = scale
  }

  /// The head of a model. Throws E0415 if its last layer is not dense or a cosine head.
  public init(of model: Model) throws {
    switch model.head {
    case (let layer as CosineHead, let parameters)?:
      try self.init(weight: parameters[0], scale: Double(layer.scale))
    case (is Dense, let parameters)?: try self.init(weight: parameters[0], bias: parameters[1])
    default:
      throw NumericsError(
        "E0415",
        "the old model's last layer is neither dense nor a cosine head, so that there is none to freeze")
    }
  }

  /// Its tensors, for a program in which heads of one kind differ.
  var tensors: [Tensor] { [weight] + (bias.map { [$0] } ?? []) }

  func replacing(tensors: ArraySlice<Tensor>) -> FrozenHead {
    var head = self
    if let first = tensors.first { head.weight = first }
    if bias != nil, let last = tensors.dropFirst().first { head.bias = last }
    return head
  }

  /// Equal for heads of one form.
  var form: String {
    "\(width)x\(classes) \(bias != nil) \(String(describing: scale)) \(weight.dtype)"
  }

  public var width: Int { weight.shape[0] }
  public var classes: Int { weight.shape[1] }

  /// The scores of embeddings, of which the first `width` numbers are read.
  ///
  /// Throws E0401 for narrower ones.
  public func logits(_ embedding: Tensor, _ loss: String) throws -> Tensor {
    let (e, w) = (try truncated(embedding, loss), try weight.cast(to: embedding.dtype))
    if let scale { return try CosineHead.scores(e, weight: w, scale: scale) }
    let scores = try e.matmul(w)
    return try bias.map { try scores + $0.cast(to: embedding.dtype) } ?? scores
  }

  private func truncated(_ embedding: Tensor, _ loss: String) throws -> Tensor {
    try OldSpace.truncated(embedding, to: width, loss, "the old head reads")
  }

  /// The head with further classes' rows appended, bias 0.
  func appending(_ rows: Tensor) throws -> FrozenHead {
    var head = self
    head.weight = try Tensor.concat([weight, rows.cast(to: weight.dtype).transpose()], axis: 1)
    head.bias = try bias.map { try Tensor.concat([$0, Tensor.zeros([rows.shape[0]], $0.dtype)], axis: 0) }
    return head
  }
}
