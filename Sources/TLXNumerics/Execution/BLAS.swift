import CBlas

/// OpenBLAS, opened on first use: a session that multiplies nothing does not pay for loading it.
enum BLAS {
  /// Makes the functions `tlx_…` of CBlas callable. Throws E0704 if the library is not installed.
  static func load() throws {
    if let message = tlx_blas_load() {
      throw NumericsError(
        "E0704", "cannot load the linear algebra library: \(String(cString: message))",
        help: "install it: apt install libopenblas0")
    }
  }

  /// Products below this many multiply-adds gain nothing from a second thread.
  static let parallelWork = 4_000_000

  /// Loads the library and sets how many threads the following call may use, by its multiply-adds.
  static func prepare(work: Int) throws {
    try load()
    let threads = work < parallelWork || Parallel.isInside ? 1 : Parallel.threadCount
    tlx_openblas_set_num_threads(Int32(threads))
  }

  /// A size as LAPACK's 32-bit integer; E0702 for what is too large for it.
  static func size(_ value: Int) throws -> Int32 {
    guard let size = Int32(exactly: value) else {
      throw NumericsError("E0702", "a matrix with \(value) rows or columns is too large for linear algebra")
    }
    return size
  }
}
