import TLXNumerics

extension MarkovChain {
  /// The chain of those walks that end in `targets`: p⁺ᵢⱼ = pᵢⱼ hⱼ / hᵢ with h the probability to reach them
  /// (Doob's transform), on the states with h > 0; the targets are absorbing.
  /// - Throws: E0505 where no other state reaches the targets.
  public func conditional(on targets: [Int]) throws -> MarkovChain {
    let hits = try hittingProbabilities(of: targets).values
    let isTarget = Set(targets)
    let kept = (0..<stateCount).filter { hits[$0] > 0 }
    guard kept.count > isTarget.count else {
      throw NumericsError(
        "E0505", "no walk from another state reaches “\(names[targets.first ?? 0])”")
    }
    var position = [Int](repeating: -1, count: stateCount)
    for (index, state) in kept.enumerated() { position[state] = index }
    var (rows, columns, values): ([Int], [Int], [Double]) = ([], [], [])
    for state in kept {
      if isTarget.contains(state) {
        rows.append(position[state])
        columns.append(position[state])
        values.append(1)
        continue
      }
      for entry in transitions.positions(ofRow: state) where hits[Int(transitions.columns[entry])] > 0 {
        let next = Int(transitions.columns[entry])
        rows.append(position[state])
        columns.append(position[next])
        values.append(transitions.values[entry] * hits[next] / hits[state])
      }
    }
    return try MarkovChain(
      transitions: SparseMatrix(
        rowCount: kept.count, columnCount: kept.count, rows: rows, columns: columns, values: values),
      states: kept.map { names[$0] })
  }

  /// P(i is the start, j the last state before `target` is entered) over j, for a walk from `start`: N_ij p_j,target
  /// on the walk that stops in the target or any other closed class. Its sum is the probability to end there.
  public func lastBefore(_ targets: [Int], from start: Int) throws -> StateValues {
    let structure = try structure()
    let isTarget = Set(targets)
    let system = try TransientSystem(
      transitions, isStopped: (0..<stateCount).map { structure.isRecurrent($0) || isTarget.contains($0) })
    guard !system.isStopped[start] else { return StateValues(states: [], visits: []) }
    let visits = try FundamentalSolver(system).row(of: start)
    var (states, shares): ([Int], [Double]) = ([], [])
    for (state, value) in zip(visits.states, visits.visits) {
      let leaving = transitions.positions(ofRow: state).reduce(0.0) {
        isTarget.contains(Int(transitions.columns[$1])) ? $0 + transitions.values[$1] : $0
      }
      guard leaving > 0 else { continue }
      states.append(state)
      shares.append(value * leaving)
    }
    return StateValues(states: states, visits: shares)
  }

  /// ∂ P(a walk from `start` reaches `targets`) / ∂ pᵢⱼ for every transition, in the order of `transitions`: N_start,i
  /// hⱼ, the other elements of the row unchanged. For a change that keeps the row's sum take differences of two.
  public func sensitivity(of targets: [Int], from start: Int) throws -> [Double] {
    let hits = try hittingProbabilities(of: targets).values
    let isTarget = Set(targets)
    let structure = try structure()
    let system = try TransientSystem(
      transitions, isStopped: (0..<stateCount).map { structure.isRecurrent($0) || isTarget.contains($0) })
    var result = [Double](repeating: 0, count: transitions.entryCount)
    guard !system.isStopped[start] else { return result }
    let visits = try FundamentalSolver(system).row(of: start)
    for (state, value) in zip(visits.states, visits.visits) {
      for position in transitions.positions(ofRow: state) {
        result[position] = value * hits[Int(transitions.columns[position])]
      }
    }
    return result
  }
}
