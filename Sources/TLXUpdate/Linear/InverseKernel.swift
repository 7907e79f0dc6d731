import Synchronization
import TLXLearning
import TLXNumerics

/// `B = (J Jᵀ + λI)⁻¹`: by its Cholesky factor at first, as a matrix once somebody leaves rows out.
final class InverseKernel: Sendable {
  private let factor: Tensor?
  private let l2: Double
  private let matrix = Mutex<Tensor?>(nil)
  let order: Int

  /// Throws E0702 for more than 6,000 outputs over all rows, E0501 where the kernel is singular.
  init(_ tangents: TangentFactors, l2: Double) throws {
    order = tangents.count * tangents.classes
    guard order <= LinearQuadraticFit.largestKernel else {
      throw NumericsError(
        "E0702",
        "the exact solution needs a matrix of order \(order) (\(tangents.count) rows × \(tangents.classes) classes), "
          + "more than \(LinearQuadraticFit.largestKernel)",
        help: "use solver=\"kfac\", whose memory grows with the rows only")
    }
    let kernel = try tangents.kernel(with: tangents)
    do {
      let factor = try LinearAlgebra.cholesky(kernel + Tensor.eye(order) * l2)
      try factor.realize()
      self.factor = factor
    } catch let error as NumericsError where error.code == "E0501" {
      throw NumericsError(
        "E0501", "the kernel of the \(tangents.count) rows is singular: with l2 = \(l2) the solution is not determined",
        help: "give a larger l2, or drop rows that occur twice")
    }
    self.l2 = l2
  }

  /// A known inverse.
  init(_ inverse: Tensor, l2: Double) {
    factor = nil
    self.l2 = l2
    order = inverse.shape[0]
    matrix.withLock { $0 = inverse }
  }

  func solve(_ b: Tensor) throws -> Tensor {
    guard let factor else { return try inverse().matmul(b) }
    let x = try LinearAlgebra.triangularSolve(factor, LinearAlgebra.triangularSolve(factor, b), transposed: true)
    try x.realize()
    return x
  }

  /// The whole inverse. Cost: (n k)³, once.
  func inverse() throws -> Tensor {
    if let known = matrix.withLock({ $0 }) { return known }
    guard let factor else { throw NumericsError("E0417", "the inverse is not known") }
    let half = try LinearAlgebra.triangularSolve(factor, Tensor.eye(order))
    let whole = try half.transpose().matmul(half)
    try whole.realize()
    matrix.withLock { $0 = whole }
    return whole
  }

  /// The least eigenvalue of `J Jᵀ + λI`: one over the greatest of the inverse, by a few Lanczos steps.
  func leastEigenvalue() throws -> Double {
    try 1
      / ExtremeEigenvalues(order: order, steps: 12, stream: RandomStream(key: RandomKey(seed: 1))) { try solve($0) }
      .greatest
  }
}
