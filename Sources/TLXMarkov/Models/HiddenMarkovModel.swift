import TLXNumerics

/// A hidden Markov model with finitely many observations: start π, transitions A, emissions B.
///
/// The forward and backward passes are scaled at each step (Rabiner, Proc. IEEE 1989), so that sequences of any length
/// neither under- nor overflow.
public struct HiddenMarkovModel: Sendable {
  public let stateCount: Int
  public let symbolCount: Int
  public let start: [Double]
  /// n × n by rows.
  public let transitions: [Double]
  /// n × m by rows.
  public let emissions: [Double]

  public init(start: [Double], transitions: [Double], emissions: [Double]) throws {
    let n = start.count
    guard n > 0, transitions.count == n * n, !emissions.isEmpty, emissions.count % n == 0 else {
      throw NumericsError(
        "E0401",
        "\(n) start probabilities, \(transitions.count) transitions and \(emissions.count) emissions do not fit"
      )
    }
    let m = emissions.count / n
    try Self.check([start], "start")
    try Self.check((0..<n).map { Array(transitions[($0 * n)..<(($0 + 1) * n)]) }, "transitions")
    try Self.check((0..<n).map { Array(emissions[($0 * m)..<(($0 + 1) * m)]) }, "emissions")
    stateCount = n
    symbolCount = m
    self.start = start
    self.transitions = transitions
    self.emissions = emissions
  }

  private static func check(_ rows: [[Double]], _ what: String) throws {
    for (number, row) in rows.enumerated() {
      let place = rows.count == 1 ? what : "row \(number) of \(what)"
      guard row.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
        throw NumericsError("E0505", "\(place) holds a number that is no probability")
      }
      let sum = row.reduce(0, +)
      guard abs(sum - 1) <= 1e-6 else { throw NumericsError("E0505", "\(place) sums to \(sum), not 1") }
    }
  }

  /// - Throws: E0505 for an observation that is no symbol, E0406 for none at all.
  public func checkObservations(_ observations: [Int]) throws {
    guard !observations.isEmpty else { throw NumericsError("E0406", "there are no observations") }
    if let wrong = observations.first(where: { $0 < 0 || $0 >= symbolCount }) {
      throw NumericsError("E0505", "\(wrong) is no observation: they are 0 to \(symbolCount - 1)")
    }
  }

  /// What the forward and backward passes find.
  public struct Passes: Sendable {
    public let logLikelihood: Double
    /// P(state at t | observations up to t) at `t * n + i`.
    public let filtered: [Double]
    /// P(state at t | all observations).
    public let smoothed: [Double]
    fileprivate let backward: [Double]
    fileprivate let scales: [Double]
  }

  /// O(length × n²). Throws E0505 where the model cannot produce the observations, with the first that it cannot.
  public func passes(_ observations: [Int]) throws -> Passes {
    try checkObservations(observations)
    let n = stateCount
    let length = observations.count
    var forward = [Double](repeating: 0, count: length * n)
    var scales = [Double](repeating: 0, count: length)
    for t in 0..<length {
      if t % 4096 == 0 { try Interrupt.check() }
      for j in 0..<n {
        var sum = t == 0 ? start[j] : 0
        if t > 0 { for i in 0..<n { sum += forward[(t - 1) * n + i] * transitions[i * n + j] } }
        forward[t * n + j] = sum * emissions[j * symbolCount + observations[t]]
        scales[t] += forward[t * n + j]
      }
      guard scales[t] > 0 else {
        throw NumericsError(
          "E0505",
          "the model gives observation \(t), which is \(observations[t]), probability 0 after those before it"
        )
      }
      for j in 0..<n { forward[t * n + j] /= scales[t] }
    }
    let backward = backwardPass(observations, scales)
    return Passes(
      logLikelihood: scales.reduce(0) { $0 + Libm.log($1) }, filtered: forward,
      smoothed: zip(forward, backward).map { $0 * $1 }, backward: backward, scales: scales)
  }

  private func backwardPass(_ observations: [Int], _ scales: [Double]) -> [Double] {
    let n = stateCount
    var backward = [Double](repeating: 1, count: observations.count * n)
    for t in (0..<(observations.count - 1)).reversed() {
      for i in 0..<n {
        var sum = 0.0
        for j in 0..<n {
          sum +=
            transitions[i * n + j] * emissions[j * symbolCount + observations[t + 1]]
            * backward[(t + 1) * n + j]
        }
        backward[t * n + i] = sum / scales[t + 1]
      }
    }
    return backward
  }

  /// The most probable sequence of states, and the logarithm of its joint probability with the observations
  /// (Viterbi 1967). Of equal ones the first.
  public func viterbi(_ observations: [Int]) throws -> (path: [Int], logProbability: Double) {
    try checkObservations(observations)
    let n = stateCount
    func log(_ p: Double) -> Double { p > 0 ? Libm.log(p) : -.infinity }
    var best = (0..<n).map { log(start[$0]) + log(emissions[$0 * symbolCount + observations[0]]) }
    var previous = [Int32](repeating: 0, count: observations.count * n)
    let logTransitions = transitions.map(log)
    for t in observations.indices.dropFirst() {
      if t % 4096 == 0 { try Interrupt.check() }
      var next = [Double](repeating: -.infinity, count: n)
      for j in 0..<n {
        for i in 0..<n where best[i] + logTransitions[i * n + j] > next[j] {
          next[j] = best[i] + logTransitions[i * n + j]
          previous[t * n + j] = Int32(i)
        }
        next[j] += log(emissions[j * symbolCount + observations[t]])
      }
      best = next
    }
    var state = best.indices.reduce(0) { best[$1] > best[$0] ? $1 : $0 }
    guard best[state] > -.infinity else {
      throw NumericsError("E0505", "the model gives these observations probability 0")
    }
    let logProbability = best[state]
    var path = [state]
    for t in (1..<max(1, observations.count)).reversed() {
      state = Int(previous[t * n + state])
      path.append(state)
    }
    return (path.reversed(), logProbability)
  }

  /// One step of Baum and Welch on several sequences: the model whose rows are the expected counts given this one, and
  /// this one's log-likelihood. A state that is never left keeps its row.
  public func reestimated(_ sequences: [[Int]]) throws -> (model: HiddenMarkovModel, logLikelihood: Double) {
    let (n, m) = (stateCount, symbolCount)
    var total = 0.0
    var starts = [Double](repeating: 0, count: n)
    var moves = [Double](repeating: 0, count: n * n)
    var shows = [Double](repeating: 0, count: n * m)
    for observations in sequences {
      let passes = try passes(observations)
      total += passes.logLikelihood
      for (t, symbol) in observations.enumerated() {
        for i in 0..<n {
          let share = passes.smoothed[t * n + i]
          if t == 0 { starts[i] += share }
          shows[i * m + symbol] += share
          guard t + 1 < observations.count else { continue }
          for j in 0..<n {
            moves[i * n + j] +=
              passes.filtered[t * n + i] * transitions[i * n + j] * emissions[j * m + observations[t + 1]]
              * passes.backward[(t + 1) * n + j] / passes.scales[t + 1]
          }
        }
      }
    }
    let model = try HiddenMarkovModel(
      start: Self.normalised(starts, n, start), transitions: Self.normalised(moves, n, transitions),
      emissions: Self.normalised(shows, m, emissions))
    return (model, total)
  }

  private static func normalised(_ counts: [Double], _ width: Int, _ old: [Double]) -> [Double] {
    var result = counts
    for first in stride(from: 0, to: counts.count, by: width) {
      let sum = counts[first..<(first + width)].reduce(0, +)
      for index in first..<(first + width) { result[index] = sum > 0 ? counts[index] / sum : old[index] }
    }
    return result
  }

  /// Baum and Welch until the log-likelihood gains less than `tolerance` a step or `steps` are done. The likelihoods are
  /// those of the model before each step, and never fall.
  public func fitted(_ sequences: [[Int]], steps: Int, tolerance: Double) throws
    -> (model: HiddenMarkovModel, logLikelihoods: [Double])
  {
    guard !sequences.isEmpty else { throw NumericsError("E0406", "there are no sequences to learn from") }
    var model = self
    var history: [Double] = []
    for _ in 0..<steps {
      let (next, likelihood) = try model.reestimated(sequences)
      history.append(likelihood)
      model = next
      if history.count > 1, likelihood - history[history.count - 2] < tolerance { break }
    }
    return (model, history)
  }
}
