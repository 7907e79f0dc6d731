import TLXNumerics

/// The baseline: rewrite each request to the one that most often follows it.
public struct FrequentRewrites {
  private let logged: LoggedChain
  private let scores: [Double]
  public var minimumCount = 10.0
  /// The gate: a request that succeeds at once more often is left alone; 1 lets every request pass.
  public var maximumBefore = 1.0

  public init(_ logged: LoggedChain, success: String = "success") throws {
    self.logged = logged
    let state = try logged.log.outcome(success) ?? logged.chain.index(of: success)
    scores = (0..<logged.chain.stateCount).map { logged.chain.transitions.value($0, state) }
  }

  /// The rules, the most frequent request first; `share` is P(to is next), `saved` is not known.
  public func rules() -> [Rewrite] {
    let (chain, counts) = (logged.chain, logged.chain.evidence?.stateCounts ?? [])
    let ends = Set(chain.absorbingStates)
    var rules: [Rewrite] = []
    for from in 0..<chain.stateCount where !ends.contains(from) {
      guard from < counts.count, counts[from] >= minimumCount, scores[from] <= maximumBefore else { continue }
      var best = -1
      for position in chain.transitions.positions(ofRow: from) {
        let to = Int(chain.transitions.columns[position])
        if to == from || ends.contains(to) { continue }
        if best < 0 || chain.transitions.values[position] > chain.transitions.values[best] { best = position }
      }
      if best < 0 { continue }
      let to = Int(chain.transitions.columns[best])
      rules.append(
        Rewrite(
          from: from, to: to, share: chain.transitions.values[best], before: scores[from], after: scores[to],
          seen: counts[from], customers: logged.log.transitionCustomers[best], path: [from, to],
          saved: .nan))
    }
    return rules.sorted { ($1.seen, $0.from) < ($0.seen, $1.from) }
  }
}
