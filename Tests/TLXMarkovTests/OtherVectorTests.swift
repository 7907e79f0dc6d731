import Foundation
import TLXMarkov
import TLXNumerics
import Testing

@Suite struct OtherVectorTests {
  private func sparse(_ rows: [[Double]]) throws -> SparseMatrix {
    try SparseMatrix(dense: rows.flatMap { $0 }, rowCount: rows.count, columnCount: rows.first?.count ?? 0)
  }

  @Test func continuousTime() throws {
    let vector = try VectorCase.named("ctmc_3", in: "other")
    let chain = try ContinuousChain(
      rates: sparse(vector.numbers(vector.fields["Q"])), names: StateNames(count: 3))
    #expect(try agree(chain.stationary()[0].probability, vector.row(vector.fields["stationary"]), 1e-15))
    #expect(
      try agree(
        chain.embedded().transitions.dense(), vector.numbers(vector.fields["embedded"]).flatMap { $0 }, 1e-15)
    )
    #expect(
      try agree(
        chain.uniformised(rate: 3).transitions.dense(),
        vector.numbers(vector.fields["uniformised_rate3"]).flatMap { $0 }, 1e-15))
    for (time, rows) in try #require(vector.fields["P_t"] as? [String: Any]) {
      let seconds = try #require(Rational(time)).double
      for (state, row) in vector.numbers(rows).enumerated() {
        let start = (0..<3).map { $0 == state ? 1.0 : 0 }
        #expect(try agree(chain.distribution(at: seconds, from: start), row, 1e-13))
      }
    }
  }

  @Test func queue() throws {
    let vector = try VectorCase.named("mm1_5", in: "other")
    var rows = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    for state in 0..<6 {
      if state < 5 { rows[state][state + 1] = 2 }
      if state > 0 { rows[state][state - 1] = 3 }
      rows[state][state] = -rows[state].reduce(0, +)
    }
    let chain = try ContinuousChain(rates: sparse(rows), names: StateNames(count: 6))
    #expect(try agree(chain.stationary()[0].probability, vector.row(vector.fields["stationary"]), 1e-15))
  }

  @Test func phaseType() throws {
    let vector = try VectorCase.named("phase_type_2", in: "other")
    let rates = vector.numbers(vector.fields["T"])
    let exits = vector.numbers(vector.fields["exit_rates"])
    let rows = [rates[0] + exits[0], rates[1] + exits[1], [0, 0, 0, 0], [0, 0, 0, 0]]
    let found = try ContinuousChain(rates: sparse(rows), names: StateNames(count: 4)).absorption()
    #expect(
      agree(Array(found.times[0..<2]), vector.numbers(vector.fields["mean_time"]).flatMap { $0 }, 1e-14))
    #expect(
      agree(
        Array(found.probability[0..<4]), vector.numbers(vector.fields["absorption"]).flatMap { $0 }, 1e-14))
  }

  @Test(arguments: ["umbrella", "fever"])
  func hidden(_ name: String) throws {
    let vector = try VectorCase.named(name, in: "other")
    let model = try HiddenMarkovModel(
      start: vector.row(vector.fields["pi"]), transitions: vector.numbers(vector.fields["T"]).flatMap { $0 },
      emissions: vector.numbers(vector.fields["E"]).flatMap { $0 })
    let observations = try #require(vector.fields["obs"] as? [Int])
    let passes = try model.passes(observations)
    let likelihood = vector.row([vector.fields["likelihood"] as Any])[0]
    #expect(abs(exp(passes.logLikelihood) - likelihood) <= 1e-13 * likelihood)
    #expect(
      agree(
        Array(passes.filtered.suffix(model.stateCount)), vector.row(vector.fields["filtered_last"]), 1e-13))
    #expect(agree(passes.smoothed, vector.numbers(vector.fields["smoothed"]).flatMap { $0 }, 1e-13))
    let (path, logProbability) = try model.viterbi(observations)
    #expect(path == vector.fields["viterbi"] as? [Int])
    let best = vector.row([vector.fields["viterbi_prob"] as Any])[0]
    #expect(abs(exp(logProbability) - best) <= 1e-13 * best)
    let step = try #require(vector.fields["baum_welch_1"] as? [String: Any])
    let next = try model.reestimated([observations]).model
    #expect(agree(next.transitions, vector.numbers(step["T"]).flatMap { $0 }, 1e-12))
    #expect(agree(next.emissions, vector.numbers(step["E"]).flatMap { $0 }, 1e-12))
    #expect(agree(next.start, vector.row(step["pi"]), 1e-12))
    let history = try model.fitted([observations], steps: 20, tolerance: 0).logLikelihoods
    #expect(zip(history, history.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
  }

  private func taxicab() throws -> DecisionProcess {
    let vector = try VectorCase.named("taxicab_average", in: "other")
    let actions = try #require(vector.fields["actions"] as? [String: [[[String]]]])
    let choices = try (0..<3).map { state in
      try (0..<(actions["\(state)"]?.count ?? 0)).map { action in
        let option = try #require(actions["\(state)"])[action]
        let probabilities = option[0].compactMap { Rational($0)?.double }
        let rewards = option[1].compactMap { Rational($0)?.double }
        return DecisionProcess.Choice(
          action: action, states: [0, 1, 2], probabilities: probabilities,
          reward: zip(probabilities, rewards).reduce(0) { $0 + $1.0 * $1.1 })
      }
    }
    return try DecisionProcess(choices)
  }

  @Test(arguments: ["0.9", "0.99", "0.0"])
  func decisions(_ discount: String) throws {
    let vector = try VectorCase.named("taxicab_gamma_\(discount)", in: "other")
    let process = try taxicab()
    let expected = vector.row(vector.fields["value"])
    let gamma = try #require(Double(discount))
    let policy = try process.policyIteration(discount: gamma)
    #expect(policy.policy == vector.fields["policy"] as? [Int])
    #expect(agree(policy.value, expected, 1e-12))
    let values = try process.valueIteration(discount: gamma, tolerance: 1e-9)
    #expect(values.policy == policy.policy)
    #expect(zip(values.value, expected).allSatisfy { abs($0 - $1) <= values.bound + 1e-11 })
  }

  @Test func averageReward() throws {
    let solution = try taxicab().averageReward()
    #expect(solution.policy == [1, 1, 1])
    #expect(abs((solution.gain ?? .nan) - 1588.0 / 119) <= 1e-12)
  }

  @Test func lumping() throws {
    for name in ["land_of_oz_lump", "cube_by_weight"] {
      let vector = try VectorCase.named(name, in: "other")
      let chain = try MarkovChain(transitions: sparse(vector.numbers(vector.fields["P"])))
      let parts = try #require(vector.fields["partition"] as? [[Int]])
      #expect((chain.lumpingError(parts)?.error ?? 0) < 1e-15)
      let lumped = try chain.lumped(parts, names: parts.indices.map { "\($0)" })
      #expect(
        agree(lumped.transitions.dense(), vector.numbers(vector.fields["lumped"]).flatMap { $0 }, 1e-15))
      if let wrong = vector.fields["not_lumpable"] as? [[Int]] {
        #expect(try #require(chain.lumpingError(wrong)).error > 0.1)
      }
    }
  }

  @Test func likeliestPathToSuccess() throws {
    let vector = try VectorCase.named("rephrase_graph_1", in: "selflearning")
    let (q, r) = (vector.matrix("Q"), vector.matrix("R"))
    let rows = zip(q, r).map { $0 + $1 } + [[0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]]
    let chain = try MarkovChain(transitions: sparse(rows))
    let expected = try #require(vector.fields["most_likely_success_path"] as? [String: Any])
    let paths = try chain.likelyPaths(from: 2, to: [4], count: 5)
    #expect(paths[0].states.dropLast() == (expected["path"] as? [Int] ?? [])[...])
    #expect(agree([paths[0].probability], [45.0 / 112], 1e-14))
    #expect(zip(paths, paths.dropFirst()).allSatisfy { $0.probability >= $1.probability })
    #expect(Set(paths.map(\.states)).count == paths.count)
    let absorption = try chain.absorption()
    #expect(agree(Array(absorption.probability[0..<8]), vector.matrix("B").flatMap { $0 }, 1e-14))
    for start in 0..<4 {
      let scores = try chain.lastBefore([4], from: start)
      #expect(agree((0..<4).map { scores[$0] }, vector.matrix("score")[start], 1e-14))
    }
  }
}
