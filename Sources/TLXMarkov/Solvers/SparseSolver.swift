import TLXNumerics

/// A x = b for a general sparse square matrix: BiCGSTAB with the diagonal as preconditioner; LU of the dense matrix up
/// to `denseLimit` rows where it does not converge.
public struct SparseSolver {
  private let matrix: SparseMatrix
  private let inverse: [Double]
  public static let denseLimit = 3000

  /// - Throws: E0401 where the matrix is not square.
  public init(_ matrix: SparseMatrix) throws {
    guard matrix.rowCount == matrix.columnCount else {
      throw NumericsError(
        "E0401", "solve needs a square matrix, not \(matrix.rowCount)×\(matrix.columnCount)")
    }
    self.matrix = matrix
    inverse = (0..<matrix.rowCount).map { row in
      let diagonal = matrix.value(row, row)
      return diagonal == 0 ? 1 : 1 / diagonal
    }
  }

  /// - Throws: E0401 for a right-hand side of another length, E0503 where nothing converged, E0501 singular.
  public func solve(_ b: [Double]) throws -> [Double] {
    let n = matrix.rowCount
    guard b.count == n else {
      throw NumericsError("E0401", "a right-hand side of \(b.count) does not fit a matrix of \(n)×\(n)")
    }
    var x = [Double](repeating: 0, count: n)
    let size = Self.norm(b)
    guard size > 0 else { return x }
    for _ in 0..<6 {
      let product = try matrix.times(x)
      let residual = zip(b, product).map { $0 - $1 }
      if Self.norm(residual) <= 1e-14 * size { return x }
      let correction = try iterate(residual)
      for row in 0..<n { x[row] += correction[row] }
    }
    let product = try matrix.times(x)
    let error = Self.norm(zip(b, product).map { $0 - $1 }) / size
    if error <= 1e-12 { return x }
    guard n <= Self.denseLimit else {
      throw NumericsError(
        "E0503", "the iteration for \(n) equations stopped at a residual of \(error) of the right-hand side",
        help: "scale the rows, or solve a denser, smaller system")
    }
    return try LinearAlgebra.solve(Tensor(matrix.dense()).reshape([n, n]), Tensor(b)).doubles()
  }

  private static func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private func iterate(_ b: [Double]) throws -> [Double] {
    let n = b.count
    var (x, r) = ([Double](repeating: 0, count: n), b)
    var (p, v) = (x, x)
    var (rho, alpha, omega) = (1.0, 1.0, 1.0)
    let target = 1e-24 * Self.dot(b, b)
    for step in 0..<min(2000, 20 * n + 20) {
      try Interrupt.check()
      let next = Self.dot(b, r)
      guard abs(next) > 1e-300 else { break }
      let beta = step == 0 ? 0 : next / rho * (alpha / omega)
      rho = next
      for i in 0..<n { p[i] = r[i] + beta * (p[i] - omega * v[i]) }
      let z = zip(p, inverse).map { $0 * $1 }
      v = try matrix.times(z)
      let slope = Self.dot(b, v)
      guard slope != 0 else { break }
      alpha = rho / slope
      let s = zip(r, v).map { $0 - alpha * $1 }
      let y = zip(s, inverse).map { $0 * $1 }
      let t = try matrix.times(y)
      let size = Self.dot(t, t)
      omega = size > 0 ? Self.dot(t, s) / size : 0
      for i in 0..<n {
        x[i] += alpha * z[i] + omega * y[i]
        r[i] = s[i] - omega * t[i]
      }
      let rest = Self.dot(r, r)
      if rest <= target || omega == 0 || !rest.isFinite { break }
    }
    return x.allSatisfy(\.isFinite) ? x : [Double](repeating: 0, count: n)
  }
}
