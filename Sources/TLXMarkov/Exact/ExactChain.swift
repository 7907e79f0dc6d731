import BigInt
import TLXNumerics

/// A small chain in rational arithmetic: every answer a fraction, with no rounding at all. Nil stands for infinity.
///
/// Elements of a chain of doubles are read as the simplest fractions that round to them, and each row is divided by
/// its sum, which changes nothing where the fractions sum to 1.
public struct ExactChain: Sendable {
  public let chain: MarkovChain
  /// Row `i`, column `j` at `i * count + j`.
  public let elements: [Rational]
  public var count: Int { chain.stateCount }

  /// More states than this take minutes: the fractions grow with each elimination.
  public static let limit = 120

  /// - Throws: E0702 for more than `limit` states.
  public init(_ chain: MarkovChain, elements: [Rational]? = nil) throws {
    let count = chain.stateCount
    guard count <= Self.limit else {
      throw NumericsError(
        "E0702", "exact=true is for chains of at most \(Self.limit) states, and this one has \(count)",
        help: "without it every result still carries a proven bound")
    }
    self.chain = chain
    var fractions = try elements ?? chain.transitions.dense().map { try Rational(simplest: $0) }
    for row in 0..<count {
      let range = (row * count)..<((row + 1) * count)
      let sum = fractions[range].reduce(Rational.zero, +)
      guard sum != .one, !sum.isZero else { continue }
      for position in range { fractions[position] = fractions[position] / sum }
    }
    self.elements = fractions
  }

  public subscript(row: Int, column: Int) -> Rational { elements[row * count + column] }

  // MARK: Systems

  /// x = g + P x with x given where `given` is not nil; `isOpen` says which states can end and are solved. Others stay
  /// as `other` says.
  private func solve(_ given: [Rational?], _ open: [Int], _ source: (Int) -> Rational) throws -> [Rational?] {
    var rates = open.map { row in open.map { self[row, $0] } }
    var right: [Rational] = []
    var exit: [Rational] = []
    for state in open {
      var (sum, leaving) = (source(state), Rational.zero)
      for column in 0..<count where !open.contains(column) {
        leaving = leaving + self[state, column]
        if let value = given[column] { sum = sum + self[state, column] * value }
      }
      right.append(sum)
      exit.append(leaving)
    }
    let pivots = try eliminate(&rates, &exit, &right)
    var result = given
    for k in open.indices {
      var sum = right[k]
      for j in 0..<k { sum = sum + rates[k][j] * (result[open[j]] ?? .zero) }
      result[open[k]] = sum / pivots[k]
    }
    return result
  }

  /// The elimination of `DenseElimination` on fractions, with the right-hand side.
  private func eliminate(
    _ a: inout [[Rational]], _ exit: inout [Rational], _ right: inout [Rational]
  ) throws -> [Rational] {
    var pivots = [Rational](repeating: .zero, count: a.count)
    for k in a.indices.reversed() {
      try Interrupt.check()
      pivots[k] = a[k][0..<k].reduce(exit[k], +)
      for i in 0..<k where !a[i][k].isZero && !pivots[k].isZero {
        let factor = a[i][k] / pivots[k]
        a[i][k] = factor
        exit[i] = exit[i] + factor * exit[k]
        right[i] = right[i] + factor * right[k]
        for j in 0..<k where j != i && !a[k][j].isZero { a[i][j] = a[i][j] + factor * a[k][j] }
      }
    }
    return pivots
  }

  /// The states that are not `stopped`: those that surely stop, those that may, those that never do.
  private func kinds(_ stopped: Set<Int>) throws -> (sure: [Int], possible: [Int]) {
    let system = try TransientSystem(
      chain.transitions, isStopped: (0..<count).map { stopped.contains($0) })
    let (sure, possible) = system.endingStates()
    return (sure, possible)
  }

  // MARK: Answers

  /// P(reach `targets`) from each state.
  public func hittingProbabilities(of targets: [Int]) throws -> [Rational] {
    let stopped = Set(targets)
    var given = [Rational?](repeating: .zero, count: count)
    for target in targets { given[target] = .one }
    let possible = try kinds(stopped).possible
    for state in possible { given[state] = nil }
    return try solve(given, possible) { _ in .zero }.map { $0 ?? .zero }
  }

  /// Expected steps to `targets`; nil where they may be missed.
  public func hittingTimes(of targets: [Int]) throws -> [Rational?] {
    let stopped = Set(targets)
    var given = [Rational?](repeating: nil, count: count)
    for target in targets { given[target] = .zero }
    return try solve(given, kinds(stopped).sure) { _ in .one }
  }

  /// P(a walk from `state` returns to it).
  public func returnProbability(of state: Int) throws -> Rational {
    let hits = try hittingProbabilities(of: [state])
    return (0..<count).reduce(.zero) { $0 + self[state, $1] * hits[$1] }
  }

  /// The closed classes, P(ending in each) by state, the expected steps and their variance.
  public func absorption() throws -> (
    classes: [[Int]], probability: [[Rational]], steps: [Rational], variance: [Rational]
  ) {
    let structure = try chain.structure()
    let classes = structure.closedClasses.map { structure.components.members($0).map(Int.init) }
      .sorted { $0[0] < $1[0] }
    let columns = try classes.map { try hittingProbabilities(of: $0) }
    let closed = classes.flatMap { $0 }
    let steps = try hittingTimes(of: closed).map { $0 ?? .zero }
    var given = [Rational?](repeating: nil, count: count)
    for state in closed { given[state] = .zero }
    let open = try kinds(Set(closed)).sure
    let variance = try solve(given, open) { state in
      (0..<count).reduce(.zero) { sum, next in
        let difference = .one + steps[next] - steps[state]
        return self[state, next].isZero ? sum : sum + self[state, next] * difference * difference
      }
    }
    return (classes, columns, steps, variance.map { $0 ?? .zero })
  }

  /// The stationary distribution of each closed class on all states.
  public func stationary() throws -> [[Rational]] {
    let structure = try chain.structure()
    let classes = structure.closedClasses.map { structure.components.members($0).map(Int.init) }
      .sorted { $0[0] < $1[0] }
    return try classes.map { members in
      var rates = members.map { row in members.map { self[row, $0] } }
      var exit = [Rational](repeating: .zero, count: members.count)
      var unused = exit
      _ = try eliminate(&rates, &exit, &unused)
      var weights: [Rational] = [.one]
      for k in members.indices.dropFirst() {
        weights.append((0..<k).reduce(.zero) { $0 + weights[$1] * rates[$1][k] })
      }
      let total = weights.reduce(.zero, +)
      var full = [Rational](repeating: .zero, count: count)
      for (index, state) in members.enumerated() { full[state] = weights[index] / total }
      return full
    }
  }

  /// Expected visits to each transient state of a walk from a transient state.
  public func fundamental() throws -> (states: [Int], rows: [[Rational]]) {
    let open = try chain.transientStates()
    var given = [Rational?](repeating: .zero, count: count)
    for state in open { given[state] = nil }
    let columns = try open.map { target in
      try solve(given, open) { $0 == target ? .one : .zero }
    }
    return (open, open.map { row in columns.map { $0[row] ?? .zero } })
  }

  /// Expected steps from each state to each, the diagonal to the return; nil for infinity.
  public func firstPassages() throws -> [[Rational?]] {
    var rows = [[Rational?]](repeating: [Rational?](repeating: nil, count: count), count: count)
    for target in 0..<count {
      let times = try hittingTimes(of: [target])
      for state in 0..<count { rows[state][target] = times[state] }
      var back: Rational? = .one
      for next in 0..<count where !self[target, next].isZero {
        if let sum = back, let time = times[next] {
          back = sum + self[target, next] * time
        } else {
          back = nil
        }
      }
      rows[target][target] = back
    }
    return rows
  }

  /// Σ_{j ≠ i} m_ij π_j. Nil where the chain is not irreducible.
  public func kemeny() throws -> Rational? {
    guard try chain.isIrreducible(), let shares = try stationary().first else { return nil }
    var total = Rational.zero
    for target in 1..<max(1, count) {
      guard let time = try hittingTimes(of: [target])[0] else { return nil }
      total = total + time * shares[target]
    }
    return total
  }
}

extension TransientSystem {
  /// The states that go on: those whose walk surely stops, and those whose walk can stop.
  func endingStates() -> (sure: [Int], possible: [Int]) {
    var canEnd = [Bool](repeating: false, count: components.count)
    for part in (0..<components.count).reversed() {
      for state in components.members(part) {
        for position in matrix.positions(ofRow: Int(state)) where matrix.values[position] > 0 {
          let other = Int(components.component[Int(matrix.columns[position])])
          if other < 0 || other != part && canEnd[other] { canEnd[part] = true }
        }
      }
    }
    let open = (0..<matrix.rowCount).filter { !isStopped[$0] }
    return (
      open.filter { !canTrap[Int(components.component[$0])] },
      open.filter { canEnd[Int(components.component[$0])] }
    )
  }
}
