import TLXMarkov
import TLXNumerics
import Testing

/// Large chains, solved by components, elimination and iteration, agree with one dense solve of all equations.
@Suite struct SparseDenseTests {
  enum Shape: String, CaseIterable {
    /// One strongly connected block beyond what is eliminated.
    case random
    /// Blocks of 1 to 900 states that lead to later ones.
    case reducible
    /// Separate blocks of 2 to 600 states.
    case clustered
  }

  /// `count` transient states and two ends.
  static func chain(_ shape: Shape, _ count: Int, leak: Double, seed: UInt64) throws -> MarkovChain {
    let stream = RandomStream(key: RandomKey(seed: seed))
    var (rows, columns, values): ([Int], [Int], [Double]) = (
      [count, count + 1], [count, count + 1], [1, 1]
    )
    var (start, end) = (0, shape == .random ? count : 0)
    for row in 0..<count {
      if row == end {
        start = row
        let largest = shape == .reducible ? 900.0 : 600.0
        end = min(count, row + max(2, Int(2 / (1 - stream.nextUniform() * (1 - 2 / largest)))))
      }
      let weights = (0..<5).map { _ in stream.nextUniform() + 0.05 }
      let out = leak * 2 * stream.nextUniform()
      let sum = weights.reduce(0, +)
      for (index, weight) in weights.enumerated() {
        let leadsOn = shape == .reducible && index == 0 && end < count
        rows.append(row)
        columns.append(
          leadsOn ? end + stream.nextInt(below: count - end) : start + stream.nextInt(below: end - start))
        values.append(weight / sum * (1 - out))
      }
      let share = stream.nextUniform()
      rows += [row, row]
      columns += [count, count + 1]
      values += [out * share, out * (1 - share)]
    }
    return try MarkovChain(
      transitions: SparseMatrix(
        rowCount: count + 2, columnCount: count + 2, rows: rows, columns: columns, values: values))
  }

  /// (I − Q) x = right by LU on the dense matrix.
  private func dense(_ chain: MarkovChain, _ count: Int, _ right: [[Double]]) throws -> [[Double]] {
    var matrix = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      matrix[row * count + row] = 1
      for position in chain.transitions.positions(ofRow: row) {
        let column = Int(chain.transitions.columns[position])
        if column < count { matrix[row * count + column] -= chain.transitions.values[position] }
      }
    }
    let a = try Tensor(matrix).reshape([count, count])
    let b = try Tensor(right.flatMap { $0 }).reshape([right.count, count]).transpose()
    let x = try LinearAlgebra.solve(a, b).doubles()
    return right.indices.map { column in (0..<count).map { x[$0 * right.count + column] } }
  }

  @Test(arguments: Shape.allCases, [0.5, 0.01])
  func absorption(_ shape: Shape, _ leak: Double) throws {
    // Beyond what is eliminated; smaller where blocks are, for a quick dense solve.
    let count = shape == .random ? 2600 : 1500
    let chain = try Self.chain(shape, count, leak: leak, seed: 11)
    let found = try chain.absorption()
    #expect(found.bound < 1e-11 && found.residual < 1e-12)
    let ends = [count, count + 1].map { end in (0..<count).map { chain.probability($0, end) } }
    let expected = try dense(chain, count, ends + [[Double](repeating: 1, count: count)])
    for end in 0..<2 {
      #expect(
        agree(Array(found.probabilities(of: end).prefix(count)), expected[end], 1e-10), "\(shape) \(leak)")
    }
    #expect(agree(Array(found.steps.prefix(count)), expected[2], 1e-10), "\(shape) \(leak)")
    // Var = (2 N − I) t − t², by the same dense matrix.
    let twice = try dense(chain, count, [expected[2]])[0]
    let variance = zip(twice, expected[2]).map { 2 * $0 - $1 - $1 * $1 }
    let largest = variance.max() ?? 0
    #expect(zip(found.stepsVariance, variance).allSatisfy { abs($0 - $1) <= 1e-9 * largest })
  }

  @Test(arguments: Shape.allCases)
  func hitting(_ shape: Shape) throws {
    // Beyond what is eliminated; smaller where blocks are, for a quick dense solve.
    let count = shape == .random ? 2600 : 1500
    let chain = try Self.chain(shape, count, leak: 0.1, seed: 12)
    let found = try chain.hittingProbabilities(of: [count])
    let expected = try dense(chain, count, [(0..<count).map { chain.probability($0, count) }])[0]
    #expect(found.bound < 1e-11 && agree(Array(found.values.prefix(count)), expected, 1e-10))
  }

  /// A closed class too large to be eliminated: π P = π with one equation replaced, by LU.
  @Test func stationary() throws {
    let chain = try IdentityTests.random(MarkovChain.stationaryLimit + 200, degree: 6, seed: 13)
    let found = try #require(try chain.stationary().first { $0.states.count > MarkovChain.stationaryLimit })
    let count = found.states.count
    var place = [Int](repeating: -1, count: chain.stateCount)
    for (index, state) in found.states.enumerated() { place[state] = index }
    var matrix = [Double](repeating: 0, count: count * count)
    for (index, state) in found.states.enumerated() {
      matrix[index * count + index] -= 1
      for position in chain.transitions.positions(ofRow: state) {
        matrix[place[Int(chain.transitions.columns[position])] * count + index] +=
          chain.transitions.values[position]
      }
    }
    for column in 0..<count { matrix[(count - 1) * count + column] = 1 }
    let right = [Double](repeating: 0, count: count - 1) + [1]
    let expected = try LinearAlgebra.solve(Tensor(matrix).reshape([count, count]), Tensor(right)).doubles()
    #expect(found.bound < 1e-9 && agree(found.probability, expected, 1e-9), "\(found.bound)")
  }

  /// Chains with several closed classes, some periodic: P B = B, the step equations (infinite where a class is
  /// missed), and π P = π of each class.
  @Test(arguments: 1...12)
  func reducibleAndPeriodic(_ seed: Int) throws {
    let stream = RandomStream(key: RandomKey(seed: UInt64(seed)))
    let transient = 10 + 5 * seed
    var entries: [(Int, Int, Double)] = []
    // A cycle of three, an absorbing state, a pair that takes turns.
    let first = transient
    entries += [
      (first, first + 1, 1), (first + 1, first + 2, 1), (first + 2, first, 1), (first + 3, first + 3, 1),
    ]
    entries += [(first + 4, first + 5, 1), (first + 5, first + 4, 1)]
    let count = first + 6
    for row in 0..<transient {
      let targets = (0..<3).map { _ in stream.nextInt(below: seed % 2 == 0 ? count : min(count, row + 8)) }
      let weights = targets.map { _ in stream.nextUniform() + 0.1 }
      let sum = weights.reduce(0, +)
      for (target, weight) in zip(targets, weights) { entries.append((row, target, weight / sum)) }
    }
    let chain = try MarkovChain(
      transitions: SparseMatrix(
        rowCount: count, columnCount: count, rows: entries.map(\.0), columns: entries.map(\.1),
        values: entries.map(\.2)))
    let found = try chain.absorption()
    let width = found.classes.count
    let recurrent = Set(found.classes.joined())
    for end in 0..<width {
      let column = found.probabilities(of: end)
      let next = try chain.transitions.times(column)
      #expect(zip(column, next).allSatisfy { abs($0 - $1) <= 1e-14 })
    }
    let ahead = try chain.transitions.times(found.steps)
    for state in 0..<count {
      let sum = (0..<width).reduce(0) { $0 + found.probability[state * width + $1] }
      #expect(abs(sum - 1) <= 1e-13)
      let expected = recurrent.contains(state) ? 0 : 1 + ahead[state]
      #expect(abs(found.steps[state] - expected) <= 1e-13 * max(1, expected))
    }
    let times = try chain.hittingTimes(of: [first + 3]).values
    let reach = try chain.hittingProbabilities(of: [first + 3]).values
    for state in 0..<count {
      #expect((times[state] == .infinity) == (reach[state] < 1 - 1e-9))
    }
    for stationary in try chain.stationary() {
      var full = [Double](repeating: 0, count: count)
      for (state, share) in zip(stationary.states, stationary.probability) { full[state] = share }
      #expect(zip(full, chain.transitions.times(row: full)).allSatisfy { abs($0 - $1) <= 1e-15 })
    }
  }
}
