import TLXNumerics

/// `mean_i −log softmax(z_i)[y_i]`, for logits z [b, k] and labels y [b].
public struct CrossEntropy: Loss {
  public init() {}

  public var description: String { "cross_entropy" }
  public var uniformKey: String? { description }

  public func value(_ batch: LossBatch) throws -> Tensor {
    try CrossEntropy.value(logits: batch.logits, labels: batch.targets)
  }

  /// The loss of logits [n, k] against labels i64[n]; through log-soft-max, so that large logits do not overflow.
  /// Throws E0404 unless there is one integer label a row, E0416 for a label that is not a class.
  public static func value(logits: Tensor, labels: Tensor) throws -> Tensor {
    guard logits.rank == 2, labels.rank == 1, labels.dtype == .i64, labels.shape[0] == logits.shape[0] else {
      throw NumericsError(
        "E0404",
        "cross_entropy wants logits [n, k] and labels i64[n], not \(logits.typeDescription) and \(labels.typeDescription)",
        help: "labels are class numbers, one a row; for probabilities or real targets use mse")
    }
    if !labels.isAbstract && !labels.isTracked { try Labels.check(labels, classes: logits.shape[1]) }
    let column = try labels.expandDims(1)
    return try -logits.logSoftmax(axis: 1).gather(column, axis: 1).mean()
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
