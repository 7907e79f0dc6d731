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
    try BLAS.load()
    // Bands of rows of the triangle: a square on the diagonal and what stands to its right.
    let band = count * width * width < smallWork ? width : Swift.max(64, (width / 8 + 15) & ~15)
    try Parallel.forEach(count: width, grain: band) { range in
      let (first, end) = (range.lowerBound, range.upperBound)
      let place = gram + first * (width + 1)
      tlx_cblas_dsyrk(
        Int32(tlx_row_major), Int32(tlx_upper), Int32(tlx_transpose), try BLAS.size(range.count),
        try BLAS.size(count), 1, rows + first, try BLAS.size(width), 1, place, try BLAS.size(width))
      if end == width { return }
      try Double.product(
        m: range.count, n: width - end, k: count, a: rows + first, lda: width, transposesA: true,
        b: rows + end, ldb: width, beta: 1, c: place + range.count, ldc: width)
    }
  }

  /// Multiply-adds below which one call does it all.
  private static let smallWork = 8_000_000
}
