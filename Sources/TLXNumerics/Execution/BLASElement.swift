import CBlas

/// A number that BLAS multiplies matrices of.
protocol BLASElement: BinaryFloatingPoint, BitwiseCopyable {
  /// C = alpha op(A) op(B) + beta C of m × n, row by row in memory, on the calling thread.
  static func product(
    m: Int, n: Int, k: Int, alpha: Self, a: UnsafePointer<Self>, lda: Int, transposesA: Bool,
    b: UnsafePointer<Self>, ldb: Int, transposesB: Bool, beta: Self, c: UnsafeMutablePointer<Self>, ldc: Int)
    throws
  /// y += op(A) x for A of rows × columns, row by row in memory.
  static func vectorProduct(
    rows: Int, columns: Int, a: UnsafePointer<Self>, lda: Int, transposesA: Bool, x: UnsafePointer<Self>,
    step: Int, y: UnsafeMutablePointer<Self>) throws
}

extension BLASElement {
  /// C = A op(B) + beta C.
  @inline(__always)
  static func product(
    m: Int, n: Int, k: Int, a: UnsafePointer<Self>, lda: Int, transposesA: Bool = false,
    b: UnsafePointer<Self>, ldb: Int, transposesB: Bool = false, beta: Self, c: UnsafeMutablePointer<Self>,
    ldc: Int
  ) throws {
    try product(
      m: m, n: n, k: k, alpha: 1, a: a, lda: lda, transposesA: transposesA, b: b, ldb: ldb,
      transposesB: transposesB, beta: beta, c: c, ldc: ldc)
  }
}

private func flag(_ isTransposed: Bool) -> Int32 { Int32(isTransposed ? tlx_transpose : tlx_no_transpose) }

extension Float: BLASElement {
  static func product(
    m: Int, n: Int, k: Int, alpha: Float, a: UnsafePointer<Float>, lda: Int, transposesA: Bool,
    b: UnsafePointer<Float>, ldb: Int, transposesB: Bool, beta: Float, c: UnsafeMutablePointer<Float>,
    ldc: Int
  ) throws {
    tlx_cblas_sgemm(
      Int32(tlx_row_major), flag(transposesA), flag(transposesB), try BLAS.size(m), try BLAS.size(n),
      try BLAS.size(k), alpha, a, try BLAS.size(lda), b, try BLAS.size(ldb), beta, c, try BLAS.size(ldc))
  }

  static func vectorProduct(
    rows: Int, columns: Int, a: UnsafePointer<Float>, lda: Int, transposesA: Bool, x: UnsafePointer<Float>,
    step: Int, y: UnsafeMutablePointer<Float>
  ) throws {
    tlx_cblas_sgemv(
      Int32(tlx_row_major), flag(transposesA), try BLAS.size(rows), try BLAS.size(columns), 1, a,
      try BLAS.size(lda), x, try BLAS.size(step), 1, y, 1)
  }
}

extension Double: BLASElement {
  static func product(
    m: Int, n: Int, k: Int, alpha: Double, a: UnsafePointer<Double>, lda: Int, transposesA: Bool,
    b: UnsafePointer<Double>, ldb: Int, transposesB: Bool, beta: Double, c: UnsafeMutablePointer<Double>,
    ldc: Int
  ) throws {
    tlx_cblas_dgemm(
      Int32(tlx_row_major), flag(transposesA), flag(transposesB), try BLAS.size(m), try BLAS.size(n),
      try BLAS.size(k), alpha, a, try BLAS.size(lda), b, try BLAS.size(ldb), beta, c, try BLAS.size(ldc))
  }

  static func vectorProduct(
    rows: Int, columns: Int, a: UnsafePointer<Double>, lda: Int, transposesA: Bool, x: UnsafePointer<Double>,
    step: Int, y: UnsafeMutablePointer<Double>
  ) throws {
    tlx_cblas_dgemv(
      Int32(tlx_row_major), flag(transposesA), try BLAS.size(rows), try BLAS.size(columns), 1, a,
      try BLAS.size(lda), x, try BLAS.size(step), 1, y, 1)
  }
}
