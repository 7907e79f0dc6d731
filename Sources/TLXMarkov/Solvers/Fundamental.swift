import TLXNumerics

/// Numbers on some states, the others zero.
public struct StateValues: Sendable {
  /// Ascending.
  public let states: [Int]
  public let visits: [Double]

  public init(states: [Int], visits: [Double]) {
    self.states = states
    self.visits = visits
  }

  /// The number of a state.
  public subscript(state: Int) -> Double {
    var range = 0..<states.count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if states[middle] == state { return visits[middle] }
      range = states[middle] < state ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return 0
  }
}

/// Rows and columns of N = (I − Q)⁻¹, the expected visits, on demand: N is never formed. The factors of a block are
/// kept for the next request, so that many rows of one part of a chain cost little more than one.
///
/// Use it from one thread at a time; make one for each.
public final class FundamentalSolver {
  private let system: TransientSystem
  private let scratch = EliminationScratch()
  private var local: [Int32]
  private var factors: [Int: Factors] = [:]
  private var keptElements = 0
  private lazy var incoming: SparseMatrix = system.matrix.transposed()

  private enum Factors {
    case elimination(BlockElimination)
    case iteration(BlockIteration, transposed: BlockIteration)
  }

  public init(_ system: TransientSystem) {
    self.system = system
    local = [Int32](repeating: -1, count: system.matrix.rowCount)
  }

  /// Row `state` of N: the expected number of visits to each state (the start counts as one) of a walk from `state`.
  /// Infinite where a walk can stay for ever.
  public func row(of state: Int) throws -> StateValues {
    var values: [Int: Double] = [state: 1]
    return try spread(&values)
  }

  /// Σ start[i] N_i: visits of a walk with this start.
  func rows(weighted start: [Int: Double]) throws -> StateValues {
    var values = start
    return try spread(&values)
  }

  private func spread(_ values: inout [Int: Double]) throws -> StateValues {
    let matrix = system.matrix
    let component = system.components.component
    // Blocks are numbered in topological order: always the first that holds something.
    var pending = PartQueue()
    for state in values.keys where !system.isStopped[state] { pending.insert(Int(component[state])) }
    var result: [Int: Double] = [:]
    while let part = pending.popFirst() {
      try Interrupt.check()
      let members = system.components.members(part).map(Int.init)
      var right = members.map { values[$0] ?? 0 }
      try solveRow(part, &right)
      for (index, state) in members.enumerated() where right[index] > 0 {
        result[state] = right[index]
        for position in matrix.positions(ofRow: state) {
          let next = Int(matrix.columns[position])
          let other = Int(component[next])
          guard other >= 0, other != part else { continue }
          values[next, default: 0] += right[index] * matrix.values[position]
          pending.insert(other)
        }
      }
    }
    return Self.sorted(result)
  }

  /// Column `state` of N: the expected number of visits to `state` from each start.
  public func column(of state: Int) throws -> StateValues {
    guard !system.isStopped[state] else { return StateValues(states: [], visits: []) }
    let component = system.components.component
    var values: [Int: Double] = [state: 1]
    var pending = PartQueue()
    // The last block first: as negative numbers.
    pending.insert(-Int(component[state]))
    var result: [Int: Double] = [:]
    while let negative = pending.popFirst() {
      let part = -negative
      try Interrupt.check()
      let members = system.components.members(part).map(Int.init)
      var right = members.map { values[$0] ?? 0 }
      try solveColumn(part, &right)
      for (index, member) in members.enumerated() where right[index] > 0 {
        result[member] = right[index]
        for position in incoming.positions(ofRow: member) {
          let previous = Int(incoming.columns[position])
          let other = Int(component[previous])
          guard other >= 0, other != part else { continue }
          values[previous, default: 0] += right[index] * incoming.values[position]
          pending.insert(-other)
        }
      }
    }
    return Self.sorted(result)
  }

  private static func sorted(_ values: [Int: Double]) -> StateValues {
    let states = values.keys.sorted()
    return StateValues(states: states, visits: states.map { values[$0] ?? 0 })
  }

  // MARK: One block

  private func solveRow(_ part: Int, _ right: inout [Double]) throws {
    guard system.hasExit[part] else {
      right = right.map { _ in .infinity }
      return
    }
    switch try factors(of: part) {
    case .elimination(let elimination): elimination.solveRow(&right)
    case .iteration(_, let transposed):
      right = try transposed.solve([right])[0].map { max(0, $0) }
    }
  }

  private func solveColumn(_ part: Int, _ right: inout [Double]) throws {
    guard system.hasExit[part] else {
      right = right.map { _ in .infinity }
      return
    }
    switch try factors(of: part) {
    case .elimination(let elimination): elimination.solveColumns(&right, width: 1)
    case .iteration(let iteration, _):
      right = try iteration.solve([right])[0].map { max(0, $0) }
    }
  }

  private func factors(of part: Int) throws -> Factors {
    if let known = factors[part] { return known }
    let members = system.components.members(part)
    var block = BlockRates()
    local.withUnsafeMutableBufferPointer { local in
      if let local = local.baseAddress { block.read(system.matrix, members, local: local) }
    }
    let made: Factors
    if members.count <= TransientSystem.eliminationLimit {
      let elimination = try BlockElimination(block, scratch)
      made = .elimination(elimination)
      keptElements += elimination.elementCount
    } else {
      let iteration = BlockIteration(block)
      made = .iteration(iteration, transposed: iteration.transposed())
      keptElements += 4 * block.rates.count
    }
    // What is kept stays below 200 MB.
    if keptElements > 25_000_000 {
      factors.removeAll()
      keptElements = 0
    }
    factors[part] = made
    return made
  }
}

/// Distinct numbers, the least first: a binary heap.
private struct PartQueue {
  private var heap: [Int] = []
  private var known: Set<Int> = []

  mutating func insert(_ number: Int) {
    guard known.insert(number).inserted else { return }
    heap.append(number)
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2] > heap[child] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while 2 * parent + 1 < heap.count {
        var child = 2 * parent + 1
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        if heap[parent] <= heap[child] { break }
        heap.swapAt(parent, child)
        parent = child
      }
    }
    known.remove(first)
    return first
  }
}

extension MarkovChain {
  /// Expected visits to each transient state from `state`: see `FundamentalSolver`.
  public func fundamentalRow(of state: Int) throws -> StateValues {
    try FundamentalSolver(transientSystem()).row(of: state)
  }

  /// Expected visits to `state` from each transient state.
  public func fundamentalColumn(of state: Int) throws -> StateValues {
    try FundamentalSolver(transientSystem()).column(of: state)
  }
}
