import TLXLearning
import TLXNumerics

/// What rules would have done to the requests of a log whose truth is known.
///
/// A first request for a goal that a rule rewrites keeps its goal and its luck, and gets what the assistant made of the
/// other text in the same log: for the same customer if he said it, else in a turn drawn at random, since the assistant
/// may read a text differently for different people. A *win* turns a request that failed into one that is
/// served, a *loss* the reverse. What follows the first request is left out: with a win, it would not have come.
public struct RewriteEvaluation: Sendable {
  /// The turns of a log, as far as they matter. Rows are in step.
  public struct Turns: Sendable {
    public var said: [String]
    public var goal: [String]
    public var understood: [String]
    public var isServable: [Bool]
    public var worked: [Bool]
    public var served: [Bool]
    public var attempt: [Int]
    public var customer: [Int]
    public var rewritten: [String]

    public init(
      said: [String], goal: [String], understood: [String], isServable: [Bool], worked: [Bool],
      served: [Bool], attempt: [Int], customer: [Int], rewritten: [String]
    ) {
      self.said = said
      self.goal = goal
      self.understood = understood
      self.isServable = isServable
      self.worked = worked
      self.served = served
      self.attempt = attempt
      self.customer = customer
      self.rewritten = rewritten
    }

    public init(_ log: TurnLog) {
      self.init(
        said: log.said, goal: log.goal, understood: log.understood, isServable: log.isServable,
        worked: log.worked, served: log.served, attempt: log.attempt, customer: log.customer,
        rewritten: log.rewritten)
    }
  }

  /// A number and its interval; NaN where there is nothing to tell it from.
  public struct Estimate: Sendable {
    public var value = Double.nan
    public var low = Double.nan
    public var high = Double.nan
  }

  public struct Tally: Sendable, Equatable {
    public var rewritten = 0
    public var wins = 0
    public var losses = 0
    /// Rewritten to a text that nobody said in this log, so that nothing is known.
    public var unknown = 0
  }

  /// First requests, and those that were not served.
  public private(set) var requests = 0
  public private(set) var defects = 0
  public private(set) var total = Tally()
  /// By rule, in the order given.
  public private(set) var byRule: [Tally] = []
  /// wins / losses, with the interval that Wilson's for wins / (wins + losses) gives.
  public private(set) var ratio = Estimate()
  /// (wins − losses) / defects, with an interval from resampling customers.
  public private(set) var reduction = Estimate()

  /// - Throws: E0406 for a log without first requests; E0505 for a level outside of (0, 1).
  public init(
    _ rules: [(from: String, to: String)], _ turns: Turns, level: Double = 0.95, replicates: Int = 1000,
    stream: RandomStream
  ) throws {
    byRule = [Tally](repeating: Tally(), count: rules.count)
    let readings = SeenReadings(turns, stream: stream)
    let rule = Dictionary(rules.enumerated().map { ($1.from, $0) }, uniquingKeysWith: { _, last in last })
    var customers: [Int: [Double]] = [:]
    for row in turns.said.indices where turns.attempt[row] == 0 && !turns.goal[row].isEmpty {
      if row % 65_536 == 0 { try Interrupt.check() }
      guard turns.rewritten[row].isEmpty else { continue }
      requests += 1
      let isDefect = !turns.served[row]
      defects += isDefect ? 1 : 0
      var change = 0
      if let index = rule[turns.said[row]] {
        change = apply(index, rules[index].to, row, turns, readings)
      }
      customers[turns.customer[row], default: [0, 0]][0] += isDefect ? 1 : 0
      customers[turns.customer[row], default: [0, 0]][1] += Double(change)
    }
    guard requests > 0 else {
      throw NumericsError("E0406", "the log has no first request with a goal, so nothing can be judged")
    }
    ratio = try Self.odds(total.wins, total.losses, level)
    try bootstrap(customers.sorted { $0.key < $1.key }.map(\.value), level, replicates, stream)
  }

  private mutating func apply(
    _ index: Int, _ to: String, _ row: Int, _ turns: Turns, _ readings: SeenReadings
  ) -> Int {
    total.rewritten += 1
    byRule[index].rewritten += 1
    guard let reading = readings.reading(of: to, by: turns.customer[row]) else {
      total.unknown += 1
      byRule[index].unknown += 1
      return 0
    }
    let isServed = reading == turns.goal[row] && turns.worked[row] && turns.isServable[row]
    if isServed == turns.served[row] { return 0 }
    if isServed {
      total.wins += 1
      byRule[index].wins += 1
      return 1
    }
    total.losses += 1
    byRule[index].losses += 1
    return -1
  }

  private static func odds(_ wins: Int, _ losses: Int, _ level: Double) throws -> Estimate {
    guard level > 0, level < 1 else {
      throw NumericsError("E0505", "the level of an interval lies between 0 and 1, not at \(level)")
    }
    guard wins + losses > 0 else {
      return Estimate()
    }
    let share = try wilsonInterval(successes: wins, of: wins + losses, level: level)
    func odds(_ p: Double) -> Double { p >= 1 ? .infinity : p / (1 - p) }
    return Estimate(
      value: losses == 0 ? .infinity : Double(wins) / Double(losses), low: odds(share.low),
      high: odds(share.high))
  }

  private mutating func bootstrap(
    _ customers: [[Double]], _ level: Double, _ replicates: Int, _ stream: RandomStream
  ) throws {
    func share(_ picks: [Int]) -> Double {
      var (defects, change) = (0.0, 0.0)
      for pick in picks {
        defects += customers[pick][0]
        change += customers[pick][1]
      }
      return defects == 0 ? .nan : change / defects
    }
    guard defects > 0 else { return }
    let interval = try Bootstrap(replicates: replicates, level: level, method: .percentile)
      .interval(count: customers.count, stream: stream) { share($0) }
    reduction = Estimate(value: interval.value, low: interval.low, high: interval.high)
  }
}
