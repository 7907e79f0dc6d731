import TLXNumerics

/// The ends of a symmetric operator's spectrum by Lanczos steps with full reorthogonalisation, each with how far it may be
/// off.
///
/// A Ritz pair (θ, y) after j steps has an eigenvalue within `β_j |s_j|` of θ, with s the last entry of the tridiagonal
/// matrix's eigenvector. Steps go on until that is small at the ends that are asked for, or the order is reached, where all
/// is exact. Ritz values lie inside of the spectrum: the greatest is a lower bound, the least an upper one.
/// (Golub and Van Loan 2013, section 10.1; Parlett 1998, section 13.2.)
struct ExtremeEigenvalues {
  struct Estimate {
    var value: Double
    /// An eigenvalue lies so near.
    var error: Double
  }

  enum Ends { case greatest, both }

  private(set) var least = Estimate(value: 0, error: 0)
  private(set) var greatest = Estimate(value: 0, error: 0)
  private(set) var steps = 0

  /// - Parameters:
  ///   - ends: Which are to converge.
  ///   - allowed: By how much an estimate of this value may be off.
  ///   - limit: The most steps. Cost: limit products and order · limit² for the reorthogonalisation.
  init(
    order: Int, ends: Ends, limit: Int = 300, stream: RandomStream,
    allowed: (Double) -> Double = { 1e-5 * abs($0) }, _ apply: (Tensor) throws -> Tensor
  ) throws {
    var basis = LanczosBasis(try stream.normal([order]).doubles())
    let limit = min(limit, order)
    var nextLook = 1
    while basis.grow() {
      try Interrupt.check()
      try basis.take(apply(basis.last))
      steps = basis.count
      // A look costs steps³: at growing distances all of them cost little more than the last.
      guard steps == limit || basis.isInvariant || steps >= nextLook else { continue }
      nextLook = steps + max(1, steps / 4)
      try measure(basis)
      let needed = ends == .both ? [least, greatest] : [greatest]
      if steps == limit || needed.allSatisfy({ $0.error <= allowed($0.value) }) { return }
    }
  }

  private mutating func measure(_ basis: LanczosBasis) throws {
    let pairs = try LinearAlgebra.eigh(basis.tridiagonal())
    let (values, vectors) = (try pairs.values.doubles(), try pairs.vectors.doubles())
    let size = values.count
    let isExact = size == basis.order
    func estimate(_ place: Int) -> Estimate {
      let last = vectors[(size - 1) * size + place]
      return Estimate(value: values[place], error: isExact ? 0 : basis.residual * abs(last))
    }
    (least, greatest) = (estimate(0), estimate(size - 1))
  }
}

/// Orthonormal vectors q_1 … q_j of a Krylov space and the tridiagonal matrix of the operator on it.
private struct LanczosBasis {
  private var vectors: [[Double]] = []
  private var diagonal: [Double] = []
  private var beside: [Double] = []
  /// What is left of the last product outside of the space; β_j is its length.
  private var rest: [Double]
  private(set) var residual: Double

  init(_ start: [Double]) {
    rest = start
    residual = DoubleVector.norm(start)
  }

  var order: Int { rest.count }
  var count: Int { vectors.count }
  var last: Tensor { get throws { try Tensor(vectors[vectors.count - 1]) } }

  /// Whether the operator leads nowhere else.
  var isInvariant: Bool {
    count == order || residual <= 1e-13 * (diagonal.map(abs).max() ?? 0)
  }

  /// Makes what is left the next vector; false where there is none.
  mutating func grow() -> Bool {
    if residual == 0 || (!vectors.isEmpty && isInvariant) { return false }
    if !vectors.isEmpty { beside.append(residual) }
    vectors.append(rest.map { $0 / residual })
    return true
  }

  /// Takes in the operator's product with the last vector.
  mutating func take(_ product: Tensor) throws {
    rest = try product.doubles()
    diagonal.append(DoubleVector.dot(rest, vectors[count - 1]))
    // Twice is enough (Parlett 1998, section 6.9).
    for _ in 0..<2 {
      for vector in vectors { DoubleVector.add(vector, times: -DoubleVector.dot(vector, rest), to: &rest) }
    }
    residual = DoubleVector.norm(rest)
  }

  func tridiagonal() throws -> Tensor {
    var matrix = [Double](repeating: 0, count: count * count)
    for place in 0..<count {
      matrix[place * (count + 1)] = diagonal[place]
      guard place + 1 < count else { continue }
      matrix[place * count + place + 1] = beside[place]
      matrix[(place + 1) * count + place] = beside[place]
    }
    return try Tensor(matrix, shape: [count, count])
  }
}
