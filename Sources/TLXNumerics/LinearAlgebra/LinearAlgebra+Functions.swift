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
  /// algorithm 2.3. Backward error at the rounding unit of f64. The degree depends on the norm, so the contents must
  /// be known (E0409 inside a program that is being traced). Cost: about (20 + 2 log₂ ‖A‖) n³.
  public static func expm(_ a: Tensor) throws -> Tensor {
    let a = try matrix(a, "expm")
    let n = try order(a, "expm")
    if a.count == 0 { return a }
    let norm = try a.stopGradient().abs().sum(axes: [-2]).max().doubles().first ?? 0
    guard norm.isFinite else { throw NumericsError("E0504", "expm needs finite numbers") }
    let identity = try Tensor.eye(n, nil, a.dtype)
    for (limit, coefficients) in Pade.small where norm <= limit {
      return try Pade.small(a, identity, coefficients)
    }
    let squarings = norm > Pade.limit ? Int(ceil(log2(norm / Pade.limit))) : 0
    var result = try Pade.thirteen(a * exp2(-Double(squarings)), identity)
    for _ in 0..<squarings { result = try result.matmul(result) }
    if try squarings > 0 && result.stopGradient().isnan().any().elements(of: Bool.self)[0] {
      throw NumericsError("E0505", "expm overflows \(a.dtype.name): the matrix has the 1-norm \(norm)")
    }
    return result
  }
}

/// Padé approximants of the exponential: table 2.3 and equation 2.11 of Higham (2005).
private enum Pade {
  static let limit = 5.371920351148152

  static let small: [(limit: Double, coefficients: [Double])] = [
    (1.495585217958292e-2, [120, 60, 12, 1]),
    (2.539398330063230e-1, [30240, 15120, 3360, 420, 30, 1]),
    (9.504178996162932e-1, [17_297_280, 8_648_640, 1_995_840, 277_200, 25_200, 1512, 56, 1]),
    (
      2.097847961257068,
      [
        17_643_225_600, 8_821_612_800, 2_075_673_600, 302_702_400, 30_270_240, 2_162_160, 110_880, 3960, 90,
        1,
      ]
    ),
  ]

  /// Even powers of A weighted by every second coefficient.
  static func small(_ a: Tensor, _ identity: Tensor, _ b: [Double]) throws -> Tensor {
    let square = try a.matmul(a)
    var power = square
    var odd = try identity * b[1] + square * b[3]
    var even = try identity * b[0] + square * b[2]
    for index in stride(from: 4, to: b.count, by: 2) {
      power = try power.matmul(square)
      even = try even + power * b[index]
      odd = try odd + power * b[index + 1]
    }
    return try quotient(a.matmul(odd), even)
  }

  static func thirteen(_ a: Tensor, _ identity: Tensor) throws -> Tensor {
    let b: [Double] = [
      64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800,
      129_060_195_264_000, 10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920, 40_840_800,
      960_960,
      16_380, 182, 1,
    ]
    let a2 = try a.matmul(a)
    let a4 = try a2.matmul(a2)
    let a6 = try a4.matmul(a2)
    let low = try identity * b[1] + a2 * b[3] + a4 * b[5] + a6 * b[7]
    let odd = try a6.matmul(a6 * b[13] + a4 * b[11] + a2 * b[9]) + low
    let rest = try identity * b[0] + a2 * b[2] + a4 * b[4] + a6 * b[6]
    let even = try a6.matmul(a6 * b[12] + a4 * b[10] + a2 * b[8]) + rest
    return try quotient(a.matmul(odd), even)
  }

  /// (V − U)⁻¹ (V + U)
  private static func quotient(_ u: Tensor, _ v: Tensor) throws -> Tensor {
    try LinearAlgebra.solve(v - u, v + u)
  }
}
