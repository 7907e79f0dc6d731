import TLXMarkov
import TLXNumerics
import TLXRuntime

extension MarkovFamily {
  static let rewrites: [Builtin] = [bestRewriteBuiltin, nextRewriteBuiltin]

  private static let chain = Builtin.Parameter.positional("chain", "chain", "a chain from a log")
  private static let success = Builtin.Parameter.option(
    "success", "string", "the outcome that is wanted", default: "\"success\"")
  private static let minCount = Builtin.Parameter.option(
    "min_count", "float", "how often `from` was said, at least", default: "10")

  private static let bestRewriteBuiltin = Builtin(
    "best_rewrite", family: "markov",
    [
      chain, success, minCount,
      .option("min_gain", "float", "after − before", default: "0.1"),
      .option(
        "min_customers", "int", "distinct customers on every step of the path, where they are known",
        default: "3"),
      .option("min_share", "float", "walks from `from` that succeed with `to` last", default: "0.05"),
      .option(
        "margin", "float", "by how much share must exceed the success of `from` itself", default: "-0.1"),
      .option("max_before", "float", "requests that succeed more often are left alone", default: "0.5"),
      .option("min_after", "float", "lower end of Wilson's 95 % interval of `to`'s success", default: "0.5"),
      .option("min_similarity", "float", "likeness of the texts in letters, words or sound", default: "0"),
      .option(
        "block", "list", "texts that no rule may touch, and pairs (from, to) that none may make",
        default: "()"),
    ],
    result: "table", summary: "finds the rewrites of a log: for each request the last one before success",
    details: """
      score(i → j) = N_ij R_j⁺, N = (I − Q)⁻¹, is the probability that a walk from i succeeds with j as its last request; \
      over j the scores sum to the probability that it succeeds at all. The rule for i is its best j ≠ i, if it passes every \
      guard; the second best never takes its place. A rule whose target has a rule goes on to where that leads; rules on a \
      cycle are dropped.

      Columns: from, to, gain (after − before), share (the score), before and after (success at once of either), customers \
      (the fewest on a step of the path; exact below 32), saved (expected turns until success that the rule spares), seen \
      (how often `from` was said), path (the likeliest). Scores are summed from below until what is missing is under 1e-16 of the whole. \
      The margin is below 0 because share is \
      too small: many give up before they reach the target, and its successes are split among its phrasings. \
      The method is patented (US 11380304).
      """,
    errors: ["E0405: the chain was not counted from a log", "E0408: it has no such outcome"],
    examples: [
      Builtin.Example(
        """
        best_rewrite(chain_from(((\"maj\", \"dragons\"), (\"dragons\",)), outcome=(\"success\", \"success\")), min_count=1, min_after=0.1).to
        """, "(\"dragons\",)")
    ],
    source: "Ponnusamy, Roshan-Ghias, Guo, Sarikaya, IAAI 2020 (arXiv 1911.02557)",
    body: { arguments in
      let logged = try arguments.loggedChain("chain")
      var guards = RewriteGuards()
      guards.minimumCount = try arguments.float("min_count")
      guards.minimumGain = try arguments.float("min_gain")
      guards.minimumCustomers = try arguments.int("min_customers", atLeast: 0)
      guards.minimumShare = try arguments.float("min_share", in: 0...1)
      guards.margin = try arguments.float("margin")
      guards.maximumBefore = try arguments.float("max_before", in: 0...1)
      guards.minimumAfter = try arguments.float("min_after", in: 0...1)
      guards.minimumSimilarity = try arguments.float("min_similarity", in: 0...1)
      try block(arguments, &guards)
      let search = try RewriteSearch(logged, success: arguments.string("success"), guards: guards)
      return .table(try table(search.rules(), logged.chain))
    })

  private static func block(_ arguments: Arguments, _ guards: inout RewriteGuards) throws {
    for item in try arguments.list("block") {
      switch item {
      case .string(let text): guards.blocked.insert(text)
      case .list(let pair):
        let texts = pair.compactMap { if case .string(let text) = $0 { text } else { nil } }
        guard texts.count == 2, pair.count == 2 else { fallthrough }
        guards.blockedPairs.insert(texts)
      default: throw arguments.failure("block", mustBe: "a list of texts and pairs of texts")
      }
    }
  }

  private static let nextRewriteBuiltin = Builtin(
    "next_rewrite", family: "markov",
    [
      chain, success, minCount,
      .option(
        "max_before", "float", "the gate: requests that succeed more often are left alone", default: "1"),
    ],
    result: "table",
    summary: "makes the baseline rules: rewrite each request to the one that follows it most often",
    details: """
      What `best_rewrite` must beat. Without a gate it does more harm than good: people go on to other things from \
      requests that were served as well. Columns as in `best_rewrite`; share is P(to is next), saved is nan.
      """,
    errors: ["E0405: the chain was not counted from a log", "E0408: it has no such outcome"],
    examples: [
      Builtin.Example(
        """
        next_rewrite(chain_from(((\"maj\", \"dragons\"), (\"dragons\",)), outcome=(\"success\", \"success\")), min_count=1).to
        """, "(\"dragons\",)")
    ],
    body: { arguments in
      let logged = try arguments.loggedChain("chain")
      var rules = try FrequentRewrites(logged, success: arguments.string("success"))
      rules.minimumCount = try arguments.float("min_count")
      rules.maximumBefore = try arguments.float("max_before", in: 0...1)
      return .table(try table(rules.rules(), logged.chain))
    })

  private static func table(_ rules: [Rewrite], _ chain: MarkovChain) throws -> Table {
    func texts(_ text: (Rewrite) -> String) -> Value { .list(rules.map { .string(text($0)) }) }
    func numbers(_ number: (Rewrite) -> Double) throws -> Value { .tensor(try Tensor(rules.map(number))) }
    let names = chain.names
    return Table(
      names: ["from", "to", "gain", "share", "before", "after", "customers", "saved", "seen", "path"],
      columns: [
        texts { names[$0.from] }, texts { names[$0.to] }, try numbers(\.gain),
        try numbers(\.share), try numbers(\.before), try numbers(\.after),
        .tensor(try Tensor(rules.map(\.customers))), try numbers(\.saved), try numbers(\.seen),
        texts { $0.path.map { names[$0] }.joined(separator: " → ") },
      ], rowCount: rules.count)
  }
}
