/// Where a chain ends and when: see `MarkovChain.absorption()`.
public struct Absorption: Sendable {
  /// The closed classes, by their states, in the order of their first states.
  public let classes: [[Int]]
  /// P(ends in class c | starts at i) at `i * classes.count + c`; 0 and 1 for recurrent states.
  public let probability: [Double]
  /// Expected steps until a closed class is entered; 0 from recurrent states.
  public let steps: [Double]
  /// The variance of that number of steps.
  public let stepsVariance: [Double]
  /// max |x − Q x − r| over all equations that were solved, each relative to its largest term.
  public let residual: Double
  /// No probability is off by more than this: what the solver proves of its own result.
  public let bound: Double

  /// P(ends in class `target`) of each state.
  public func probabilities(of target: Int) -> [Double] {
    stride(from: target, to: probability.count, by: max(1, classes.count)).map { probability[$0] }
  }
}
