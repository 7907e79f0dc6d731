import TLXNumerics

/// The factors of a subtraction-free elimination of one block, for any number of right-hand sides.
///
/// States of few neighbours go first (least product of in- and out-degree), on their entries alone; when what is left
/// has filled up it goes as a dense block. The formulas and the accuracy are those of `DenseElimination`: the order
/// does not matter for them.
struct BlockElimination: Sendable {
  private(set) var count = 0
  /// States in the order in which they went, before the core.
  private var head: [Int32] = []
  private var headPivots: [Double] = []
  /// Of `head[h]`: what it led to when it went, and the factors of the states that led to it.
  private var outStarts: [Int32] = [0]
  private var outStates: [Int32] = []
  private var outRates: [Double] = []
  private var inStarts: [Int32] = [0]
  private var inStates: [Int32] = []
  private var inFactors: [Double] = []
  /// The states that were eliminated as a dense block, with its factors.
  private var core: [Int32] = []
  private var coreFactors: [Double] = []
  private var corePivots: [Double] = []

  /// How many numbers it holds.
  var elementCount: Int { outRates.count + inFactors.count + coreFactors.count + 2 * count }

  /// Without factors: see `factor`.
  init() {}

  init(_ block: BlockRates, _ scratch: EliminationScratch) throws {
    try factor(block, scratch)
  }

  /// Replaces what it holds by the factors of a block, in the same memory.
  mutating func factor(_ block: BlockRates, _ scratch: EliminationScratch) throws {
    clear()
    count = block.count
    try scratch.load(block)
    var remaining = count
    let least = block.hasExit ? 0 : 1
    while remaining > least {
      let (state, score) = scratch.cheapest(count)
      if score * 6 > remaining * remaining, remaining > 8 || !block.hasExit { break }
      scratch.eliminate(state, into: &self)
      remaining -= 1
    }
    if remaining > 0 { try finish(scratch, hasExit: block.hasExit) }
  }

  private mutating func clear() {
    head.removeAll(keepingCapacity: true)
    headPivots.removeAll(keepingCapacity: true)
    outStarts.removeAll(keepingCapacity: true)
    outStarts.append(0)
    outStates.removeAll(keepingCapacity: true)
    outRates.removeAll(keepingCapacity: true)
    inStarts.removeAll(keepingCapacity: true)
    inStarts.append(0)
    inStates.removeAll(keepingCapacity: true)
    inFactors.removeAll(keepingCapacity: true)
    core.removeAll(keepingCapacity: true)
    coreFactors.removeAll(keepingCapacity: true)
    corePivots.removeAll(keepingCapacity: true)
  }

  /// Eliminates what is left as a dense block.
  private mutating func finish(_ scratch: EliminationScratch, hasExit: Bool) throws {
    core = scratch.alive(count)
    let (core, size) = (core, core.count)
    var exit = core.map { scratch.exit(of: $0) }
    coreFactors.append(contentsOf: repeatElement(0, count: size * size))
    corePivots.append(contentsOf: repeatElement(0, count: size))
    try coreFactors.withUnsafeMutableBufferPointer { factors in
      try exit.withUnsafeMutableBufferPointer { exit in
        try corePivots.withUnsafeMutableBufferPointer { pivots in
          guard let a = factors.baseAddress, let exit = exit.baseAddress, let pivots = pivots.baseAddress
          else { return }
          for (row, state) in core.enumerated() { scratch.takeRow(state, core, to: a + row * size) }
          try DenseElimination.eliminate(
            a, exit: exit, pivots: pivots, count: size, stride: size, hasExit: hasExit)
        }
      }
    }
  }

  /// Appends the elimination of a state.
  mutating func record(_ state: Int, pivot: Double, _ near: Neighbours, outCount: Int, inCount: Int) {
    head.append(Int32(truncatingIfNeeded: state))
    headPivots.append(pivot)
    outStates.append(contentsOf: UnsafeBufferPointer(start: near.out, count: outCount))
    outRates.append(contentsOf: UnsafeBufferPointer(start: near.rates, count: outCount))
    inStates.append(contentsOf: UnsafeBufferPointer(start: near.into, count: inCount))
    inFactors.append(contentsOf: UnsafeBufferPointer(start: near.factors, count: inCount))
    outStarts.append(Int32(truncatingIfNeeded: outStates.count))
    inStarts.append(Int32(truncatingIfNeeded: inStates.count))
  }
}

// MARK: - Solutions
extension BlockElimination {
  /// x with (D − Q) x = b in place: `b[i * width + c]`, `width` right-hand sides side by side.
  func solveColumns(_ b: inout [Double], width: Int) {
    b.withUnsafeMutableBufferPointer { b in
      guard let b = b.baseAddress else { return }
      reduceColumns(b, width)
      solveCore(b, width: width) { factors, pivots, size, values in
        DenseElimination.solveColumns(
          factors, pivots: pivots, count: size, stride: size, values, width: width)
      }
      substituteColumns(b, width)
    }
  }

  /// What the eliminated states had passes to those that led to them.
  private func reduceColumns(_ b: UnsafeMutablePointer<Double>, _ width: Int) {
    inStates.withUnsafeBufferPointer { states in
      inFactors.withUnsafeBufferPointer { factors in
        for h in head.indices {
          let source = b + Int(head[h]) * width
          for position in Int(inStarts[h])..<Int(inStarts[h + 1]) {
            let (target, factor) = (b + Int(states[position]) * width, factors[position])
            for c in 0..<width { target[c] += factor * source[c] }
          }
        }
      }
    }
  }

  private func substituteColumns(_ b: UnsafeMutablePointer<Double>, _ width: Int) {
    outStates.withUnsafeBufferPointer { states in
      outRates.withUnsafeBufferPointer { rates in
        for h in head.indices.reversed() {
          let target = b + Int(head[h]) * width
          for position in Int(outStarts[h])..<Int(outStarts[h + 1]) {
            let (source, rate) = (b + Int(states[position]) * width, rates[position])
            for c in 0..<width { target[c] += rate * source[c] }
          }
          let pivot = headPivots[h]
          for c in 0..<width { target[c] /= pivot }
        }
      }
    }
  }

  /// y with y (D − Q) = c, in place.
  func solveRow(_ c: inout [Double]) {
    c.withUnsafeMutableBufferPointer { c in
      guard let c = c.baseAddress else { return }
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
      guard let weights = weights.baseAddress, let first = core.first else { return }
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
  private func spreadToHead(_ c: UnsafeMutablePointer<Double>) {
    for h in head.indices.reversed() {
      var sum = c[Int(head[h])]
      for position in Int(inStarts[h])..<Int(inStarts[h + 1]) {
        sum += c[Int(inStates[position])] * inFactors[position]
      }
      c[Int(head[h])] = sum
    }
  }

  private func solveCore(
    _ b: UnsafeMutablePointer<Double>, width: Int,
    _ solve: (UnsafePointer<Double>, UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    guard !core.isEmpty else { return }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: core.count * width) { values in
      coreFactors.withUnsafeBufferPointer { factors in
        corePivots.withUnsafeBufferPointer { pivots in
          guard let factors = factors.baseAddress, let pivots = pivots.baseAddress,
            let values = values.baseAddress
          else { return }
          for (index, state) in core.enumerated() {
            for c in 0..<width { values[index * width + c] = b[Int(state) * width + c] }
          }
          solve(factors, pivots, core.count, values)
          for (index, state) in core.enumerated() {
            for c in 0..<width { b[Int(state) * width + c] = values[index * width + c] }
          }
        }
      }
    }
  }
}
