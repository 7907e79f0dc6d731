import TLXDialogue
import TLXNumerics
import TLXRuntime

extension DialogueFamily {
  static let rewrites: [Builtin] = [evaluateRewritesBuiltin, reviewRewritesBuiltin]

  private static let evaluateRewritesBuiltin = Builtin(
    "evaluate_rewrites", family: "dialogue",
    [
      .positional("rules", "table", "columns from and to"),
      .positional("log", "table", "a later week of `simulate_log`, with its hidden truth"),
      .option("ci", "float", "the coverage of the intervals", default: "0.95"),
      .option("bootstrap", "int", "resamples of the customers", default: "1000"),
      .key,
    ],
    result: "{requests, defects, rewritten, wins, losses, …}",
    summary: "counts what rewrites would have won and lost, by the hidden truth of a log",
    details: """
      Of each first request for a goal that a rule rewrites, the goal and the luck stay, and the assistant gets the other \
      text, which it reads as it read it in this log: for this customer if he said it, else as in a turn drawn at random \
      (it may read a text differently for different people). A win turns a request that failed \
      into one that is served, a loss the reverse.

      Gives requests, defects (not served without rules), rewritten, wins, losses, unknown (targets that nobody said), \
      ratio = wins / losses with the interval that Wilson's for wins / (wins + losses) gives, reduction = (wins − losses) \
      / defects with percentiles over resampled customers, and the table by_rule. An interval with NaN means that there \
      is nothing to tell it from. Requests of one rule win or lose together, so that the ratio's interval is too narrow \
      where few rules do most of the work.
      """,
    errors: [
      "E0406: the log has no first requests", "E0408: the log lacks a column of the truth",
      "E0505: a coverage outside of (0, 1)",
    ],
    examples: [
      Builtin.Example(
        """
        evaluate_rewrites(table([{from: \"play june\", to: \"play the book dune\"}]), \
        simulate_log(sessions=200, key=1), key=1).requests > 150
        """, "true")
    ],
    body: { arguments in
      let rules = try arguments.rules("rules")
      let turns = try turns(arguments)
      let result = try RewriteEvaluation(
        rules, turns, level: arguments.float("ci"), replicates: arguments.int("bootstrap", atLeast: 2),
        stream: arguments.stream())
      func estimate(_ e: RewriteEvaluation.Estimate) -> Value {
        .record(Record([("value", .float(e.value)), ("low", .float(e.low)), ("high", .float(e.high))]))
      }
      return .record(
        Record([
          ("requests", .int(result.requests)), ("defects", .int(result.defects)),
          ("rewritten", .int(result.total.rewritten)), ("wins", .int(result.total.wins)),
          ("losses", .int(result.total.losses)), ("unknown", .int(result.total.unknown)),
          ("ratio", estimate(result.ratio)), ("reduction", estimate(result.reduction)),
          ("by_rule", .table(try byRule(rules, result))),
        ]))
    })

  private static func turns(_ arguments: Arguments) throws -> RewriteEvaluation.Turns {
    guard case .table(let table) = arguments.value("log") else {
      throw arguments.failure("log", mustBe: "a table of turns", help: "make one with simulate_log()")
    }
    let log = LogTable(table, arguments)
    return RewriteEvaluation.Turns(
      said: try log.texts("said"), goal: try log.texts("goal"), understood: try log.texts("understood"),
      isServable: try log.flags("servable"), worked: try log.flags("worked"), served: try log.flags("served"),
      attempt: try log.numbers("attempt", "log").map { Int($0) },
      customer: try log.numbers("customer", "log").map { Int($0) }, rewritten: try log.texts("rewritten"))
  }

  private static func byRule(_ rules: [(from: String, to: String)], _ result: RewriteEvaluation) throws
    -> Table
  {
    Table(
      names: ["from", "to", "rewritten", "wins", "losses"],
      columns: [
        .list(rules.map { .string($0.from) }), .list(rules.map { .string($0.to) }),
        .tensor(try Tensor(result.byRule.map(\.rewritten))), .tensor(try Tensor(result.byRule.map(\.wins))),
        .tensor(try Tensor(result.byRule.map(\.losses))),
      ], rowCount: rules.count)
  }

  private static let reviewRewritesBuiltin = Builtin(
    "review_rewrites", family: "dialogue",
    [
      .positional("rules", "table", "the rules that were in use: columns from and to"),
      .positional("log", "table", "turns with columns said, rewritten, outcome"),
      .option("retire_below", "float", "a rule goes where P(it helps) is lower", default: "0.2"),
      .option("min_turns", "int", "turns that each arm needs before a rule may go", default: "5"),
    ],
    result: "table", summary: "judges rules in use by the turns that were held back from them",
    details: """
      The turns that a rule rewrote and those that a holdout kept are two arms of one experiment; a turn is a success where \
      the log inferred one. With s successes and f failures θ ~ Beta(s + 1, f + 1) in each arm; `better` is P(θ rewritten > \
      θ held back), summed in closed form. `keep` is false where that is below `retire_below`. Uses nothing that a real log \
      has not. Columns from, to, rewritten, rate, held, held_rate, better, keep.
      """,
    errors: ["E0408: the log lacks a column"],
    examples: [
      Builtin.Example(
        """
        review_rewrites(table([{from: \"a\", to: \"b\"}]), table([{said: \"a\", rewritten: \"b\", outcome: \"success\"}, \
        {said: \"a\", rewritten: \"\", outcome: \"failure\"}])).better[0] |> round(digits=4)
        """, "0.8333")
    ],
    source: "After the self-aware form of feedback-based learning, arXiv 2205.00029",
    body: { arguments in
      let rules = try arguments.rules("rules")
      guard case .table(let table) = arguments.value("log") else {
        throw arguments.failure("log", mustBe: "a table of turns")
      }
      let log = LogTable(table, arguments)
      let review = try RewriteReview(
        rules, said: log.texts("said"), rewritten: log.texts("rewritten"),
        succeeded: log.texts("outcome").map { $0 == "success" },
        retireBelow: arguments.float("retire_below"), minimum: arguments.int("min_turns", atLeast: 0))
      func rate(_ arm: RewriteReview.Arm) -> Double {
        arm.count == 0 ? .nan : Double(arm.successes) / Double(arm.count)
      }
      let verdicts = review.verdicts
      return .table(
        Table(
          names: ["from", "to", "rewritten", "rate", "held", "held_rate", "better", "keep"],
          columns: [
            .list(rules.map { .string($0.from) }), .list(rules.map { .string($0.to) }),
            .tensor(try Tensor(verdicts.map(\.rewritten.count))),
            .tensor(try Tensor(verdicts.map { rate($0.rewritten) })),
            .tensor(try Tensor(verdicts.map(\.held.count))),
            .tensor(try Tensor(verdicts.map { rate($0.held) })),
            .tensor(try Tensor(verdicts.map(\.probability))), .tensor(try Tensor(verdicts.map(\.keeps))),
          ], rowCount: rules.count))
    })
}
