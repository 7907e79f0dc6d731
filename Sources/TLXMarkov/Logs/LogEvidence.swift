/// What is known of a log beside the chain that was estimated from it.
public struct LogEvidence: Sendable {
  public var turns = 0
  /// Walks: sessions, cut where an outcome or a gap ends them.
  public var walks = 0
  /// Turns that were words like “stop”.
  public var signalTurns = 0
  /// Walks that ended without an outcome.
  public var unfinished = 0
  public var skippedLines = 0
  /// Transitions that lead to the state “rare” because too few made them.
  public var rareTransitions = 0
  /// The states of the chain that are outcomes, by name.
  public var outcomes: [(name: String, state: Int)] = []
  /// How often each transition was seen, in the order of the chain's transitions, whatever its age.
  public var transitionCounts: [Int] = []
  /// By transition and by state: distinct customers, exact below 32.
  public var transitionCustomers: [Int] = []
  public var stateCustomers: [Int] = []
  /// By state: how often walks begin with it.
  public var starts: [Int] = []
  public var hasCustomers = false

  public init() {}

  /// The state in which walks of this outcome end.
  public func outcome(_ name: String) -> Int? { outcomes.first { $0.name == name }?.state }
}

/// A chain and the log that it comes from.
public struct LoggedChain: Sendable {
  public let chain: MarkovChain
  public let log: LogEvidence

  public init(chain: MarkovChain, log: LogEvidence) {
    self.chain = chain
    self.log = log
  }
}
