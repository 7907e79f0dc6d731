import Synchronization
import TLXNumerics

/// `B = (J Jᵀ + λI)⁻¹`: by a Cholesky factor at first, of which the blocks on B's diagonal come without all of B; as a
/// matrix once somebody takes rows out.
final class InverseKernel: Sendable {
  private let factor: CholeskyFactor?
  private let l2: Double
  private let matrix = Mutex<Tensor?>(nil)
  private let factorInverse = Mutex<CholeskyInverse?>(nil)
  let order: Int

  /// Throws E0702 for more than 6,000 outputs over all rows, E0501 where the kernel is singular, E0504 where it is not
  /// finite.
  init(_ tangents: TangentFactors, l2: Double) throws {
    order = tangents.count * tangents.classes
    guard order <= LinearQuadraticFit.largestKernel else {
      throw NumericsError(
        "E0702",
        "the exact solution needs a matrix of order \(order) (\(tangents.count) rows × \(tangents.classes) classes), "
          + "more than \(LinearQuadraticFit.largestKernel)",
        help: "use solver=\"kfac\", whose memory grows with the rows only")
    }
    guard let factor = try CholeskyFactor.ofKernel(tangents, ridge: l2) else {
      throw NumericsError(
        "E0501",
        "the kernel of the \(tangents.count) rows is singular to rounding: with l2 = \(l2) the solution is not "
          + "determined",
        help: "give a larger l2, or drop rows that occur twice")
    }
    self.factor = factor
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
    var x = try b.elements(of: Double.self)
    factor.solve(&x)
    return try Tensor(x)
  }

  /// The k × k blocks on the diagonal of B, f64[n, k, k]. Cost: (n k)³/3, once.
  func diagonalBlocks(of k: Int) throws -> Tensor {
    if let known = matrix.withLock({ $0 }) { return try Self.blocks(of: k, in: known) }
    return try invertedFactor().diagonalBlocks(of: k)
  }

  private static func blocks(of k: Int, in b: Tensor) throws -> Tensor {
    let order = b.shape[0]
    let count = order / k
    return try b.withElements(of: Double.self) { elements in
      try Tensor(shape: [count, k, k], of: Double.self) { target in
        for row in 0..<count {
          for i in 0..<k {
            for j in 0..<k {
              target[(row * k + i) * k + j] = elements[(row * k + i) * order + row * k + j]
            }
          }
        }
      }
    }
  }

  private func invertedFactor() throws -> CholeskyInverse {
    if let known = factorInverse.withLock({ $0 }) { return known }
    guard let factor else { throw NumericsError("E0417", "the inverse is not known") }
    let inverse = try factor.inverse()
    factorInverse.withLock { $0 = inverse }
    return inverse
  }

  /// The whole inverse. Cost: 2/3 (n k)³, once.
  func inverse() throws -> Tensor {
    if let known = matrix.withLock({ $0 }) { return known }
    let whole = try invertedFactor().product()
    matrix.withLock { $0 = whole }
    return whole
  }
}
