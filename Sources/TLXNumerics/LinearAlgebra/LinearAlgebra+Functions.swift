#if canImport(Glibc)
  import Glibc
#endif

// Functions of a matrix.

extension LinearAlgebra {
  /// The product of the eigenvalues, from LU; 1 for an empty matrix. Overflows for large n: see `slogdet`.
  ///
  /// Its derivative, the matrix of cofactors, exists for singular matrices too, where LU's does not: there the
  /// characteristic polynomial is expanded instead.
  public static func determinant(_ a: Tensor) throws -> Tensor {
    if a.rank >= 2, a.isTracked, !a.isAbstract, a.count > 0, try isSingular(a.stopGradient()) {
      return try expandedDeterminant(matrix(a, "det"))
    }
    let (diagonal, signs) = try pivots(a, "det")
    return try diagonal.prod(axes: [-1]) * signs.prod(axes: [-1])
  }

  /// The sign (−1, 0, 1) and ln |det A|; −∞ for a singular matrix.
  /// Its derivative A⁻ᵀ does not exist there: E0501.
  public static func slogdet(_ a: Tensor) throws -> (sign: Tensor, logdet: Tensor) {
    if a.rank >= 2, a.isTracked, !a.isAbstract, a.count > 0, try isSingular(a.stopGradient()) {
      throw NumericsError(
        "E0501", "the logarithm of the determinant has no derivative here: the matrix is singular",
        help: "det has one, the matrix of cofactors; or add a small multiple of eye(n) to the matrix")
    }
    let (diagonal, signs) = try pivots(a, "slogdet")
    return (
      try diagonal.sign().prod(axes: [-1]) * signs.prod(axes: [-1]), try diagonal.abs().log().sum(axes: [-1])
    )
  }

  /// Whether some matrix has a pivot below the rounding of its largest one.
  private static func isSingular(_ a: Tensor) throws -> Bool {
    let pivots = try pivots(a, "det").diagonal.abs()
    let unit = a.dtype == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    let limit = try pivots.max(axes: [-1], keepdims: true) * (unit * Double(a.shape[a.rank - 1]))
    return try pivots.lessOrEqual(limit).any().elements(of: Bool.self).first ?? false
  }

  /// The determinant from traces of products, without a division by anything of A (Faddeev and LeVerrier), of A scaled
  /// to norm 1. Cost: 2 n⁴.
  private static func expandedDeterminant(_ a: Tensor) throws -> Tensor {
    let n = try order(a, "det")
    let size = try a.stopGradient().norm(axes: [-2, -1], keepdims: true)
    let scale = try Tensor.where(size.equal(0), 1, size)
    let b = try a / scale
    let eye = try Tensor.eye(n, nil, a.dtype)
    var power = b
    for k in 1..<max(1, n) {
      let coefficient = try trace(power) * (-1 / Double(k))
      power = try b.matmul(power + coefficient.expandDims(-1).expandDims(-1) * eye)
    }
    let lead = Shape(Array(a.shape.sizes.dropLast(2)))
    let factor = try scale.reshape(lead).power(n) * ((n % 2 == 0 ? -1 : 1) / Double(n))
    return try trace(power) * factor
  }

  private static func pivots(_ a: Tensor, _ name: String) throws -> (diagonal: Tensor, signs: Tensor) {
    let a = try matrix(a, name)
    let n = try order(a, name)
    if n == 0 {
      let ones = try Tensor.ones(Shape(a.shape.sizes.dropLast()), a.dtype)
      return (ones, ones)
    }
    let packed = try node(.lu, [a])
    return (
      try packed.slice(axis: -1, start: 0, stop: n).diagonal(),
      try packed.slice(axis: -1, start: n + 1, stop: n + 2).squeeze(-1).stopGradient()
    )
  }

  /// The sum of the main diagonal.
  public static func trace(_ a: Tensor) throws -> Tensor {
    guard a.rank >= 2 else { throw NumericsError("E0401", "trace needs a matrix, not \(a.typeDescription)") }
    return try a.diagonal().sum(axes: [-1])
  }

  /// The number of singular values above max(m, n) ε s_max. i64.
  public static func rank(_ a: Tensor) throws -> Tensor {
    let a = try matrix(a, "rank")
    let (_, s, _) = try svd(a)
    return try s.greater(threshold(s, a).expandDims(-1)).cast(to: .i64).sum(axes: [-1])
  }

  /// The condition number in the 2-norm, s_max / s_min; ∞ for a singular matrix.
  public static func cond(_ a: Tensor) throws -> Tensor {
    let (_, s, _) = try svd(try matrix(a, "cond"))
    let count = s.shape[s.rank - 1]
    guard count > 0 else { throw NumericsError("E0406", "cond of an empty matrix") }
    let lead = Shape(Array(s.shape.sizes.dropLast()))
    return try s.slice(axis: -1, start: 0, stop: 1).reshape(lead)
      / s.slice(axis: -1, start: count - 1, stop: count).reshape(lead)
  }

  /// Aⁿ by repeated squaring; A⁰ = I, a negative n inverts first. Integer matrices stay exact for n ≥ 0 (E0502 where
  /// a product overflows).
  public static func matrixPower(_ a: Tensor, _ n: Int) throws -> Tensor {
    guard a.rank >= 2 else {
      throw NumericsError("E0401", "matrix_power needs a matrix, not \(a.typeDescription)")
    }
    let order = try order(a, "matrix_power")
    if n < 0 { return try matrixPower(inverse(a), n == Int.min ? Int.max : -n) }
    let base = try a.asNumber()
    if n == 0 { return try Tensor.eye(order, nil, base.dtype).broadcast(to: a.shape) }
    var result: Tensor?
    var square = base
    var rest = n
    while true {
      if rest & 1 == 1 { result = try result?.matmul(square) ?? square }
      rest >>= 1
      if rest == 0 { break }
      square = try square.matmul(square)
    }
    return result ?? square
  }

  /// The Kronecker product: [m, n] ⊗ [p, q] = [m p, n q] of blocks a[i, j] B; vectors likewise.
  public static func kron(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.rank == b.rank, a.rank == 1 || a.rank == 2 else {
      throw NumericsError(
        "E0401", "kron needs two matrices or two vectors, not \(a.typeDescription) and \(b.typeDescription)")
    }
    if a.rank == 1 {
      return try (a.reshape([a.count, 1]) * b.reshape([1, b.count])).reshape([a.count * b.count])
    }
    let (m, n, p, q) = (a.shape[0], a.shape[1], b.shape[0], b.shape[1])
    return try (a.reshape([m, 1, n, 1]) * b.reshape([1, p, 1, q])).reshape([m * p, n * q])
  }

  /// The matrix exponential Σ Aᵏ/k!, by scaling, a Padé approximant and squaring.
  ///
  /// Higham, "The scaling and squaring method for the matrix exponential revisited" (SIAM J. Matrix Anal. Appl. 2005),
  /// algorithm 2.3. Backward error at the rounding unit of f64, in which f32 is computed as well. E0505 where the result
  /// overflows. Cost: about (20 + 2 log₂ ‖A‖) n³; a derivative's is eight times that.
  public static func expm(_ a: Tensor) throws -> Tensor {
    let a = try matrix(a, "expm")
    _ = try order(a, "expm")
    return a.count == 0 ? a : try node(.expm, [a])
  }
}
