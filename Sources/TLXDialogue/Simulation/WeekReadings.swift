import TLXNumerics

/// How the assistant reads texts in one week.
///
/// A text has a usual reading, which it keeps from week to week unless drift gives it a new one. For some people the
/// assistant has a reading of its own: what it learnt that they mean by it, or another chance to get it right or wrong.
struct WeekReadings {
  /// By text: the goal that it is usually taken for, or -1 where the assistant does not know.
  private(set) var usual: [Int] = []
  private let world: LogWorld
  private let week: Int
  private let weights: [Double]

  init(_ world: LogWorld, week: Int) throws {
    self.world = world
    self.week = week
    weights = world.popularity(inWeek: week)
    usual = try world.texts.indices.map { text in
      if text % 4096 == 0 { try Interrupt.check() }
      let stream = RandomStream(key: world.key.derived(from: [4, UInt64(text), version(of: text)]))
      let sources = world.sources(of: text)
      let likeliest = sources.max { (weights[$0], $1) < (weights[$1], $0) }
      return likeliest.map { reading(of: text, as: $0, stream) } ?? -1
    }
  }

  /// What a text is taken for when `person` says it.
  func reading(of text: Int, by person: Customer) -> Int {
    let key = world.key.derived(from: [9, UInt64(text), UInt64(person.number), version(of: text)])
    let stream = RandomStream(key: key)
    guard stream.nextUniform() < world.settings.personal else { return usual[text] }
    // What somebody asks for again and again is what the assistant has learnt of him.
    if let own = person.favourites.first(where: { world.says(text, for: $0, person.number) }) {
      return stream.nextUniform() < 1 - world.settings.nluError ? own : usual[text]
    }
    let sources = world.sources(of: text)
    guard !sources.isEmpty else { return -1 }
    let pick = stream.nextIndex(cumulative: LogSimulator.runningSums(sources.map { weights[$0] }))
    return reading(of: text, as: sources[pick], stream)
  }

  /// The last week in which the reading of a text changed.
  private func version(of text: Int) -> UInt64 {
    for step in stride(from: week, to: 1, by: -1) {
      let stream = RandomStream(key: world.key.derived(from: [3, UInt64(text), UInt64(step)]))
      if stream.nextUniform() < world.settings.drift { return UInt64(step) }
    }
    return 1
  }

  /// `goal`, or what it is mistaken for.
  private func reading(of text: Int, as goal: Int, _ stream: RandomStream) -> Int {
    let settings = world.settings
    let right = world.cleanOf[text].isEmpty ? settings.recovery : 1 - settings.nluError
    if stream.nextUniform() < right { return goal }
    // Misread: half of the time the assistant knows that it does not know, else it takes a neighbour for it.
    if stream.nextUniform() < 0.5 { return -1 }
    let neighbours = world.kinds[world.goals[goal].intent]?.goals ?? []
    guard neighbours.count > 1 else { return -1 }
    let pick = neighbours[stream.nextInt(below: neighbours.count)]
    return pick == goal ? -1 : pick
  }
}

extension LogWorld {
  /// The goals that a text may stand for: those that are said so, else those that are heard so.
  func sources(of text: Int) -> [Int] { cleanOf[text].isEmpty ? noisyOf[text] : cleanOf[text] }

  /// The goal whose words a customer uses at first when he wants `goal`: another of its kind for some, the better known
  /// the likelier.
  func words(for goal: Int, _ customer: Int) -> Int {
    let stream = RandomStream(key: key.derived(from: [8, UInt64(customer), UInt64(goal)]))
    guard stream.nextUniform() < settings.ambiguity, let kind = kinds[goals[goal].intent] else { return goal }
    return kind.goals[stream.nextIndex(cumulative: kind.cumulative)]
  }

  /// Whether a text is what a customer says, or is heard to say, when he wants `goal`.
  func says(_ text: Int, for goal: Int, _ customer: Int) -> Bool {
    let words = words(for: goal, customer)
    return cleanOf[text].contains(words) || noisyOf[text].contains(words)
  }
}
