import TLXNumerics

/// A stationary distribution of one closed class.
public struct Stationary: Sendable {
  /// The class's states, ascending.
  public let states: [Int]
  /// Their shares, which sum to 1.
  public let probability: [Double]
  /// max |πP − π|.
  public let residual: Double
  /// No share is off by more than this.
  public let bound: Double
}

extension MarkovChain {
  /// π = π P of each closed class, in the order of their first states: periodic classes too, where it is the share of
  /// time.
  ///
  /// Classes up to `stationaryLimit` states by the elimination of Grassmann, Taksar and Heyman: every share, down to
  /// the smallest, has its full relative accuracy. Larger ones: with a state r taken out, π/π_r is a row of visits
  /// of the walk that stops at r, and the bound comes from the expected time to reach r.
  public func stationary() throws -> [Stationary] {
    let structure = try structure()
    let scratch = EliminationScratch()
    return try structure.closedClasses.sorted {
      structure.components.members($0).first ?? 0 < structure.components.members($1).first ?? 0
    }.map { number in
      let members = structure.components.members(number)
      if members.count == 1 {
        return Stationary(states: members.map(Int.init), probability: [1], residual: 0, bound: 0)
      }
      return try members.count <= Self.stationaryLimit
        ? eliminated(members, scratch) : iterated(members)
    }
  }

  /// Classes up to this size are eliminated.
  public static let stationaryLimit = 3000

  private func eliminated(_ members: ArraySlice<Int32>, _ scratch: EliminationScratch) throws -> Stationary {
    var local = [Int32](repeating: -1, count: stateCount)
    var block = BlockRates()
    local.withUnsafeMutableBufferPointer { local in
      if let local = local.baseAddress { block.read(transitions, members, local: local) }
    }
    let weights = try BlockElimination(block, scratch).stationary()
    let total = weights.reduce(0, +)
    let shares = weights.map { $0 / total }
    return Stationary(
      states: members.map(Int.init), probability: shares, residual: residual(members, shares),
      bound: 3 * Double(members.count) * 0x1p-53 * (shares.max() ?? 0))
  }

  private func residual(_ members: ArraySlice<Int32>, _ shares: [Double]) -> Double {
    var full = [Double](repeating: 0, count: stateCount)
    for (index, state) in members.enumerated() { full[Int(state)] = shares[index] }
    let next = transitions.times(row: full)
    return members.reduce(0) { max($0, abs(next[Int($1)] - full[Int($1)])) }
  }

  private func iterated(_ members: ArraySlice<Int32>) throws -> Stationary {
    // The state that most lead to is soon reached.
    var degree = [Int: Int]()
    for state in members {
      for position in transitions.positions(ofRow: Int(state)) {
        degree[Int(transitions.columns[position]), default: 0] += 1
      }
    }
    let root = members.map(Int.init).max { (degree[$0] ?? 0, $1) < (degree[$1] ?? 0, $0) } ?? 0
    var isStopped = [Bool](repeating: true, count: stateCount)
    for state in members { isStopped[Int(state)] = Int(state) == root }
    let system = try TransientSystem(transitions, isStopped: isStopped)
    var times = Unknowns(values: [Double](repeating: 0, count: stateCount), constants: [1], time: 0)
    try system.solve(&times)
    var start: [Int: Double] = [:]
    for position in transitions.positions(ofRow: root) where Int(transitions.columns[position]) != root {
      start[Int(transitions.columns[position])] = transitions.values[position]
    }
    let visits = try FundamentalSolver(system).rows(weighted: start)
    var weights = [Double](repeating: 0, count: stateCount)
    for (state, value) in zip(visits.states, visits.visits) { weights[state] = value }
    weights[root] = 1
    return certified(members, weights, times.values, root: root)
  }

  /// |π − π̂| ≤ Σ |residualᵢ| tᵢ (N is not negative, its row sums are t), twice for the division by the sum.
  private func certified(_ members: ArraySlice<Int32>, _ weights: [Double], _ times: [Double], root: Int)
    -> Stationary
  {
    let total = members.reduce(0) { $0 + weights[Int($1)] }
    let next = transitions.times(row: weights)
    var worst = 0.0
    var bound = 0.0
    for state in members.map(Int.init) {
      let residual = abs(next[state] - weights[state]) + 4 * 0x1p-53 * weights[state]
      worst = max(worst, abs(next[state] - weights[state]))
      if state != root { bound += residual * times[state] }
    }
    return Stationary(
      states: members.map(Int.init), probability: members.map { weights[Int($0)] / total },
      residual: worst / total, bound: 2 * bound / total)
  }
}
