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
    factor = try Self.factor(tangents, l2: l2)
    self.l2 = l2
  }

  private static func factor(_ tangents: TangentFactors, l2: Double) throws -> CholeskyFactor {
    let order = tangents.count * tangents.classes
    do {
      let factor = try CholeskyFactor(order: order) { kernel in
        try tangents.fillLowerKernel(kernel)
        for row in 0..<order { kernel[row * (order + 1)] += l2 }
        guard (0..<order).allSatisfy({ kernel[$0 * (order + 1)].isFinite }) else {
          throw NumericsError(
            "E0504", "the model's derivatives by its weights are not finite: their kernel cannot be factored")
        }
      }
      // A pivot that is zero, or nothing but rounding of the largest.
      let pivots = factor.pivots
      let (least, greatest) = (pivots.min() ?? 1, pivots.max() ?? 1)
      let rounding = Double(order) * Double.ulpOfOne
      if least * least > rounding * greatest * greatest { return factor }
    } catch let error as NumericsError where error.code == "E0501" {}
    throw NumericsError(
      "E0501",
      "the kernel of the \(tangents.count) rows is singular to rounding: with l2 = \(l2) the solution is not "
        + "determined",
      help: "give a larger l2, or drop rows that occur twice")
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
    factor.withElements { l in
      x.withUnsafeMutableBufferPointer { x in
        if let x = x.baseAddress { TriangularProduct.solve(l, order: order, x) }
      }
    }
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

  /// The least eigenvalue of `J Jᵀ + λI`: one over the greatest of the inverse.
  func leastEigenvalue() throws -> ExtremeEigenvalues.Estimate {
    let inverse = try ExtremeEigenvalues(
      order: order, ends: .greatest, stream: RandomStream(key: RandomKey(seed: 1))
    ) { try solve($0) }.greatest
    guard inverse.value > 0 else { return .init(value: 0, error: 0) }
    let value = 1 / inverse.value
    return .init(value: value, error: value - 1 / (inverse.value + inverse.error))
  }

  /// The greatest eigenvalue of `J Jᵀ + λI` by products with its factor; nil where there is none.
  func greatestEigenvalue() throws -> ExtremeEigenvalues.Estimate? {
    guard let factor else { return nil }
    return try ExtremeEigenvalues(
      order: order, ends: .greatest, stream: RandomStream(key: RandomKey(seed: 1))
    ) { vector in
      var x = try vector.elements(of: Double.self)
      factor.withElements { l in
        x.withUnsafeMutableBufferPointer { x in
          if let x = x.baseAddress { TriangularProduct.multiply(l, order: order, x) }
        }
      }
      return try Tensor(x)
    }.greatest
  }
}

/// L Lᵀ and its inverse times one vector, reading L once each way.
private enum TriangularProduct {
  /// x ← L⁻ᵀ L⁻¹ x
  static func solve(_ l: UnsafePointer<Double>, order n: Int, _ x: UnsafeMutablePointer<Double>) {
    for row in 0..<n { x[row] = (x[row] - DoubleVector.dot(l + row * n, x, row)) / l[row * (n + 1)] }
    for row in (0..<n).reversed() {
      x[row] /= l[row * (n + 1)]
      DoubleVector.add(l + row * n, times: -x[row], to: x, row)
    }
  }

  /// x ← L Lᵀ x
  static func multiply(_ l: UnsafePointer<Double>, order n: Int, _ x: UnsafeMutablePointer<Double>) {
    // Row by row: each adds its share to those before it, which have had the shares of all rows before this one.
    for row in 0..<n {
      let value = x[row]
      x[row] = 0
      DoubleVector.add(l + row * n, times: value, to: x, row + 1)
    }
    for row in (0..<n).reversed() { x[row] = DoubleVector.dot(l + row * n, x, row + 1) }
  }
}
