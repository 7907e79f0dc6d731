import TLXNumerics

/// A block (D − Q) too large to eliminate, solved by BiCGSTAB with an incomplete factorization, its residual
/// corrected until it no longer falls.
///
/// D − Q is an M-matrix, which makes the answer provable: with v > 0 and A v ≥ b > 0, every error obeys
/// |x − x̂| ≤ max(|r| / b) v, r the residual (A⁻¹ is not negative). van der Vorst, SIAM J. Sci. Stat. Comput. 1992.
struct BlockIteration {
  let count: Int
  let starts: [Int32]
  let columns: [Int32]
  let rates: [Double]
  let diagonal: [Double]
  /// What leaves the block of each row; residuals as Σ rate (xᵢ − xⱼ) + exit xᵢ keep their digits where the exit is
  /// small. Nil for a transposed block.
  private let exit: [Double]?
  private var lower: [Double] = []
  private var inverse: [Double] = []

  /// The most steps of BiCGSTAB before a correction starts anew.
  static let stepLimit = 1000

  init(_ block: BlockRates) {
    count = block.count
    starts = block.starts
    columns = block.columns
    rates = block.rates
    exit = block.exit
    var diagonal = block.exit
    for row in 0..<block.count {
      var sum = 0.0
      for position in Int(block.starts[row])..<Int(block.starts[row + 1]) { sum += block.rates[position] }
      diagonal[row] += sum
    }
    self.diagonal = diagonal
    factor()
  }

  private init(
    starts: [Int32], columns: [Int32], rates: [Double], diagonal: [Double]
  ) {
    count = diagonal.count
    self.starts = starts
    self.columns = columns
    self.rates = rates
    self.diagonal = diagonal
    exit = nil
    factor()
  }

  /// The block of the row equations y (D − Q) = c.
  func transposed() -> BlockIteration {
    var transposedStarts = [Int32](repeating: 0, count: count + 1)
    for column in columns { transposedStarts[Int(column) + 1] += 1 }
    for row in 0..<count { transposedStarts[row + 1] += transposedStarts[row] }
    var next = transposedStarts
    var rows = columns
    var values = rates
    for row in 0..<count {
      for position in Int(starts[row])..<Int(starts[row + 1]) {
        let target = Int(next[Int(columns[position])])
        rows[target] = Int32(row)
        values[target] = rates[position]
        next[Int(columns[position])] += 1
      }
    }
    return BlockIteration(starts: transposedStarts, columns: rows, rates: values, diagonal: diagonal)
  }

  /// ILU(0): A ≈ (I − L) (E − U) on the pattern of A, L and U not negative. Exists for M-matrices (Meijerink and
  /// van der Vorst 1977).
  private mutating func factor() {
    var values = rates
    var pivots = diagonal
    var place = [Int32](repeating: -1, count: count)
    for row in 0..<count {
      let range = Int(starts[row])..<Int(starts[row + 1])
      for position in range { place[Int(columns[position])] = Int32(position) }
      for position in range where Int(columns[position]) < row {
        let k = Int(columns[position])
        values[position] /= pivots[k]
        for inner in Int(starts[k])..<Int(starts[k + 1]) where Int(columns[inner]) > k {
          let column = Int(columns[inner])
          if column == row {
            pivots[row] -= values[position] * values[inner]
          } else if place[column] >= 0 {
            values[Int(place[column])] += values[position] * values[inner]
          }
        }
      }
      // A pivot that rounding has spoilt: the diagonal itself still makes a preconditioner.
      if !(pivots[row] > diagonal[row] * 1e-12) { pivots[row] = diagonal[row] }
      for position in range { place[Int(columns[position])] = -1 }
    }
    lower = values
    inverse = pivots.map { 1 / $0 }
  }

  // MARK: Products

  /// A x.
  private func apply(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    starts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        rates.withUnsafeBufferPointer { rates in
          diagonal.withUnsafeBufferPointer { diagonal in
            for row in 0..<count {
              var sum = diagonal[row] * x[row]
              for position in Int(starts[row])..<Int(starts[row + 1]) {
                sum -= rates[position] * x[Int(columns[position])]
              }
              y[row] = sum
            }
          }
        }
      }
    }
  }

  /// b − A x, as exactly as doubles allow, and the largest of |r| / `scale`.
  func residual(_ x: [Double], _ b: [Double], into r: inout [Double]) {
    for row in 0..<count {
      var sum = b[row]
      if let exit {
        sum -= exit[row] * x[row]
        for position in Int(starts[row])..<Int(starts[row + 1]) {
          sum += rates[position] * (x[Int(columns[position])] - x[row])
        }
      } else {
        sum -= diagonal[row] * x[row]
        for position in Int(starts[row])..<Int(starts[row + 1]) {
          sum += rates[position] * x[Int(columns[position])]
        }
      }
      r[row] = sum
    }
  }

  /// M⁻¹ r.
  private func precondition(_ r: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>) {
    starts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        lower.withUnsafeBufferPointer { values in
          inverse.withUnsafeBufferPointer { inverse in
            for row in 0..<count {
              var sum = r[row]
              var position = Int(starts[row])
              let end = Int(starts[row + 1])
              while position < end, Int(columns[position]) < row {
                sum += values[position] * z[Int(columns[position])]
                position += 1
              }
              z[row] = sum
            }
            var row = count - 1
            while row >= 0 {
              var sum = z[row]
              var position = Int(starts[row + 1]) - 1
              let start = Int(starts[row])
              while position >= start, Int(columns[position]) > row {
                sum += values[position] * z[Int(columns[position])]
                position -= 1
              }
              z[row] = sum * inverse[row]
              row -= 1
            }
          }
        }
      }
    }
  }

  // MARK: Solving

  /// Improves `x` towards A x = b, b ≥ 0, until the residual no longer falls.
  func solve(_ b: [Double], _ x: inout [Double]) throws {
    var r = [Double](repeating: 0, count: count)
    var best = Double.infinity
    for _ in 0..<8 {
      residual(x, b, into: &r)
      let size = largest(r)
      let scale = zip(x, diagonal).reduce(largest(b)) { max($0, abs($1.0) * $1.1) }
      if size <= 2 * 0x1p-52 * scale || size > best * 0.1 && best < .infinity { return }
      best = size
      let correction = try biCGSTAB(r, reduction: 1e-12)
      for row in 0..<count { x[row] += correction[row] }
    }
  }

  private func largest(_ values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }

  /// δ with ‖A δ − b‖₂ ≤ `reduction` ‖b‖₂, or as near as it gets.
  private func biCGSTAB(_ b: [Double], reduction: Double) throws -> [Double] {
    var x = [Double](repeating: 0, count: count)
    // One block of memory for all vectors of the method.
    var memory = [Double](repeating: 0, count: 8 * count)
    try x.withUnsafeMutableBufferPointer { solution in
      try memory.withUnsafeMutableBufferPointer { memory in
        guard let x = solution.baseAddress, let base = memory.baseAddress else { return }
        try b.withUnsafeBufferPointer { try iterate(x, base, $0, reduction) }
      }
    }
    return x
  }

  private func iterate(
    _ x: UnsafeMutablePointer<Double>, _ base: UnsafeMutablePointer<Double>, _ b: UnsafeBufferPointer<Double>,
    _ reduction: Double
  ) throws {
    let n = count
    let (r, shadow, p, v) = (base, base + n, base + 2 * n, base + 3 * n)
    let (s, t, z, y) = (base + 4 * n, base + 5 * n, base + 6 * n, base + 7 * n)
    for i in 0..<n {
      r[i] = b[i]
      shadow[i] = b[i]
    }
    var (rho, alpha, omega) = (1.0, 1.0, 1.0)
    let target = reduction * reduction * dot(r, r)
    for step in 0..<Self.stepLimit {
      if step % 16 == 0 { try Interrupt.check() }
      let next = dot(shadow, r)
      guard abs(next) > 1e-300, target > 0 else { return }
      let beta = step == 0 ? 0 : next / rho * (alpha / omega)
      rho = next
      for i in 0..<n { p[i] = r[i] + beta * (p[i] - omega * v[i]) }
      precondition(p, z)
      apply(z, v)
      let slope = dot(shadow, v)
      guard slope != 0 else { return }
      alpha = rho / slope
      for i in 0..<n { s[i] = r[i] - alpha * v[i] }
      precondition(s, y)
      apply(y, t)
      let size = dot(t, t)
      omega = size > 0 ? dot(t, s) / size : 0
      for i in 0..<n {
        x[i] += alpha * z[i] + omega * y[i]
        r[i] = s[i] - omega * t[i]
      }
      let norm = dot(r, r)
      if norm <= target || omega == 0 || !norm.isFinite { return }
    }
  }

  private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
    var i = 0
    while i + 4 <= count {
      first += a[i] * b[i]
      second += a[i + 1] * b[i + 1]
      third += a[i + 2] * b[i + 2]
      fourth += a[i + 3] * b[i + 3]
      i += 4
    }
    while i < count {
      first += a[i] * b[i]
      i += 1
    }
    return (first + second) + (third + fourth)
  }

  // MARK: Bounds

  /// max |r| / b, the factor of `v` in the bound of x's error, where A v = b was solved to `v`: rounding in the
  /// residuals included.
  func errorFactor(residual r: [Double], of x: [Double], v: [Double], b: [Double]) -> Double {
    var check = [Double](repeating: 0, count: count)
    residual(v, b, into: &check)
    var factor = 0.0
    for row in 0..<count {
      let degree = Double(starts[row + 1] - starts[row] + 3)
      let rounding = degree * 0x1p-53 * diagonal[row]
      let base = b[row] - abs(check[row]) - rounding * abs(v[row])
      if base <= 0 { return .infinity }
      factor = max(factor, (abs(r[row]) + rounding * abs(x[row])) / base)
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
        for position in Int(starts[row])..<Int(starts[row + 1]) {
          below += rates[position] * low[Int(columns[position])]
          above += rates[position] * high[Int(columns[position])]
        }
        low[row] = max(low[row], below / diagonal[row])
        high[row] = min(high[row], above / diagonal[row])
        widest = max(widest, high[row] - low[row])
      }
      gap = widest
      if widest <= tolerance * largest(high) { break }
    }
    for row in 0..<count { low[row] = (low[row] + high[row]) / 2 }
    return gap / 2
  }
}
