import TLXNumerics

/// Memory that eliminations on one thread share: a dense block of which only touched elements are read, and which of
/// them are there as rows of bits. All zero between blocks.
final class EliminationScratch {
  private var a: UnsafeMutablePointer<Double>
  private var outBits: UnsafeMutablePointer<UInt64>
  private var inBits: UnsafeMutablePointer<UInt64>
  /// The product of in- and out-degree of a live state.
  private var score: UnsafeMutablePointer<Int>
  private var exit: UnsafeMutablePointer<Double>
  private var neighbours: Neighbours
  private var capacity = 1
  private var words = 0
  private var stride = 0

  private static let eliminated = Int.max

  init() {
    a = .allocate(capacity: 1)
    outBits = .allocate(capacity: 1)
    inBits = .allocate(capacity: 1)
    score = .allocate(capacity: 1)
    exit = .allocate(capacity: 1)
    neighbours = Neighbours(capacity: 1)
    (a.pointee, outBits.pointee, inBits.pointee) = (0, 0, 0)
  }

  deinit { deallocate() }

  private func deallocate() {
    a.deallocate()
    outBits.deallocate()
    inBits.deallocate()
    score.deallocate()
    exit.deallocate()
    neighbours.deallocate()
  }

  /// Room for a block of `count` states, all elements zero.
  private func reserve(_ count: Int) throws {
    words = (count + 63) / 64
    stride = count
    guard count > capacity else { return }
    if MemoryLimit.bytesInUse + count * count * 8 > MemoryLimit.bytes {
      throw NumericsError("E0702", "not enough memory to eliminate a block of \(count) states")
    }
    deallocate()
    capacity = count
    a = .allocate(capacity: count * count)
    a.initialize(repeating: 0, count: count * count)
    outBits = .allocate(capacity: count * words)
    outBits.initialize(repeating: 0, count: count * words)
    inBits = .allocate(capacity: count * words)
    inBits.initialize(repeating: 0, count: count * words)
    score = .allocate(capacity: count)
    exit = .allocate(capacity: count)
    neighbours = Neighbours(capacity: count)
  }

  func load(_ block: BlockRates) throws {
    try reserve(block.count)
    let (a, outBits, inBits, score, exit) = (a, outBits, inBits, score, exit)
    let (words, stride) = (words, stride)
    block.columns.withUnsafeBufferPointer { columns in
      block.rates.withUnsafeBufferPointer { rates in
        block.starts.withUnsafeBufferPointer { starts in
          for row in 0..<block.count {
            for position in Int(starts[row])..<Int(starts[row + 1]) {
              let column = Int(columns[position])
              a[row * stride + column] = rates[position]
              outBits[row * words + column >> 6] |= 1 << UInt64(column & 63)
              inBits[column * words + row >> 6] |= 1 << UInt64(row & 63)
            }
          }
        }
      }
    }
    for state in 0..<block.count {
      exit[state] = block.exit[state]
      score[state] = degree(outBits, state, words) * degree(inBits, state, words)
    }
  }

  @inline(__always)
  private func degree(_ bits: UnsafeMutablePointer<UInt64>, _ state: Int, _ words: Int) -> Int {
    var total = 0
    for word in 0..<words { total += bits[state * words + word].nonzeroBitCount }
    return total
  }

  /// The live state whose elimination touches least, and how much.
  func cheapest(_ count: Int) -> (state: Int, score: Int) {
    let score = score
    var best = -1
    var least = Self.eliminated
    for state in 0..<count where score[state] < least {
      least = score[state]
      best = state
    }
    return (best, least)
  }

  /// Eliminates a state and appends its factors: see `DenseElimination` for the formulas.
  func eliminate(_ k: Int, into factors: inout BlockElimination) {
    let (a, exit, stride, words, near) = (a, exit, stride, words, neighbours)
    let outCount = Self.collect(outBits + k * words, words, near.out)
    let inCount = Self.collect(inBits + k * words, words, near.into)
    let row = a + k * stride
    var pivot = exit[k]
    for index in 0..<outCount {
      let column = Int(near.out[index])
      near.rates[index] = row[column]
      pivot += row[column]
      row[column] = 0
    }
    for index in 0..<inCount {
      let i = Int(near.into[index])
      let target = a + i * stride
      let factor = target[k] / pivot
      near.factors[index] = factor
      exit[i] += factor * exit[k]
      for position in 0..<outCount { target[Int(near.out[position])] += factor * near.rates[position] }
      target[k] = 0
      // What would come back to i itself is part of its pivot already.
      target[i] = 0
    }
    link(k, outCount, inCount)
    score[k] = Self.eliminated
    factors.record(k, pivot: pivot, near, outCount: outCount, inCount: inCount)
  }

  /// Writes which bits are set; gives how many.
  @inline(__always)
  private static func collect(
    _ bits: UnsafeMutablePointer<UInt64>, _ words: Int, _ list: UnsafeMutablePointer<Int32>
  ) -> Int {
    var count = 0
    for word in 0..<words {
      var rest = bits[word]
      while rest != 0 {
        list[count] = Int32(truncatingIfNeeded: word << 6 + rest.trailingZeroBitCount)
        count += 1
        rest &= rest &- 1
      }
    }
    return count
  }

  /// Joins the neighbours of an eliminated state and takes it out of the pattern.
  private func link(_ k: Int, _ outCount: Int, _ inCount: Int) {
    let (outBits, inBits, score, words, near) = (outBits, inBits, score, words, neighbours)
    Self.join(outBits, k, near.into, inCount, words)
    Self.join(inBits, k, near.out, outCount, words)
    for index in 0..<inCount {
      let state = Int(near.into[index])
      score[state] = degree(outBits, state, words) * degree(inBits, state, words)
    }
    for index in 0..<outCount {
      let state = Int(near.out[index])
      score[state] = degree(outBits, state, words) * degree(inBits, state, words)
    }
    for word in 0..<words {
      outBits[k * words + word] = 0
      inBits[k * words + word] = 0
    }
  }

  /// The bits of `k` are set for all of `list`, themselves and `k` left out.
  @inline(__always)
  private static func join(
    _ bits: UnsafeMutablePointer<UInt64>, _ k: Int, _ list: UnsafeMutablePointer<Int32>, _ count: Int,
    _ words: Int
  ) {
    for index in 0..<count {
      let state = Int(list[index])
      let row = bits + state * words
      for word in 0..<words { row[word] |= bits[k * words + word] }
      row[k >> 6] &= ~(1 << UInt64(k & 63))
      row[state >> 6] &= ~(1 << UInt64(state & 63))
    }
  }

  // MARK: The core

  /// The states that are left.
  func alive(_ count: Int) -> [Int32] {
    (0..<count).filter { score[$0] != Self.eliminated }.map(Int32.init)
  }

  /// The rate from a live state out of the block.
  func exit(of state: Int32) -> Double { exit[Int(state)] }

  /// The rates from a live state to the core's states; zeroes them.
  func takeRow(_ state: Int32, _ core: [Int32], to row: UnsafeMutablePointer<Double>) {
    let source = a + Int(state) * stride
    for (index, column) in core.enumerated() {
      row[index] = source[Int(column)]
      source[Int(column)] = 0
    }
    for word in 0..<words {
      outBits[Int(state) * words + word] = 0
      inBits[Int(state) * words + word] = 0
    }
  }
}

/// What an eliminated state led to and what led to it.
struct Neighbours {
  let out: UnsafeMutablePointer<Int32>
  let rates: UnsafeMutablePointer<Double>
  let into: UnsafeMutablePointer<Int32>
  let factors: UnsafeMutablePointer<Double>

  init(capacity: Int) {
    out = .allocate(capacity: capacity)
    rates = .allocate(capacity: capacity)
    into = .allocate(capacity: capacity)
    factors = .allocate(capacity: capacity)
  }

  func deallocate() {
    out.deallocate()
    rates.deallocate()
    into.deallocate()
    factors.deallocate()
  }
}
