import TLXNumerics

/// How a log names a session or a customer.
public enum LogIdentity: Hashable, Sendable {
  case number(Int)
  case text(String)

  var hash: UInt64 {
    switch self {
    case .number(let number): return UInt64(bitPattern: Int64(number))
    case .text(let text):
      var text = text
      return text.withUTF8 { textHash($0) }
    }
  }

  var text: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): text
    }
  }
}

extension WalkCounts {
  /// Adds one turn of a log in memory.
  ///
  /// - Parameters:
  ///   - outcome: Nil or empty where the walk goes on.
  ///   - place: How messages call the turn: `row 12`.
  /// - Throws: E0631 for a session that comes back, or a time that goes backwards.
  public mutating func add(
    session: LogIdentity, state: String, outcome: String? = nil, customer: LogIdentity? = nil,
    time: Double? = nil, place: @autoclosure () -> String
  ) throws {
    let outcome = outcome.map { $0.isEmpty ? -1 : outcomeNumber($0) } ?? -1
    let turn = Turn(
      session: session.hash, customer: customer.map { max(1, mixed($0.hash)) } ?? 0, time: time ?? .nan,
      outcome: outcome)
    var state = state
    let fault = state.withUTF8 { text -> OrderFault? in
      do throws(OrderFault) {
        try add(turn, state: text, hash: textHash(text))
        return nil
      } catch {
        return error
      }
    }
    if let fault { throw fault.failure(place: place(), session: session.text) }
  }

  /// Adds a walk as the states it goes through.
  public mutating func add(walk states: [String], outcome: String? = nil) throws {
    let session = LogIdentity.number(turns)
    for (position, state) in states.enumerated() {
      try add(
        session: session, state: state, outcome: position == states.count - 1 ? outcome : nil,
        place: "the sequence")
    }
  }
}
