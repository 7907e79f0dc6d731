import TLXNumerics

/// How walks from a state come to end well: score(i → j) = N_ij R_j⁺ = P(success, and j is the last state before it |
/// start at i), N = (I − Q)⁻¹ being the expected visits and R_j⁺ = P(j → success). Over j the scores sum to B_i⁺, the
/// probability that a walk from i succeeds.
///
/// A row of N is never solved for with a matrix: probability mass starts at i and moves on, all of it at each step; what
/// arrives at a state adds to its visits. Every term is positive, so that scores only grow; what is still missing is at
/// most Σ r_u B_u⁺ over the mass r that is still on its way or was let go because it was tiny, and the walk stops when
/// that is below a tolerance times B_i⁺. Cost: the transitions around i, once a step; states that cannot succeed are left
/// out.
public struct SuccessScores: Sendable {
  /// What is known of the walks from one state.
  public struct Row: Sendable {
    /// States that may be the last before success, and their scores, the largest first.
    public var last: [(state: Int, score: Double)]
    /// Expected turns of a walk that succeeds: Σ_u N_iu B_u⁺ / B_i⁺; infinite where none does.
    public var turns: Double
    /// No score is too small by more.
    public var bound: Double

    public func score(of state: Int) -> Double { last.first { $0.state == state }?.score ?? 0 }
  }

  public let chain: MarkovChain
  public let success: Int
  /// B⁺ by state.
  public let probability: [Double]
  /// R⁺ by state: P(next is success).
  public let own: [Double]
  private let matrix: SparseMatrix

  /// - Parameter success: The absorbing state that is wanted.
  /// - Throws: E0505 if it is not absorbing; what `absorption` throws.
  public init(_ chain: MarkovChain, success: Int) throws {
    guard chain.absorbingStates.contains(success) else {
      throw NumericsError("E0505", "“\(chain.names[success])” is not absorbing, so nothing ends in it")
    }
    let absorption = try chain.absorption()
    guard let target = absorption.classes.firstIndex(of: [success]) else {
      throw NumericsError("E0505", "“\(chain.names[success])” is no class of its own")
    }
    self.chain = chain
    self.success = success
    matrix = chain.transitions
    probability = absorption.probabilities(of: target)
    own = (0..<chain.stateCount).map { $0 == success ? 0 : chain.transitions.value($0, success) }
  }

  /// The row of a state. `tolerance`: what may be missing, as a share of B⁺.
  public func row(of state: Int, tolerance: Double = 1e-16) throws -> Row {
    var space = Workspace(count: chain.stateCount)
    return try row(of: state, tolerance, &space)
  }

  /// The rows of many states, in parallel, each mapped by `transform`.
  public func rows<Result>(
    of states: [Int], tolerance: Double = 1e-16, _ transform: (Int, Row) throws -> Result
  ) throws -> [Result] {
    var results = [Result?](repeating: nil, count: states.count)
    try results.withUnsafeMutableBufferPointer { results in
      let results = UnsafeMutableBufferPointer(rebasing: results[...])
      let grain = max(64, states.count / 16 + 1)
      try Parallel.forEach(count: states.count, grain: grain) { range in
        var space = Workspace(count: chain.stateCount)
        for index in range {
          if index % 64 == 0 { try Interrupt.check() }
          results[index] = try transform(states[index], row(of: states[index], tolerance, &space))
        }
      }
    }
    return results.compactMap { $0 }
  }

  /// Buffers of one number a state, cleared after use where they were touched.
  private struct Workspace {
    var visits: [Double]
    var mass: [Double]
    var next: [Double]
    var touched: [Int] = []
    /// Mass times B⁺ below which a state's mass is let go, and what was let go so far.
    var threshold = 0.0
    var dropped = 0.0
    var front: [Int] = []
    var following: [Int] = []

    init(count: Int) {
      visits = [Double](repeating: 0, count: count)
      mass = visits
      next = visits
    }
  }

  private func row(of state: Int, _ tolerance: Double, _ space: inout Workspace) throws -> Row {
    let total = probability[state]
    guard total > 0, state != success else { return Row(last: [], turns: .infinity, bound: 0) }
    space.touched.removeAll(keepingCapacity: true)
    space.front = [state]
    space.mass[state] = 1
    space.threshold = tolerance * total / 1024
    space.dropped = 0
    var missing = total
    var steps = 0
    while !space.front.isEmpty, missing > tolerance * total, steps < 1_000_000 {
      if steps % 256 == 255 { try Interrupt.check() }
      missing = step(&space)
      steps += 1
    }
    for state in space.front { space.mass[state] = 0 }
    return finish(total, missing + space.dropped, &space)
  }

  /// Moves all mass on by one transition; gives the success that it can still bring.
  private func step(_ space: inout Workspace) -> Double {
    space.following.removeAll(keepingCapacity: true)
    for state in space.front {
      // A state that leads to itself is left after 1 / (1 − P_ii) visits; 1 − P_ii is the sum of what leads elsewhere.
      let positions = matrix.positions(ofRow: state)
      let value = space.mass[state] * probability[state]
      if value < space.threshold {
        space.dropped += value
        space.mass[state] = 0
        continue
      }
      var leaving = 1.0
      if let loop = loopPosition(state, positions) {
        leaving = 0
        for position in positions where position != loop { leaving += matrix.values[position] }
      }
      let mass = space.mass[state] / leaving
      space.mass[state] = 0
      if space.visits[state] == 0 { space.touched.append(state) }
      space.visits[state] += mass
      for position in positions {
        let to = Int(matrix.columns[position])
        if to == state || to == success || probability[to] == 0 { continue }
        if space.next[to] == 0 { space.following.append(to) }
        space.next[to] += mass * matrix.values[position]
      }
    }
    swap(&space.front, &space.following)
    swap(&space.mass, &space.next)
    var missing = 0.0
    for state in space.front { missing += space.mass[state] * probability[state] }
    return missing
  }

  private func loopPosition(_ state: Int, _ positions: Range<Int>) -> Int? {
    for position in positions where Int(matrix.columns[position]) == state { return position }
    return nil
  }

  private func finish(_ total: Double, _ missing: Double, _ space: inout Workspace) -> Row {
    var last: [(state: Int, score: Double)] = []
    var turns = 0.0
    for state in space.touched {
      let visits = space.visits[state]
      space.visits[state] = 0
      turns += visits * probability[state]
      if own[state] > 0 { last.append((state, visits * own[state])) }
    }
    last.sort { ($1.score, $0.state) < ($0.score, $1.state) }
    return Row(last: last, turns: turns / total, bound: missing)
  }
}
