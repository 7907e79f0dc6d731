import TLXNumerics

/// A block (D − Q) too large to eliminate, solved by BiCGSTAB with an incomplete factorization, its residual
/// corrected until it no longer falls.
///
/// D − Q is an M-matrix, which makes the answer provable: with v > 0 and A v ≥ b > 0, every error obeys
/// |x − x̂| ≤ max(|r| / b) v, r the residual (A⁻¹ is not negative).
struct BlockIteration: Sendable {
  let matrix: BlockMatrix

  /// Blocks beyond this size are solved one right-hand side after the other, for less memory.
  private static let sideBySideLimit = 200_000

  init(_ block: BlockRates) { matrix = BlockMatrix(block) }
  private init(_ matrix: BlockMatrix) { self.matrix = matrix }

  private var count: Int { matrix.count }

  /// The block of the row equations y (D − Q) = c.
  func transposed() -> BlockIteration { BlockIteration(matrix.transposed()) }

  /// x with A x = b for each of some right-hand sides.
  func solve(_ sides: [[Double]]) throws -> [[Double]] {
    if sides.count == 1 || count > Self.sideBySideLimit {
      var solutions = [[Double]](repeating: [], count: sides.count)
      try solutions.withUnsafeMutableBufferPointer { solutions in
        // Each side writes its own element.
        nonisolated(unsafe) let solutions = solutions
        try Parallel.forEach(count: sides.count, grain: 1) { range in
          for index in range { solutions[index] = try solveTogether(Double.self, [sides[index]])[0] }
        }
      }
      return solutions
    }
    var solutions: [[Double]] = []
    var next = 0
    while next < sides.count {
      let end = min(sides.count, next + SIMD4<Double>.width)
      solutions += try solveTogether(SIMD4<Double>.self, Array(sides[next..<end]))
      next = end
    }
    return solutions
  }

  private func solveTogether<Lane: SolverLane>(_ type: Lane.Type, _ sides: [[Double]]) throws -> [[Double]] {
    let memory = UnsafeMutablePointer<Lane>.allocate(capacity: 2 * count)
    defer { memory.deallocate() }
    memory.initialize(repeating: .zero, count: 2 * count)
    let (b, x) = (memory, memory + count)
    for (lane, side) in sides.enumerated() {
      for row in 0..<count { b[row][lane] = side[row] }
    }
    let solver = KrylovSolver<Lane>(matrix)
    try solver.solve(b, x)
    return sides.indices.map { lane in (0..<count).map { x[$0][lane] } }
  }

  /// b − A x.
  func residual(_ x: [Double], _ b: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { result, size in
      size = count
      guard let r = result.baseAddress else { return }
      x.withUnsafeBufferPointer { x in
        b.withUnsafeBufferPointer { b in
          guard let x = x.baseAddress, let b = b.baseAddress else { return }
          matrix.residual(x, b, into: r)
        }
      }
    }
  }

  // MARK: Bounds

  /// What proves bounds of other solutions: v with A v ≥ `base` > 0.
  struct Majorant {
    let v: [Double]
    let largest: Double
    /// The right-hand side that v is known to exceed: rounding in its residual included.
    fileprivate let base: [Double]
  }

  /// v as it was solved for the right-hand side b.
  func majorant(_ v: [Double], _ b: [Double]) -> Majorant {
    let check = residual(v, b)
    let base = (0..<count).map { row in b[row] - abs(check[row]) - rounding(row) * abs(v[row]) }
    return Majorant(v: v, largest: v.max() ?? 0, base: base)
  }

  /// What a residual of row `row` may be off by, for an x of 1.
  @inline(__always)
  private func rounding(_ row: Int) -> Double {
    Double(matrix.starts[row + 1] - matrix.starts[row] + 3) * 0x1p-53 * matrix.diagonal[row]
  }

  /// max |r| / base, the factor of v in the bound of the error of x, which was solved for b.
  func errorFactor(of x: [Double], _ b: [Double], _ majorant: Majorant) -> Double {
    let r = residual(x, b)
    var factor = 0.0
    for row in 0..<count {
      if majorant.base[row] <= 0 { return .infinity }
      factor = max(factor, (abs(r[row]) + rounding(row) * abs(x[row])) / majorant.base[row])
    }
    return factor
  }

  /// Sweeps of Gauss and Seidel from a bound below and one above, each monotone, until they meet to `tolerance` of the
  /// larger or `sweeps` are used up. Leaves the middle in `low` and gives half the largest gap.
  func squeeze(
    _ b: [Double], low: inout [Double], high: inout [Double], tolerance: Double, sweeps: Int
  ) throws -> Double {
    var gap = Double.infinity
    for sweep in 0..<sweeps {
      if sweep % 8 == 0 { try Interrupt.check() }
      var widest = 0.0
      for row in 0..<count {
        var (below, above) = (b[row], b[row])
        for position in Int(matrix.starts[row])..<Int(matrix.starts[row + 1]) {
          below += matrix.rates[position] * low[Int(matrix.columns[position])]
          above += matrix.rates[position] * high[Int(matrix.columns[position])]
        }
        low[row] = max(low[row], below / matrix.diagonal[row])
        high[row] = min(high[row], above / matrix.diagonal[row])
        widest = max(widest, high[row] - low[row])
      }
      gap = widest
      if widest <= tolerance * high.reduce(0, max) { break }
    }
    for row in 0..<count { low[row] = (low[row] + high[row]) / 2 }
    return gap / 2
  }
}
