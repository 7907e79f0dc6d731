import TLXNumerics

/// A dense elimination of a block of few states, where looking for an order costs more than it saves.
struct SmallElimination: ~Copyable {
  /// The most states.
  static let limit = 24

  private let a: UnsafeMutablePointer<Double>
  private let exit: UnsafeMutablePointer<Double>
  private let pivots: UnsafeMutablePointer<Double>
  private var count = 0

  init() {
    a = .allocate(capacity: Self.limit * Self.limit)
    exit = .allocate(capacity: Self.limit)
    pivots = .allocate(capacity: Self.limit)
    a.initialize(repeating: 0, count: Self.limit * Self.limit)
    exit.initialize(repeating: 0, count: Self.limit)
    pivots.initialize(repeating: 0, count: Self.limit)
  }

  deinit {
    a.deallocate()
    exit.deallocate()
    pivots.deallocate()
  }

  /// Of a block with exit.
  mutating func factor(_ block: borrowing BlockRates) throws {
    count = block.count
    a.update(repeating: 0, count: count * count)
    for row in 0..<count {
      exit[row] = block.exit[row]
      for position in Int(block.starts[row])..<Int(block.starts[row + 1]) {
        a[row * count + Int(block.columns[position])] = block.rates[position]
      }
    }
    try DenseElimination.eliminate(a, exit: exit, pivots: pivots, count: count, stride: count, hasExit: true)
  }

  /// As `BlockElimination.solveColumns`.
  func solveColumns(_ b: inout [Double], width: Int) {
    b.withUnsafeMutableBufferPointer { b in
      guard let b = b.baseAddress else { return }
      DenseElimination.solveColumns(a, pivots: pivots, count: count, stride: count, b, width: width)
    }
  }
}
