import CBlas

extension RowProducts {
  /// All inner products of two blocks of rows: `products[i · stride + j] = a_i · b_j`, in f32 as BLAS rounds them.
  ///
  /// For searches that first narrow down and then compute what decides in f64. Inside a parallel loop the product runs
  /// on the calling thread alone.
  ///
  /// - Throws: E0704 where the BLAS library is missing. Cost: `count · others · width`.
  public static func pairs(
    _ a: UnsafePointer<Float>, count: Int, _ b: UnsafePointer<Float>, others: Int, width: Int,
    into products: UnsafeMutablePointer<Float>, stride: Int
  ) throws {
    guard count > 0, others > 0, width > 0 else { return }
    try BLAS.prepare(work: count * others * width)
    let (m, n, k) = (try BLAS.size(count), try BLAS.size(others), try BLAS.size(width))
    tlx_cblas_sgemm(
      Int32(tlx_row_major), Int32(tlx_no_transpose), Int32(tlx_transpose), m, n, k, 1, a, k, b, k, 0,
      products,
      try BLAS.size(stride))
  }
}
