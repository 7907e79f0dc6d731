import CBlas

/// OpenBLAS, opened on first use: a session that multiplies nothing does not pay for loading it.
///
/// It always runs on the thread that calls it (see `open_library` in CBlas.c); `PiecewiseProduct` and the blocked
/// factorizations cut large work into pieces for all threads.
enum BLAS {
  /// Makes the functions `tlx_…` of CBlas callable. Throws E0704 if the library is not installed.
  static func load() throws {
    if let message = tlx_blas_load() {
      throw NumericsError(
        "E0704", "cannot load the linear algebra library: \(String(cString: message))",
        help: "install it: apt install libopenblas0")
    }
  }

  /// A size as LAPACK's 32-bit integer; E0702 for what is too large for it.
  static func size(_ value: Int) throws -> Int32 {
    guard let size = Int32(exactly: value) else {
      throw NumericsError("E0702", "a matrix with \(value) rows or columns is too large for linear algebra")
    }
    return size
  }
}
