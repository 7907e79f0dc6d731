import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  static let decisions: [Builtin] = [
    Builtin(
      "mdp", family: "markov",
      [
        .positional("p", "f64[a, n, n] | list", "the next state after each action in each state"),
        .positional(
          "r", "f64[a, n] | f64[a, n, n]", "the rewards; inside p where that is a list", default: "nil"),
        .option("discount", "float", "what a reward one step later is worth", default: "0.9"),
        .option(
          "method", "string", "exact policy iteration, or value iteration", default: "\"policy\"",
          choices: ["policy", "value"]),
        .option("average", "bool", "maximises the mean reward a step, undiscounted", default: "false"),
        .option("tolerance", "float", "the error of values that value iteration may leave", default: "1e-9"),
      ],
      result: "{policy, value, gain, steps, bound}",
      summary: "finds the best policy of a Markov decision process",
      details: """
        Where states have different actions, p is a list of states, each a list of actions {p: f64[n], r: float | f64[n]}. \
        `policy` is the number of the action in each state, `value` its expected discounted reward; for `average=true` \
        values relative to state 0, and `gain` the reward a step (nil otherwise). `bound`: what no value is off by more \
        than (for averages the error of the optimality equation). Policy iteration solves a dense system a step.
        """,
      errors: [
        "E0505: probabilities do not sum to 1, a discount outside of 0 ..< 1", "E0401: shapes do not fit",
        "E0503: value iteration does not converge",
      ],
      examples: [
        Builtin.Example(
          "mdp([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], [[0, 1], [0, 0]], discount=0.5).policy", "[1, 0]"),
        Builtin.Example(
          "mdp([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], [[0, 1], [0, 0]], discount=0.5).value", "[1, 2]"),
      ],
      source: "Howard, Dynamic Programming and Markov Processes, 1960",
      body: { arguments in
        let process = try readProcess(arguments)
        let solution: DecisionProcess.Solution
        if try arguments.bool("average") {
          solution = try process.averageReward()
        } else if try arguments.string("method") == "value" {
          let tolerance = try arguments.float("tolerance")
          guard tolerance > 0 else { throw arguments.failure("tolerance", mustBe: "a number above 0") }
          solution = try process.valueIteration(discount: arguments.float("discount"), tolerance: tolerance)
        } else {
          solution = try process.policyIteration(discount: arguments.float("discount"))
        }
        return .record(
          Record([
            ("policy", .tensor(try Tensor(solution.policy))), ("value", .tensor(try Tensor(solution.value))),
            ("gain", solution.gain.map { .float($0) } ?? .null), ("steps", .int(solution.steps)),
            ("bound", .float(solution.bound)),
          ]))
      })
  ]

  private static func readProcess(_ arguments: Arguments) throws -> DecisionProcess {
    if case .list(let states) = arguments.value("p"), case .list? = states.first {
      return try DecisionProcess(
        states.enumerated().map { state, value in
          guard case .list(let actions) = value else {
            throw arguments.failure(
              "p", "E0405", "state \(state) is \(value.kindDescription), not a list of actions")
          }
          return try actions.enumerated().map { try choice($1, state, $0, states.count, arguments) }
        })
    }
    let p = try arguments.tensor("p", rank: 3, shape: "f64[actions, n, n]")
    let (actions, count) = (p.shape[0], p.shape[1])
    let r = try arguments.tensor("r")
    guard p.shape[2] == count, r.shape.sizes == [actions, count] || r.shape == p.shape else {
      throw arguments.failure(
        "r", "E0401", "rewards \(r.typeDescription) do not fit probabilities \(p.typeDescription)")
    }
    let (probabilities, rewards) = (try p.doubles(), try r.doubles())
    return try DecisionProcess(
      (0..<count).map { state in
        (0..<actions).map { action in
          let row = (action * count + state)
          let shares = Array(probabilities[(row * count)..<((row + 1) * count)])
          let reward =
            r.rank == 2
            ? rewards[row]
            : zip(shares, rewards[(row * count)..<((row + 1) * count)]).reduce(0) { $0 + $1.0 * $1.1 }
          return DecisionProcess.Choice(
            action: action, states: Array(0..<count), probabilities: shares, reward: reward)
        }
      })
  }

  private static func choice(
    _ value: Value, _ state: Int, _ action: Int, _ count: Int, _ arguments: Arguments
  ) throws -> DecisionProcess.Choice {
    let place = "action \(action) of state \(state)"
    guard case .record(let record) = value, let p = record["p"], let r = record["r"],
      let shares = try Arguments.tensor(from: p)?.doubles()
    else { throw arguments.failure("p", "E0405", "\(place) must be a record {p, r}") }
    guard shares.count == count else {
      throw arguments.failure("p", "E0401", "\(place) has \(shares.count) probabilities for \(count) states")
    }
    let rewards = try Arguments.tensor(from: r)?.doubles() ?? []
    guard rewards.count == 1 || rewards.count == count else {
      throw arguments.failure("p", "E0401", "\(place) has \(rewards.count) rewards for \(count) states")
    }
    let reward = rewards.count == 1 ? rewards[0] : zip(shares, rewards).reduce(0) { $0 + $1.0 * $1.1 }
    return DecisionProcess.Choice(
      action: action, states: Array(0..<count), probabilities: shares, reward: reward)
  }
}
