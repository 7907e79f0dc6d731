import TLXNumerics

/// Numbers for each state with what is proven of them.
public struct StateSolution: Sendable {
  public let values: [Double]
  /// No finite value is off by more than this.
  public let bound: Double
}

extension MarkovChain {
  private func stopping(at targets: [Int]) throws -> TransientSystem {
    var isStopped = [Bool](repeating: false, count: stateCount)
    for target in targets { isStopped[target] = true }
    return try TransientSystem(transitions, isStopped: isStopped)
  }

  /// P(a walk from i is in `targets` at some time t ≥ 0): h = 1 on the targets, h = P h elsewhere, and 0 where no
  /// target can be reached.
  public func hittingProbabilities(of targets: [Int]) throws -> StateSolution {
    var unknowns = Unknowns(values: [Double](repeating: 0, count: stateCount), constants: [0])
    for target in targets { unknowns.values[target] = 1 }
    try stopping(at: targets).solve(&unknowns)
    return StateSolution(values: unknowns.values, bound: unknowns.bounds[0])
  }

  /// The expected number of steps until a walk is in `targets`: 0 on them, t = 1 + P t elsewhere, infinite where the
  /// targets may be missed.
  public func hittingTimes(of targets: [Int]) throws -> StateSolution {
    var unknowns = Unknowns(values: [Double](repeating: 0, count: stateCount), constants: [1], time: 0)
    try stopping(at: targets).solve(&unknowns)
    return StateSolution(values: unknowns.values, bound: unknowns.bounds[0])
  }

  /// P(a walk from i returns to i at some time t ≥ 1).
  public func returnProbability(of state: Int) throws -> Double {
    let hits = try hittingProbabilities(of: [state]).values
    return transitions.positions(ofRow: state).reduce(0) {
      $0 + transitions.values[$1] * hits[Int(transitions.columns[$1])]
    }
  }

  /// Expected total of a reward that is earned in each state before the walk is in `targets`.
  public func accumulated(_ reward: [Double], until targets: [Int]) throws -> StateSolution {
    var unknowns = Unknowns(values: [Double](repeating: 0, count: stateCount), constants: [0], time: 0)
    unknowns.source = reward
    try stopping(at: targets).solve(&unknowns)
    return StateSolution(values: unknowns.values, bound: unknowns.bounds[0])
  }

  /// Expected steps from every state to `target`; for the target itself the steps to its return.
  public func firstPassage(to target: Int) throws -> StateSolution {
    let times = try hittingTimes(of: [target])
    var values = times.values
    values[target] = 1
    for position in transitions.positions(ofRow: target) where Int(transitions.columns[position]) != target {
      values[target] += transitions.values[position] * times.values[Int(transitions.columns[position])]
    }
    return StateSolution(values: values, bound: times.bound)
  }

  /// Expected steps from each state to each, row by row; on the diagonal to the return.
  ///
  /// An irreducible chain takes O(n³) by `PassageTimes`; others one system a target.
  /// - Throws: E0702 for more than `allPairsLimit` states.
  public func firstPassages() throws -> [Double] {
    let count = stateCount
    guard count <= Self.allPairsLimit else {
      throw NumericsError(
        "E0702", "the times between all pairs of \(count) states are \(count * count) numbers",
        help: "ask for some targets: to=\"state\"")
    }
    if try isIrreducible() { return try PassageTimes(transitions).values }
    var result = [Double](repeating: 0, count: count * count)
    for target in 0..<count {
      let times = try firstPassage(to: target).values
      for state in 0..<count { result[state * count + target] = times[state] }
    }
    return result
  }

  public static let allPairsLimit = 3000

  /// Kemeny's constant K = Σ_{j ≠ i} m_ij π_j, the same for every start i. Other tools count the return to i and
  /// give K + 1.
  /// - Throws: E0505 where the chain is not irreducible.
  public func kemeny() throws -> Double {
    guard try isIrreducible(), let stationary = try stationary().first else {
      throw NumericsError(
        "E0505",
        "Kemeny's constant belongs to an irreducible chain, and this one has \(try structure().classCount) classes"
      )
    }
    let passages = try firstPassages()
    return (1..<max(1, stateCount)).reduce(0) { $0 + passages[$1] * stationary.probability[$1] }
  }
}
