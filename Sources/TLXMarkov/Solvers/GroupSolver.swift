import TLXNumerics

/// What solvers of groups read, and where they write: they touch disjoint states.
struct SolverMemory: @unchecked Sendable {
  let rows: SparseRows
  /// The component of each state.
  let component: UnsafePointer<Int32>
  /// The states by component.
  let states: UnsafePointer<Int32>
  let x: UnsafeMutablePointer<Double>
  /// Nil where no variance is asked for.
  let variance: UnsafeMutablePointer<Double>?
  /// Scratch: −1 for each state.
  let local: UnsafeMutablePointer<Int32>
}

/// Solves the blocks of one group, the last first.
struct GroupSolver: ~Copyable {
  let system: TransientSystem
  let task: Unknowns
  let memory: SolverMemory
  /// The largest bound of a block's error, by quantity, blocks that it leads to included.
  private(set) var bounds: [Double]
  let width: Int
  var block = BlockRates()
  private let scratch = EliminationScratch()
  private var factors = BlockElimination()
  private var small = SmallElimination()
  /// The right-hand sides of a block, `width` a state, and of its variance; then the solutions.
  var right: [Double] = []
  private var varianceRight: [Double] = []

  init(system: TransientSystem, task: Unknowns, memory: SolverMemory) {
    self.system = system
    self.task = task
    self.memory = memory
    width = task.width
    bounds = [Double](repeating: 0, count: task.width + 1)
  }

  mutating func solve(_ parts: [Int32]) throws {
    for (index, part) in parts.enumerated() {
      if index % 1024 == 0 { try Interrupt.check() }
      let members = members(Int(part))
      let isTrapped = system.canTrap[Int(part)]
      if let time = task.time, isTrapped { fillInfinite(members, time) }
      // A walk in a block without exit goes on for ever: probabilities there are 0, as they were.
      guard system.hasExit[Int(part)] else { continue }
      let isInfinite = task.time != nil && isTrapped
      if members.count == 1 {
        solveSingle(Int(members[0]), isInfinite: isInfinite)
      } else {
        try solveBlock(members, isInfinite: isInfinite)
      }
    }
  }

  private func members(_ part: Int) -> UnsafeBufferPointer<Int32> {
    let (start, end) = (system.components.starts[part], system.components.starts[part + 1])
    return UnsafeBufferPointer(start: memory.states + start, count: end - start)
  }

  private func fillInfinite(_ members: UnsafeBufferPointer<Int32>, _ time: Int) {
    for state in members {
      memory.x[Int(state) * width + time] = .infinity
      memory.variance?[Int(state)] = .infinity
    }
  }

  /// g of a state.
  @inline(__always)
  private func source(_ state: Int, _ column: Int) -> Double {
    if let source = task.source { return source[state] }
    return task.constants[column]
  }

  private func solveSingle(_ state: Int, isInfinite: Bool) {
    let (rows, x) = (memory.rows, memory.x)
    let own = x + state * width
    for column in 0..<width { own[column] = source(state, column) }
    var leaving = 0.0
    for position in rows.positions(ofRow: state) {
      let (other, rate) = (Int(rows.columns[position]), rows.values[position])
      guard other != state, rate > 0 else { continue }
      leaving += rate
      for column in 0..<width { own[column] += rate * x[other * width + column] }
    }
    for column in 0..<width { own[column] /= leaving }
    guard let time = task.time else { return }
    if isInfinite {
      own[time] = .infinity
      return
    }
    guard let variance = memory.variance else { return }
    variance[state] = varianceSide(state, outside: state, time) / leaving
  }

  /// Σⱼ pᵢⱼ (1 + tⱼ − tᵢ)², and what leads to the variances outside of the block `part`, or of the state `outside`.
  private func varianceSide(_ state: Int, part: Int32 = -1, outside: Int = -1, _ time: Int) -> Double {
    let (rows, x) = (memory.rows, memory.x)
    let own = x[state * width + time]
    var sum = 0.0
    for position in rows.positions(ofRow: state) {
      let (other, rate) = (Int(rows.columns[position]), rows.values[position])
      let difference = 1 + (x[other * width + time] - own)
      sum += rate * difference * difference
      if rate > 0, other != outside, part < 0 || memory.component[other] != part,
        let variance = memory.variance
      {
        sum += rate * variance[other]
      }
    }
    return sum
  }

  private mutating func solveBlock(_ members: UnsafeBufferPointer<Int32>, isInfinite: Bool) throws {
    readBlock(members)
    if members.count <= TransientSystem.exactLimit {
      try eliminate(members, isInfinite)
    } else if try !iterate(members, isInfinite, mayFail: members.count <= TransientSystem.eliminationLimit) {
      try eliminate(members, isInfinite)
    }
  }

  /// Reads the block and its right-hand sides, g + what leads out of it, in one pass.
  private mutating func readBlock(_ members: UnsafeBufferPointer<Int32>) {
    let (width, x) = (width, memory.x)
    right.removeAll(keepingCapacity: true)
    for state in members {
      for column in 0..<width { right.append(source(Int(state), column)) }
    }
    var block = BlockRates()
    swap(&block, &self.block)
    right.withUnsafeMutableBufferPointer { right in
      guard let right = right.baseAddress else { return }
      block.read(memory.rows, members, local: memory.local) { index, other, rate in
        // An infinite time outside spoils only its own column, which is then not read.
        for column in 0..<width { right[index * width + column] += rate * x[other * width + column] }
      }
    }
    swap(&block, &self.block)
  }

  // MARK: Elimination

  private mutating func eliminate(_ members: UnsafeBufferPointer<Int32>, _ isInfinite: Bool) throws {
    let isSmall = members.count <= SmallElimination.limit
    if isSmall { try small.factor(block) } else { try factors.factor(block, scratch) }
    if isSmall {
      small.solveColumns(&right, width: width)
    } else {
      factors.solveColumns(&right, width: width)
    }
    store(members, isInfinite)
    guard memory.variance != nil, let time = task.time, !isInfinite else { return }
    let own = memory.component[Int(members[0])]
    varianceRight.removeAll(keepingCapacity: true)
    for state in members { varianceRight.append(varianceSide(Int(state), part: own, time)) }
    if isSmall {
      small.solveColumns(&varianceRight, width: 1)
    } else {
      factors.solveColumns(&varianceRight, width: 1)
    }
    var largest = 0.0
    for index in members.indices {
      memory.variance?[Int(members[index])] = varianceRight[index]
      if varianceRight[index] < .infinity { largest = max(largest, varianceRight[index]) }
    }
    note(width, largest, members.count)
  }

  private mutating func store(_ members: UnsafeBufferPointer<Int32>, _ isInfinite: Bool) {
    for column in 0..<width where !(isInfinite && column == task.time) {
      var largest = 0.0
      for index in members.indices {
        let value = right[index * width + column]
        memory.x[Int(members[index]) * width + column] = value
        if value < .infinity { largest = max(largest, value) }
      }
      note(column, largest, members.count)
    }
  }

  /// The bound of an elimination: about 3 units of the last digit a state, of each entry.
  private mutating func note(_ column: Int, _ largest: Double, _ size: Int) {
    bounds[column] = max(bounds[column], 3 * Double(size) * 0x1p-53 * largest)
  }

  // MARK: Iteration

  /// Solves by iteration; false if it did not converge well and elimination is still possible.
  private mutating func iterate(
    _ members: UnsafeBufferPointer<Int32>, _ isInfinite: Bool, mayFail: Bool
  ) throws -> Bool {
    let columns = (0..<width).filter { !(isInfinite && $0 == task.time) }
    var sides = columns.map { column in members.indices.map { right[$0 * width + column] } }
    // v with A v = b ≥ 1, which the bounds are made of: the expected time, where it is asked for.
    var reference = sides.count
    if let time = task.time, task.source == nil, task.constants[time] == 1, !isInfinite,
      let place = columns.firstIndex(of: time)
    {
      reference = place
    } else {
      sides.append([Double](repeating: 1, count: members.count))
    }
    let iteration = BlockIteration(block)
    let solutions = try iteration.solve(sides)
    let majorant = iteration.majorant(solutions[reference], sides[reference])
    var proven: [ProvenSolution] = []
    for index in columns.indices {
      let problem = IterationProblem(iteration: iteration, majorant: majorant, right: sides[index])
      guard let solution = try problem.proven(solutions[index], exit: block.exit, mayFail: mayFail) else {
        return false
      }
      proven.append(solution)
    }
    for (column, solution) in zip(columns, proven) {
      for index in members.indices { memory.x[Int(members[index]) * width + column] = solution.values[index] }
      bounds[column] += solution.bound
    }
    guard let variance = memory.variance, let time = task.time, !isInfinite else { return true }
    let own = memory.component[Int(members[0])]
    let side = members.map { varianceSide(Int($0), part: own, time) }
    let problem = IterationProblem(iteration: iteration, majorant: majorant, right: side)
    guard
      let solution = try problem.proven(iteration.solve([side])[0], exit: block.exit, mayFail: mayFail)
    else { return false }
    for index in members.indices { variance[Int(members[index])] = solution.values[index] }
    bounds[width] += solution.bound
    return true
  }
}
