/// What a chain was counted from, for intervals: how often each transition and each state was seen.
public struct Evidence: Sendable {
  /// How often each transition was seen, in the order of the chain's `transitions.values`. May be fractional
  /// (decay).
  public var transitionCounts: [Double]
  /// How often each state was left.
  public var stateCounts: [Double]

  public init(transitionCounts: [Double], stateCounts: [Double]) {
    self.transitionCounts = transitionCounts
    self.stateCounts = stateCounts
  }
}
