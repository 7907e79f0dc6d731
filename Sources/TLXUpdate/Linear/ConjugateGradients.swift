import TLXNumerics

/// Solves `A x = b` for a symmetric positive definite A that is known as products only, by preconditioned conjugate
/// gradients. Unknowns are lists of tensors.
///
/// (Hestenes and Stiefel 1952; in the form of Golub and Van Loan 2013, algorithm 11.5.1.)
struct ConjugateGradients {
  var solution: [Tensor]
  var iterations = 0

  /// - Parameters:
  ///   - start: Where to begin; the solution does not depend on it.
  ///   - tolerance: The residual relative to b at which to stop.
  /// - Throws: E0503 where `limit` steps do not reach it.
  init(
    _ apply: ([Tensor]) throws -> [Tensor], _ right: [Tensor], preconditioner: ([Tensor]) throws -> [Tensor],
    start: [Tensor], tolerance: Double, limit: Int
  ) throws {
    let goal = try tolerance * Self.norm(right)
    var x = start
    var r = try zip(right, apply(x)).map { try $0 - $1 }
    try Tensor.realize(r)
    var z = try preconditioner(r)
    var p = z
    var rz = try Self.dot(r, z)
    var size = try Self.norm(r)
    while size > goal {
      guard iterations < limit else {
        throw NumericsError(
          "E0503",
          "lqf did not converge in \(limit) steps: the residual is \(size / goal * tolerance) of the right side",
          help: "allow more iterations, precondition (solver=\"kfac\"), or raise l2")
      }
      try Interrupt.check()
      let ap = try apply(p)
      try Tensor.realize(ap)
      let alpha = try rz / Self.dot(p, ap)
      x = try zip(x, p).map { try $0 + $1 * alpha }
      r = try zip(r, ap).map { try $0 - $1 * alpha }
      try Tensor.realize(x + r)
      z = try preconditioner(r)
      let next = try Self.dot(r, z)
      p = try zip(z, p).map { try $0 + $1 * (next / rz) }
      try Tensor.realize(p)
      rz = next
      size = try Self.norm(r)
      iterations += 1
    }
    solution = x
  }

  static func dot(_ a: [Tensor], _ b: [Tensor]) throws -> Double {
    let parts = try zip(a, b).map { try ($0 * $1).sum() }
    try Tensor.realize(parts)
    return try parts.reduce(0) { try $0 + $1.doubles()[0] }
  }

  static func norm(_ a: [Tensor]) throws -> Double { try dot(a, a).squareRoot() }
}

extension ConjugateGradients {
  /// `(JᵀJ + λI) v = Jᵀ gap` over the weights, or `(J Jᵀ + λI) α = gap`, v = Jᵀ α, over the examples. Gives v.
  ///
  /// Without a preconditioner the weights' side; with one the side that has fewer unknowns, where the Kronecker factors
  /// say most.
  static func solve(_ tangents: TangentFactors, gap: Tensor, _ settings: LinearQuadraticFit.Settings) throws
    -> (
      solution: [Tensor], iterations: Int
    )
  {
    let l2 = settings.l2
    let zeros = try tangents.zeros()
    func random(_ shape: Shape) throws -> Tensor {
      guard let start = settings.start else { return try Tensor.zeros(shape) }
      return try start.stream.normal(shape, std: start.deviation)
    }
    let weights = zeros.reduce(0) { $0 + $1.count }
    if settings.solver == .kfac, gap.count < weights, tangents.count <= 4000 {
      let preconditioner = try ExamplePreconditioner(tangents, l2: l2)
      let solved = try ConjugateGradients(
        { [try tangents.apply(tangents.applyTransposed($0[0])) + $0[0] * l2] }, [gap],
        preconditioner: { [try preconditioner.apply($0[0])] }, start: [random(gap.shape)],
        tolerance: settings.tolerance, limit: settings.iterations)
      return (try tangents.applyTransposed(solved.solution[0]), solved.iterations)
    }
    let preconditioner = settings.solver == .kfac ? try KroneckerPreconditioner(tangents, l2: l2) : nil
    let solved = try ConjugateGradients(
      { v in try zip(tangents.applyTransposed(tangents.apply(v)), v).map { try $0 + $1 * l2 } },
      tangents.applyTransposed(gap), preconditioner: { try preconditioner?.apply($0) ?? $0 },
      start: zeros.map { try random($0.shape) }, tolerance: settings.tolerance, limit: settings.iterations)
    return (solved.solution, solved.iterations)
  }
}
