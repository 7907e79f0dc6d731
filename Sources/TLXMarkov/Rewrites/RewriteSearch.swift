import TLXLearning
import TLXNumerics

/// Finds the rewrites of a log: for each request the last request before success that is likeliest, if it passes the
/// guards.
///
/// Ponnusamy, Roshan-Ghias, Guo, Sarikaya, "Feedback-based self-learning in large-scale conversational AI agents" (IAAI
/// 2020), on absorbing Markov chains of requests.
public struct RewriteSearch {
  private let logged: LoggedChain
  private let scores: SuccessScores
  private let guards: RewriteGuards
  private let counts: [Double]

  /// - Parameter success: The name of the outcome that is wanted.
  /// - Throws: E0408 if the chain has no such outcome.
  public init(_ logged: LoggedChain, success: String = "success", guards: RewriteGuards = RewriteGuards())
    throws
  {
    self.logged = logged
    self.guards = guards
    let state = try logged.log.outcome(success) ?? logged.chain.index(of: success)
    scores = try SuccessScores(logged.chain, success: state)
    counts = logged.chain.evidence?.stateCounts ?? []
  }

  private var chain: MarkovChain { logged.chain }

  /// The rules, the most frequent request first.
  public func rules() throws -> [Rewrite] {
    let candidates = (0..<chain.stateCount).filter { isCandidate($0) }
    // A first look that is good to a millionth leaves few for whom the last digits are worth computing.
    let hopeful = try scores.rows(of: candidates, tolerance: 1e-6) { from, row in
      choice(from, row, slack: row.bound) == nil ? -1 : from
    }.filter { $0 >= 0 }
    let found = try scores.rows(of: hopeful) { from, row in
      choice(from, row).map { Found(from: from, to: $0.state, share: $0.score, row: row) }
    }.compactMap { $0 }
    let settled = settle(found)
    var paths = LikeliestPath(chain)
    var turns: [Int: Double] = [:]
    var rules: [Rewrite] = []
    for rule in settled {
      if turns[rule.to] == nil { turns[rule.to] = try scores.row(of: rule.to).turns }
      guard let path = paths.find(from: rule.from, to: rule.to) else { continue }
      let customers = customers(along: path)
      if logged.log.hasCustomers && customers < guards.minimumCustomers { continue }
      rules.append(
        Rewrite(
          from: rule.from, to: rule.to, share: rule.share, before: scores.own[rule.from],
          after: scores.own[rule.to], seen: counts[rule.from], customers: customers, path: path,
          saved: rule.row.turns - (turns[rule.to] ?? 0)))
    }
    return rules.sorted { ($1.seen, $0.from) < ($0.seen, $1.from) }
  }

  private struct Found {
    var from: Int
    var to: Int
    var share: Double
    var row: SuccessScores.Row
  }

  private func isCandidate(_ state: Int) -> Bool {
    state < counts.count && counts[state] > 0 && counts[state] >= guards.minimumCount
      && scores.own[state] <= guards.maximumBefore && scores.probability[state] > 0
      && !guards.blocked.contains(chain.names[state])
  }

  /// The likeliest last request that passes; a worse one does not take the place of one that is refused.
  private func choice(_ from: Int, _ row: SuccessScores.Row, slack: Double = 0) -> (
    state: Int, score: Double
  )? {
    guard let best = row.last.first(where: { $0.state != from }) else { return nil }
    // With slack: whoever might be the best counts.
    for other in row.last where other.state != from && other.score >= best.score - slack {
      if passes(from, other.state, other.score + slack, own: row.score(of: from)) { return other }
    }
    return nil
  }

  private func passes(_ from: Int, _ to: Int, _ share: Double, own: Double) -> Bool {
    guard share >= guards.minimumShare, share >= own + guards.margin,
      scores.own[to] - scores.own[from] >= guards.minimumGain, lowerSuccess(to) >= guards.minimumAfter
    else { return false }
    let (a, b) = (chain.names[from], chain.names[to])
    return !guards.blocked.contains(b) && !guards.blockedPairs.contains([a, b])
      && (guards.minimumSimilarity <= 0 || PhraseSimilarity.similarity(a, b) >= guards.minimumSimilarity)
  }

  private func lowerSuccess(_ state: Int) -> Double {
    let count = Int(counts[state].rounded())
    let successes = min(count, Int((scores.own[state] * counts[state]).rounded()))
    return (try? wilsonInterval(successes: successes, of: count).low) ?? 0
  }

  private func customers(along path: [Int]) -> Int {
    zip(path, path.dropFirst()).map { from, to in
      for position in chain.transitions.positions(ofRow: from)
      where Int(chain.transitions.columns[position]) == to {
        return logged.log.transitionCustomers[position]
      }
      return 0
    }.min() ?? 0
  }

  /// A rule whose target has a rule itself goes to where that leads, if the guards hold there, too; else it is dropped,
  /// as is every rule on a cycle. What is left never leads to a request that is rewritten again.
  private func settle(_ found: [Found]) -> [Found] {
    let target = Dictionary(found.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first })
    return found.compactMap { rule in
      var end = rule.to
      var seen: Set<Int> = [rule.from]
      while let next = target[end] {
        guard seen.insert(end).inserted else { return nil }
        end = next
      }
      if end == rule.from { return nil }
      if end == rule.to { return rule }
      let share = rule.row.score(of: end)
      guard passes(rule.from, end, share, own: rule.row.score(of: rule.from)) else { return nil }
      return Found(from: rule.from, to: end, share: share, row: rule.row)
    }
  }
}
