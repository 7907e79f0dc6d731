import TLXNumerics

/// `mean (z − t)²` over all elements. Labels count as one-hot targets.
public struct MeanSquaredError: Loss {
  public init() {}

  public var description: String { "mse" }
  public var uniformKey: String? { description }

  public func value(_ batch: LossBatch) throws -> Tensor {
    let logits = batch.logits
    var targets = batch.targets
    if targets.dtype == .i64, logits.rank == 2 {
      targets = try Tensor.oneHot(targets, classes: logits.shape[1], dtype: logits.dtype)
    } else if targets.rank == 1, logits.rank == 2, logits.shape[1] == 1 {
      targets = try targets.expandDims(1)
    }
    return try MeanSquaredError.value(logits, targets.cast(to: logits.dtype))
  }

  /// The mean of the squared differences of two tensors of one shape. Throws E0402 if the shapes differ: a prediction
  /// [n, 1] against a target [n] would otherwise compare every pair.
  public static func value(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
    guard prediction.shape == target.shape else {
      throw NumericsError(
        "E0402",
        "mse compares tensors of one shape, not \(prediction.typeDescription) and \(target.typeDescription)",
        help: "drop the last axis with p[:, 0], or write y[:, new]")
    }
    return try (prediction - target).square().mean()
  }
}

/// `½ Σ θ²` over weights (not biases): added to a loss it is weight decay.
public struct SquaredNorm: Loss {
  public init() {}

  public var description: String { "l2" }
  public var uniformKey: String? { description }

  public func value(_ batch: LossBatch) throws -> Tensor {
    var total: Tensor?
    for (name, parameter) in zip(batch.parameterNames, batch.parameters) where name.hasSuffix("weight") {
      let part = try parameter.square().sum()
      total = try total.map { try $0 + part } ?? part
    }
    guard let total else { throw NumericsError("E0416", "l2 needs a model with weights") }
    return try total * 0.5
  }
}
