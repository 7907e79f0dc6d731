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

  /// The least eigenvalue of `J Jᵀ + λI`: one over the greatest of the inverse, by a few Lanczos steps.
  func leastEigenvalue() throws -> Double {
    try 1
      / ExtremeEigenvalues(order: order, steps: 24, stream: RandomStream(key: RandomKey(seed: 1))) {
        try solve($0)
      }
      .greatest
  }
}

/// L Lᵀ x = b for one right side, reading L once each way: a solver for many would copy it first.
private enum TriangularSubstitution {
  typealias Lanes = SIMD8<Double>

  static func solve(_ l: UnsafePointer<Double>, order n: Int, _ x: UnsafeMutablePointer<Double>) {
    for row in 0..<n { x[row] = (x[row] - dot(l + row * n, x, row)) / l[row * (n + 1)] }
    for row in (0..<n).reversed() {
      x[row] /= l[row * (n + 1)]
      subtract(l + row * n, x[row], from: x, row)
    }
  }

  private static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = Lanes()
    var place = 0
    while place + 8 <= count {
      sums = sums.addingProduct(load(a + place), load(b + place))
      place += 8
    }
    var sum = sums.sum()
    while place < count {
      sum += a[place] * b[place]
      place += 1
    }
    return sum
  }

  private static func subtract(
    _ a: UnsafePointer<Double>, _ factor: Double, from b: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    let factors = Lanes(repeating: -factor)
    var place = 0
    while place + 8 <= count {
      let value = load(b + place).addingProduct(load(a + place), factors)
      UnsafeMutableRawPointer(b + place).storeBytes(of: value, as: Lanes.self)
      place += 8
    }
    while place < count {
      b[place] -= factor * a[place]
      place += 1
    }
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Double>) -> Lanes {
    UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
  }
}
