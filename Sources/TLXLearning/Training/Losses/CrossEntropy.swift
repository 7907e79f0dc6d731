import TLXNumerics

/// `mean_i −log softmax(z_i)[y_i]`, for logits z [b, k] and labels y [b]; with weights w and smoothing ε
///
///     ( (1 − ε) Σ_i w_{y_i} ℓ_{i, y_i} + ε/k Σ_i Σ_c w_c ℓ_{ic} ) / Σ_i w_{y_i}    with ℓ_ic = −log softmax(z_i)[c],
///
/// as PyTorch defines both. (Smoothing: Szegedy et al., CVPR 2016, section 7.)
public struct CrossEntropy: Loss {
  public let weights: [Double]?
  public let smoothing: Double

  public init() {
    weights = nil
    smoothing = 0
  }

  /// Throws E0416 for weights that are negative, not finite or all zero, or smoothing outside of [0, 1].
  public init(weights: [Double]?, smoothing: Double = 0) throws {
    try checkHyperparameter("smoothing", smoothing, 0...1)
    if let weights {
      if let bad = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
        throw NumericsError(
          "E0416", "the weight of class \(bad) is \(weights[bad]); weights are finite and not negative")
      }
      guard weights.contains(where: { $0 > 0 }) else {
        throw NumericsError("E0416", "the class weights are all zero")
      }
    }
    self.weights = weights
    self.smoothing = smoothing
  }

  public var description: String {
    let weight = weights.map { "weight=[\($0.map { "\($0)" }.joined(separator: ", "))]" }
    if smoothing > 0 { return "label_smoothing(\(smoothing)\(weight.map { ", " + $0 } ?? ""))" }
    return weight.map { "cross_entropy(\($0))" } ?? "cross_entropy"
  }

  public var uniformKey: String? { description }

  public func value(_ batch: LossBatch) throws -> Tensor {
    try value(logits: batch.logits, labels: batch.targets)
  }

  /// The plain loss of logits [n, k] against labels i64[n].
  public static func value(logits: Tensor, labels: Tensor) throws -> Tensor {
    try CrossEntropy().value(logits: logits, labels: labels)
  }

  /// The loss of logits [n, k] against labels i64[n]; through log-soft-max, so that large logits do not overflow.
  /// Throws E0404 unless there is one integer label a row, E0416 for a label that is not a class or another number of
  /// weights than classes.
  public func value(logits: Tensor, labels: Tensor) throws -> Tensor {
    guard logits.rank == 2, labels.rank == 1, labels.dtype == .i64, labels.shape[0] == logits.shape[0] else {
      throw NumericsError(
        "E0404",
        "cross_entropy wants logits [n, k] and labels i64[n], not \(logits.typeDescription) and \(labels.typeDescription)",
        help: "labels are class numbers, one a row; for probabilities or real targets use mse")
    }
    let classes = logits.shape[1]
    if let weights, weights.count != classes {
      throw NumericsError("E0416", "\(weights.count) class weights do not go with \(classes) classes")
    }
    if !labels.isAbstract && !labels.isTracked { try Labels.check(labels, classes: classes) }
    let surprise = try -logits.logSoftmax(axis: 1)
    let own = try surprise.gather(labels.expandDims(1), axis: 1)
    guard weights != nil || smoothing > 0 else { return try own.mean() }
    var (all, total) = (surprise, Tensor(Double(logits.shape[0])))
    var hit = own
    if let weights {
      let w = try Tensor(weights).cast(to: logits.dtype)
      let ownWeights = try w.take(labels, axis: 0)
      total = try ownWeights.sum()
      hit = try own * ownWeights.expandDims(1)
      all = try surprise * w
    }
    let sharp = try hit.sum() * (1 - smoothing)
    if smoothing == 0 { return try sharp / total }
    return try (sharp + all.sum() * (smoothing / Double(classes))) / total
  }
}

/// Class numbers.
public enum Labels {
  /// Throws E0416, naming the row, unless every label is in 0..<classes.
  public static func check(_ labels: Tensor, classes: Int) throws {
    let bad = try labels.withElements(of: Int.self) { values in
      values.firstIndex { $0 < 0 || $0 >= classes }.map { ($0, values[$0]) }
    }
    if let (row, label) = bad {
      throw NumericsError(
        "E0416", "label \(label) in row \(row) is not one of the \(classes) classes 0 … \(classes - 1)",
        help: "the last layer needs one output a class; labels count from 0")
    }
  }
}
