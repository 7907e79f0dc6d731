import Foundation
import TLXLearning
import TLXMarkov
import TLXNumerics
import Testing

@Suite struct LogChainTests {
  static let graphs = VectorCase.all("selflearning")

  static func chain(
    of walks: [([String], String?)], options: WalkOptions = WalkOptions(),
    estimate: LogChainOptions = LogChainOptions()
  ) throws -> LoggedChain {
    var counts = WalkCounts(options)
    for (states, outcome) in walks { try counts.add(walk: states, outcome: outcome) }
    return try counts.chain(estimate)
  }

  static func walks(_ one: VectorCase) -> [([String], String?)] {
    (one.fields["sessions"] as? [[Any]] ?? []).map { session in
      (session[0] as? [String] ?? [], session[1] as? String)
    }
  }

  /// Counts, probabilities, scores and rules of the reference, state by state and by name.
  @Test(arguments: graphs) func vectors(one: VectorCase) throws {
    let logged = try Self.chain(of: Self.walks(one))
    let chain = logged.chain
    let names = try #require(one.expect["states"] as? [String])
    let order = try names.map { try chain.index(of: $0) }
    let success = try #require(logged.log.outcome("+"))
    let counts = one.matrix("counts")
    for (i, row) in order.enumerated() {
      for (j, column) in order.enumerated() {
        let total = (chain.evidence?.stateCounts ?? [])[row]
        #expect(abs(chain.probability(row, column) * total - counts[i][j]) < 1e-9)
      }
    }
    let scores = try SuccessScores(chain, success: success)
    let expected = one.matrix("score")
    let probability = one.matrix("B").map { $0[0] }
    for (i, state) in order.enumerated() {
      let row = try scores.row(of: state)
      #expect(agree(order.map { row.score(of: $0) }, expected[i], 1e-12), "\(names[i])")
      let sum = row.last.reduce(0) { $0 + $1.score }
      #expect(abs(sum - probability[i]) <= 1e-12 && row.bound <= 1e-12)
      let best = (one.expect["best"] as? [Int] ?? [])[i]
      #expect(row.last.first?.state == order[best])
    }
  }

  @Test func likeliestPathOfTheReference() throws {
    let one = try VectorCase.named("rephrase_graph_1", in: "selflearning")
    let logged = try Self.chain(of: Self.walks(one))
    var guards = RewriteGuards()
    guards.minimumCount = 1
    let rules = try RewriteSearch(logged, success: "+", guards: guards).rules()
    let names = logged.chain.names
    #expect(rules.map { names[$0.from] } == ["play maj and dragons", "play imagine drag"])
    #expect(rules.allSatisfy { names[$0.to] == "play imagine dragons" })
    #expect(rules[0].path.map { names[$0] } == ["play maj and dragons", "play imagine dragons"])
    #expect(abs(rules[0].share - 285.0 / 544) < 1e-12 && rules[0].before == 1.0 / 14)
    #expect(rules[0].after == 30.0 / 32 && rules[0].seen == 14)
  }

  // MARK: - Estimation

  @Test func outcomesWithoutAndWithPrior() throws {
    let walks: [([String], String?)] = [
      (["a"], "success"), (["a"], "success"), (["b"], "failure"), (["b"], nil),
    ]
    let plain = try Self.chain(of: walks)
    #expect(plain.chain.states == ["a", "b", "success", "failure", "unfinished"])
    #expect(plain.chain.probability(0, 2) == 1 && plain.chain.probability(1, 3) == 0.5)
    #expect(plain.chain.probability(1, 4) == 0.5 && plain.log.unfinished == 1)
    var estimate = LogChainOptions()
    estimate.prior = 3
    let smooth = try Self.chain(of: walks, estimate: estimate).chain
    #expect(abs(smooth.probability(0, 2) - (2 + 3 * 2.0 / 3) / 5) < 1e-15)
    #expect(abs(smooth.probability(1, 3) - 0.5 * (1 + 3 / 3.0) / 4) < 1e-15)
  }

  @Test func repeatsRareAndLaplace() throws {
    let walks: [([String], String?)] = [(["a", "a", "b"], nil), (["a", "c"], nil), (["a", "b"], nil)]
    #expect(try Self.chain(of: walks).chain.probability(0, 0) == 0.25)
    var drop = WalkOptions()
    drop.keepsRepeats = false
    #expect(try Self.chain(of: walks, options: drop).chain.probability(0, 0) == 0)
    var estimate = LogChainOptions()
    estimate.minimumCount = 2
    let rare = try Self.chain(of: walks, options: drop, estimate: estimate)
    #expect(rare.log.rareTransitions == 1)
    #expect(try rare.chain.probability(0, rare.chain.index(of: "rare")) == 1.0 / 3)
    estimate = LogChainOptions()
    estimate.laplace = 1
    let flat = try Self.chain(of: walks, options: drop, estimate: estimate).chain
    #expect(flat.probability(1, 0) == 1.0 / 3 && flat.probability(0, 1) == 0.5)
  }

  @Test func signalsAreNoStates() throws {
    var options = WalkOptions()
    options.signals = WalkOptions.standardSignals
    let logged = try Self.chain(
      of: [
        (["a", "stop", "b", "yes"], nil), (["a", "no"], nil), (["a", "stop"], "success"), (["stop"], nil),
      ],
      options: options)
    #expect(logged.chain.states == ["a", "b", "success", "failure"])
    #expect(logged.chain.probability(0, 1) == 1.0 / 3 && logged.chain.probability(1, 2) == 1)
    #expect(logged.chain.probability(0, 3) == 1.0 / 3 && logged.log.signalTurns == 5)
  }

  @Test func olderTurnsCountLess() throws {
    var options = WalkOptions()
    options.halfLife = 10
    var counts = WalkCounts(options)
    for (session, time, outcome) in [(1, 0.0, "failure"), (2, 10.0, "success"), (3, 20_000.0, "success")] {
      try counts.add(
        session: .number(session), state: "a", outcome: outcome, time: time, place: "row \(session)")
    }
    let chain = try counts.chain().chain
    #expect(chain.probability(0, 1) == 1)
    var short = WalkCounts(options)
    try short.add(session: .number(1), state: "a", outcome: "failure", time: 0, place: "")
    try short.add(session: .number(2), state: "a", outcome: "success", time: 10, place: "")
    #expect(abs(try short.chain().chain.probability(0, 1) - 2.0 / 3) < 1e-15)
  }

  @Test func customersAreCountedOnce() throws {
    var counts = WalkCounts()
    for session in 0..<10_000 {
      try counts.add(
        session: .number(session), state: "a", outcome: "success", customer: .number(session % 1000),
        place: "")
      try counts.add(
        session: .number(100_000 + session), state: "b", outcome: "success", customer: .number(session % 7),
        place: "")
    }
    let log = try counts.chain().log
    #expect(log.stateCustomers[1] == 7)
    #expect((600...1600).contains(log.stateCustomers[0]), "\(log.stateCustomers[0])")
  }

  // MARK: - Order

  private func outcome(_ body: () throws -> Void) -> String {
    do { try body() } catch let error as NumericsError { return "\(error.code) \(error.message)" } catch {
      return "\(error)"
    }
    return "nothing"
  }

  @Test func orderIsChecked() throws {
    var counts = WalkCounts()
    try counts.add(session: .text("s"), state: "a", time: 5, place: "row 0")
    #expect(
      outcome { try counts.add(session: .text("s"), state: "a", time: 4, place: "row 1") }
        == "E0631 row 1: time goes backwards in session s, from 5 to 4")
    var second = WalkCounts()
    for session in [0, 1, 2] { try second.add(session: .number(session), state: "a", place: "") }
    #expect(
      outcome { try second.add(session: .number(1), state: "a", place: "row 3") }
        == "E0631 row 3: session 1 comes back after another session began")
    var options = WalkOptions()
    options.isInterleaved = true
    var mixed = WalkCounts(options)
    for session in [0, 1, 0, 1] { try mixed.add(session: .number(session), state: "s\(session)", place: "") }
    #expect(try mixed.chain().chain.probability(0, 0) == 1)
    #expect(outcome { _ = try WalkCounts().chain() } == "E0406 the log has no turns")
  }

  // MARK: - Files

  private func write(_ text: String) throws -> FileName {
    let path = FileManager.default.temporaryDirectory.appending(path: "tlx-\(UUID().uuidString).jsonl").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return FileName(path)
  }

  private func read(_ text: String, skips: Bool = false) throws -> LoggedChain {
    let file = try write(text)
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    let fields = LogFields(session: "s", state: "t", outcome: "o", customer: "c", time: "ms")
    return try LogFileReader(file, fields: fields, skipsMalformed: skips).read(WalkOptions()).chain()
  }

  @Test func linesOfJSON() throws {
    let logged = try read(
      #"""
      {"s": 1, "t": "caf\u00e9 \"x\"", "extra": {"a": [1, "}"]}, "ms": 1}
      {"t":"b","s":1,"o":"success","c":"k"}

        {"o": true, "s": "z", "t": "b", "other": null}
      {"s": 3, "t": "b", "o": null}
      """#)
    #expect(logged.chain.states == ["café \"x\"", "b", "success", "unfinished"])
    #expect(logged.chain.probability(0, 1) == 1 && logged.chain.probability(1, 2) == 2.0 / 3)
    #expect(logged.log.turns == 4)
  }

  @Test func malformedLinesAreNamed() throws {
    let good = #"{"s": 1, "t": "a"}"# + "\n"
    for (line, message) in [
      (#"{"s": 1, "t": "a""#, "not closed"), (#"{"s": 1, "t": "a}"#, "string is not closed"),
      (#"["a"]"#, "expected {"), (#"{"s": 1 "t": "a"}"#, "expected , or }"),
      (#"{"s": xx, "t": "a"}"#, "no value"),
      (#"{"s": 1, "t": "a"} x"#, "follows"), (#"{"s": 1, "t": "a", "ms": "x"}"#, "time is no number"),
      (#"{"s": 1, "t": ""}"#, "empty"),
    ] {
      let text = good + line + "\n" + good
      let came = outcome { _ = try read(text) }
      #expect(came.contains("E0604") && came.contains("line 2") && came.contains(message), "\(came)")
      #expect(try read(text, skips: true).log.skippedLines == 1)
    }
    #expect(throws: MissingLogField.self) { try read("{\"s\": 1}\n") }
  }

  /// A file that takes several blocks counts as its turns in memory do.
  @Test func blocksMakeNoDifference() throws {
    let stream = RandomStream(key: RandomKey(seed: 5))
    var text = ""
    var walks: [([String], String?)] = []
    for session in 0..<60_000 {
      var states: [String] = []
      for turn in 0...stream.nextInt(below: 3) {
        states.append("say \(stream.nextInt(below: 500))")
        text +=
          "{\"s\": \(session), \"pad\": \"\(String(repeating: "x", count: 60))\", \"t\": \"\(states[turn])\"}\n"
      }
      walks.append((states, nil))
    }
    let (file, memory) = (try read(text).chain, try Self.chain(of: walks).chain)
    #expect(file.states == memory.states && file.transitions.values == memory.transitions.values)
    #expect(file.transitions.columns == memory.transitions.columns)
  }

  // MARK: - Rewrites

  private func randomLog(_ seed: UInt64) throws -> LoggedChain {
    let stream = RandomStream(key: RandomKey(seed: seed))
    var counts = WalkCounts()
    for session in 0..<3000 {
      var state = stream.nextInt(below: 30)
      for turn in 0..<6 {
        let ends = turn == 5 || stream.nextUniform() < 0.4
        let isGood = stream.nextUniform() < Double(state) / 30
        try counts.add(
          session: .number(session), state: "u\(state)",
          outcome: ends ? (isGood ? "success" : "failure") : nil,
          customer: .number(session % 200), place: "")
        if ends { break }
        state = stream.nextInt(below: 30)
      }
    }
    return try counts.chain()
  }

  /// Scores sum to the probability of success, and are rows of the fundamental matrix times R⁺.
  @Test(arguments: [1, 2, 3] as [UInt64]) func scoresSumUp(seed: UInt64) throws {
    let logged = try randomLog(seed)
    let success = try #require(logged.log.outcome("success"))
    let scores = try SuccessScores(logged.chain, success: success)
    for state in 0..<30 {
      let row = try scores.row(of: state)
      #expect(abs(row.last.reduce(0) { $0 + $1.score } - scores.probability[state]) < 1e-12)
      let rough = try scores.row(of: state, tolerance: 1e-3)
      #expect(rough.bound <= 2e-3 && rough.last.allSatisfy { row.score(of: $0.state) >= $0.score - 1e-15 })
      #expect(rough.last.allSatisfy { row.score(of: $0.state) <= $0.score + rough.bound + 1e-15 })
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func guardsHold(seed: UInt64) throws {
    let logged = try randomLog(seed)
    var guards = RewriteGuards()
    guards.minimumShare = 0.01
    guards.margin = -1
    guards.minimumAfter = 0.2
    guards.minimumGain = 0.05
    let rules = try RewriteSearch(logged, guards: guards).rules()
    #expect(!rules.isEmpty)
    let rewritten = Set(rules.map(\.from))
    for rule in rules {
      #expect(rule.gain >= 0.05 && rule.before <= 0.5 && rule.seen >= 10 && rule.customers >= 3)
      #expect(
        rule.from != rule.to && !rewritten.contains(rule.to), "a rule leads to a request that is rewritten")
      #expect(rule.path.first == rule.from && rule.path.last == rule.to)
    }
    guards.blocked = [logged.chain.names[rules[0].from]]
    #expect(try !RewriteSearch(logged, guards: guards).rules().contains { $0.from == rules[0].from })
    guards.minimumCustomers = 10_000
    #expect(try RewriteSearch(logged, guards: guards).rules().isEmpty)
  }

  @Test func nothingSucceeds() throws {
    let failed = try Self.chain(of: [(["a", "b"], "failure"), (["a"], "failure")])
    #expect(throws: NumericsError.self) { try RewriteSearch(failed).rules() }
    let one = try Self.chain(of: [(["a"], "success"), (["a"], "failure")])
    #expect(try RewriteSearch(one).rules().isEmpty)
  }

  @Test func soundsAlike() {
    #expect(PhraseSimilarity.similarity("play maj and dragons", "play imagine dragons") > 0.75)
    #expect(PhraseSimilarity.similarity("play the beatles", "play the beetles") > 0.9)
    #expect(PhraseSimilarity.similarity("turn off the tv", "order oat milk") < 0.5)
    #expect(PhraseSimilarity.similarity("", "") == 1)
  }
}
