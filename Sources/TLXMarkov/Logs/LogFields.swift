import TLXNumerics

/// Where the parts of a turn stand in a record of a log.
public struct LogFields: Sendable {
  /// Nil: a session is all that a customer does, cut by gaps.
  public var session: String?
  public var state: String
  public var outcome: String?
  public var customer: String?
  public var time: String?

  public init(
    session: String?, state: String, outcome: String? = nil, customer: String? = nil, time: String? = nil
  ) {
    self.session = session
    self.state = state
    self.outcome = outcome
    self.customer = customer
    self.time = time
  }
}

/// A record of a log lacks a field that was asked for.
public struct MissingLogField: Error {
  /// The file and line.
  public var place: String
  public var field: String
  /// The fields that are there.
  public var available: [String]
}
