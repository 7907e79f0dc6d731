import TLXNumerics

/// What is fixed before anybody speaks: goals and how popular they are, all texts that can be said or heard, and how
/// the assistant reads each of them in each week.
struct LogWorld {
  struct Goal {
    /// `play artist: adele`.
    var name: String
    var intent: Int
    var isServable: Bool
    /// By template: what is said when all is right.
    var said: [Int]
    /// By template: the same with the name cut short, where it can be.
    var short: [Int]
    /// By template: what may be heard instead.
    var misheard: [[Int]]
  }

  private(set) var goals: [Goal] = []
  private(set) var texts: [String] = []
  /// P(goal) up to a factor, in the first week.
  private(set) var popularity: [Double] = []
  let key: RandomKey
  private var numbers: [String: Int] = [:]
  /// By text: the goals whose clean phrasing it is, and those that it is a mishearing of.
  private(set) var cleanOf: [[Int]] = []
  private(set) var noisyOf: [[Int]] = []
  let settings: LogSettings
  /// The goals of each intent, and the running sums of their popularity.
  private(set) var kinds: [Int: (goals: [Int], cumulative: [Double])] = [:]

  init(_ settings: LogSettings, key: RandomKey) throws {
    self.settings = settings
    self.key = key
    let all = Self.candidates()
    guard settings.goals <= all.count else {
      throw NumericsError("E0505", "there are \(all.count) goals to choose from, not \(settings.goals)")
    }
    let stream = RandomStream(key: key.derived(from: [1]))
    for position in try stream.permutation(all.count).prefix(settings.goals) {
      try Interrupt.check()
      add(all[position], isServable: stream.nextUniform() >= settings.unservable)
    }
    popularity = goals.indices.map { power(Double($0 + 1), -settings.zipf) }
    let weights = popularity
    kinds = Dictionary(grouping: goals.indices) { goals[$0].intent }.mapValues { members in
      (members, LogSimulator.runningSums(members.map { weights[$0] }))
    }
  }

  private struct Candidate {
    var intent: Int
    var entry: Vocabulary.Entry
    var detail: String?
  }

  /// Everything that the grammar can ask for; a name that stands for several things makes a goal of each.
  private static func candidates() -> [Candidate] {
    Grammar.intents.enumerated().flatMap { number, intent in
      intent.entries.flatMap { entry in
        entry.details.isEmpty
          ? [Candidate(intent: number, entry: entry, detail: nil)]
          : entry.details.map { Candidate(intent: number, entry: entry, detail: $0) }
      }
    }
  }

  private mutating func add(_ candidate: Candidate, isServable: Bool) {
    let number = goals.count
    let intent = Grammar.intents[candidate.intent]
    let entry = candidate.entry
    let name = [entry.phrase, candidate.detail].compactMap { $0 }.joined(separator: " ")
    var goal = Goal(
      name: "\(intent.name): \(name)", intent: candidate.intent, isServable: isServable, said: [], short: [],
      misheard: [])
    for template in intent.templates {
      func text(_ carrier: String, _ phrase: String) -> Int {
        intern(Grammar.Template.fill(carrier, phrase, detail: candidate.detail))
      }
      let said = text(template.carrier, entry.phrase)
      let short = entry.short.map { text(template.carrier, $0) } ?? said
      let names = entry.misheard.map { text(template.carrier, $0) }
      let carriers = template.misheard.map { text($0, entry.phrase) }
      goal.said.append(said)
      goal.short.append(short)
      // Names go wrong more often than the words around them, and the first mishearing is the usual one.
      goal.misheard.append(names.prefix(1) + names + carriers)
      for clean in Set([said, short]) { cleanOf[clean].append(number) }
      for noisy in Set(names + carriers) { noisyOf[noisy].append(number) }
    }
    goals.append(goal)
  }

  private mutating func intern(_ text: String) -> Int {
    if let number = numbers[text] { return number }
    numbers[text] = texts.count
    texts.append(text)
    cleanOf.append([])
    noisyOf.append([])
    return texts.count - 1
  }

  /// The number of a text that somebody can say or hear, if there is one.
  func number(of text: String) -> Int? { numbers[text] }
}

// MARK: - Weeks
extension LogWorld {
  /// How popular goals are in a week: they drift by a lognormal step each week, and a few become the talk of the town.
  func popularity(inWeek week: Int) -> [Double] {
    var weights = popularity
    for step in stride(from: 2, through: week, by: 1) {
      let stream = RandomStream(key: key.derived(from: [2, UInt64(step)]))
      for goal in weights.indices {
        weights[goal] *= exponential(2 * settings.drift * stream.nextNormal())
        if stream.nextUniform() < settings.drift / 10 { weights[goal] += weights.max() ?? 0 }
      }
    }
    return weights
  }
}
