#if canImport(Glibc)
  import Glibc
#endif

extension MatrixKernel {
  /// e^A in double precision, rounded once.
  func exponential() throws {
    let count = n * n
    try Lapack<Double>.withScratch(Double.self, 2 * count) { scratch in
      for index in 0..<count { scratch[index] = Double(a[index]) }
      let exponential = MatrixExponential(order: n, place: place)
      // Entries whose sum has no finite norm.
      guard exponential.oneNorm(scratch).isFinite else { throw try overflow() }
      try exponential.compute(scratch, into: scratch + count)
      for index in 0..<count {
        let value = Element(scratch[count + index])
        guard value.isFinite else { throw try overflow() }
        result[index] = value
      }
    }
  }

  private func overflow() throws -> NumericsError {
    let norm = try largestRowSum()
    let name = Element.self == Float.self ? "f32" : "f64"
    return NumericsError(
      "E0505", "expm overflows \(name): the \(n)×\(n) matrix\(place) has the ∞-norm \(norm)")
  }
}

/// e^A by scaling, a Padé approximant and squaring: Higham (2005), algorithm 2.3, with the coefficients of its equation 2.4.
private struct MatrixExponential {
  typealias Matrix = UnsafeMutablePointer<Double>

  let order: Int
  let place: String
  private var count: Int { order * order }

  /// The greatest norms for which the approximants of degree 3, 5, 7, 9 and 13 are right to the last place (table 2.3).
  private static let limits: [(degree: Int, norm: Double)] = [
    (3, 1.495585217958292e-2), (5, 2.539398330063230e-1), (7, 9.504178996162932e-1), (9, 2.097847961257068),
    (13, 5.371920351148152),
  ]

  /// Reads and changes `a`.
  func compute(_ a: Matrix, into result: Matrix) throws {
    let norm = oneNorm(a)
    let degree = Self.limits.first { norm <= $0.norm }?.degree ?? 13
    let largest = Self.limits[4].norm
    let squarings = norm > largest ? Int(ceil(log2(norm / largest))) : 0
    if squarings > 0 {
      let scale = exp2(-Double(squarings))
      for index in 0..<count { a[index] *= scale }
    }
    try Lapack<Double>.withScratch(Double.self, 7 * count) { scratch in
      let (u, v) = (scratch, scratch + count)
      if degree == 13 {
        try thirteen(a, u, v, scratch + 2 * count)
      } else {
        try small(a, degree, u, v, scratch + 2 * count)
      }
      try quotient(u, v, scratch + 2 * count, into: result)
      for _ in 0..<squarings {
        try multiply(result, result, into: scratch)
        result.update(from: scratch, count: count)
      }
    }
  }

  /// The coefficients of the approximant's numerator: b_k = (2m − k)! / ((m − k)! k!), scaled so that the last is 1.
  private func coefficients(_ degree: Int) -> [Double] {
    var b = [Double](repeating: 1, count: degree + 1)
    for k in stride(from: degree - 1, through: 0, by: -1) {
      b[k] = b[k + 1] * Double((2 * degree - k) * (k + 1)) / Double(degree - k)
    }
    return b
  }

  func oneNorm(_ a: Matrix) -> Double {
    (0..<order).reduce(0) { largest, column in
      max(largest, (0..<order).reduce(0) { $0 + abs(a[$1 * order + column]) })
    }
  }

  private func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix) throws {
    try PiecewiseProduct.matrix(
      m: order, n: order, k: order, a: a, lda: order, b: b, ldb: order, beta: 0, c: c, ldc: order)
  }

  /// c = Σ weight · matrix, plus `unit` on the diagonal.
  private func combine(_ terms: [(Double, Matrix)], unit: Double = 0, into c: Matrix) {
    c.update(repeating: 0, count: count)
    for (weight, matrix) in terms { for index in 0..<count { c[index] += weight * matrix[index] } }
    if unit != 0 { for row in 0..<order { c[row * (order + 1)] += unit } }
  }

  /// U = A (odd powers of A²), V = even powers.
  private func small(_ a: Matrix, _ degree: Int, _ u: Matrix, _ v: Matrix, _ scratch: Matrix) throws {
    let b = coefficients(degree)
    let (square, odd) = (scratch, scratch + count)
    var (power, next) = (scratch + 2 * count, scratch + 3 * count)
    try multiply(a, a, into: square)
    power.update(from: square, count: count)
    combine([(b[3], square)], unit: b[1], into: odd)
    combine([(b[2], square)], unit: b[0], into: v)
    for k in stride(from: 4, to: degree, by: 2) {
      try multiply(power, square, into: next)
      swap(&power, &next)
      for index in 0..<count {
        v[index] += b[k] * power[index]
        odd[index] += b[k + 1] * power[index]
      }
    }
    try multiply(a, odd, into: u)
  }

  private func thirteen(_ a: Matrix, _ u: Matrix, _ v: Matrix, _ scratch: Matrix) throws {
    let b = coefficients(13)
    let (a2, a4, a6) = (scratch, scratch + count, scratch + 2 * count)
    let (inner, product) = (scratch + 3 * count, scratch + 4 * count)
    try multiply(a, a, into: a2)
    try multiply(a2, a2, into: a4)
    try multiply(a4, a2, into: a6)
    combine([(b[13], a6), (b[11], a4), (b[9], a2)], into: inner)
    try multiply(a6, inner, into: product)
    combine([(1, product), (b[7], a6), (b[5], a4), (b[3], a2)], unit: b[1], into: inner)
    try multiply(a, inner, into: u)
    combine([(b[12], a6), (b[10], a4), (b[8], a2)], into: inner)
    try multiply(a6, inner, into: product)
    combine([(1, product), (b[6], a6), (b[4], a4), (b[2], a2)], unit: b[0], into: v)
  }

  /// (V − U)⁻¹ (V + U)
  private func quotient(_ u: Matrix, _ v: Matrix, _ scratch: Matrix, into result: Matrix) throws {
    let (left, right) = (scratch, scratch + count)
    for index in 0..<count {
      left[index] = v[index] - u[index]
      right[index] = v[index] + u[index]
    }
    try MatrixKernel<Double>(
      operation: .solve, m: order, n: order, k: order, a: left, b: UnsafePointer(right), result: result,
      place: place
    ).run()
  }
}
