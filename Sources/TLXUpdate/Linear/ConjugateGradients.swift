import TLXNumerics

/// Solves `(JᵀJ + λI) v = Jᵀ r` by preconditioned conjugate gradients, with J only as products.
struct ConjugateGradients {
  var solution: [Tensor]
  var iterations: Int
  /// ‖Jᵀ r − (JᵀJ + λI) v‖ / ‖Jᵀ r‖, computed anew at the end.
  var residual: Double

  /// - Parameters:
  ///   - start: Where to begin; the solution does not depend on it.
  ///   - tolerance: The relative residual at which to stop.
  /// - Throws: E0503 where `limit` steps do not reach it.
  ///   (Hestenes and Stiefel 1952; in the form of Golub and Van Loan 2013, algorithm 11.5.1.)
  init(
    _ tangents: TangentFactors, target: Tensor, l2: Double, preconditioner: KroneckerPreconditioner?,
    start: [Tensor], tolerance: Double, limit: Int
  ) throws {
    func normal(_ v: [Tensor]) throws -> [Tensor] {
      try zip(tangents.applyTransposed(tangents.apply(v)), v).map { try $0 + $1 * l2 }
    }
    let right = try tangents.applyTransposed(target)
    let scale = try Swift.max(Self.norm(right), .leastNormalMagnitude)
    var x = start
    var r = try zip(right, normal(x)).map { try $0 - $1 }
    try Tensor.realize(r)
    var z = try preconditioner?.apply(r) ?? r
    var p = z
    var rz = try Self.dot(r, z)
    iterations = 0
    while try Self.norm(r) > tolerance * scale {
      guard iterations < limit else {
        throw NumericsError(
          "E0503",
          "lqf did not converge in \(limit) steps: the relative residual is \(try Self.norm(r) / scale)",
          help: "allow more iterations, precondition (solver=\"kfac\"), or raise l2")
      }
      try Interrupt.check()
      let ap = try normal(p)
      try Tensor.realize(ap)
      let alpha = try rz / Self.dot(p, ap)
      x = try zip(x, p).map { try $0 + $1 * alpha }
      r = try zip(r, ap).map { try $0 - $1 * alpha }
      try Tensor.realize(x + r)
      z = try preconditioner?.apply(r) ?? r
      let next = try Self.dot(r, z)
      p = try zip(z, p).map { try $0 + $1 * (next / rz) }
      try Tensor.realize(p)
      rz = next
      iterations += 1
    }
    solution = x
    residual = try Self.norm(zip(right, normal(x)).map { try $0 - $1 }) / scale
  }

  static func dot(_ a: [Tensor], _ b: [Tensor]) throws -> Double {
    let parts = try zip(a, b).map { try ($0 * $1).sum() }
    try Tensor.realize(parts)
    return try parts.reduce(0) { try $0 + $1.doubles()[0] }
  }

  static func norm(_ a: [Tensor]) throws -> Double { try dot(a, a).squareRoot() }
}
