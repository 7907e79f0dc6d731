import TLXNumerics

extension Training {
  /// Trains a fresh linear head on the model's frozen features; the trunk stays as it is.
  ///
  /// Features are computed once, so a step costs no more than the head. They are standardised for the training (columns
  /// that do not vary stay at 0) and the scaling is folded back into the head's weights, `W = W' / σ`,
  /// `b = b' − (μ / σ) W'`: the problem is convex either way, but a step fits every column only when their scales agree.
  /// Throws E0415 if the model has no dense head.
  public static func retrainHead(
    _ model: Model, x: Tensor, y: Tensor, classes: Int, options: TrainingOptions, stream: RandomStream,
    onProgress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingResult {
    let trunk = try model.replacingHead(classes: classes, stream: stream)
    let features = try trunk.features(x)
    let scaling = try ColumnScaling(features)
    var options = options
    if let monitor = options.monitor {
      options.monitor = (try scaling.apply(to: trunk.features(monitor.x)), monitor.y)
    }
    var result = try fit(
      trunk.headModel(), x: scaling.apply(to: features), y: y, options: options, stream: stream,
      onProgress: onProgress)
    result.model = try trunk.replacingHead(with: scaling.folded(into: result.model))
    return result
  }
}

/// Shift and scale of each column: `(x − μ) / σ`, with σ = 1 where a column does not vary.
private struct ColumnScaling {
  let mean: Tensor
  let deviation: Tensor

  init(_ x: Tensor) throws {
    mean = try x.mean(axes: [0])
    let spread = try x.std(axes: [0])
    let isConstant = try spread.lessOrEqual(mean.abs() * 1e-6 + 1e-12)
    deviation = try Tensor.where(isConstant, Tensor.ones(spread.shape, spread.dtype), spread)
    try Tensor.realize([mean, deviation])
  }

  func apply(to x: Tensor) throws -> Tensor { try (x - mean) / deviation }

  /// The head that gives on raw features what `head` gives on scaled ones.
  func folded(into head: Model) throws -> Model {
    let weight = try head.parameters[0] / deviation.expandDims(1)
    let bias = try head.parameters[1] - (mean / deviation).matmul(head.parameters[0])
    try Tensor.realize([weight, bias])
    return try head.replacing(parameters: [weight, bias])
  }
}
