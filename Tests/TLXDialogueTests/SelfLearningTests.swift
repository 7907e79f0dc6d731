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

  /// On worlds that no guard was chosen on: rules of the chain that cut defects at least as much as the better baseline
  /// have more wins for a loss, and so have those of the cautious defaults, with intervals that lie apart.
  @Test(arguments: [7, 8, 9] as [UInt64])
  func chainBeatsBothBaselines(seed: UInt64) throws {
    let world = try World(seed: seed)
    let week = try world.later()
    var guards = RewriteGuards()
    guards.minimumCount = 5
    guards.minimumCustomers = 1
    guards.minimumAfter = 0.3
    guards.minimumShare = 0.02
    guards.margin = -0.3
    let chain = try Self.evaluate(world.named(RewriteSearch(world.logged, guards: guards).rules()), week)
    let cautious = try Self.evaluate(world.named(RewriteSearch(world.logged).rules()), week)
    var next = try FrequentRewrites(world.logged)
    next.minimumCount = 5
    let plain = try Self.evaluate(world.named(next.rules()), week)
    next.maximumBefore = 0.5
    let gated = try Self.evaluate(world.named(next.rules()), week)
    let text = "chain \(show(chain)); cautious \(show(cautious)); next \(show(plain)); gated \(show(gated))"
    print("seed \(seed): \(text)")
    #expect(chain.ratio.low > plain.ratio.high && chain.ratio.low > gated.ratio.high, "\(text)")
    #expect(chain.reduction.value >= gated.reduction.value, "\(text)")
    #expect(chain.reduction.low > plain.reduction.high, "\(text)")
    #expect(cautious.ratio.low > gated.ratio.high && cautious.reduction.low > 0, "\(text)")
    // Words mean different things to different people, so that no set of rules is without losses.
    #expect(chain.total.losses > 10 && cautious.total.losses > 0, "\(text)")
  }

  /// A rule that breaks what worked is retired, and few of those that help.
  @Test func harmfulRulesAreRetired() throws {
    let world = try World(seed: 4, sessions: 20_000)
    var rules = Array(world.named(try RewriteSearch(world.logged).rules()).prefix(10))
    let evidence = world.logged.chain.evidence?.stateCounts ?? []
    let scores = try SuccessScores(world.logged.chain, success: world.logged.log.outcome("success") ?? 0)
    let popular = evidence.indices.filter { scores.own[$0] > 0.8 }.sorted { evidence[$0] > evidence[$1] }
    // The most popular request that works becomes one that means something else.
    let week = try world.later()
    let readings = Dictionary(zip(week.said, week.understood), uniquingKeysWith: { first, _ in first })
    let names = world.logged.chain.names
    let known = popular.filter { readings[names[$0]] != nil }
    let victim = try #require(known.first)
    let other = try #require(known.first { readings[names[$0]] != readings[names[victim]] })
    rules.append((names[victim], names[other]))
    var settings = world.settings
    settings.weeks = 1
    settings.firstWeek = 5
    settings.sessions = 30_000
    settings.holdout = 0.3
    let log = try LogSimulator(settings, world: RandomKey(seed: 4), key: RandomKey(seed: 77), rules: rules)
      .run()
    let review = try RewriteReview(
      rules, said: log.said, rewritten: log.rewritten, succeeded: log.outcome.map { $0 == "success" })
    #expect(review.verdicts.last?.keeps == false)
    #expect(review.verdicts.dropLast().count { !$0.keeps } <= 2)
    let judged = review.verdicts.dropLast().filter { min($0.held.count, $0.rewritten.count) >= 20 }
    // One rule for all who say a text helps most of them, and now and then hardly more than half.
    #expect(
      judged.count >= 4 && 4 * judged.count { $0.probability > 0.5 } >= 3 * judged.count, "\(review.verdicts)"
    )
  }

  @Test func betaArms() {
    func p(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double {
      RewriteReview.probabilityOfGreater(a, b, than: c, d)
    }
    #expect(abs(p(1, 1, 1, 1) - 0.5) < 1e-14 && abs(p(2, 1, 1, 2) - 5.0 / 6) < 1e-14)
    #expect(abs(p(7, 3, 4, 9) + p(4, 9, 7, 3) - 1) < 1e-13)
    #expect(p(900, 100, 100, 900) > 1 - 1e-12 && p(3, 5, 3, 5) > 0.5 - 1e-13)
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
