import TLXNumerics

/// Solves the blocks of one group, the last first.
struct GroupSolver {
  let system: TransientSystem
  let task: Unknowns
  let x: UnsafeMutablePointer<Double>
  let variance: UnsafeMutablePointer<Double>?
  let local: UnsafeMutablePointer<Int32>
  /// The largest bound of a block's error, by quantity, blocks that it leads to included.
  var bounds: [Double]
  private let width: Int
  private var block = BlockRates()
  private let scratch = EliminationScratch()
  private var right: [Double] = []

  init(
    system: TransientSystem, task: Unknowns, x: UnsafeMutablePointer<Double>,
    variance: UnsafeMutablePointer<Double>?, local: UnsafeMutablePointer<Int32>
  ) {
    self.system = system
    self.task = task
    self.x = x
    self.variance = task.wantsVariance ? variance : nil
    self.local = local
    width = task.width
    bounds = [Double](repeating: 0, count: task.width + (task.wantsVariance ? 1 : 0))
  }

  mutating func solve(_ parts: [Int32]) throws {
    for (index, part) in parts.enumerated() {
      if index % 1024 == 0 { try Interrupt.check() }
      let members = system.components.members(Int(part))
      if let time = task.time, system.canTrap[Int(part)] { fillInfinite(members, time) }
      // A walk in a block without exit goes on for ever: probabilities there are 0, as they were.
      guard system.hasExit[Int(part)] else { continue }
      if members.count == 1, let state = members.first {
        solveSingle(Int(state), isInfinite: task.time != nil && system.canTrap[Int(part)])
      } else {
        try solveBlock(members, isInfinite: task.time != nil && system.canTrap[Int(part)])
      }
    }
  }

  private func fillInfinite(_ members: ArraySlice<Int32>, _ time: Int) {
    for state in members {
      x[Int(state) * width + time] = .infinity
      variance?[Int(state)] = .infinity
    }
  }

  private func source(_ state: Int, _ column: Int) -> Double {
    task.source?[state] ?? task.constants[column]
  }

  private func solveSingle(_ state: Int, isInfinite: Bool) {
    let matrix = system.matrix
    var leaving = 0.0
    let row = matrix.positions(ofRow: state)
    for position in row where Int(matrix.columns[position]) != state { leaving += matrix.values[position] }
    for column in 0..<width where !(isInfinite && column == task.time) {
      var sum = source(state, column)
      for position in row where Int(matrix.columns[position]) != state {
        sum += matrix.values[position] * x[Int(matrix.columns[position]) * width + column]
      }
      x[state * width + column] = sum / leaving
    }
    guard let variance, let time = task.time, !isInfinite else { return }
    var sum = spread(state, time)
    for position in row where Int(matrix.columns[position]) != state {
      sum += matrix.values[position] * variance[Int(matrix.columns[position])]
    }
    variance[state] = sum / leaving
  }

  /// Σⱼ pᵢⱼ (1 + tⱼ − tᵢ)².
  private func spread(_ state: Int, _ time: Int) -> Double {
    let matrix = system.matrix
    let own = x[state * width + time]
    var sum = 0.0
    for position in matrix.positions(ofRow: state) {
      let difference = 1 + (x[Int(matrix.columns[position]) * width + time] - own)
      sum += matrix.values[position] * difference * difference
    }
    return sum
  }

  private mutating func solveBlock(_ members: ArraySlice<Int32>, isInfinite: Bool) throws {
    block.read(system.matrix, members, local: local)
    if members.count <= TransientSystem.exactLimit {
      try eliminate(members, isInfinite)
    } else if try !iterate(members, isInfinite, mayFail: members.count <= TransientSystem.eliminationLimit) {
      try eliminate(members, isInfinite)
    }
  }

  /// g + what leads out of the block, of quantity `column`.
  private func rightSide(_ state: Int, _ own: Int32, _ column: Int) -> Double {
    let matrix = system.matrix
    var sum = source(state, column)
    for position in matrix.positions(ofRow: state) {
      let other = Int(matrix.columns[position])
      if system.components.component[other] != own {
        sum += matrix.values[position] * x[other * width + column]
      }
    }
    return sum
  }

  private func varianceSide(_ state: Int, _ own: Int32, _ time: Int) -> Double {
    let matrix = system.matrix
    var sum = spread(state, time)
    for position in matrix.positions(ofRow: state) {
      let other = Int(matrix.columns[position])
      if system.components.component[other] != own, let variance {
        sum += matrix.values[position] * variance[other]
      }
    }
    return sum
  }

  private mutating func eliminate(_ members: ArraySlice<Int32>, _ isInfinite: Bool) throws {
    let factors = try BlockElimination(block, scratch)
    let own = system.components.component[Int(block.states[0])]
    right.removeAll(keepingCapacity: true)
    for state in members {
      for column in 0..<width {
        // An infinite time outside would only spoil its own column, which is not read.
        right.append(rightSide(Int(state), own, column))
      }
    }
    factors.solveColumns(&right, width: width)
    for (index, state) in members.enumerated() {
      for column in 0..<width where !(isInfinite && column == task.time) {
        x[Int(state) * width + column] = right[index * width + column]
      }
    }
    for column in 0..<width { note(column, right, stride: width, size: members.count) }
    guard let variance, let time = task.time, !isInfinite else { return }
    var sides = members.map { varianceSide(Int($0), own, time) }
    factors.solveColumns(&sides, width: 1)
    for (index, state) in members.enumerated() { variance[Int(state)] = sides[index] }
    note(width, sides, stride: 1, size: members.count)
  }

  /// The bound of an elimination: about 3 units of the last digit a state, of each entry.
  private mutating func note(_ column: Int, _ values: [Double], stride: Int, size: Int) {
    let offset = stride == 1 ? 0 : column
    var largest = 0.0
    var position = offset
    while position < values.count {
      if values[position].isFinite { largest = max(largest, values[position]) }
      position += stride
    }
    bounds[column] = max(bounds[column], 3 * Double(size) * 0x1p-53 * largest)
  }

  // MARK: Large blocks

  /// Solves by iteration; false if it did not converge well and elimination is still possible.
  private mutating func iterate(_ members: ArraySlice<Int32>, _ isInfinite: Bool, mayFail: Bool) throws
    -> Bool
  {
    let iteration = BlockIteration(block)
    let count = members.count
    let own = system.components.component[Int(block.states[0])]
    // v with A v = b ≥ 1, which the bounds are made of: the expected time, where it is asked for.
    var ones = [Double](repeating: 1, count: count)
    if let time = task.time, task.source == nil, task.constants[time] == 1, !isInfinite {
      ones = members.map { rightSide(Int($0), own, time) }
    }
    var v = [Double](repeating: 0, count: count)
    try iteration.solve(ones, &v)
    var errors: [(column: Int, values: [Double], bound: Double)] = []
    for column in 0..<width where !(isInfinite && column == task.time) {
      let right = members.map { rightSide(Int($0), own, column) }
      if right == ones {
        var residual = [Double](repeating: 0, count: count)
        iteration.residual(v, ones, into: &residual)
        let bound = iteration.errorFactor(residual: residual, of: v, v: v, b: ones) * (v.max() ?? 0)
        if mayFail, !(bound <= 1e-10 * (v.max() ?? 0)) { return false }
        errors.append((column, v, bound))
        continue
      }
      guard let solved = try solveColumn(iteration, right, v, ones, mayFail) else { return false }
      errors.append((column, solved.0, solved.1))
    }
    for (column, values, bound) in errors {
      for (index, state) in members.enumerated() { x[Int(state) * width + column] = values[index] }
      bounds[column] += bound
    }
    guard let variance, let time = task.time, !isInfinite else { return true }
    let right = members.map { varianceSide(Int($0), own, time) }
    guard let (values, bound) = try solveColumn(iteration, right, v, ones, mayFail) else { return false }
    for (index, state) in members.enumerated() { variance[Int(state)] = values[index] }
    bounds[width] += bound
    return true
  }

  /// One quantity on the block and its proven bound.
  private func solveColumn(
    _ iteration: BlockIteration, _ right: [Double], _ v: [Double], _ ones: [Double], _ mayFail: Bool
  ) throws -> ([Double], Double)? {
    let count = right.count
    var values = [Double](repeating: 0, count: count)
    guard right.contains(where: { $0 != 0 }) else { return (values, 0) }
    try iteration.solve(right, &values)
    var residual = [Double](repeating: 0, count: count)
    iteration.residual(values, right, into: &residual)
    let factor = iteration.errorFactor(residual: residual, of: values, v: v, b: ones)
    let bound = factor * (v.max() ?? 0)
    let size = values.max() ?? 0
    if bound <= 1e-10 * size {
      // Rounding may leave a hair below zero where the truth is near it.
      return (values.map { max(0, $0) }, bound)
    }
    if mayFail { return nil }
    var low = zip(values, v).map { max(0, $0 - factor * $1) }
    if !factor.isFinite { low = [Double](repeating: 0, count: count) }
    var high = zip(values, v).map { $0 + factor * $1 }
    if !factor.isFinite {
      // Without a proven start from above only what leads out can bound: probabilities are at most 1.
      guard right.indices.allSatisfy({ right[$0] <= block.exit[$0] }) else { return (values, .infinity) }
      high = [Double](repeating: 1, count: count)
    }
    let gap = try iteration.squeeze(right, low: &low, high: &high, tolerance: 1e-10, sweeps: 5000)
    return (low, min(gap, bound))
  }
}
