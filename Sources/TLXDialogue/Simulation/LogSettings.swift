import TLXNumerics

/// What a simulated log is like. The defaults give first requests of which about three in ten fail, and three fifths of
/// those are said again.
public struct LogSettings: Sendable {
  /// Sessions in all, spread evenly over the weeks.
  public var sessions = 10_000
  public var weeks = 4
  /// The number of the first week, from 1: later weeks of the same world have drifted further.
  public var firstWeek = 1
  public var customers = 1000
  /// How many things there are to ask for.
  public var goals = 300
  /// Exponent of the goals' popularity.
  public var zipf = 0.9
  /// P(a request is misheard), before the customer's own factor.
  public var asrError = 0.18
  /// P(a misheard text is understood all the same), decided once for each text.
  public var recovery = 0.3
  /// P(a well heard text is misread), decided once for each text.
  public var nluError = 0.06
  /// P(a person's first words for a thing are those that mean another of its kind to most), decided once for each.
  public var ambiguity = 0.08
  /// P(the assistant reads a text in a person's own way), decided once for each.
  public var personal = 0.15
  /// P(the right thing is tried and does not work).
  public var outage = 0.02
  /// Share of the goals that the assistant cannot serve.
  public var unservable = 0.12
  /// P(a name is cut short).
  public var slip = 0.12
  /// P(a failed request is said again), which falls by a fifth with each attempt.
  public var patience = 0.65
  /// P(a session goes on with something unrelated within seconds).
  public var unrelated = 0.06
  /// P(the outcome that the log infers is turned round), on top of what it gets wrong by itself.
  public var labelNoise = 0.03
  /// P(an explicit answer is the opposite of the truth).
  public var lies = 0.05
  /// Share of sessions that a television starts.
  public var falseWake = 0.02
  /// Share of the texts whose reading changes from one week to the next.
  public var drift = 0.03
  /// Share of the turns with a rule that keep what was said, as the rules' control.
  public var holdout = 0.0

  public init() {}

  /// E0505 naming the setting that is out of its range.
  func validate() throws {
    try atLeastOne(sessions, "sessions")
    try atLeastOne(weeks, "weeks")
    try atLeastOne(firstWeek, "first_week")
    try atLeastOne(customers, "customers")
    try atLeastOne(goals, "goals")
    guard zipf >= 0, zipf <= 5 else {
      throw NumericsError("E0505", "zipf must lie between 0 and 5, got \(zipf)")
    }
    let shares = [
      ("asr_error", asrError), ("recovery", recovery), ("nlu_error", nluError), ("ambiguity", ambiguity),
      ("personal", personal), ("outage", outage),
      ("unservable", unservable), ("slip", slip), ("patience", patience), ("unrelated", unrelated),
      ("label_noise", labelNoise), ("lies", lies), ("false_wake", falseWake), ("drift", drift),
      ("holdout", holdout),
    ]
    for (name, share) in shares where !(share >= 0 && share <= 1) {
      throw NumericsError("E0505", "\(name) is a share between 0 and 1, got \(share)")
    }
    guard firstWeek + weeks <= 5200 else {
      throw NumericsError("E0505", "a log ends at week 5200 at the latest, not \(firstWeek + weeks - 1)")
    }
  }

  private func atLeastOne(_ count: Int, _ name: String) throws {
    guard count >= 1, count <= 100_000_000 else {
      throw NumericsError("E0505", "\(name) must be between 1 and 100 million, got \(count)")
    }
  }
}
