import TLXMarkov
import TLXNumerics
import Testing

/// Chains on which solvers that subtract have no correct digit.
@Suite struct HardCaseTests {
  private func chain(_ entries: [(Int, Int, Double)], _ count: Int) throws -> MarkovChain {
    try MarkovChain(
      transitions: SparseMatrix(
        rowCount: count, columnCount: count, rows: entries.map(\.0), columns: entries.map(\.1),
        values: entries.map(\.2)))
  }

  @Test(arguments: [1e-3, 1e-8, 1e-14, 1e-30, 1e-100])
  func coupling(_ e: Double) throws {
    // Two pairs of states; the only ways between them have probability e and 3 e.
    let chain = try chain(
      [
        (0, 0, 0.5), (0, 1, 0.5), (1, 0, 0.25), (1, 1, 0.75 - e), (1, 2, e), (2, 2, 0.5), (2, 3, 0.5),
        (3, 2, 0.5), (3, 3, 0.5 - 3 * e), (3, 0, 3 * e),
      ], 4)
    // The flow from 1 to 2 is that from 3 to 0: π₁ e = 3 π₃ e; within the pairs by their own balance.
    let exact = try ExactChain(chain).stationary()[0].map(\.double)
    let found = try chain.stationary()[0].probability
    if e >= 1e-14 { #expect(agree(found, exact, 1e-14)) }
    #expect(agree([found[1]], [3 * found[3]], 1e-15))
    #expect(abs(found.reduce(0, +) - 1) < 1e-15)
    #expect(abs(found[0] - (0.25 * found[1] + 3 * e * found[3]) / 0.5) <= 1e-15 * found[0])
  }

  @Test func birthAndDeathDownToTinyShares() throws {
    let count = 60
    var entries: [(Int, Int, Double)] = []
    for state in 0..<count {
      if state + 1 < count { entries.append((state, state + 1, 0.1)) }
      if state > 0 { entries.append((state, state - 1, 0.8)) }
      entries.append((state, state, state == 0 ? 0.9 : state + 1 == count ? 0.2 : 0.1))
    }
    let found = try chain(entries, count).stationary()[0].probability
    // Ratios of 1/8: the last share is about 5e-54.
    let total = (0..<count).reduce(0.0) { sum, state in
      sum + Double(sign: .plus, exponent: -3 * state, significand: 1)
    }
    let exact = (0..<count).map { Double(sign: .plus, exponent: -3 * $0, significand: 1) / total }
    #expect(found[count - 1] < 1e-53)
    #expect(agree(found, exact, 1e-13))
  }

  @Test func leakOfATinyProbability() throws {
    let e = 1e-15
    let chain = try chain(
      [
        (0, 1, 0.5), (0, 2, 0.5 - e), (0, 3, e), (1, 0, 1), (2, 0, 1 - 2 * e), (2, 4, 2 * e), (3, 3, 1),
        (4, 4, 1),
      ], 5)
    let absorption = try chain.absorption()
    // A visit to 0 ends in 3 with e, and by 2 in 4 with (1/2 − e) 2 e.
    let (first, second) = (e, (0.5 - e) * 2 * e)
    #expect(agree([absorption.probability[0]], [first / (first + second)], 1e-14))
    #expect(agree([absorption.probability[1]], [second / (first + second)], 1e-14))
    let exact = try ExactChain(chain).absorption()
    #expect(agree([absorption.steps[0]], [exact.steps[0].double], 1e-14))
    #expect(absorption.probability.allSatisfy { $0 >= 0 })
  }

  @Test func absorptionWithTinyEntries() throws {
    let e = 1e-130
    let chain = try chain(
      [(0, 1, 1 - e), (0, 2, e), (1, 0, 0.5), (1, 3, 0.5), (2, 2, 1), (3, 3, 1)], 4)
    let found = try chain.absorption().probability
    #expect(agree([found[0], found[2]], [2 * e, e], 1e-15))
    #expect(found.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func gamblerWithSmallOdds() throws {
    let count = 42
    var entries: [(Int, Int, Double)] = [(0, 0, 1), (count - 1, count - 1, 1)]
    for state in 1..<(count - 1) { entries += [(state, state + 1, 0.1), (state, state - 1, 0.9)] }
    let found = try chain(entries, count).absorption()
    // (9^i − 1) / (9^41 − 1)
    var power = 1.0
    for state in 1..<count {
      power *= 9
      let exact = (power - 1) / 1.330279464729113e39
      #expect(abs(found.probability[state * 2 + 1] - exact) <= 1e-12 * exact)
    }
  }

  @Test func trapsAndSureStops() throws {
    // 0 goes to the trap {1, 2} or to 3; 4 goes to 3 only.
    let chain = try chain(
      [(0, 1, 0.5), (0, 3, 0.5), (1, 2, 1), (2, 1, 1), (3, 3, 1), (4, 3, 0.5), (4, 4, 0.5)], 5)
    #expect(try chain.hittingTimes(of: [3]).values == [.infinity, .infinity, .infinity, 0, 2])
    #expect(try chain.hittingProbabilities(of: [3]).values == [0.5, 0, 0, 1, 1])
    #expect(try chain.period(ofClass: Int(chain.structure().components.component[1])) == 2)
    let one = try MarkovChain(transitions: SparseMatrix(dense: [1], rowCount: 1, columnCount: 1))
    #expect(try one.stationary()[0].probability == [1])
    #expect(try one.kemeny() == 0)
    #expect(try one.firstPassages() == [1])
    #expect(throws: NumericsError.self) { try chain.kemeny() }
    let two = try MarkovChain(
      transitions: SparseMatrix(dense: [0, 1, 1, 0], rowCount: 2, columnCount: 2))
    #expect(throws: NumericsError.self) { try two.mixingTime(epsilon: 0.25) }
  }
}
