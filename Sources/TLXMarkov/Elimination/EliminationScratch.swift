import TLXNumerics

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
  private(set) var isAlive: [Bool] = []
  private(set) var exit: [Double] = []

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

  func load(_ block: BlockRates) throws {
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
  func cheapest(_ count: Int) -> (Int, Int) {
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

  func eliminate(_ k: Int, _ count: Int, into factors: inout BlockElimination) {
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
  func copyRow(_ state: Int, _ core: [Int32], to row: UnsafeMutablePointer<Double>) {
    for (index, column) in core.enumerated() { row[index] = a[state * stride + Int(column)] }
  }

  /// Zeroes what is still set after the core was taken out.
  func clear(_ count: Int) {
    for state in 0..<count where isAlive[state] {
      forEach(outBits, state) { a[state * stride + $0] = 0 }
      for word in 0..<words {
        outBits[state * words + word] = 0
        inBits[state * words + word] = 0
      }
    }
  }
}
