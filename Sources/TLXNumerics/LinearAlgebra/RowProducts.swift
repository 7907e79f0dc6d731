import CBlas

/// Products of a block of rows with itself, for sums that stream over rows.
public enum RowProducts {
  /// Adds Xᵀ X to the upper triangle of `gram` (width × width, row-major), for X of `count` rows.
  ///
  /// - Throws: E0704 where the BLAS library is missing. Cost: count width².
  public static func accumulate(
    _ rows: UnsafePointer<Double>, count: Int, width: Int, into gram: UnsafeMutablePointer<Double>
  ) throws {
    guard count > 0, width > 0 else { return }
    try BLAS.prepare(work: count * width * width / 2)
    let (size, depth) = (try BLAS.size(width), try BLAS.size(count))
    tlx_cblas_dsyrk(
      Int32(tlx_row_major), Int32(tlx_upper), Int32(tlx_transpose), size, depth, 1, rows, size, 1, gram, size)
  }
}
