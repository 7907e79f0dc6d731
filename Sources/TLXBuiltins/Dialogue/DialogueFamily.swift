import TLXDialogue
import TLXNumerics
import TLXRuntime

/// Voice assistants that learn from their logs.
enum DialogueFamily {
  static let logs: [Builtin] = [simulateLogBuiltin]

  private static func share(_ name: String, _ summary: String, _ value: String) -> Builtin.Parameter {
    .option(name, "float", summary, default: value)
  }

  private static let simulateLogBuiltin = Builtin(
    "simulate_log", family: "dialogue",
    [
      .option("sessions", "int", "sessions in all", default: "10_000"),
      .option("weeks", "int", "over which they are spread", default: "4"),
      .option("first_week", "int", "the number of the first, from 1", default: "1"),
      .option("customers", "int", "how many people talk", default: "1000"),
      .option("goals", "int", "how many things there are to ask for, up to 389", default: "300"),
      .option("world", "int | key", "goals, people and what the assistant can do", default: "0"),
      .option("rules", "table", "rewrites in use: columns from and to", default: "nil"),
      share("holdout", "turns with a rule that keep what was said", "0"),
      share("zipf", "exponent of the goals' popularity", "0.9"),
      share("asr_error", "requests that are misheard", "0.18"),
      share("recovery", "misheard texts that are understood all the same", "0.3"),
      share("nlu_error", "well heard texts that are misread", "0.06"),
      share("ambiguity", "wishes that a person words as most word another", "0.08"),
      share("personal", "texts that are read in a person's own way", "0.15"),
      share("outage", "right actions that fail", "0.02"),
      share("unservable", "goals that cannot be served", "0.12"),
      share("slip", "names that are cut short", "0.12"),
      share("patience", "failures that are tried again at first", "0.65"),
      share("unrelated", "sessions that go on with something else at once", "0.06"),
      share("label_noise", "inferred outcomes that are turned round", "0.03"),
      share("lies", "explicit answers that are untrue", "0.05"),
      share("false_wake", "sessions that a television starts", "0.02"),
      share("drift", "texts that are read differently from week to week", "0.03"),
      .key,
    ],
    result: "table", summary: "simulates the log of a voice assistant, with the hidden truth beside it",
    details: """
      A row a turn. People want goals (songs, films, books, weather, lights, timers, shopping, calls, scores) with Zipf \
      popularity and tastes of their own; they say them in several ways, are misheard as something that sounds alike, and \
      are understood or not. One name may stand for several things, and the same words for different things: some people \
      use, at first, words that mean another thing of the kind to most (`ambiguity`), and for some the assistant has a \
      reading of its own (`personal`), often what they usually mean. Who fails says it again, clearer, in other words or \
      with more detail, until it works or patience ends; some interrupt, say “stop”, answer a question, and some answers \
      are lies. `outcome` is what a log can infer: `success`, `failure`, or empty where another request followed at once. \
      The truth stands in meant, goal, understood, servable, worked, served, attempt, kind, failure_point: nothing that \
      learns may look at it.

      `world` fixes goals, people and the assistant; `key` what happens. The readings of `drift` of the texts change from \
      week to week, and popularity with them: learn on weeks 1–4, judge with `weeks=1, first_week=5`. Two logs of one key \
      that differ in `rules` share all randomness of the first requests. Defaults are chosen so that about three in ten \
      first requests fail, three fifths of those are said again, and about 7 % of the inferred outcomes are wrong; they \
      are calibrated to what is published of such assistants, not measured on one. Cost: about 10 µs a turn.
      """,
    errors: ["E0505: a share outside of 0 … 1, or more goals than the grammar has"],
    examples: [
      Builtin.Example("simulate_log(sessions=50, key=7) == simulate_log(sessions=50, key=7)", "true"),
      Builtin.Example("max(simulate_log(sessions=50, key=7).session)", "49"),
    ],
    body: { arguments in
      let world = try key("world", arguments)
      let stream = try arguments.stream()
      let rules = arguments.has("rules") ? try arguments.rules("rules") : []
      let happening = RandomKey(high: stream.nextWord(), low: stream.nextWord())
      let simulator = try LogSimulator(settings(arguments), world: world, key: happening, rules: rules)
      return .table(try Table(simulator.run()))
    })

  private static func key(_ name: String, _ arguments: Arguments) throws -> RandomKey {
    if case .object(let object as Key) = arguments.value(name) { return object.key }
    return RandomKey(seed: UInt64(bitPattern: Int64(try arguments.int(name))))
  }

  private static func settings(_ arguments: Arguments) throws -> LogSettings {
    var settings = LogSettings()
    settings.sessions = try arguments.int("sessions")
    settings.weeks = try arguments.int("weeks")
    settings.firstWeek = try arguments.int("first_week")
    settings.customers = try arguments.int("customers")
    settings.goals = try arguments.int("goals")
    settings.holdout = try arguments.float("holdout")
    settings.zipf = try arguments.float("zipf")
    settings.asrError = try arguments.float("asr_error")
    settings.recovery = try arguments.float("recovery")
    settings.nluError = try arguments.float("nlu_error")
    settings.ambiguity = try arguments.float("ambiguity")
    settings.personal = try arguments.float("personal")
    settings.outage = try arguments.float("outage")
    settings.unservable = try arguments.float("unservable")
    settings.slip = try arguments.float("slip")
    settings.patience = try arguments.float("patience")
    settings.unrelated = try arguments.float("unrelated")
    settings.labelNoise = try arguments.float("label_noise")
    settings.lies = try arguments.float("lies")
    settings.falseWake = try arguments.float("false_wake")
    settings.drift = try arguments.float("drift")
    return settings
  }
}

extension Arguments {
  /// The rules of a table with columns from and to; a later rule for the same text replaces an earlier one.
  func rules(_ name: String) throws -> [(from: String, to: String)] {
    guard case .table(let table) = value(name) else {
      throw failure(name, mustBe: "a table of rules", help: "make one with best_rewrite(chain)")
    }
    if table.rowCount == 0 { return [] }
    let log = LogTable(table, self)
    return Array(zip(try log.texts("from"), try log.texts("to"))).map { (from: $0.0, to: $0.1) }
  }
}
