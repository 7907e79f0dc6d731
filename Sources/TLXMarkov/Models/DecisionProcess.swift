import TLXNumerics

/// A Markov decision process: in each state some actions, each with a distribution of the next state and an expected
/// reward.
public struct DecisionProcess: Sendable {
  /// An action in a state.
  public struct Choice: Sendable {
    public let action: Int
    public let states: [Int]
    public let probabilities: [Double]
    public let reward: Double

    public init(action: Int, states: [Int], probabilities: [Double], reward: Double) {
      self.action = action
      self.states = states
      self.probabilities = probabilities
      self.reward = reward
    }
  }

  /// By state.
  public let choices: [[Choice]]
  public var stateCount: Int { choices.count }

  /// - Throws: E0505 where a state has no action or probabilities do not sum to 1; E0504 for a reward that is not
  ///   finite.
  public init(_ choices: [[Choice]]) throws {
    guard !choices.isEmpty else { throw NumericsError("E0406", "a decision process needs a state") }
    for (state, options) in choices.enumerated() {
      guard !options.isEmpty else { throw NumericsError("E0505", "state \(state) has no action") }
      for choice in options {
        let sum = choice.probabilities.reduce(0, +)
        guard choice.probabilities.allSatisfy({ $0.isFinite && $0 >= 0 }), abs(sum - 1) <= 1e-6 else {
          throw NumericsError(
            "E0505", "the probabilities of action \(choice.action) in state \(state) sum to \(sum), not 1")
        }
        guard choice.reward.isFinite else {
          throw NumericsError(
            "E0504", "the reward of action \(choice.action) in state \(state) is \(choice.reward)")
        }
      }
    }
    self.choices = choices
  }

  /// What was found.
  public struct Solution: Sendable {
    /// The action in each state.
    public let policy: [Int]
    /// Expected discounted reward of each state; for average rewards relative to state 0.
    public let value: [Double]
    /// Average reward a step, where that was asked for.
    public let gain: Double?
    public let steps: Int
    /// No value is off by more than this.
    public let bound: Double
  }

  private func worth(_ choice: Choice, _ value: [Double], _ discount: Double) -> Double {
    var sum = 0.0
    for (state, probability) in zip(choice.states, choice.probabilities) { sum += probability * value[state] }
    return choice.reward + discount * sum
  }

  /// The best choice in each state; the present one is kept unless another is better by more than rounding.
  private func improved(_ current: [Int]?, _ value: [Double], _ discount: Double) -> [Int] {
    choices.indices.map { state in
      let worths = choices[state].map { worth($0, value, discount) }
      var best = current?[state] ?? 0
      for option in worths.indices where worths[option] > worths[best] + 1e-12 * max(1, abs(worths[best])) {
        best = option
      }
      return best
    }
  }

  private func actions(_ selected: [Int]) -> [Int] {
    selected.enumerated().map { choices[$0.offset][$0.element].action }
  }

  /// Howard's policy iteration: evaluates a policy exactly, improves it, until it stays. `discount` in 0 ..< 1.
  public func policyIteration(discount: Double) throws -> Solution {
    try checkDiscount(discount)
    var selected = improved(nil, [Double](repeating: 0, count: stateCount), 0)
    var steps = 0
    while true {
      try Interrupt.check()
      steps += 1
      let value = try evaluate(selected, discount)
      let better = improved(selected, value, discount)
      if better == selected || steps > 10_000 {
        let bound = bellmanError(value, discount) / (1 - discount)
        return Solution(policy: actions(selected), value: value, gain: nil, steps: steps, bound: bound)
      }
      selected = better
    }
  }

  /// Value iteration until values are within `tolerance` of the optimum: |v − v*| ≤ |v' − v| γ / (1 − γ).
  public func valueIteration(discount: Double, tolerance: Double) throws -> Solution {
    try checkDiscount(discount)
    var value = [Double](repeating: 0, count: stateCount)
    for step in 1...10_000_000 {
      if step % 64 == 0 { try Interrupt.check() }
      let next = choices.map { options in
        options.reduce(-Double.infinity) { max($0, worth($1, value, discount)) }
      }
      let change = zip(next, value).reduce(0) { max($0, abs($1.0 - $1.1)) }
      value = next
      let bound = change * discount / (1 - discount)
      if bound <= tolerance {
        return Solution(
          policy: actions(improved(nil, value, discount)), value: value, gain: nil, steps: step, bound: bound)
      }
    }
    throw NumericsError(
      "E0503", "value iteration did not reach \(tolerance) in 10 million steps", help: "use method=\"policy\""
    )
  }

  private func checkDiscount(_ discount: Double) throws {
    guard discount >= 0, discount < 1 else {
      throw NumericsError(
        "E0505", "the discount must be at least 0 and below 1, got \(discount)",
        help: "average=true finds the best average reward without one")
    }
  }

  private func bellmanError(_ value: [Double], _ discount: Double) -> Double {
    choices.indices.reduce(0) { error, state in
      let best = choices[state].reduce(-Double.infinity) { max($0, worth($1, value, discount)) }
      return max(error, abs(best - value[state]))
    }
  }

  /// v = r + γ P v for one policy.
  private func evaluate(_ selected: [Int], _ discount: Double) throws -> [Double] {
    let n = stateCount
    var a = [Double](repeating: 0, count: n * n)
    for state in 0..<n {
      let choice = choices[state][selected[state]]
      a[state * n + state] = 1
      for (next, p) in zip(choice.states, choice.probabilities) { a[state * n + next] -= discount * p }
    }
    let rewards = choices.indices.map { choices[$0][selected[$0]].reward }
    return try LinearAlgebra.solve(Tensor(a).reshape([n, n]), Tensor(rewards)).doubles()
  }

  /// Policy iteration for the average reward: g + v = r + P v with v₀ = 0, for processes where every policy has one
  /// closed class (Howard 1960).
  /// - Throws: E0505 where a policy on the way has several.
  public func averageReward() throws -> Solution {
    let n = stateCount
    var selected = improved(nil, [Double](repeating: 0, count: n), 0)
    for step in 1...10_000 {
      try Interrupt.check()
      let (gain, value) = try evaluateAverage(selected)
      let better = improved(selected, value, 1)
      if better == selected {
        let error = choices.indices.reduce(0.0) { error, state in
          let best = choices[state].reduce(-Double.infinity) { max($0, worth($1, value, 1)) }
          return max(error, abs(best - value[state] - gain))
        }
        return Solution(policy: actions(selected), value: value, gain: gain, steps: step, bound: error)
      }
      selected = better
    }
    throw NumericsError("E0503", "policy iteration did not settle in 10,000 steps")
  }

  private func evaluateAverage(_ selected: [Int]) throws -> (Double, [Double]) {
    let n = stateCount
    var a = [Double](repeating: 0, count: n * n)
    for state in 0..<n {
      let choice = choices[state][selected[state]]
      a[state * n + state] += 1
      for (next, p) in zip(choice.states, choice.probabilities) { a[state * n + next] -= p }
    }
    // The gain takes the place of v₀, which is 0.
    for state in 0..<n { a[state * n] = 1 }
    let rewards = choices.indices.map { choices[$0][selected[$0]].reward }
    let solution: [Double]
    do {
      solution = try LinearAlgebra.solve(Tensor(a).reshape([n, n]), Tensor(rewards)).doubles()
    } catch let error as NumericsError where error.code == "E0501" {
      throw NumericsError(
        "E0505", "a policy splits the states into several closed classes, each with an average of its own")
    }
    return (solution[0], [0] + solution.dropFirst())
  }
}
