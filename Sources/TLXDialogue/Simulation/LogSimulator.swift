import TLXNumerics

/// Simulates the log of a voice assistant with everything that makes learning from it hard: mishearings, one name for
/// several things, people who give up, labels and answers that are wrong, goals that cannot be served, and weeks that
/// differ.
///
/// A session is drawn from its own key, each attempt from a key of that, so that two logs of one key in which only the
/// rules differ meet the same customers with the same goals and the same noise (common random numbers).
public struct LogSimulator {
  public let settings: LogSettings
  let world: LogWorld
  private let key: RandomKey
  private var customers: [Customer] = []
  /// What a recognised text is replaced by.
  private var rules: [Int: Int] = [:]

  /// - Parameters:
  ///   - world: The key of goals, customers and readings.
  ///   - key: The key of what happens.
  ///   - rules: Recognised text → what is carried out instead. Texts that nobody can say are passed over.
  /// - Throws: E0505 for a setting out of its range.
  public init(
    _ settings: LogSettings, world: RandomKey, key: RandomKey, rules: [(from: String, to: String)] = []
  ) throws {
    try settings.validate()
    self.settings = settings
    self.key = key
    self.world = try LogWorld(settings, key: world)
    let cumulative = Self.runningSums(self.world.popularity)
    customers = (0..<settings.customers).map {
      Customer($0, world: self.world, cumulative: cumulative)
    }
    for rule in rules {
      guard let from = self.world.number(of: rule.from), let to = self.world.number(of: rule.to) else {
        continue
      }
      self.rules[from] = to
    }
  }

  /// Monday, 5 January 2026, 00:00 UTC.
  static let start = 1_767_571_200_000
  static let week = 7 * 86_400_000

  /// All sessions, in the order in which they begin. Cost: O(sessions), about 3 µs a turn.
  public func run() throws -> TurnLog {
    var log = TurnLog()
    var number = 0
    for step in 0..<settings.weeks {
      let count = settings.sessions * (step + 1) / settings.weeks - settings.sessions * step / settings.weeks
      let week = settings.firstWeek + step
      var recorder = SessionRecorder(
        world: world, settings: settings, readings: try WeekReadings(world, week: week),
        cumulative: Self.runningSums(world.popularity(inWeek: week)), rules: rules)
      for time in times(count, week: week) {
        if number % 256 == 0 { try Interrupt.check() }
        recorder.record(
          session: number, at: time, key: key.derived(from: [7, UInt64(week), UInt64(number)]),
          customers: customers, into: &log)
        number += 1
      }
    }
    return log
  }

  /// When the sessions of a week begin: fewer at night.
  private func times(_ count: Int, week: Int) -> [Int] {
    let stream = RandomStream(key: key.derived(from: [6, UInt64(week)]))
    let start = Self.start + (week - 1) * Self.week
    return (0..<count).map { _ in
      let day = stream.nextInt(below: 7)
      let isNight = stream.nextUniform() < 0.05
      let hour = isNight ? 24 * stream.nextUniform() : 7 + 15.5 * stream.nextUniform()
      return start + day * 86_400_000 + Int(hour * 3_600_000)
    }.sorted()
  }

  static func runningSums(_ weights: [Double]) -> [Double] {
    var total = 0.0
    return weights.map {
      total += $0
      return total
    }
  }
}
