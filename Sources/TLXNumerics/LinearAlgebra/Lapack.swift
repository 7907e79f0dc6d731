import CBlas

/// A precision that LAPACK computes in.
protocol LapackScalar: BLASElement, TensorElement {}
extension Float: LapackScalar {}
extension Double: LapackScalar {}

/// LAPACK's routines for one precision, with their workspace. Matrices are column-major with a leading dimension
/// equal to their number of rows. Each returns LAPACK's `info`.
enum Lapack<Element: LapackScalar> {
  typealias Pointer = UnsafeMutablePointer<Element>

  @inline(__always)
  private static var isSingle: Bool { Element.self == Float.self }

  /// Scratch memory of `count` elements for the time of `body`.
  static func withScratch<Scratch, Result>(
    _ type: Scratch.Type, _ count: Int, _ body: (UnsafeMutablePointer<Scratch>) throws -> Result
  ) throws -> Result {
    let storage = try Storage(byteCount: Swift.max(1, count) * MemoryLayout<Scratch>.stride)
    return try withExtendedLifetime(storage) {
      try body(storage.pointer.bindMemory(to: Scratch.self, capacity: Swift.max(1, count)))
    }
  }

  /// Asks a routine for its workspace (`call` with size −1), then runs it with that.
  private static func withWorkspace(_ call: (Pointer, inout Int32) -> Int32) throws -> Int32 {
    var answer: Element = 1
    var query: Int32 = -1
    let info = call(&answer, &query)
    if info != 0 { return info }
    return try withScratch(Element.self, Int(answer)) { work in
      var size = Int32(answer)
      return call(work, &size)
    }
  }

  /// A = P L U in place. Info k > 0: U[k-1, k-1] is exactly zero.
  static func getrf(
    _ m: Int32, _ n: Int32, _ a: Pointer, leading: Int32, _ pivots: UnsafeMutablePointer<Int32>
  ) -> Int32 {
    var (m, n, info) = (m, n, Int32(0))
    var leading = Swift.max(1, leading)
    if isSingle {
      tlx_sgetrf_(&m, &n, a, &leading, pivots, &info)
    } else {
      tlx_dgetrf_(&m, &n, a, &leading, pivots, &info)
    }
    return info
  }

  /// The reciprocal condition number in the 1-norm, from the factors of `getrf` and the norm.
  static func reciprocalCondition(_ n: Int32, factors a: Pointer, norm: Element) throws -> Element {
    var (n, info, norm, result) = (n, Int32(0), norm, Element(0))
    var option = CChar(UInt8(ascii: "1"))
    try withScratch(Element.self, 4 * Int(n)) { work in
      try withScratch(Int32.self, Int(n)) { integers in
        if isSingle {
          tlx_sgecon_(&option, &n, a, &n, &norm, &result, work, integers, &info)
        } else {
          tlx_dgecon_(&option, &n, a, &n, &norm, &result, work, integers, &info)
        }
      }
    }
    return result
  }

  /// A = Uᵀ U in the upper triangle. Info k > 0: the leading minor of order k is not positive.
  static func potrf(_ n: Int32, _ a: Pointer, leading: Int32) -> Int32 {
    var (n, leading, info) = (n, Swift.max(1, leading), Int32(0))
    var upper = CChar(UInt8(ascii: "U"))
    if isSingle {
      tlx_spotrf_(&upper, &n, a, &leading, &info)
    } else {
      tlx_dpotrf_(&upper, &n, a, &leading, &info)
    }
    return info
  }

  /// U⁻¹ in place of the upper triangle U. Info k > 0: U[k-1, k-1] is exactly zero.
  static func trtri(_ n: Int32, _ a: Pointer) -> Int32 {
    var (n, info) = (n, Int32(0))
    var upper = CChar(UInt8(ascii: "U"))
    var given = CChar(UInt8(ascii: "N"))
    if isSingle {
      tlx_strtri_(&upper, &given, &n, a, &n, &info)
    } else {
      tlx_dtrtri_(&upper, &given, &n, a, &n, &info)
    }
    return info
  }

  /// The upper triangle of U Uᵀ in place of that of U.
  static func lauum(_ n: Int32, _ a: Pointer) -> Int32 {
    var (n, info) = (n, Int32(0))
    var upper = CChar(UInt8(ascii: "U"))
    if isSingle { tlx_slauum_(&upper, &n, a, &n, &info) } else { tlx_dlauum_(&upper, &n, a, &n, &info) }
    return info
  }

  /// R above the diagonal, reflectors below.
  static func geqrf(_ m: Int, _ n: Int, _ a: Pointer, leading: Int, tau: Pointer) throws -> Int32 {
    var (m, n, leading) = (try BLAS.size(m), try BLAS.size(n), try BLAS.size(leading))
    return try withWorkspace { work, size in
      var info: Int32 = 0
      if isSingle {
        tlx_sgeqrf_(&m, &n, a, &leading, tau, work, &size, &info)
      } else {
        tlx_dgeqrf_(&m, &n, a, &leading, tau, work, &size, &info)
      }
      return info
    }
  }

  /// The triangular factor T of a block of k reflectors of n rows: H₁ … H_k = I − V T Vᵀ.
  static func larft(
    _ n: Int, _ k: Int, _ v: Pointer, leading: Int, _ tau: Pointer, _ t: Pointer, leading leadingT: Int
  ) throws {
    var (n, k) = (try BLAS.size(n), try BLAS.size(k))
    var (leading, leadingT) = (try BLAS.size(leading), try BLAS.size(leadingT))
    var forward = CChar(UInt8(ascii: "F"))
    var columnwise = CChar(UInt8(ascii: "C"))
    if isSingle {
      tlx_slarft_(&forward, &columnwise, &n, &k, v, &leading, tau, t, &leadingT)
    } else {
      tlx_dlarft_(&forward, &columnwise, &n, &k, v, &leading, tau, t, &leadingT)
    }
  }

  /// The m×n matrix C becomes H C or Hᵀ C for a block of k reflectors; `work` is for n k numbers.
  static func larfb(
    transposed: Bool, _ m: Int, _ n: Int, _ k: Int, _ v: Pointer, leading: Int, _ t: Pointer,
    leading leadingT: Int, _ c: Pointer, leading leadingC: Int, _ work: Pointer
  ) throws {
    var (m, n, k) = (try BLAS.size(m), try BLAS.size(n), try BLAS.size(k))
    var (leading, leadingT, leadingC) = (
      try BLAS.size(leading), try BLAS.size(leadingT), try BLAS.size(leadingC)
    )
    var side = CChar(UInt8(ascii: "L"))
    var transposition = CChar(UInt8(ascii: transposed ? "T" : "N"))
    var forward = CChar(UInt8(ascii: "F"))
    var columnwise = CChar(UInt8(ascii: "C"))
    if isSingle {
      tlx_slarfb_(
        &side, &transposition, &forward, &columnwise, &m, &n, &k, v, &leading, t, &leadingT, c, &leadingC,
        work,
        &n)
    } else {
      tlx_dlarfb_(
        &side, &transposition, &forward, &columnwise, &m, &n, &k, v, &leading, t, &leadingT, c, &leadingC,
        work,
        &n)
    }
  }

  /// The thin A = U diag(s) Vᵀ by divide and conquer; destroys A. Info > 0: not converged.
  static func gesdd(_ m: Int32, _ n: Int32, _ a: Pointer, s: Pointer, u: Pointer, vt: Pointer) throws -> Int32
  {
    var (m, n, k) = (m, n, Swift.min(m, n))
    var thin = CChar(UInt8(ascii: "S"))
    return try withScratch(Int32.self, 8 * Int(k)) { integers in
      try withWorkspace { work, size in
        var info: Int32 = 0
        if isSingle {
          tlx_sgesdd_(&thin, &m, &n, a, &m, s, u, &m, vt, &k, work, &size, integers, &info)
        } else {
          tlx_dgesdd_(&thin, &m, &n, a, &m, s, u, &m, vt, &k, work, &size, integers, &info)
        }
        return info
      }
    }
  }

  /// Eigenvalues (ascending) and vectors (in place of A) of a symmetric matrix. Info > 0: not converged.
  static func syevd(_ n: Int32, _ a: Pointer, values: Pointer) throws -> Int32 {
    var n = n
    var vectors = CChar(UInt8(ascii: "V"))
    var upper = CChar(UInt8(ascii: "U"))
    // 3 + 5n: LAPACK's own minimum for its integer workspace, which the query would give as well.
    let integerSize = 3 + 5 * n
    return try withScratch(Int32.self, Int(integerSize)) { integers in
      try withWorkspace { work, size in
        var info: Int32 = 0
        var integerQuery = size == -1 ? Int32(-1) : integerSize
        if isSingle {
          tlx_ssyevd_(&vectors, &upper, &n, a, &n, values, work, &size, integers, &integerQuery, &info)
        } else {
          tlx_dsyevd_(&vectors, &upper, &n, a, &n, values, work, &size, integers, &integerQuery, &info)
        }
        return info
      }
    }
  }

  /// B = U diag(d) Vᵀ of an upper bidiagonal matrix of order n with the diagonals d and e by divide and conquer; d becomes the
  /// singular values. Info > 0: not converged.
  static func bdsdc(_ n: Int, d: Pointer, e: Pointer, u: Pointer, leading: Int, vt: Pointer) throws -> Int32 {
    var (size, leading, info) = (try BLAS.size(n), try BLAS.size(leading), Int32(0))
    var upper = CChar(UInt8(ascii: "U"))
    var vectors = CChar(UInt8(ascii: "I"))
    var (unused, unusedInteger) = (Element(0), Int32(0))
    try withScratch(Element.self, 3 * n * n + 4 * n) { work in
      try withScratch(Int32.self, 8 * n) { integers in
        if isSingle {
          tlx_sbdsdc_(
            &upper, &vectors, &size, d, e, u, &leading, vt, &size, &unused, &unusedInteger, work, integers,
            &info)
        } else {
          tlx_dbdsdc_(
            &upper, &vectors, &size, d, e, u, &leading, vt, &size, &unused, &unusedInteger, work, integers,
            &info)
        }
      }
    }
    return info
  }

  /// Eigenvalues (ascending, in d) and vectors of a symmetric tridiagonal matrix of order n with the diagonals d and e by
  /// divide and conquer. Info > 0: not converged.
  static func stedc(_ n: Int, d: Pointer, e: Pointer, vectors z: Pointer) throws -> Int32 {
    var (size, info) = (try BLAS.size(n), Int32(0))
    var vectors = CChar(UInt8(ascii: "I"))
    // LAPACK's own formulas for the workspace.
    let (count, integerCount) = (1 + 4 * n + n * n, 3 + 5 * n)
    var (workSize, integerSize) = (try BLAS.size(count), try BLAS.size(integerCount))
    try withScratch(Element.self, count) { work in
      try withScratch(Int32.self, integerCount) { integers in
        if isSingle {
          tlx_sstedc_(&vectors, &size, d, e, z, &size, work, &workSize, integers, &integerSize, &info)
        } else {
          tlx_dstedc_(&vectors, &size, d, e, z, &size, work, &workSize, integers, &integerSize, &info)
        }
      }
    }
    return info
  }

  /// Eigenvalues and right vectors of a general matrix; a complex pair's vector is two columns, real and imaginary
  /// part. Info > 0: not converged.
  static func geev(_ n: Int32, _ a: Pointer, real: Pointer, imaginary: Pointer, vectors: Pointer) throws
    -> Int32
  {
    var n = n
    var one: Int32 = 1
    var no = CChar(UInt8(ascii: "N"))
    var yes = CChar(UInt8(ascii: "V"))
    var unused: Element = 0
    return try withWorkspace { work, size in
      var info: Int32 = 0
      if isSingle {
        tlx_sgeev_(&no, &yes, &n, a, &n, real, imaginary, &unused, &one, vectors, &n, work, &size, &info)
      } else {
        tlx_dgeev_(&no, &yes, &n, a, &n, real, imaginary, &unused, &one, vectors, &n, work, &size, &info)
      }
      return info
    }
  }

  /// Aᵀ x = b in place of b, for a triangular A of order n.
  static func solveVector(
    upper: Bool, unitDiagonal: Bool, _ n: Int32, _ a: UnsafePointer<Element>, _ b: Pointer
  ) {
    var (n, one) = (n, Int32(1))
    var triangle = CChar(UInt8(ascii: upper ? "U" : "L"))
    var transposition = CChar(UInt8(ascii: "T"))
    var diagonal = CChar(UInt8(ascii: unitDiagonal ? "U" : "N"))
    if isSingle {
      tlx_strsv_(&triangle, &transposition, &diagonal, &n, a, &n, b, &one)
    } else {
      tlx_dtrsv_(&triangle, &transposition, &diagonal, &n, a, &n, b, &one)
    }
  }

  /// op(A) X = B in place of the m×n matrix B, for a triangular A of order m.
  static func solveFromLeft(
    upper: Bool, transposed: Bool, unitDiagonal: Bool, _ m: Int, _ n: Int, _ a: UnsafePointer<Element>,
    leading: Int, _ b: Pointer, leading leadingB: Int
  ) throws {
    var (m, n, one) = (try BLAS.size(m), try BLAS.size(n), Element(1))
    var (leading, leadingB) = (try BLAS.size(leading), try BLAS.size(leadingB))
    var side = CChar(UInt8(ascii: "L"))
    var triangle = CChar(UInt8(ascii: upper ? "U" : "L"))
    var transposition = CChar(UInt8(ascii: transposed ? "T" : "N"))
    var diagonal = CChar(UInt8(ascii: unitDiagonal ? "U" : "N"))
    if isSingle {
      tlx_strsm_(
        &side, &triangle, &transposition, &diagonal, &m, &n, &one, a, &leading, b, &leadingB)
    } else {
      tlx_dtrsm_(
        &side, &triangle, &transposition, &diagonal, &m, &n, &one, a, &leading, b, &leadingB)
    }
  }

  /// X op(A) = B in place of the m×n matrix B, for a triangular A of order n.
  static func solveFromRight(
    upper: Bool, transposed: Bool, unitDiagonal: Bool, _ m: Int32, _ n: Int32, _ a: UnsafePointer<Element>,
    _ b: Pointer, leading: Int32
  ) {
    var (m, n, leading, one) = (m, n, leading, Element(1))
    var side = CChar(UInt8(ascii: "R"))
    var triangle = CChar(UInt8(ascii: upper ? "U" : "L"))
    var transposition = CChar(UInt8(ascii: transposed ? "T" : "N"))
    var diagonal = CChar(UInt8(ascii: unitDiagonal ? "U" : "N"))
    if isSingle {
      tlx_strsm_(&side, &triangle, &transposition, &diagonal, &m, &n, &one, a, &n, b, &leading)
    } else {
      tlx_dtrsm_(&side, &triangle, &transposition, &diagonal, &m, &n, &one, a, &n, b, &leading)
    }
  }
}
