import TLXNumerics

/// The factors of a subtraction-free elimination of one block, for any number of right-hand sides.
///
/// States of few neighbours go first (least product of in- and out-degree), on their entries alone; when what is left
/// has filled up it goes as a dense block. The formulas and the accuracy are those of `DenseElimination`: the order
/// does not matter for them.
struct BlockElimination: Sendable {
  let count: Int
  /// States in the order in which they went, before the core.
  fileprivate(set) var head: [Int32] = []
  fileprivate(set) var headPivots: [Double] = []
  /// Of `head[h]`: what it led to when it went, and the factors of the states that led to it.
  fileprivate(set) var outStarts: [Int32] = [0]
  fileprivate(set) var outStates: [Int32] = []
  fileprivate(set) var outRates: [Double] = []
  fileprivate(set) var inStarts: [Int32] = [0]
  fileprivate(set) var inStates: [Int32] = []
  fileprivate(set) var inFactors: [Double] = []
  /// The states that were eliminated as a dense block, with its factors.
  fileprivate(set) var core: [Int32] = []
  fileprivate(set) var coreFactors: [Double] = []
  fileprivate(set) var corePivots: [Double] = []

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
  fileprivate mutating func record(_ state: Int, pivot: Double) {
    head.append(Int32(state))
    headPivots.append(pivot)
    outStarts.append(Int32(outStates.count))
    inStarts.append(Int32(inStates.count))
  }

  fileprivate mutating func addOut(_ state: Int, _ rate: Double) {
    outStates.append(Int32(state))
    outRates.append(rate)
  }

  fileprivate mutating func addIn(_ state: Int, _ factor: Double) {
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

// MARK: - Scratch

/// Memory that eliminations on one thread share: a dense block of which only touched elements are read, and which of
/// them are there as rows of bits.
final class EliminationScratch {
  private var a: UnsafeMutablePointer<Double>
  private var outBits: UnsafeMutablePointer<UInt64>
  private var inBits: UnsafeMutablePointer<UInt64>
  private var capacity = 0
  private var words = 0
  private var stride = 0
  private var score: [Int] = []
  fileprivate var isAlive: [Bool] = []
  fileprivate var exit: [Double] = []

  init() {
    a = .allocate(capacity: 1)
    outBits = .allocate(capacity: 1)
    inBits = .allocate(capacity: 1)
  }

  deinit {
    a.deallocate()
    outBits.deallocate()
    inBits.deallocate()
  }

  /// Room for a block of `count` states, all elements zero.
  private func reserve(_ count: Int) throws {
    words = (count + 63) / 64
    stride = count
    guard count > capacity else { return }
    let bytes = count * count * 8
    if MemoryLimit.bytesInUse + bytes > MemoryLimit.bytes {
      throw NumericsError("E0702", "not enough memory to eliminate a block of \(count) states")
    }
    a.deallocate()
    outBits.deallocate()
    inBits.deallocate()
    capacity = count
    a = .allocate(capacity: count * count)
    a.initialize(repeating: 0, count: count * count)
    outBits = .allocate(capacity: count * words)
    outBits.initialize(repeating: 0, count: count * words)
    inBits = .allocate(capacity: count * words)
    inBits.initialize(repeating: 0, count: count * words)
  }

  fileprivate func load(_ block: BlockRates) throws {
    try reserve(block.count)
    let count = block.count
    isAlive = [Bool](repeating: true, count: count)
    exit = block.exit
    for row in 0..<count {
      for position in Int(block.starts[row])..<Int(block.starts[row + 1]) {
        let column = Int(block.columns[position])
        a[row * stride + column] = block.rates[position]
        outBits[row * words + column >> 6] |= 1 << UInt64(column & 63)
        inBits[column * words + row >> 6] |= 1 << UInt64(row & 63)
      }
    }
    score = (0..<count).map { degree(outBits, $0) * degree(inBits, $0) }
  }

  private func degree(_ bits: UnsafeMutablePointer<UInt64>, _ state: Int) -> Int {
    var total = 0
    for word in 0..<words { total += bits[state * words + word].nonzeroBitCount }
    return total
  }

  /// The live state whose elimination touches least.
  fileprivate func cheapest(_ count: Int) -> (Int, Int) {
    var best = -1
    var least = Int.max
    score.withUnsafeBufferPointer { score in
      for state in 0..<count where score[state] < least {
        least = score[state]
        best = state
      }
    }
    return (best, least)
  }

  @inline(__always)
  private func forEach(_ bits: UnsafeMutablePointer<UInt64>, _ state: Int, _ body: (Int) -> Void) {
    for word in 0..<words {
      var rest = bits[state * words + word]
      while rest != 0 {
        body(word << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  fileprivate func eliminate(_ k: Int, _ count: Int, into factors: inout BlockElimination) {
    var pivot = exit[k]
    forEach(outBits, k) { pivot += a[k * stride + $0] }
    forEach(outBits, k) { factors.addOut($0, a[k * stride + $0]) }
    let outgoing = Int(factors.outStarts[factors.head.count])..<factors.outStates.count
    forEach(inBits, k) { i in
      let factor = a[i * stride + k] / pivot
      factors.addIn(i, factor)
      exit[i] += factor * exit[k]
      for position in outgoing {
        let j = Int(factors.outStates[position])
        if j != i { a[i * stride + j] += factor * factors.outRates[position] }
      }
      a[i * stride + k] = 0
    }
    link(k, &factors, outgoing)
    factors.record(k, pivot: pivot)
    isAlive[k] = false
    score[k] = Int.max
  }

  /// Joins the neighbours of an eliminated state and takes it out of the pattern.
  private func link(_ k: Int, _ factors: inout BlockElimination, _ outgoing: Range<Int>) {
    let bit = UInt64(1) << UInt64(k & 63)
    let incoming = Int(factors.inStarts[factors.head.count])..<factors.inStates.count
    for position in incoming {
      let i = Int(factors.inStates[position])
      for word in 0..<words { outBits[i * words + word] |= outBits[k * words + word] }
      outBits[i * words + k >> 6] &= ~bit
      outBits[i * words + i >> 6] &= ~(1 << UInt64(i & 63))
    }
    for position in outgoing {
      let j = Int(factors.outStates[position])
      for word in 0..<words { inBits[j * words + word] |= inBits[k * words + word] }
      inBits[j * words + k >> 6] &= ~bit
      inBits[j * words + j >> 6] &= ~(1 << UInt64(j & 63))
      a[k * stride + j] = 0
    }
    for position in incoming { rescore(Int(factors.inStates[position])) }
    for position in outgoing { rescore(Int(factors.outStates[position])) }
    for word in 0..<words {
      outBits[k * words + word] = 0
      inBits[k * words + word] = 0
    }
  }

  private func rescore(_ state: Int) { score[state] = degree(outBits, state) * degree(inBits, state) }

  /// The rates from a live state to the core's states.
  fileprivate func copyRow(_ state: Int, _ core: [Int32], to row: UnsafeMutablePointer<Double>) {
    for (index, column) in core.enumerated() { row[index] = a[state * stride + Int(column)] }
  }

  /// Zeroes what is still set after the core was taken out.
  fileprivate func clear(_ count: Int) {
    for state in 0..<count where isAlive[state] {
      forEach(outBits, state) { a[state * stride + $0] = 0 }
      for word in 0..<words {
        outBits[state * words + word] = 0
        inBits[state * words + word] = 0
      }
    }
  }
}
