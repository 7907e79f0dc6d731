/// Rules for solves and factorizations, over the last two axes.
///
/// Sources: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
/// (2008); Murray, "Differentiation of the Cholesky decomposition" (2016); Walter and Lehmann, "Algorithmic
/// differentiation of linear algebra functions" (2010) for QR; Townsend, "Differentiating the singular value
/// decomposition" (2016).
extension Derivatives {
  static func pullback(
    _ operation: LinearAlgebraOperation, _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor,
    _ wanted: [Bool]
  ) throws -> [Tensor?] {
    let a = inputs[0]
    switch operation {
    case .solve:
      // A X = B: B̄ = A⁻ᵀ X̄, Ā = −B̄ Xᵀ
      let right = try LinearAlgebra.solve(a.matrixTranspose(), cotangent)
      return [wanted[0] ? try -right.matmul(output.matrixTranspose()) : nil, wanted[1] ? right : nil]
    case .triangularSolve(let lower, let transposed, let unit):
      let right = try LinearAlgebra.triangularSolve(
        a, cotangent, lower: lower, transposed: !transposed, unitDiagonal: unit)
      let product =
        try transposed
        ? output.matmul(right.matrixTranspose()) : right.matmul(output.matrixTranspose())
      return [wanted[0] ? try -triangle(product, lower, unit) : nil, wanted[1] ? right : nil]
    case .cholesky: return [try pullbackOfCholesky(output, cotangent)]
    case .lu: return [try pullbackOfLU(output, cotangent)]
    case .qr: return [try pullbackOfQR(a, output, cotangent)]
    case .svd: return [try pullbackOfSVD(a, output, cotangent)]
    case .eigh: return [try pullbackOfEigh(output, cotangent)]
    case .eig: throw noDerivativeOfEig
    case .expm: return [try derivativeOfExponential(a.matrixTranspose(), cotangent)]
    }
  }

  static func pushforward(
    _ operation: LinearAlgebraOperation, _ inputs: [Tensor], _ output: Tensor, _ tangents: [Tensor?]
  ) throws -> Tensor? {
    let a = inputs[0]
    switch operation {
    case .solve:
      let right = try sum([tangents[1], tangents[0].map { try -$0.matmul(output) }])
      return try right.map { try LinearAlgebra.solve(a, $0) }
    case .triangularSolve(let lower, let transposed, let unit):
      let change = try tangents[0].map { tangent in
        let part = try triangle(tangent, lower, unit)
        return try -(transposed ? part.matrixTranspose() : part).matmul(output)
      }
      return try sum([tangents[1], change]).map {
        try LinearAlgebra.triangularSolve(a, $0, lower: lower, transposed: transposed, unitDiagonal: unit)
      }
    case .cholesky: return try tangents[0].map { try pushforwardOfCholesky(output, $0) }
    case .lu: return try tangents[0].map { try pushforwardOfLU(output, $0) }
    case .qr: return try tangents[0].map { try pushforwardOfQR(a, output, $0) }
    case .svd: return try tangents[0].map { try pushforwardOfSVD(a, output, $0) }
    case .eigh: return try tangents[0].map { try pushforwardOfEigh(output, $0) }
    case .eig: throw noDerivativeOfEig
    case .expm: return try tangents[0].map { try derivativeOfExponential(a, $0) }
    }
  }

  private static var noDerivativeOfEig: NumericsError {
    NumericsError("E0407", "eig has no derivative here", help: "for a symmetric matrix eigh has one")
  }

  // MARK: Pieces

  static func symmetric(_ a: Tensor) throws -> Tensor { try (a + a.matrixTranspose()) * 0.5 }

  private static func triangle(_ a: Tensor, _ lower: Bool, _ strict: Bool) throws -> Tensor {
    try lower ? a.lowerTriangle(strict ? -1 : 0) : a.upperTriangle(strict ? 1 : 0)
  }

  /// The lower triangle with half the diagonal.
  private static func lowerHalf(_ a: Tensor) throws -> Tensor {
    try (a.lowerTriangle() + a.lowerTriangle(-1)) * 0.5
  }

  /// X L⁻¹ for lower L (X L⁻ᵀ if transposed; X U⁻¹, X U⁻ᵀ for upper ones).
  private static func solveRight(
    _ x: Tensor, _ triangular: Tensor, lower: Bool, transposed: Bool = false, unit: Bool = false
  ) throws -> Tensor {
    try LinearAlgebra.triangularSolve(
      triangular, x.matrixTranspose(), lower: lower, transposed: !transposed, unitDiagonal: unit
    ).matrixTranspose()
  }

  /// 1 / (v_j − v_i), 0 where the two are equal: there the vectors are not unique, and a result that does not depend
  /// on the choice has nothing to pass on.
  private static func gaps(_ values: Tensor) throws -> Tensor {
    let difference = try values.expandDims(-2) - values.expandDims(-1)
    let isZero = try difference.equal(0)
    return try Tensor.where(isZero, 0, Tensor.where(isZero, 1, difference).reciprocal())
  }

  private static func safeReciprocal(_ values: Tensor) throws -> Tensor {
    let isZero = try values.equal(0)
    return try Tensor.where(isZero, 0, Tensor.where(isZero, 1, values).reciprocal())
  }

  // MARK: Exponential

  /// The derivative of e^A in the direction E: the block above the diagonal of the exponential of [A E; 0 A]. In the
  /// direction of a cotangent at Aᵀ it is the pullback. (Najfeld and Havel, "Derivatives of the matrix exponential and
  /// their computation", 1995; Higham, "Functions of Matrices", theorem 3.6.)
  private static func derivativeOfExponential(_ a: Tensor, _ direction: Tensor) throws -> Tensor {
    let n = a.shape[a.rank - 1]
    let zeros = try Tensor.zeros(a.shape, a.dtype)
    let top = try Tensor.concat([a, direction], axis: -1)
    let bottom = try Tensor.concat([zeros, a], axis: -1)
    let whole = try LinearAlgebra.node(.expm, [Tensor.concat([top, bottom], axis: -2)])
    return try whole.slice(axis: -2, start: 0, stop: n).slice(axis: -1, start: n, stop: 2 * n)
  }

  // MARK: Cholesky

  /// Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹), Φ the lower triangle with half the diagonal.
  private static func pullbackOfCholesky(_ l: Tensor, _ cotangent: Tensor) throws -> Tensor {
    let inner = try lowerHalf(l.matrixTranspose().matmul(cotangent.lowerTriangle()))
    let left = try LinearAlgebra.triangularSolve(l, inner, transposed: true)
    return try symmetric(solveRight(left, l, lower: true))
  }

  /// L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)
  private static func pushforwardOfCholesky(_ l: Tensor, _ tangent: Tensor) throws -> Tensor {
    let left = try LinearAlgebra.triangularSolve(l, symmetric(tangent))
    return try l.matmul(lowerHalf(solveRight(left, l, lower: true, transposed: true)))
  }

  // MARK: LU, packed as [n, n + 2]

  private static func unpackedLU(_ packed: Tensor) throws -> (p: Tensor, l: Tensor, u: Tensor) {
    let n = packed.shape[packed.rank - 2]
    let factors = try packed.slice(axis: -1, start: 0, stop: n)
    let square = factors.shape
    let origin = try packed.slice(axis: -1, start: n, stop: n + 1).matrixTranspose().stopGradient()
    let rows = try Tensor.arange(n).cast(to: packed.dtype).expandDims(1).stretched(to: square)
    let p = try origin.stretched(to: square).equal(rows).cast(to: packed.dtype)
    let eye = try Tensor.eye(n, nil, packed.dtype).stretched(to: square)
    return (p, try factors.lowerTriangle(-1) + eye, try factors.upperTriangle())
  }

  /// With A = P L U: Ā = P L⁻ᵀ (tril₋₁(Lᵀ L̄) + triu(Ū Uᵀ)) U⁻ᵀ.
  private static func pullbackOfLU(_ packed: Tensor, _ cotangent: Tensor) throws -> Tensor {
    let n = packed.shape[packed.rank - 2]
    let (p, l, u) = try unpackedLU(packed)
    let factors = try cotangent.slice(axis: -1, start: 0, stop: n)
    let lower = try l.matrixTranspose().matmul(factors.lowerTriangle(-1)).lowerTriangle(-1)
    let upper = try factors.upperTriangle().matmul(u.matrixTranspose()).upperTriangle()
    let left = try LinearAlgebra.triangularSolve(l, lower + upper, transposed: true, unitDiagonal: true)
    return try p.matmul(solveRight(left, u, lower: false, transposed: true))
  }

  /// With K = L⁻¹ Pᵀ Ȧ U⁻¹: L̇ = L tril₋₁(K), U̇ = triu(K) U.
  private static func pushforwardOfLU(_ packed: Tensor, _ tangent: Tensor) throws -> Tensor {
    let (p, l, u) = try unpackedLU(packed)
    let moved = try p.matrixTranspose().matmul(tangent)
    let left = try LinearAlgebra.triangularSolve(l, moved, unitDiagonal: true)
    let k = try solveRight(left, u, lower: false)
    let factors = try l.matmul(k.lowerTriangle(-1)) + k.upperTriangle().matmul(u)
    let rest = try Tensor.zeros(Shape(Array(packed.shape.dropLast()) + [2]), packed.dtype)
    return try Tensor.concat([factors, rest], axis: -1)
  }

  // MARK: QR, packed as Q over Rᵀ

  private static func unpackedQR(_ a: Tensor, _ packed: Tensor) throws -> (q: Tensor, r: Tensor) {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    return (
      try packed.slice(axis: -2, start: 0, stop: m),
      try packed.slice(axis: -2, start: m, stop: m + n).matrixTranspose()
    )
  }

  /// For m ≥ n: Ā = (Q̄ + Q copyltu(R R̄ᵀ − Q̄ᵀ Q)) R⁻ᵀ. Otherwise A = (X Y) with X = Q U square, Y = Q V.
  private static func pullbackOfQR(_ a: Tensor, _ packed: Tensor, _ cotangent: Tensor) throws -> Tensor {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (q, r) = try unpackedQR(a, packed)
    let (qBar, rBar) = try unpackedQR(a, cotangent)
    if m >= n { return try pullbackOfTallQR(q, r, qBar, rBar) }
    let y = try a.slice(axis: -1, start: m, stop: n)
    let vBar = try rBar.slice(axis: -1, start: m, stop: n)
    let xBar = try pullbackOfTallQR(
      q, r.slice(axis: -1, start: 0, stop: m), qBar + y.matmul(vBar.matrixTranspose()),
      rBar.slice(axis: -1, start: 0, stop: m))
    return try Tensor.concat([xBar, q.matmul(vBar)], axis: -1)
  }

  private static func pullbackOfTallQR(_ q: Tensor, _ r: Tensor, _ qBar: Tensor, _ rBar: Tensor) throws
    -> Tensor
  {
    let inner = try r.matmul(rBar.upperTriangle().matrixTranspose()) - qBar.matrixTranspose().matmul(q)
    let mirrored = try inner.lowerTriangle() + inner.lowerTriangle(-1).matrixTranspose()
    return try solveRight(qBar + q.matmul(mirrored), r, lower: false, transposed: true)
  }

  private static func pushforwardOfQR(_ a: Tensor, _ packed: Tensor, _ tangent: Tensor) throws -> Tensor {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (q, r) = try unpackedQR(a, packed)
    if m >= n {
      let (qDot, rDot) = try pushforwardOfTallQR(q, r, tangent)
      return try Tensor.concat([qDot, rDot.matrixTranspose()], axis: -2)
    }
    let (qDot, uDot) = try pushforwardOfTallQR(
      q, r.slice(axis: -1, start: 0, stop: m), tangent.slice(axis: -1, start: 0, stop: m))
    let (y, yDot) = (try a.slice(axis: -1, start: m, stop: n), try tangent.slice(axis: -1, start: m, stop: n))
    let vDot = try qDot.matrixTranspose().matmul(y) + q.matrixTranspose().matmul(yDot)
    return try Tensor.concat([qDot, uDot.matrixTranspose(), vDot.matrixTranspose()], axis: -2)
  }

  /// With C = Ȧ R⁻¹ and the skew Ω of QᵀC's strict lower triangle: Q̇ = C + Q (Ω − QᵀC), Ṙ = (QᵀC − Ω) R.
  private static func pushforwardOfTallQR(_ q: Tensor, _ r: Tensor, _ tangent: Tensor) throws -> (
    Tensor, Tensor
  ) {
    let c = try solveRight(tangent, r, lower: false)
    let inner = try q.matrixTranspose().matmul(c)
    let low = try inner.lowerTriangle(-1)
    let skew = try low - low.matrixTranspose()
    return (try c + q.matmul(skew - inner), try (inner - skew).upperTriangle().matmul(r))
  }

  // MARK: Symmetric eigenvalues, packed as values beside vectors

  private static func unpackedEigh(_ packed: Tensor) throws -> (values: Tensor, vectors: Tensor) {
    let n = packed.shape[packed.rank - 2]
    return (
      try packed.slice(axis: -1, start: 0, stop: 1).squeeze(-1),
      try packed.slice(axis: -1, start: 1, stop: n + 1)
    )
  }

  /// Ā = sym(V (diag(w̄) + F ∘ Vᵀ V̄) Vᵀ) with F_ij = 1 / (w_j − w_i).
  private static func pullbackOfEigh(_ packed: Tensor, _ cotangent: Tensor) throws -> Tensor {
    let (w, v) = try unpackedEigh(packed)
    let (wBar, vBar) = try unpackedEigh(cotangent)
    let inner = try wBar.diagonalMatrix() + gaps(w) * v.matrixTranspose().matmul(vBar)
    return try symmetric(v.matmul(inner).matmul(v.matrixTranspose()))
  }

  /// With P = Vᵀ Ȧ V: ẇ = diag(P), V̇ = V (F ∘ P).
  private static func pushforwardOfEigh(_ packed: Tensor, _ tangent: Tensor) throws -> Tensor {
    let (w, v) = try unpackedEigh(packed)
    let inner = try v.matrixTranspose().matmul(symmetric(tangent)).matmul(v)
    let vDot = try v.matmul(gaps(w) * inner)
    return try Tensor.concat([inner.diagonal().expandDims(-1), vDot], axis: -1)
  }

  // MARK: Singular values, packed flat as U, s, Vᵀ

  private static func unpackedSVD(_ a: Tensor, _ packed: Tensor) throws -> (u: Tensor, s: Tensor, vt: Tensor)
  {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = min(m, n)
    let lead = a.shape.sizes.dropLast(2)
    return (
      try packed.slice(axis: -1, start: 0, stop: m * k).reshape(Shape(lead + [m, k])),
      try packed.slice(axis: -1, start: m * k, stop: m * k + k),
      try packed.slice(axis: -1, start: m * k + k, stop: m * k + k + k * n).reshape(Shape(lead + [k, n]))
    )
  }

  private static func skew(_ a: Tensor) throws -> Tensor { try a - a.matrixTranspose() }

  /// With E_ij = s_j² − s_i²: Ā = U (skew(Uᵀ Ū)/E S + S skew(Vᵀ V̄)/E + diag(s̄)) Vᵀ, and what Ū and V̄ have outside of
  /// the spaces that U and V span, divided by s.
  private static func pullbackOfSVD(_ a: Tensor, _ packed: Tensor, _ cotangent: Tensor) throws -> Tensor {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (u, s, vt) = try unpackedSVD(a, packed)
    let (uBar, sBar, vtBar) = try unpackedSVD(a, cotangent)
    let gap = try gaps(s * s)
    let (row, column) = (try s.expandDims(-2), try s.expandDims(-1))
    let byU = try gap * skew(u.matrixTranspose().matmul(uBar)) * row
    let byV = try gap * skew(vt.matmul(vtBar.matrixTranspose())) * column
    var result = try u.matmul(byU + byV + sBar.diagonalMatrix()).matmul(vt)
    if m > n {
      let scaled = try uBar * safeReciprocal(row)
      result = try result + (scaled - u.matmul(u.matrixTranspose().matmul(scaled))).matmul(vt)
    } else if n > m {
      let scaled = try vtBar * safeReciprocal(column)
      result = try result + u.matmul(scaled - scaled.matmul(vt.matrixTranspose()).matmul(vt))
    }
    return result
  }

  /// With P = Uᵀ Ȧ V: ṡ = diag(P), U̇ = U (F ∘ (P S + S Pᵀ)), V̇ = V (F ∘ (S P + Pᵀ S)), and the parts outside.
  private static func pushforwardOfSVD(_ a: Tensor, _ packed: Tensor, _ tangent: Tensor) throws -> Tensor {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (u, s, vt) = try unpackedSVD(a, packed)
    let (ut, v) = (try u.matrixTranspose(), try vt.matrixTranspose())
    let (row, column) = (try s.expandDims(-2), try s.expandDims(-1))
    let inner = try ut.matmul(tangent).matmul(v)
    let gap = try gaps(s * s)
    let (right, left) = (try inner * row, try column * inner)
    var uDot = try u.matmul(gap * (right + right.matrixTranspose()))
    var vDot = try v.matmul(gap * (left + left.matrixTranspose()))
    if m > n {
      let outside = try tangent.matmul(v) * safeReciprocal(row)
      uDot = try uDot + outside - u.matmul(ut.matmul(outside))
    } else if n > m {
      let outside = try tangent.matrixTranspose().matmul(u) * safeReciprocal(row)
      vDot = try vDot + outside - v.matmul(vt.matmul(outside))
    }
    func flat(_ x: Tensor) throws -> Tensor {
      try x.reshape(Shape(Array(a.shape.dropLast(2)) + [x.shape[x.rank - 2] * x.shape[x.rank - 1]]))
    }
    return try Tensor.concat([flat(uDot), inner.diagonal(), flat(vDot.matrixTranspose())], axis: -1)
  }
}
