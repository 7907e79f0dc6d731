/// A rule: say `to` where `from` was said.
public struct Rewrite: Sendable {
  public var from: Int
  public var to: Int
  /// P(success with `to` as the last request | `from` was said).
  public var share: Double
  /// P(success at once) of either.
  public var before: Double
  public var after: Double
  /// How often `from` was said.
  public var seen: Double
  /// The distinct customers behind the rule: the fewest on a transition of the path.
  public var customers: Int
  /// The likeliest way from one to the other.
  public var path: [Int]
  /// Expected turns of a walk that succeeds, from `from` less from `to`.
  public var saved: Double

  public var gain: Double { after - before }
}

/// What a rule must prove.
public struct RewriteGuards: Sendable {
  /// How often `from` was said, at least.
  public var minimumCount = 10.0
  /// Distinct customers, where the log names them.
  public var minimumCustomers = 3
  /// The share of walks from `from` that succeed with `to` last.
  public var minimumShare = 0.05
  /// By how much that share must exceed the success of `from` itself. Below 0, because the share is too small: many give
  /// up before they reach `to`, and successes are split among its phrasings.
  public var margin = -0.1
  /// after − before.
  public var minimumGain = 0.1
  /// A request that succeeds at once more often than this is left alone.
  public var maximumBefore = 0.5
  /// The lower end of the 95 % interval (Wilson) of `to`'s own success.
  public var minimumAfter = 0.5
  /// Likeness of the two texts, in letters, words or sound.
  public var minimumSimilarity = 0.0
  /// Texts that no rule may touch, and pairs that none may make.
  public var blocked: Set<String> = []
  public var blockedPairs: Set<[String]> = []

  public init() {}
}
