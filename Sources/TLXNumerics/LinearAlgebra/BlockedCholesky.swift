/// A = Uᵀ U of a positive definite matrix, on all threads. Column-major, in the upper triangle, in place.
///
/// LAPACK factors squares on the diagonal; the rows right of one and then what stands below them are updated in pieces of
/// columns, whose cuts depend on the order alone.
struct BlockedCholesky<Element: LapackScalar> {
  let order: Int
  let matrix: UnsafeMutablePointer<Element>

  private static var panel: Int { 128 }

  /// k > 0: the leading minor of order k is not positive. Cost: order³/6 multiply-adds.
  func factor() throws -> Int32 {
    let leading = try BLAS.size(order)
    for start in stride(from: 0, to: order, by: Self.panel) {
      let end = min(order, start + Self.panel)
      let size = end - start
      let corner = matrix + start * (order + 1)
      let info = Lapack<Element>.potrf(try BLAS.size(size), corner, leading: leading)
      if info > 0 { return info + Int32(start) }
      let width = max(64, ((order - end) / 8 + 15) & ~15)
      try Parallel.forEach(count: order - end, grain: width) { columns in
        let top = matrix + (end + columns.lowerBound) * order + start
        try Lapack<Element>.solveFromLeft(
          upper: true, transposed: true, unitDiagonal: false, size, columns.count, corner, leading: order,
          top, leading: order)
      }
      try Parallel.forEach(count: order - end, grain: width) { columns in
        let first = end + columns.lowerBound
        try Element.product(
          m: columns.count, n: columns.upperBound, k: size, alpha: -1,
          a: UnsafePointer(matrix + first * order + start), lda: order, transposesA: false,
          b: UnsafePointer(matrix + end * order + start), ldb: order, transposesB: true, beta: 1,
          c: matrix + first * order + end, ldc: order)
      }
    }
    return 0
  }
}
