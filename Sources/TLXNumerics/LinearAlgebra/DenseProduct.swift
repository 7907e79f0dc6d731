/// Products of dense blocks in memory, for eliminations that are made of them.
public enum DenseProduct {
  /// C += A B with A of m × k, B of k × n, C of m × n, all by rows, `leading…` elements from one row to the next.
  ///
  /// Adds products only: for operands that are not negative every element keeps its relative accuracy.
  /// Throws E0704 where OpenBLAS is not installed.
  public static func add(
    _ a: UnsafePointer<Double>, leading leadingA: Int, _ b: UnsafePointer<Double>, leading leadingB: Int,
    to c: UnsafeMutablePointer<Double>, leading leadingC: Int, m: Int, n: Int, k: Int
  ) throws {
    guard m > 0, n > 0, k > 0 else { return }
    try BLAS.load()
    try PiecewiseProduct.matrix(
      m: m, n: n, k: k, a: a, lda: leadingA, b: b, ldb: leadingB, beta: 1, c: c, ldc: leadingC)
  }

  /// C = A Bᵀ with A of m × k, B of n × k, C of m × n, all by rows.
  ///
  /// Throws E0704 where OpenBLAS is not installed.
  public static func setTransposed(
    _ a: UnsafePointer<Double>, leading leadingA: Int, _ b: UnsafePointer<Double>, leading leadingB: Int,
    to c: UnsafeMutablePointer<Double>, leading leadingC: Int, m: Int, n: Int, k: Int
  ) throws {
    guard m > 0, n > 0, k > 0 else { return }
    try BLAS.load()
    try PiecewiseProduct.matrix(
      m: m, n: n, k: k, a: a, lda: leadingA, b: b, ldb: leadingB, transposesB: true, beta: 0, c: c,
      ldc: leadingC)
  }
}
