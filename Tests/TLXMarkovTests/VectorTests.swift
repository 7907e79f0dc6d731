import Foundation
import TLXMarkov
import TLXNumerics
import Testing

@Suite struct VectorTests {
  @Test func allCasesAreThere() {
    #expect(VectorCase.all("textbook").count == 19)
    #expect(VectorCase.all("other").count == 12)
    #expect(VectorCase.all("selflearning").count == 2)
  }

  @Test(arguments: VectorCase.all("textbook"))
  func classes(_ vector: VectorCase) throws {
    let chain = try vector.chain()
    let structure = try chain.structure()
    let numbers = (0..<structure.classCount).sorted {
      structure.components.members($0).first ?? 0 < structure.components.members($1).first ?? 0
    }
    #expect(
      numbers.map { structure.components.members($0).map(Int.init) } == vector.expect["classes"] as? [[Int]])
    #expect(numbers.map { structure.isClosed[$0] } == vector.expect["closed"] as? [Bool])
    #expect(try numbers.map { try chain.period(ofClass: $0) } == vector.expect["period"] as? [Int])
    if let transient = vector.expect["transient"] as? [Int] {
      #expect(try chain.transientStates() == transient)
    }
  }

  @Test(arguments: VectorCase.all("textbook"))
  func stationary(_ vector: VectorCase) throws {
    let chain = try vector.chain()
    let expected = vector.matrix("stationary")
    let found = try chain.stationary()
    #expect(found.count == expected.count)
    for (stationary, row) in zip(found, expected) {
      #expect(agree(stationary.probability, stationary.states.map { row[$0] }, vector.tolerance))
      #expect(stationary.residual <= 1e-15)
    }
  }

  @Test(arguments: VectorCase.all("textbook"))
  func absorption(_ vector: VectorCase) throws {
    let chain = try vector.chain()
    let absorption = try chain.absorption()
    #expect(agree(absorption.probability, vector.matrix("absorption").flatMap { $0 }, vector.tolerance))
    #expect(agree(absorption.steps, vector.row(vector.expect["steps"]), vector.tolerance))
    // The reference subtracts nothing; a variance of 0 may come out as rounding squared.
    let variance = vector.row(vector.expect["steps_var"])
    #expect(zip(absorption.stepsVariance, variance).allSatisfy { abs($0 - $1) <= 1e-13 * max($1, 1e-12) })
    #expect(absorption.residual <= 1e-14 && absorption.bound <= 1e-13)
    guard let transient = vector.expect["transient"] as? [Int] else { return }
    let rows = vector.matrix("fundamental")
    for (index, state) in transient.enumerated() {
      let row = try chain.fundamentalRow(of: state)
      let column = try chain.fundamentalColumn(of: state)
      #expect(agree(transient.map { row[$0] }, rows[index], vector.tolerance))
      #expect(agree(transient.map { column[$0] }, rows.map { $0[index] }, vector.tolerance))
    }
  }

  @Test(arguments: VectorCase.all("textbook"))
  func hitting(_ vector: VectorCase) throws {
    let chain = try vector.chain()
    let hit = vector.matrix("hit")
    let passages = vector.matrix("mfpt")
    let returns = vector.row(vector.expect["ret"])
    for target in 0..<chain.stateCount {
      #expect(
        try agree(chain.hittingProbabilities(of: [target]).values, hit.map { $0[target] }, vector.tolerance))
      #expect(try agree(chain.firstPassage(to: target).values, passages.map { $0[target] }, vector.tolerance))
      #expect(try agree([chain.returnProbability(of: target)], [returns[target]], vector.tolerance))
    }
    #expect(try agree(chain.firstPassages(), passages.flatMap { $0 }, vector.tolerance))
  }

  @Test(arguments: VectorCase.all("textbook").filter { $0.expect["kemeny"] != nil })
  func longRun(_ vector: VectorCase) throws {
    let chain = try vector.chain()
    let expect = vector.expect
    #expect(try agree([chain.kemeny()], [expect["kemeny"] as? Double ?? .nan], vector.tolerance))
    #expect(try chain.isReversible() == expect["reversible"] as? Bool)
    if expect["reversal"] != nil {
      #expect(
        try agree(
          chain.reversed().transitions.dense(), vector.matrix("reversal").flatMap { $0 }, vector.tolerance))
    }
    if let slem = expect["slem"] as? Double {
      #expect(abs(try chain.secondEigenvalue() - slem) <= 1e-7)
    }
    if let rate = expect["entropy_rate_nats"] as? Double {
      #expect(abs(try chain.entropyRate() - rate) <= 1e-13 * max(1, rate))
    }
    if let time = expect["tmix"] as? Int { #expect(try chain.mixingTime(epsilon: 0.25) == time) }
  }

  @Test(arguments: VectorCase.all("textbook"))
  func distributions(_ vector: VectorCase) throws {
    let chain = try vector.chain()
    let start = (0..<chain.stateCount).map { $0 == 0 ? 1.0 : 0 }
    for (steps, expected) in vector.expect["nstep_from_0"] as? [String: Any] ?? [:] {
      let found = try chain.distribution(after: try #require(Int(steps)), from: start)
      #expect(agree(found, vector.row(expected), vector.tolerance))
    }
  }

  @Test(arguments: VectorCase.all("textbook"))
  func exactly(_ vector: VectorCase) throws {
    let fractions = try #require(vector.fields["P_exact"] as? [[String]]).flatMap { $0 }
    let chain = try ExactChain(vector.chain())
    #expect(chain.elements.map(\.description) == fractions)
    func texts(_ rows: [[Rational?]]) -> [[String?]] { rows.map { $0.map { $0?.description } } }
    func expected(_ key: String) -> [[String?]]? {
      (vector.exact[key] as? [[Any]])?.map { $0.map { $0 as? String } }
    }
    if let rows = expected("stationary") { #expect(try texts(chain.stationary()) == rows) }
    if let rows = expected("fundamental") { #expect(try texts(chain.fundamental().rows) == rows) }
    if let rows = expected("mfpt") { #expect(try texts(chain.firstPassages()) == rows) }
    let absorption = try chain.absorption()
    if let rows = expected("absorption") {
      #expect(texts((0..<chain.count).map { row in absorption.probability.map { $0[row] } }) == rows)
    }
    if let row = vector.exact["steps"] as? [String] {
      #expect(absorption.steps.map(\.description) == row)
    }
    if let row = vector.exact["steps_var"] as? [String] {
      #expect(absorption.variance.map(\.description) == row)
    }
    if let rows = expected("hit") {
      let columns = try (0..<chain.count).map { try chain.hittingProbabilities(of: [$0]) }
      #expect(texts((0..<chain.count).map { row in columns.map { $0[row] } }) == rows)
    }
    if let value = vector.exact["kemeny"] as? String { #expect(try chain.kemeny()?.description == value) }
  }
}
