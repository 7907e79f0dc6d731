/// How the equations of a sparse matrix are solved step by step.
public enum IterativeMethod: String, CaseIterable, Sendable {
  /// Conjugate gradients, for symmetric positive definite matrices (Hestenes and Stiefel, 1952).
  case cg
  /// Stabilised biconjugate gradients, for any (van der Vorst, 1992).
  case bicgstab
  /// Generalised minimal residuals, restarted, for any (Saad and Schultz, 1986).
  case gmres
}

/// What stands in for A⁻¹ between the steps.
public enum SparsePreconditioner: String, CaseIterable, Sendable {
  case none
  /// The diagonal.
  case jacobi
  /// Incomplete factors on the places of A.
  case ilu
}

/// A x = b for a sparse square matrix, by steps that each take one or two products with it.
///
/// The residual ‖b − A x‖ / ‖b‖ that decides is computed from x itself at the end, not carried along: an iteration that only
/// believes to have converged starts again from there.
public struct IterativeSolver {
  private let matrix: SparseMatrix
  private let method: IterativeMethod
  private let tolerance: Double
  private let limit: Int
  private let precondition: ([Double]) -> [Double]
  /// Directions that GMRES keeps before it starts anew.
  private static let restart = 50

  public struct Solution {
    public let x: [Double]
    public let iterations: Int
    /// ‖b − A x‖ / ‖b‖
    public let residual: Double
  }

  /// - Parameter limit: the most iterations; ten times the rows and a thousand if left out.
  /// - Throws: E0401 where the matrix is not square, E0501 where the incomplete factorization breaks down, E0505 for a
  ///   tolerance that is none.
  public init(
    _ matrix: SparseMatrix, method: IterativeMethod, preconditioner: SparsePreconditioner = .jacobi,
    tolerance: Double = 1e-10, limit: Int? = nil
  ) throws {
    guard matrix.rowCount == matrix.columnCount else {
      throw NumericsError(
        "E0401", "solve needs a square matrix, not \(matrix.rowCount)×\(matrix.columnCount)")
    }
    guard tolerance > 0, tolerance < 1 else {
      throw NumericsError("E0505", "a tolerance is between 0 and 1, not \(tolerance)")
    }
    self.matrix = matrix
    self.method = method
    self.tolerance = tolerance
    self.limit = limit ?? 10 * matrix.rowCount + 1000
    switch preconditioner {
    case .none: precondition = { $0 }
    case .jacobi:
      let inverse = (0..<matrix.rowCount).map { row in
        let diagonal = matrix.value(row, row)
        return diagonal == 0 ? 1 : 1 / diagonal
      }
      precondition = { x in x.indices.map { x[$0] * inverse[$0] } }
    case .ilu:
      let factors = try IncompleteFactors(matrix)
      precondition = { factors.solve($0) }
    }
  }

  /// - Throws: E0401 for a right-hand side of another length, E0504 for one that is not finite, E0503 with the iterations and
  ///   the residual where the tolerance is not reached.
  public func solve(_ b: [Double]) throws -> Solution {
    try matrix.checkSystem(b)
    guard b.allSatisfy(\.isFinite), matrix.values.allSatisfy(\.isFinite) else {
      throw NumericsError("E0504", "solve needs finite numbers")
    }
    let size = norm(b)
    var x = [Double](repeating: 0, count: b.count)
    if size == 0 { return Solution(x: x, iterations: 0, residual: 0) }
    var best = (x: x, residual: 1.0)
    var iterations = 0
    // What a run leaves is the right-hand side of the next; one that gains nothing is the last.
    while iterations < limit {
      let residual = try residual(x, b)
      let target = 0.5 * tolerance * size
      let (correction, steps) = try run(residual, target)
      iterations += max(1, steps)
      for i in x.indices { x[i] += correction[i] }
      let left = norm(try self.residual(x, b)) / size
      guard left.isFinite, left < best.residual else { break }
      let isStuck = left > 0.9 * best.residual
      best = (x, left)
      if left <= tolerance || isStuck { break }
    }
    guard best.residual <= tolerance else { throw notConverged(iterations, best.residual) }
    return Solution(x: best.x, iterations: iterations, residual: best.residual)
  }

  private func notConverged(_ iterations: Int, _ residual: Double) -> NumericsError {
    let help =
      method == .cg
      ? "cg is for symmetric positive definite matrices; try method=\"gmres\", or preconditioner=\"ilu\""
      : "try preconditioner=\"ilu\", another method, or more iterations"
    return NumericsError(
      "E0503",
      "\(method.rawValue) did not converge on \(matrix.rowCount) equations: after \(iterations) iteration"
        + "\(iterations == 1 ? "" : "s") the residual is \(residual) of the right-hand side, the tolerance "
        + "\(tolerance)", help: help)
  }

  private func residual(_ x: [Double], _ b: [Double]) throws -> [Double] {
    let product = try matrix.times(x)
    return b.indices.map { b[$0] - product[$0] }
  }

  private func run(_ b: [Double], _ target: Double) throws -> (x: [Double], steps: Int) {
    switch method {
    case .cg: try conjugateGradients(b, target)
    case .bicgstab: try biconjugateGradients(b, target)
    case .gmres: try minimalResiduals(b, target)
    }
  }

  private func norm(_ x: [Double]) -> Double { dot(x, x).squareRoot() }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  // MARK: Methods. Each begins at zero.

  private func conjugateGradients(_ b: [Double], _ target: Double) throws -> (x: [Double], steps: Int) {
    var (x, r) = ([Double](repeating: 0, count: b.count), b)
    var z = precondition(r)
    var p = z
    var rho = dot(r, z)
    for step in 0..<limit {
      try Interrupt.check()
      let q = try matrix.times(p)
      let curvature = dot(p, q)
      guard curvature > 0, rho != 0 else { return (x, step) }
      let alpha = rho / curvature
      for i in x.indices {
        x[i] += alpha * p[i]
        r[i] -= alpha * q[i]
      }
      if norm(r) <= target { return (x, step + 1) }
      z = precondition(r)
      let next = dot(r, z)
      let beta = next / rho
      rho = next
      for i in p.indices { p[i] = z[i] + beta * p[i] }
    }
    return (x, limit)
  }

  private func biconjugateGradients(_ b: [Double], _ target: Double) throws -> (x: [Double], steps: Int) {
    var (x, r) = ([Double](repeating: 0, count: b.count), b)
    var (p, v) = (x, x)
    var (rho, alpha, omega) = (1.0, 1.0, 1.0)
    for step in 0..<limit {
      try Interrupt.check()
      let next = dot(b, r)
      guard next != 0, rho != 0, omega != 0 else { return (x, step) }
      let beta = step == 0 ? 0 : next / rho * (alpha / omega)
      rho = next
      for i in p.indices { p[i] = r[i] + beta * (p[i] - omega * v[i]) }
      let z = precondition(p)
      v = try matrix.times(z)
      let slope = dot(b, v)
      guard slope != 0 else { return (x, step) }
      alpha = rho / slope
      for i in x.indices {
        x[i] += alpha * z[i]
        r[i] -= alpha * v[i]
      }
      if norm(r) <= target { return (x, step + 1) }
      let y = precondition(r)
      let t = try matrix.times(y)
      let size = dot(t, t)
      omega = size > 0 ? dot(t, r) / size : 0
      for i in x.indices {
        x[i] += omega * y[i]
        r[i] -= omega * t[i]
      }
      let left = norm(r)
      if left <= target || !left.isFinite { return (x, step + 1) }
    }
    return (x, limit)
  }

  /// Preconditioned from the right, so that the residual is that of A x = b. Modified Gram–Schmidt and Givens rotations.
  private func minimalResiduals(_ b: [Double], _ target: Double) throws -> (x: [Double], steps: Int) {
    let size = norm(b)
    guard size > 0 else { return (b, 0) }
    var basis = [b.map { $0 / size }]
    var columns: [[Double]] = []
    var rotations: [(cos: Double, sin: Double)] = []
    var right = [size]
    for step in 0..<min(Self.restart, limit) {
      try Interrupt.check()
      var w = try matrix.times(precondition(basis[step]))
      var column: [Double] = []
      for direction in basis {
        try Interrupt.check()
        let part = dot(w, direction)
        column.append(part)
        for i in w.indices { w[i] -= part * direction[i] }
      }
      let length = norm(w)
      for (i, rotation) in rotations.enumerated() {
        let (upper, lower) = (column[i], column[i + 1])
        column[i] = rotation.cos * upper + rotation.sin * lower
        column[i + 1] = rotation.cos * lower - rotation.sin * upper
      }
      let radius = (column[step] * column[step] + length * length).squareRoot()
      guard radius > 0 else { break }
      let rotation = (cos: column[step] / radius, sin: length / radius)
      rotations.append(rotation)
      column[step] = radius
      columns.append(column)
      right.append(-rotation.sin * right[step])
      right[step] *= rotation.cos
      if abs(right[step + 1]) <= target || length == 0 { break }
      basis.append(w.map { $0 / length })
    }
    return (try combination(basis, columns, right), columns.count)
  }

  /// M⁻¹ V y with R y = right, for the columns of the upper triangular R.
  private func combination(_ basis: [[Double]], _ columns: [[Double]], _ right: [Double]) throws -> [Double] {
    var y = Array(right.prefix(columns.count))
    for row in columns.indices.reversed() {
      for column in (row + 1)..<max(row + 1, columns.count) { y[row] -= columns[column][row] * y[column] }
      y[row] /= columns[row][row]
    }
    var x = [Double](repeating: 0, count: basis[0].count)
    for (weight, direction) in zip(y, basis) {
      try Interrupt.check()
      for i in x.indices { x[i] += weight * direction[i] }
    }
    return precondition(x)
  }
}
