import TLXMarkov
import TLXNumerics
import Testing

/// What every chain must satisfy, on seeded random ones.
@Suite struct IdentityTests {
  /// A sparse chain; some rows lead to a last, absorbing state with probability `leak`.
  static func random(_ count: Int, degree: Int, seed: Int, leak: Double = 0) throws -> MarkovChain {
    let stream = RandomStream(key: RandomKey(seed: UInt64(seed)))
    var (rows, columns, values): ([Int], [Int], [Double]) = ([], [], [])
    for row in 0..<count {
      let weights = (0..<degree).map { _ in stream.nextUniform() + 0.05 }
      let sum = weights.reduce(0, +)
      for weight in weights {
        rows.append(row)
        columns.append(stream.nextInt(below: count))
        values.append(weight / sum * (1 - leak))
      }
      if leak > 0 {
        rows.append(row)
        columns.append(count + stream.nextInt(below: 2))
        values.append(leak)
      }
    }
    if leak > 0 {
      rows += [count, count + 1]
      columns += [count, count + 1]
      values += [1, 1]
    }
    let size = leak > 0 ? count + 2 : count
    return try MarkovChain(
      transitions: SparseMatrix(
        rowCount: size, columnCount: size, rows: rows, columns: columns, values: values))
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func stationaryAndPassages(_ seed: Int) throws {
    let chain = try Self.random(20 + 17 * seed, degree: seed, seed: seed)
    let count = chain.stateCount
    for stationary in try chain.stationary() {
      var full = [Double](repeating: 0, count: count)
      for (state, share) in zip(stationary.states, stationary.probability) { full[state] = share }
      let next = chain.transitions.times(row: full)
      #expect(zip(full, next).allSatisfy { abs($0 - $1) <= 1e-15 })
      #expect(abs(full.reduce(0, +) - 1) <= 1e-14)
    }
    let passages = try chain.firstPassages()
    for row in 0..<count {
      for column in 0..<count where row != column {
        var sum = 1.0
        for position in chain.transitions.positions(ofRow: row)
        where Int(chain.transitions.columns[position]) != column {
          sum +=
            chain.transitions.values[position]
            * passages[Int(chain.transitions.columns[position]) * count + column]
        }
        let own = passages[row * count + column]
        #expect(own == sum || abs(own - sum) <= 1e-13 * own)
      }
    }
    guard try chain.isIrreducible() else { return }
    let shares = try chain.stationary()[0].probability
    let kemeny = try chain.kemeny()
    for row in 0..<count {
      let sum = (0..<count).reduce(0) { $1 == row ? $0 : $0 + passages[row * count + $1] * shares[$1] }
      #expect(abs(sum - kemeny) <= 1e-12 * kemeny)
      #expect(abs(passages[row * count + row] * shares[row] - 1) <= 1e-13)
    }
    let back = try chain.reversed()
    for row in 0..<count {
      for position in chain.transitions.positions(ofRow: row) {
        let column = Int(chain.transitions.columns[position])
        let there = shares[row] * chain.transitions.values[position]
        #expect(abs(there - shares[column] * back.probability(column, row)) <= 1e-14)
      }
    }
    #expect(try agree(back.stationary()[0].probability, shares, 1e-12))
  }

  @Test(arguments: [(60, 0.5), (300, 0.01), (900, 0.05), (3000, 0.3), (3000, 0.01)])
  func absorption(_ size: (count: Int, leak: Double)) throws {
    let chain = try Self.random(size.count, degree: 4, seed: size.count, leak: size.leak)
    let found = try chain.absorption()
    #expect(found.residual <= 1e-12 && found.bound <= 1e-11)
    for state in 0..<size.count {
      #expect(abs(found.probability[2 * state] + found.probability[2 * state + 1] - 1) <= 1e-12)
      // Every step leaves with the same probability: geometric times.
      #expect(abs(found.steps[state] * size.leak - 1) <= 1e-11)
      #expect(
        abs(found.stepsVariance[state] - (1 - size.leak) / (size.leak * size.leak)) <= 1e-8
          / (size.leak * size.leak))
    }
    let row = try chain.fundamentalRow(of: 0)
    #expect(abs(row.visits.reduce(0, +) * size.leak - 1) <= 1e-11)
    let column = try chain.fundamentalColumn(of: 5)
    #expect(abs(column[0] - row[5]) <= 1e-11 * row[5])
    var target = 0.0
    for (state, visits) in zip(row.states, row.visits) {
      target += visits * chain.probability(state, size.count)
    }
    #expect(abs(target - found.probability[0]) <= 1e-11)
  }

  @Test func largeStationaryIsCertified() throws {
    let count = MarkovChain.stationaryLimit + 500
    let chain = try Self.random(count, degree: 5, seed: 9)
    let structure = try chain.structure()
    let large = try chain.stationary()
    #expect(structure.closedClasses.count == large.count)
    for stationary in large {
      #expect(stationary.bound < 1e-9 && stationary.residual < 1e-14)
      #expect(abs(stationary.probability.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test func sensitivityIsTheSlope() throws {
    let chain = try Self.random(12, degree: 3, seed: 4, leak: 0.2)
    let slopes = try chain.sensitivity(of: [12], from: 0)
    let h = 1e-6
    let base = try chain.hittingProbabilities(of: [12]).values[0]
    // Mass moved between two transitions of a row: the difference of their slopes.
    let row = chain.transitions.positions(ofRow: 3)
    var values = chain.transitions.values
    values[row.lowerBound] += h
    values[row.upperBound - 1] -= h
    let moved = try MarkovChain(transitions: chain.transitions.replacing(values: values))
    let slope = try (moved.hittingProbabilities(of: [12]).values[0] - base) / h
    #expect(abs(slope - (slopes[row.lowerBound] - slopes[row.upperBound - 1])) < 1e-5)
  }

  @Test func conditionalWalksEndThere() throws {
    let chain = try Self.random(15, degree: 3, seed: 8, leak: 0.1)
    let given = try chain.conditional(on: [15])
    let index = try given.index(of: "15")
    #expect(try given.hittingProbabilities(of: [index]).values.allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test func fractions() throws {
    #expect(try Rational(simplest: 0.1).description == "1/10")
    #expect(try Rational(simplest: 1.0 / 3).description == "1/3")
    #expect(try Rational(simplest: -2.5).description == "-5/2")
    #expect(try Rational(simplest: 355.0 / 113).description == "355/113")
    #expect(Rational("-0.25")?.description == "-1/4")
    #expect(Rational("3/0") == nil && Rational("x") == nil && Rational("6/4")?.description == "3/2")
    for value in [0.1, 1e-130, Double.leastNonzeroMagnitude, 1e300, 123456.789, 0.7] {
      #expect(try Rational(simplest: value).double == value)
    }
  }
}
