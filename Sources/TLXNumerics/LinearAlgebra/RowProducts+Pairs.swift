extension RowProducts {
  /// All inner products of two blocks of rows: `products[i · stride + j] = a_i · b_j`, in f32 as BLAS rounds them.
  ///
  /// For searches that first narrow down and then compute what decides in f64. Runs on the calling thread alone: such
  /// searches are parallel loops themselves.
  ///
  /// - Throws: E0704 where the BLAS library is missing. Cost: `count · others · width`.
  public static func pairs(
    _ a: UnsafePointer<Float>, count: Int, _ b: UnsafePointer<Float>, others: Int, width: Int,
    into products: UnsafeMutablePointer<Float>, stride: Int
  ) throws {
    guard count > 0, others > 0, width > 0 else { return }
    try BLAS.load()
    try Float.product(
      m: count, n: others, k: width, a: a, lda: width, b: b, ldb: width, transposesB: true, beta: 0,
      c: products, ldc: stride)
  }
}
