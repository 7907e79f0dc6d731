import Synchronization
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
    let factor = try Self.factor(kernel + Tensor.eye(order) * l2)
    guard let factor else {
      throw NumericsError(
        "E0501",
        "the kernel of the \(tangents.count) rows is singular to rounding: with l2 = \(l2) the solution is not "
          + "determined",
        help: "give a larger l2, or drop rows that occur twice")
    }
    self.factor = factor
    self.l2 = l2
  }

  /// The lower Cholesky factor; nil where a pivot is zero, or nothing but rounding of the largest.
  private static func factor(_ kernel: Tensor) throws -> Tensor? {
    do {
      let factor = try LinearAlgebra.cholesky(kernel)
      let pivots = try factor.diagonal().doubles()
      let (least, greatest) = (pivots.min() ?? 1, pivots.max() ?? 1)
      let rounding = Double(pivots.count) * Double.ulpOfOne
      return least * least > rounding * greatest * greatest ? factor : nil
    } catch let error as NumericsError where error.code == "E0501" {
      return nil
    }
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
    try factor.withElements(of: Double.self) { l in
      x.withUnsafeMutableBufferPointer { x in
        if let l = l.baseAddress, let x = x.baseAddress { TriangularSubstitution.solve(l, order: order, x) }
      }
    }
    return try Tensor(x)
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

  /// The least eigenvalue of `J Jᵀ + λI`: one over the greatest of the inverse.
  func leastEigenvalue() throws -> ExtremeEigenvalues.Estimate {
    let inverse = try ExtremeEigenvalues(
      order: order, ends: .greatest, stream: RandomStream(key: RandomKey(seed: 1))
    ) { try solve($0) }.greatest
    guard inverse.value > 0 else { return .init(value: 0, error: 0) }
    let value = 1 / inverse.value
    return .init(value: value, error: value - 1 / (inverse.value + inverse.error))
  }
}

/// L Lᵀ x = b for one right side, reading L once each way: a solver for many would copy it first.
private enum TriangularSubstitution {
  static func solve(_ l: UnsafePointer<Double>, order n: Int, _ x: UnsafeMutablePointer<Double>) {
    for row in 0..<n { x[row] = (x[row] - DoubleVector.dot(l + row * n, x, row)) / l[row * (n + 1)] }
    for row in (0..<n).reversed() {
      x[row] /= l[row * (n + 1)]
      DoubleVector.add(l + row * n, times: -x[row], to: x, row)
    }
  }
}
