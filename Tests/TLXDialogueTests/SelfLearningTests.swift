import TLXDialogue
import TLXMarkov
import TLXNumerics
import Testing

/// From a simulated log to a chain to rules to their evaluation on a later week.
@Suite struct SelfLearningTests {
  struct World {
    let logged: LoggedChain
    let settings: LogSettings
    let seed: UInt64

    init(seed: UInt64, sessions: Int = 60_000) throws {
      self.seed = seed
      var settings = LogSettings()
      settings.sessions = sessions
      self.settings = settings
      logged = try chain(
        of: LogSimulator(settings, world: RandomKey(seed: seed), key: RandomKey(seed: 100 + seed)).run())
    }

    /// The week after, with luck of its own.
    func later(weeks: Int = 1) throws -> TurnLog {
      var settings = settings
      settings.weeks = 1
      settings.firstWeek = 4 + weeks
      settings.sessions = 20_000
      return try LogSimulator(settings, world: RandomKey(seed: seed), key: RandomKey(seed: 200 + seed)).run()
    }

    func named(_ rules: [Rewrite]) -> [(from: String, to: String)] {
      rules.map { (logged.chain.names[$0.from], logged.chain.names[$0.to]) }
    }
  }

  static func evaluate(_ rules: [(from: String, to: String)], _ log: TurnLog) throws -> RewriteEvaluation {
    try RewriteEvaluation(
      rules, RewriteEvaluation.Turns(log), replicates: 200, stream: RandomStream(key: RandomKey(seed: 1)))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func chainBeatsBothBaselines(seed: UInt64) throws {
    let world = try World(seed: seed)
    let week = try world.later()
    let markov = try Self.evaluate(world.named(RewriteSearch(world.logged).rules()), week)
    var next = try FrequentRewrites(world.logged)
    let plain = try Self.evaluate(world.named(next.rules()), week)
    next.maximumBefore = 0.5
    let gated = try Self.evaluate(world.named(next.rules()), week)
    let text = "chain \(show(markov)); next \(show(plain)); gated \(show(gated))"
    print("seed \(seed): \(text)")
    #expect(markov.ratio.low > plain.ratio.high, "\(text)")
    #expect(markov.ratio.value > gated.ratio.value, "\(text)")
    #expect(markov.reduction.value > plain.reduction.value, "\(text)")
    #expect(markov.reduction.low > 0, "\(text)")
  }

  func show(_ e: RewriteEvaluation) -> String {
    "\(e.total.rewritten)/\(e.requests) w \(e.total.wins) l \(e.total.losses) ratio \(e.ratio.value) [\(e.ratio.low), \(e.ratio.high)] red \(e.reduction.value) [\(e.reduction.low), \(e.reduction.high)] defects \(e.defects)"
  }
}

func chain(of log: TurnLog) throws -> LoggedChain {
  var options = WalkOptions()
  options.signals = WalkOptions.standardSignals
  var counts = WalkCounts(options)
  for row in 0..<log.count {
    try counts.add(
      session: .number(log.session[row]), state: log.said[row], outcome: log.outcome[row],
      customer: .number(log.customer[row]), time: Double(log.time[row]), place: "row \(row)")
  }
  return try counts.chain()
}
