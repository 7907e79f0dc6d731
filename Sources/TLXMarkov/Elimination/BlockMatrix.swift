import TLXNumerics

/// D − Q of a block by compressed rows, and its incomplete factorization.
struct BlockMatrix: Sendable {
  let count: Int
  let starts: [Int32]
  let columns: [Int32]
  let rates: [Double]
  let diagonal: [Double]
  /// What leaves the block of each row; residuals as Σ rate (xᵢ − xⱼ) + exit xᵢ keep their digits where the exit is
  /// small. Nil for a transposed block.
  private let exit: [Double]?
  /// Of each row, the first entry behind the diagonal.
  private var middles: [Int32] = []
  private var factors: [Double] = []
  private var inverse: [Double] = []

  init(_ block: BlockRates) {
    var diagonal = block.exit
    for row in 0..<block.count {
      var sum = 0.0
      for position in Int(block.starts[row])..<Int(block.starts[row + 1]) { sum += block.rates[position] }
      diagonal[row] += sum
    }
    self.init(
      starts: block.starts, columns: block.columns, rates: block.rates, diagonal: diagonal, exit: block.exit)
  }

  private init(starts: [Int32], columns: [Int32], rates: [Double], diagonal: [Double], exit: [Double]?) {
    count = diagonal.count
    self.starts = starts
    self.columns = columns
    self.rates = rates
    self.diagonal = diagonal
    self.exit = exit
    middles = (0..<count).map { row in
      let range = Int(starts[row])..<Int(starts[row + 1])
      return Int32(range.first { Int(columns[$0]) > row } ?? range.upperBound)
    }
    factor()
  }

  /// That of the row equations y (D − Q) = c.
  func transposed() -> BlockMatrix {
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
    return BlockMatrix(
      starts: transposedStarts, columns: rows, rates: values, diagonal: diagonal, exit: nil)
  }

  /// ILU(0): A ≈ (I − L) (E − U) on the pattern of A, L and U not negative. Exists for M-matrices (Meijerink and
  /// van der Vorst 1977).
  private mutating func factor() {
    var values = rates
    var pivots = diagonal
    var place = [Int32](repeating: -1, count: count)
    withMemory { memory in
      values.withUnsafeMutableBufferPointer { values in
        pivots.withUnsafeMutableBufferPointer { pivots in
          place.withUnsafeMutableBufferPointer { place in
            for row in 0..<count { Self.eliminate(row, memory, values, pivots, place) }
          }
        }
      }
    }
    for row in 0..<count { pivots[row] = 1 / pivots[row] }
    factors = values
    inverse = pivots
  }

  private static func eliminate(
    _ row: Int, _ memory: Memory, _ values: UnsafeMutableBufferPointer<Double>,
    _ pivots: UnsafeMutableBufferPointer<Double>, _ place: UnsafeMutableBufferPointer<Int32>
  ) {
    let (start, middle, end) = memory.row(row)
    for position in start..<end { place[Int(memory.columns[position])] = Int32(truncatingIfNeeded: position) }
    for position in start..<middle {
      let k = Int(memory.columns[position])
      let factor = values[position] / pivots[k]
      values[position] = factor
      for inner in Int(memory.middles[k])..<Int(memory.starts[k + 1]) {
        let column = Int(memory.columns[inner])
        if column == row {
          pivots[row] -= factor * values[inner]
        } else if place[column] >= 0 {
          values[Int(place[column])] += factor * values[inner]
        }
      }
    }
    // A pivot that rounding has spoilt: the diagonal itself still makes a preconditioner.
    if !(pivots[row] > memory.diagonal[row] * 1e-12) { pivots[row] = memory.diagonal[row] }
    for position in start..<end { place[Int(memory.columns[position])] = -1 }
  }
}

// MARK: - Memory
extension BlockMatrix {
  /// The arrays as bare memory.
  private struct Memory {
    let starts: UnsafePointer<Int32>
    let middles: UnsafePointer<Int32>
    let columns: UnsafePointer<Int32>
    let rates: UnsafePointer<Double>
    let diagonal: UnsafePointer<Double>
    let factors: UnsafePointer<Double>
    let inverse: UnsafePointer<Double>

    @inline(__always)
    func row(_ row: Int) -> (start: Int, middle: Int, end: Int) {
      (Int(starts[row]), Int(middles[row]), Int(starts[row + 1]))
    }
  }

  @inline(__always)
  private func withMemory(_ body: (Memory) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      middles.withUnsafeBufferPointer { middles in
        columns.withUnsafeBufferPointer { columns in
          rates.withUnsafeBufferPointer { rates in
            diagonal.withUnsafeBufferPointer { diagonal in
              factors.withUnsafeBufferPointer { factors in
                inverse.withUnsafeBufferPointer { inverse in
                  // A block has states; one without entries inside is never iterated on.
                  guard let a = starts.baseAddress, let b = middles.baseAddress, let c = columns.baseAddress,
                    let d = rates.baseAddress, let e = diagonal.baseAddress
                  else { return }
                  // While the factors are made they are not there yet.
                  body(
                    Memory(
                      starts: a, middles: b, columns: c, rates: d, diagonal: e,
                      factors: factors.baseAddress ?? d, inverse: inverse.baseAddress ?? e))
                }
              }
            }
          }
        }
      }
    }
  }
}

// MARK: - Products
extension BlockMatrix {
  /// A x.
  func apply<Lane: SolverLane>(_ x: UnsafePointer<Lane>, _ y: UnsafeMutablePointer<Lane>) {
    withMemory { memory in
      for row in 0..<count {
        let (start, _, end) = memory.row(row)
        var sum = memory.diagonal[row] * x[row]
        for position in start..<end {
          sum = sum - memory.rates[position] * x[Int(memory.columns[position])]
        }
        y[row] = sum
      }
    }
  }

  /// M⁻¹ r, M the incomplete factorization.
  func precondition<Lane: SolverLane>(_ r: UnsafePointer<Lane>, _ z: UnsafeMutablePointer<Lane>) {
    withMemory { memory in
      for row in 0..<count {
        let (start, middle, _) = memory.row(row)
        var sum = r[row]
        for position in start..<middle {
          sum = sum + memory.factors[position] * z[Int(memory.columns[position])]
        }
        z[row] = sum
      }
      var row = count - 1
      while row >= 0 {
        let (_, middle, end) = memory.row(row)
        var sum = z[row]
        for position in middle..<end {
          sum = sum + memory.factors[position] * z[Int(memory.columns[position])]
        }
        z[row] = memory.inverse[row] * sum
        row -= 1
      }
    }
  }

  /// b − A x, as exactly as doubles allow.
  func residual<Lane: SolverLane>(
    _ x: UnsafePointer<Lane>, _ b: UnsafePointer<Lane>, into r: UnsafeMutablePointer<Lane>
  ) {
    withMemory { memory in
      for row in 0..<count {
        let (start, _, end) = memory.row(row)
        let own = x[row]
        var sum = b[row]
        if let exit {
          sum = sum - exit[row] * own
          for position in start..<end {
            sum = sum + memory.rates[position] * (x[Int(memory.columns[position])] - own)
          }
        } else {
          sum = sum - memory.diagonal[row] * own
          for position in start..<end {
            sum = sum + memory.rates[position] * x[Int(memory.columns[position])]
          }
        }
        r[row] = sum
      }
    }
  }

  /// max |r| of each right-hand side.
  func largest<Lane: SolverLane>(_ r: UnsafePointer<Lane>) -> Lane {
    var result = Lane.zero
    for row in 0..<count {
      let own = r[row]
      for lane in 0..<Lane.width { result[lane] = max(result[lane], abs(own[lane])) }
    }
    return result
  }

  /// The largest term of the equations: max |b| and max |x| times the diagonal.
  func scale<Lane: SolverLane>(_ x: UnsafePointer<Lane>, _ b: UnsafePointer<Lane>) -> Lane {
    var result = Lane.zero
    for row in 0..<count {
      let (own, right) = (x[row], b[row])
      for lane in 0..<Lane.width {
        result[lane] = max(result[lane], abs(right[lane]), abs(own[lane]) * diagonal[row])
      }
    }
    return result
  }
}
