import TLXNumerics

/// The factors of a subtraction-free elimination of one block, for any number of right-hand sides.
///
/// States of few neighbours go first (least product of in- and out-degree), on their entries alone; when what is left
/// has filled up it goes as a dense block. The formulas and the accuracy are those of `DenseElimination`: the order
/// does not matter for them.
struct BlockElimination: Sendable {
  let count: Int
  /// States in the order in which they went, before the core.
  var head: [Int32] = []
  var headPivots: [Double] = []
  /// Of `head[h]`: what it led to when it went, and the factors of the states that led to it.
  var outStarts: [Int32] = [0]
  var outStates: [Int32] = []
  var outRates: [Double] = []
  var inStarts: [Int32] = [0]
  var inStates: [Int32] = []
  var inFactors: [Double] = []
  /// The states that were eliminated as a dense block, with its factors.
  var core: [Int32] = []
  var coreFactors: [Double] = []
  var corePivots: [Double] = []

  init(_ block: BlockRates, _ scratch: EliminationScratch) throws {
    count = block.count
    try scratch.load(block)
    var remaining = count
    let least = block.hasExit ? 0 : 1
    while remaining > least {
      let (state, score) = scratch.cheapest(count)
      if score * 6 > remaining * remaining, remaining > 8 || !block.hasExit { break }
      scratch.eliminate(state, count, into: &self)
      remaining -= 1
    }
    try finish(scratch, remaining, hasExit: block.hasExit)
  }

  /// Eliminates what is left as a dense block.
  private mutating func finish(_ scratch: EliminationScratch, _ remaining: Int, hasExit: Bool) throws {
    guard remaining > 0 else { return }
    core = (0..<count).filter { scratch.isAlive[$0] }.map(Int32.init)
    let size = core.count
    coreFactors = [Double](repeating: 0, count: size * size)
    corePivots = [Double](repeating: 0, count: size)
    var exit = core.map { scratch.exit[Int($0)] }
    let core = core
    try coreFactors.withUnsafeMutableBufferPointer { factors in
      for (row, state) in core.enumerated() { scratch.copyRow(Int(state), core, to: &factors[row * size]) }
      try exit.withUnsafeMutableBufferPointer { exit in
        try corePivots.withUnsafeMutableBufferPointer { pivots in
          guard let a = factors.baseAddress, let exit = exit.baseAddress, let pivots = pivots.baseAddress
          else {
            return
          }
          try DenseElimination.eliminate(
            a, exit: exit, pivots: pivots, count: size, stride: size, hasExit: hasExit)
        }
      }
    }
    scratch.clear(count)
  }

  /// Records the elimination of a state. `visitOut` and `visitIn` give its neighbours.
  mutating func record(_ state: Int, pivot: Double) {
    head.append(Int32(state))
    headPivots.append(pivot)
    outStarts.append(Int32(outStates.count))
    inStarts.append(Int32(inStates.count))
  }

  mutating func addOut(_ state: Int, _ rate: Double) {
    outStates.append(Int32(state))
    outRates.append(rate)
  }

  mutating func addIn(_ state: Int, _ factor: Double) {
    inStates.append(Int32(state))
    inFactors.append(factor)
  }
}

// MARK: - Solutions
extension BlockElimination {
  /// x with (D − Q) x = b in place: `b[i * width + c]`, `width` right-hand sides side by side.
  func solveColumns(_ b: inout [Double], width: Int) {
    b.withUnsafeMutableBufferPointer { b in
      for h in head.indices {
        let from = Int(head[h]) * width
        for position in Int(inStarts[h])..<Int(inStarts[h + 1]) {
          let (to, factor) = (Int(inStates[position]) * width, inFactors[position])
          for c in 0..<width { b[to + c] += factor * b[from + c] }
        }
      }
      solveCore(b, width: width) { factors, pivots, size, values in
        DenseElimination.solveColumns(
          factors, pivots: pivots, count: size, stride: size, values, width: width)
      }
      for h in head.indices.reversed() {
        let to = Int(head[h]) * width
        for position in Int(outStarts[h])..<Int(outStarts[h + 1]) {
          let (from, rate) = (Int(outStates[position]) * width, outRates[position])
          for c in 0..<width { b[to + c] += rate * b[from + c] }
        }
        for c in 0..<width { b[to + c] /= headPivots[h] }
      }
    }
  }

  /// y with y (D − Q) = c, in place.
  func solveRow(_ c: inout [Double]) {
    c.withUnsafeMutableBufferPointer { c in
      for h in head.indices {
        let state = Int(head[h])
        c[state] /= headPivots[h]
        guard c[state] != 0 else { continue }
        for position in Int(outStarts[h])..<Int(outStarts[h + 1]) {
          c[Int(outStates[position])] += c[state] * outRates[position]
        }
      }
      solveCore(c, width: 1) { factors, pivots, size, values in
        DenseElimination.solveRow(factors, pivots: pivots, count: size, stride: size, values)
      }
      spreadToHead(c)
    }
  }

  /// The stationary distribution of a block that nothing leaves, up to a factor; 1 for the state eliminated last.
  func stationary() -> [Double] {
    var weights = [Double](repeating: 0, count: count)
    weights.withUnsafeMutableBufferPointer { weights in
      guard let first = core.first else { return }
      weights[Int(first)] = 1
      let size = core.count
      for k in 1..<max(1, size) {
        var sum = 0.0
        for i in 0..<k { sum += weights[Int(core[i])] * coreFactors[i * size + k] }
        weights[Int(core[k])] = sum
        // Ratios beyond the range of a double: keep the large ones.
        if sum > 1e150 { for i in 0...k { weights[Int(core[i])] *= 1e-150 } }
      }
      spreadToHead(weights)
    }
    return weights
  }

  /// y_k = z_k + Σ y_i L_ik over the states that were left when `k` went.
  private func spreadToHead(_ c: UnsafeMutableBufferPointer<Double>) {
    for h in head.indices.reversed() {
      var sum = c[Int(head[h])]
      for position in Int(inStarts[h])..<Int(inStarts[h + 1]) {
        sum += c[Int(inStates[position])] * inFactors[position]
      }
      c[Int(head[h])] = sum
    }
  }

  private func solveCore(
    _ b: UnsafeMutableBufferPointer<Double>, width: Int,
    _ solve: (UnsafePointer<Double>, UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    guard !core.isEmpty else { return }
    var values = core.flatMap { state in (0..<width).map { b[Int(state) * width + $0] } }
    coreFactors.withUnsafeBufferPointer { factors in
      corePivots.withUnsafeBufferPointer { pivots in
        values.withUnsafeMutableBufferPointer { values in
          guard let factors = factors.baseAddress, let pivots = pivots.baseAddress,
            let values = values.baseAddress
          else { return }
          solve(factors, pivots, core.count, values)
        }
      }
    }
    for (index, state) in core.enumerated() {
      for c in 0..<width { b[Int(state) * width + c] = values[index * width + c] }
    }
  }
}
