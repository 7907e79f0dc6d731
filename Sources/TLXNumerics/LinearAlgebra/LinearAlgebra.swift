/// Linear algebra over the last two axes; leading axes are batches. f32 computes in f32, every other dtype in f64.
///
/// NaN or infinity in an input is E0504, an operand that is no matrix (or not square where it must be) E0401.
/// Everything is composed of primitives, so that all of it can be differentiated.
public enum LinearAlgebra {}

// MARK: - Solves

extension LinearAlgebra {
  /// X with A X = B, by LU with partial pivoting.
  ///
  /// - Parameters:
  ///   - a: [n, n]
  ///   - b: [n] or [n, k]
  /// - Throws: E0501 where A is singular to working precision: the reciprocal condition number in the 1-norm is
  ///   below the rounding unit, or a pivot is zero. Where NumPy returns numbers without a correct digit.
  /// - Returns: Shaped like b. Cost: 2/3 n³ + 2 n² k.
  public static func solve(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let (a, b, isVector) = try system(a, b, "solve")
    _ = try order(a, "solve")
    let x = try node(.solve, [a, b])
    return isVector ? try x.squeeze(-1) : x
  }

  /// X with A X = B (or Aᵀ X = B) for triangular A; the other triangle is not read. E0501 for a zero on the diagonal.
  public static func triangularSolve(
    _ a: Tensor, _ b: Tensor, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false
  ) throws -> Tensor {
    let (a, b, isVector) = try system(a, b, "triangular solve")
    _ = try order(a, "triangular solve")
    let operation = LinearAlgebraOperation.triangularSolve(
      lower: lower, transposed: transposed, unitDiagonal: unitDiagonal)
    let x = try node(operation, [a, b])
    return isVector ? try x.squeeze(-1) : x
  }

  /// A⁻¹, by solving A X = I. E0501 where A is singular. Cost: 8/3 n³.
  public static func inverse(_ a: Tensor) throws -> Tensor {
    let a = try matrix(a, "inverse")
    return try solve(a, Tensor.eye(try order(a, "inverse"), nil, a.dtype))
  }

  /// The least-squares solution of the smallest norm: argmin ‖A x − b‖₂.
  ///
  /// - Parameters:
  ///   - a: [m, n], of any rank: singular values below max(m, n) ε s_max count as zero.
  ///   - b: [m] or [m, k]
  /// - Returns: [n] or [n, k]. Cost: an SVD, about 4 m n² + 8 n³ for m ≥ n. Under a derivative A is taken to be of
  ///   full rank and is factored by QR, whose derivative does not blow up where singular values coincide.
  public static func lstsq(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let (a, b, isVector) = try system(a, b, "lstsq")
    let x = try a.isTracked || a.isAbstract ? fullRankLeastSquares(a, b) : pseudoinverse(a, times: b)
    return isVector ? try x.squeeze(-1) : x
  }

  /// argmin ‖A x − b‖² + l2 ‖x‖²: (AᵀA + l2 I)⁻¹ Aᵀ b, or Aᵀ (A Aᵀ + l2 I)⁻¹ b where that is the smaller system.
  ///
  /// - Throws: E0505 for a negative l2. With l2 = 0 it is `lstsq`. Cost: m n min(m, n) + min(m, n)³/3.
  public static func ridge(_ a: Tensor, _ b: Tensor, l2: Double) throws -> Tensor {
    guard l2 >= 0, l2.isFinite else { throw NumericsError("E0505", "ridge needs l2 ≥ 0, not \(l2)") }
    if l2 == 0 { return try lstsq(a, b) }
    let (a, b, isVector) = try system(a, b, "ridge")
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let at = try a.matrixTranspose()
    let penalty = try Tensor.eye(Swift.min(m, n), nil, a.dtype) * l2
    let x: Tensor
    if m >= n {
      x = try symmetricSolve(at.matmul(a) + penalty, at.matmul(b))
    } else {
      x = try at.matmul(symmetricSolve(a.matmul(at) + penalty, b))
    }
    return isVector ? try x.squeeze(-1) : x
  }

  /// The Moore–Penrose inverse [n, m] of [m, n], with the cut of `lstsq`.
  public static func pinv(_ a: Tensor) throws -> Tensor {
    let a = try matrix(a, "pinv")
    return try lstsq(a, Tensor.eye(a.shape[a.rank - 2], nil, a.dtype))
  }

  private static func symmetricSolve(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let l = try cholesky(a)
    return try triangularSolve(l, triangularSolve(l, b), transposed: true)
  }

  private static func pseudoinverse(_ a: Tensor, times b: Tensor) throws -> Tensor {
    let (u, s, vt) = try svd(a)
    let kept = try s.greater(threshold(s, a).expandDims(-1))
    let reciprocal = try Tensor.where(kept, Tensor.where(kept, s, 1).reciprocal(), 0)
    let projected = try u.matrixTranspose().matmul(b)
    return try vt.matrixTranspose().matmul(projected * reciprocal.expandDims(-1))
  }

  private static func fullRankLeastSquares(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.shape[a.rank - 2] >= a.shape[a.rank - 1] {
      let (q, r) = try qr(a)
      return try triangularSolve(r, q.matrixTranspose().matmul(b), lower: false)
    }
    let (q, r) = try qr(a.matrixTranspose())
    return try q.matmul(triangularSolve(r, b, lower: false, transposed: true))
  }

  /// max(m, n) ε s_max for each matrix of a batch: below it a singular value is rounding.
  static func threshold(_ s: Tensor, _ a: Tensor) throws -> Tensor {
    let size = Swift.max(a.shape[a.rank - 2], a.shape[a.rank - 1])
    let unit = a.dtype == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    let lead = Shape(Array(s.shape.sizes.dropLast()))
    guard s.shape[s.rank - 1] > 0 else { return try Tensor.zeros(lead, s.dtype) }
    return try s.slice(axis: -1, start: 0, stop: 1).reshape(lead) * (Double(size) * unit)
  }
}

// MARK: - Factorizations

extension LinearAlgebra {
  /// A = P L U with partial pivoting: P a permutation matrix, L unit lower, U upper triangular. A singular matrix has
  /// zeros on U's diagonal. Cost: 2/3 n³.
  public static func lu(_ a: Tensor) throws -> (p: Tensor, l: Tensor, u: Tensor) {
    let a = try matrix(a, "lu")
    let n = try order(a, "lu")
    let packed = try node(.lu, [a])
    let factors = try packed.slice(axis: -1, start: 0, stop: n)
    // P[r, i] = 1 where row i of L U is row r of A.
    let origin = try packed.slice(axis: -1, start: n, stop: n + 1).matrixTranspose().stopGradient()
    let square = Shape(a.shape.sizes)
    let rows = try Tensor.arange(n).cast(to: a.dtype).expandDims(1).stretched(to: square)
    let p = try Tensor.compare(.equal, origin.stretched(to: square), rows).cast(to: a.dtype)
    return (p, try factors.lowerTriangle(-1) + Tensor.eye(n, nil, a.dtype), try factors.upperTriangle())
  }

  /// A = Q R with orthonormal columns Q [m, k] and upper triangular R [k, n], k = min(m, n). Signs are LAPACK's, as in
  /// NumPy: R's diagonal may be negative. Cost: 4 m n² for m ≥ n.
  public static func qr(_ a: Tensor) throws -> (q: Tensor, r: Tensor) {
    let a = try matrix(a, "qr")
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let packed = try node(.qr, [a])
    return (
      try packed.slice(axis: -2, start: 0, stop: m),
      try packed.slice(axis: -2, start: m, stop: m + n).matrixTranspose()
    )
  }

  /// The lower L with L Lᵀ = (A + Aᵀ)/2.
  ///
  /// - Throws: E0501 with the order of the first leading minor that is not positive; E0505 where A is far from
  ///   symmetric. Cost: n³/3.
  public static func cholesky(_ a: Tensor) throws -> Tensor {
    let a = try matrix(a, "cholesky")
    _ = try order(a, "cholesky")
    return try node(.cholesky, [a])
  }

  /// The thin A = U diag(s) Vᵀ: U [m, k], s [k] descending, Vᵀ [k, n], k = min(m, n).
  ///
  /// The largest entry of each column of U is positive. LAPACK's divide and conquer; E0503 if it fails.
  /// Cost: about 6 m n² + 20 n³ for m ≥ n.
  public static func svd(_ a: Tensor) throws -> (u: Tensor, s: Tensor, vt: Tensor) {
    let a = try matrix(a, "svd")
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = Swift.min(m, n)
    let lead = a.shape.sizes.dropLast(2)
    let packed = try node(.svd, [a])
    return (
      try packed.slice(axis: -1, start: 0, stop: m * k).reshape(Shape(lead + [m, k])),
      try packed.slice(axis: -1, start: m * k, stop: m * k + k),
      try packed.slice(axis: -1, start: m * k + k, stop: m * k + k + k * n).reshape(Shape(lead + [k, n]))
    )
  }
}

// MARK: - Eigenvalues

extension LinearAlgebra {
  /// Eigenvalues (ascending) and orthonormal eigenvectors (columns) of the symmetric (A + Aᵀ)/2.
  ///
  /// The largest entry of each vector is positive. E0505 where A is far from symmetric. Cost: about 9 n³.
  public static func eigh(_ a: Tensor) throws -> (values: Tensor, vectors: Tensor) {
    let a = try matrix(a, "eigh")
    let n = try order(a, "eigh")
    let packed = try node(.eigh, [a])
    return (
      try packed.slice(axis: -1, start: 0, stop: 1).squeeze(-1),
      try packed.slice(axis: -1, start: 1, stop: n + 1)
    )
  }

  /// Eigenvalues and right eigenvectors (columns of norm 1) of a general matrix, as real and imaginary parts.
  /// Cost: about 25 n³.
  public static func eig(_ a: Tensor) throws -> (
    values: (real: Tensor, imaginary: Tensor), vectors: (real: Tensor, imaginary: Tensor)
  ) {
    let a = try matrix(a, "eig")
    let n = try order(a, "eig")
    let packed = try node(.eig, [a])
    return (
      (
        try packed.slice(axis: -1, start: 0, stop: 1).squeeze(-1),
        try packed.slice(axis: -1, start: 1, stop: 2).squeeze(-1)
      ),
      (
        try packed.slice(axis: -1, start: 2, stop: n + 2),
        try packed.slice(axis: -1, start: n + 2, stop: 2 * n + 2)
      )
    )
  }
}

// MARK: - Nodes

extension LinearAlgebra {
  /// A float matrix (or a batch), or E0401.
  static func matrix(_ a: Tensor, _ name: String) throws -> Tensor {
    guard a.rank >= 2 else {
      throw NumericsError("E0401", "\(name) needs a matrix, not \(a.typeDescription)")
    }
    return try a.asFloat()
  }

  /// The n of an n×n matrix.
  static func order(_ a: Tensor, _ name: String) throws -> Int {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    guard m == n else {
      throw NumericsError(
        "E0401", "\(name) needs a square matrix, not \(m)×\(n)",
        help: name == "solve" || name == "inverse" ? "lstsq and pinv take any matrix" : nil)
    }
    return n
  }

  /// Both sides of a system with one dtype and equal batches; a vector becomes one column.
  private static func system(_ a: Tensor, _ b: Tensor, _ name: String) throws -> (
    Tensor, Tensor, isVector: Bool
  ) {
    var dtype = Tensor.commonDType(a, b)
    if !dtype.isFloat { dtype = .f64 }
    let left = try matrix(a, name).cast(to: dtype)
    guard b.rank >= 1 else {
      throw NumericsError(
        "E0401", "\(name) needs a vector or a matrix on the right, not \(b.typeDescription)")
    }
    let isVector = b.rank == 1
    let right = try (isVector ? b.expandDims(1) : b).cast(to: dtype)
    let rows = left.shape[left.rank - 2]
    guard right.shape[right.rank - 2] == rows else {
      throw NumericsError(
        "E0401", "\(name) of \(a.typeDescription) and \(b.typeDescription): both need as many rows",
        operandNotes: ["has \(rows) rows", "has \(right.shape[right.rank - 2])"])
    }
    let leads = [left, right].map { Shape(Array($0.shape.sizes.dropLast(2))) }
    guard let lead = Shape.unguarded(leads[0], leads[1]) else {
      throw NumericsError(
        "E0401", "\(name) of \(a.typeDescription) and \(b.typeDescription): their batches do not fit",
        help: "leading axes must be equal or 1")
    }
    return (
      try left.stretched(to: Shape(lead.sizes + left.shape.sizes.suffix(2))),
      try right.stretched(to: Shape(lead.sizes + right.shape.sizes.suffix(2))), isVector
    )
  }

  static func node(_ operation: LinearAlgebraOperation, _ inputs: [Tensor]) throws -> Tensor {
    let a = inputs[0]
    let columns = inputs.count > 1 ? inputs[1].shape[a.rank - 1] : 0
    let packed = operation.resultShape(a.shape[a.rank - 2], a.shape[a.rank - 1], columns)
    let result = try Tensor.make(
      .linearAlgebra(operation), inputs, Shape(a.shape.sizes.dropLast(2) + packed.sizes), a.dtype)
    // Parts of one result that are asked for one after the other would each compute the whole.
    if operation.hasParts, result.isPlain { try result.settle() }
    return result
  }
}
