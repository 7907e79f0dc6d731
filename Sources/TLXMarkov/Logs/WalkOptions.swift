/// How the turns of a log become walks over its states.
public struct WalkOptions: Sendable {
  /// Whether a state that follows itself counts as a transition.
  public var keepsRepeats = true
  /// Texts that are no states but say how a walk went, and the outcome that each stands for.
  public var signals: [String: String] = [:]
  /// A session is cut where so many milliseconds or more pass without a turn; nil never cuts.
  public var gap: Double?
  /// A turn counts half when it is so many milliseconds older than the last; nil counts all alike.
  public var halfLife: Double?
  /// Whether turns of several sessions may alternate. All sessions that have not ended are then held in memory.
  public var isInterleaved = false
  /// Whether every session is remembered, so that one that comes back is found however late. Else about the last 65,536
  /// are, and all while their numbers follow each other without gaps.
  public var remembersSessions = false
  /// Whether the turns have times that must not go backwards.
  public var checksTime = true

  public init() {}

  /// What people say to stop, refuse or confirm.
  public static let standardSignals: [String: String] = [
    "stop": "failure", "cancel": "failure", "no": "failure", "never mind": "failure", "nevermind": "failure",
    "wrong": "failure", "that's wrong": "failure", "yes": "success", "thanks": "success",
    "thank you": "success",
  ]
}

/// How a chain is estimated from the walks that were counted.
public struct LogChainOptions: Sendable {
  /// Weight of the prior of each state's outcome: its success share is (s + w m) / (s + f + w), m the log's mean.
  public var prior = 0.0
  /// Added to the count of every transition between states and from states to outcomes.
  public var laplace = 0.0
  /// Transitions seen less often lead to the absorbing state “rare”.
  public var minimumCount = 1
  /// So do those of fewer distinct customers.
  public var minimumCustomers = 1

  public init() {}
}
