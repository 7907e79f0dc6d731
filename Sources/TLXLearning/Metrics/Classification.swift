import TLXNumerics

/// Counts of right and wrong predictions.
public enum Classification {
  /// The share of rows where prediction and label agree. Throws E0402 for other shapes, E0406 for no rows.
  public static func accuracy(_ predictions: Tensor, _ labels: Tensor) throws -> Double {
    try checkPair(predictions, labels)
    let right = try predictions.withElements(of: Int.self) { p in
      try labels.withElements(of: Int.self) { y in zip(p, y).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) } }
    }
    return Double(right) / Double(labels.count)
  }

  /// `counts[i, j]`: rows of class i that were called j, i64[classes, classes].
  public static func confusion(_ predictions: Tensor, _ labels: Tensor, classes: Int? = nil) throws -> Tensor
  {
    try checkPair(predictions, labels)
    let p = try predictions.elements(of: Int.self)
    let y = try labels.elements(of: Int.self)
    let size = classes ?? (max(p.max() ?? 0, y.max() ?? 0) + 1)
    try Labels.check(predictions, classes: size)
    try Labels.check(labels, classes: size)
    var counts = [Int](repeating: 0, count: size * size)
    for (guess, truth) in zip(p, y) { counts[truth * size + guess] += 1 }
    return try Tensor(counts, shape: [size, size])
  }

  private static func checkPair(_ predictions: Tensor, _ labels: Tensor) throws {
    guard predictions.rank == 1, predictions.shape == labels.shape else {
      throw NumericsError(
        "E0402",
        "predictions \(predictions.typeDescription) and labels \(labels.typeDescription) differ in shape",
        help: predictions.rank == 2 ? "class numbers are wanted: argmax(p, axis=1)" : nil)
    }
    guard predictions.dtype == .i64, labels.dtype == .i64 else {
      throw NumericsError(
        "E0404", "class numbers are i64, not \(predictions.dtype.name) and \(labels.dtype.name)",
        help: "convert with i64(x)")
    }
    guard labels.count > 0 else { throw NumericsError("E0406", "there are no rows to compare") }
  }
}
