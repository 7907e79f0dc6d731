import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

extension UpdateFamily {
  /// What an update did, and whether it may be shipped.
  static let checks: [Builtin] = [flips, compatibilityMatrix, gate]

  private static let flips = Builtin(
    "flips", family: "update",
    [
      .old, .new, .truth,
      .option(
        "slices", "record of bool[n] | i64[n] | list | table",
        "rows to look at together: masks by name, or labels",
        default: "nil"),
      .option(
        "classes", "int | list of strings", "how many classes there are, or their names", default: "nil"),
      .option("level", "float", "the coverage of the intervals", default: "0.95"),
    ],
    result: "flip report", summary: "tells what a model update did, row by row",
    details: """
      A *negative flip* is a row that the old model had right and the new one has wrong, a positive flip the reverse. With n \
      rows, `nfr` = negative / n, `pfr` = positive / n, `gain` = error_old − error_new = pfr − nfr; `relative_nfr` = nfr / \
      ((1 − error_old) · error_new), 1 for independent errors; `nfi` = negative / new errors, `pfi` = positive / new \
      successes; `churn` = changed labels / n; `btc` = both right / old right = 1 − nfr / (1 − error_old). Two numbers go by \
      the name BEC: `bec_new_errors` = both wrong / NEW wrong (published), `bec_old_errors` = both wrong / OLD wrong \
      (Microsoft's library). `copied` = old errors repeated with the same label / old errors.

      A rate whose denominator is 0 is `nil`, and `.undefined` says why. `.intervals`: Wilson's for shares, Newcombe's \
      paired one for the gain. `.mcnemar`: the exact test. `.classes`, `.slices`: tables; `.matrix`: negative flips by true \
      class and new label; `.flipped`: each flipped row; `.negative`, `.positive`: row numbers. It shows as a report; \
      `bars(f)` and `heatmap(f)` draw it. Labels may be names: lists of strings. Cost: one parallel pass, about 3 ns a row.
      """,
    errors: labelErrors + ["E0406 an empty slice", "E0401 a slice of another length"],
    examples: [
      Builtin.Example("flips([0, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 1]).nfr", "0.25"),
      Builtin.Example("flips([0, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 1]).negative", "[2]"),
      Builtin.Example(
        "flips([\"cat\", \"dog\"], [\"dog\", \"dog\"], [\"cat\", \"dog\"]).flipped.new", "(\"dog\",)"),
      Builtin.Example(
        "flips([1, 1], [0, 1], [0, 0]).undefined.btc", "\"the old model is right on none of the 2 rows\""),
    ],
    source: "Yan et al., CVPR 2021; Bansal et al., AAAI 2019; Srivastava et al., KDD 2020; Newcombe 1998",
    body: { arguments in
      let labels = try LabelArguments(arguments, ["old_pred", "new_pred", "y"])
      let y = labels.labels[2]
      let groups = try arguments.rowGroups("slices", rows: y.count)
      let report = try FlipReport(
        old: labels.labels[0], new: labels.labels[1], y: y, classCount: labels.classCount, groups: groups,
        level: arguments.float("level"))
      return .object(FlipReportObject(report, names: labels.names))
    })

  private static let gate = Builtin(
    "gate", family: "update",
    [
      .positional("report", "flip report", "what `flips` gave"),
      .option("max_nfr", "float", "the greatest share of negative flips", default: "nil"),
      .option("min_gain", "float", "the least fall of the error", default: "nil"),
      .option("level", "float", "the coverage of the intervals", default: "0.95"),
      .option("slices", "bool", "judges every slice of the report too", default: "false"),
    ],
    result: "{passed, max_nfr, min_gain, level, slices}",
    summary: "stops a script unless an update may be shipped",
    details: """
      Judges bounds, not points: it passes if the upper bound of the NFR's interval is at most `max_nfr` and the lower bound \
      of the gain's interval at least `min_gain`. So a small test set does not pass what it cannot show. `slices` of the \
      result is a list of records: slice, rows, nfr, nfr_bound, gain, gain_bound, passed.

      An update that fails is error E0708: a script ends with status 4 and writes the verdict as a line of JSON to standard \
      output, `{"kind": "record", "value": {"passed": false, …}}`, the line that `--json` writes for one that passes.
      """,
    errors: [
      "E0708 the update is refused", "E0405 neither condition is given",
      "E0505 a condition or level out of range",
    ],
    examples: [
      Builtin.Example("gate(flips([0, 1, 1, 0], [0, 1, 1, 1], [0, 1, 1, 1]), max_nfr=0.5).passed", "true"),
      Builtin.Example(
        "try gate(flips([0, 1], [1, 1], [0, 1]), max_nfr=0.02) else err -> err.code", "\"E0708\""),
    ],
    body: { arguments in
      let object = try arguments.object("report", as: FlipReportObject.self, kind: "flip report")
      let gate = try UpdateGate(
        maxNFR: arguments.optionalFloat("max_nfr"), minGain: arguments.optionalFloat("min_gain"),
        level: arguments.float("level"))
      var verdicts = [try gate.verdict(object.report.counts)]
      if try arguments.bool("slices") {
        verdicts += try object.report.slices.map { try gate.verdict($0.counts, slice: $0.name) }
      }
      let record = gate.record(verdicts)
      let failed = verdicts.filter { !$0.passed }
      if failed.isEmpty { return .record(record) }
      throw try refusal(failed, record)
    })

  private static func refusal(_ failed: [UpdateGate.Verdict], _ record: Record) throws -> Failure {
    let reasons = failed.flatMap { verdict in
      verdict.reasons.map { verdict.slice == "all" ? $0 : "in \(verdict.slice): \($0)" }
    }
    var failure = Failure(
      "E0708", "the update is refused: " + reasons.joined(separator: "; "),
      help: "show the report for what broke; more test rows make the intervals narrower", parameter: "report")
    let verdict = try JSONValue(.record(record), for: FileName("verdict"))
    failure.json = JSONValue.object([.init("kind", .string("record")), .init("value", verdict)]).text
    return failure
  }

  private static let compatibilityMatrix = Builtin(
    "compat_matrix", family: "update",
    [
      .positional(
        "models", "list | record",
        "versions in order: models, or predictions i64[n]; a record gives them names"),
      .positional(
        "data", "data set | {x, y} | i64[n]", "the rows to judge by, or only y if predictions are given"),
      .option(
        "measure", "string", "what is shown and drawn", default: "\"nfr\"", choices: FlipReportObject.measures
      ),
    ],
    result: "compatibility matrix", summary: "compares every version of a chain with every other",
    details: """
      Entry (i, j) of `m.nfr`, `m.gain`, `m.btc`, … is the update from version i to version j, f64[k, k] (NaN where it is \
      undefined). `m.errors`: each version's error. `m.regressions`: rows that some version had right and the last has \
      wrong, which no single step shows. `m.table`: a row for each pair. `heatmap(m)` draws `measure`. Cost: k predictions \
      and k² passes over them.
      """,
    errors: labelErrors + ["E0406 fewer than two versions", "E0415 models with different classes"],
    examples: [
      Builtin.Example(
        "compat_matrix([[0, 1, 1], [0, 0, 1], [1, 0, 1]], [0, 0, 1]).gain[0]", "[0, 0.333333, 0]"),
      Builtin.Example("compat_matrix({v1: [0, 1], v2: [1, 1]}, [0, 1]).regressions", "1"),
    ],
    source: "Srivastava et al., KDD 2020, “An empirical analysis of backward compatibility”",
    body: { try .object(CompatibilityMatrixObject($0)) })

  /// One measure as a function of its own.
  static let measures: [Builtin] = [
    measure(
      .nfr, "gives the share of rows that an update breaks", "negative flips / rows", "0.25"),
    measure(.pfr, "gives the share of rows that an update repairs", "positive flips / rows", "0.25"),
    measure(
      .btc, "gives the share of what the old model had right that stays right",
      "both right / old right = 1 − NFR / (1 − error_old)", "0.6666666666666666"),
    Builtin(
      "churn", family: "update", [.old, .new],
      result: "float", summary: "gives the share of rows whose label changes",
      details:
        "changed labels / rows. Needs no true labels, and does not tell repair from damage: `flips` does.",
      errors: labelErrors,
      examples: [Builtin.Example("churn([0, 1, 1, 0], [0, 1, 0, 1])", "0.5")],
      source: "Milani Fard, Cormier, Canini, Gupta, NIPS 2016",
      body: { arguments in
        let labels = try LabelArguments(arguments, ["old_pred", "new_pred"]).labels
        // Against its own labels the old model is always right.
        return .float(
          try defined(.churn, FlipReport(old: labels[0], new: labels[1], y: labels[0]).counts, arguments))
      }),
    Builtin(
      "bec", family: "update",
      [
        .old, .new, .truth,
        .option(
          "per", "\"new\" | \"old\"", "whose errors are the whole", default: "\"new\"",
          choices: ["new", "old"]),
      ],
      result: "float", summary: "gives backward error compatibility, either of the two numbers of that name",
      details: """
        `per="new"`, as published: both wrong / NEW wrong = 1 − NFI, the share of the new model's errors that are old ones. \
        `per="old"`, as Microsoft's library computes: both wrong / OLD wrong, the share of old errors that stay.
        """,
      errors: labelErrors + ["E0505 undefined: there is no such error"],
      examples: [
        Builtin.Example("bec([0, 1, 1, 0], [0, 0, 0, 0], [0, 1, 1, 1])", "0.3333333333333333"),
        Builtin.Example("bec([0, 1, 1, 0], [0, 0, 0, 0], [0, 1, 1, 1], per=\"old\")", "1"),
      ],
      source: "Srivastava et al., KDD 2020",
      body: { arguments in
        let measure: FlipMeasure = try arguments.string("per") == "new" ? .becNew : .becOld
        return .float(try defined(measure, counts(arguments), arguments))
      }),
  ]

  private static func measure(_ measure: FlipMeasure, _ summary: String, _ formula: String, _ output: String)
    -> Builtin
  {
    Builtin(
      measure.rawValue, family: "update", [.old, .new, .truth], result: "float", summary: summary,
      details: formula + ". `flips` gives it with its interval, by class and by slice.",
      errors: labelErrors + (measure == .btc ? ["E0505 undefined: the old model has nothing right"] : []),
      examples: [
        Builtin.Example("\(measure.rawValue)([0, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 1])", output)
      ],
      source: measure == .btc ? "Bansal et al., AAAI 2019, equation 1" : "Yan et al., CVPR 2021, section 3",
      body: { .float(try defined(measure, counts($0), $0)) })
  }

  private static func counts(_ arguments: Arguments) throws -> FlipCounts {
    let labels = try LabelArguments(arguments, ["old_pred", "new_pred", "y"]).labels
    return try FlipReport(old: labels[0], new: labels[1], y: labels[2]).counts
  }

  private static func defined(_ measure: FlipMeasure, _ counts: FlipCounts, _ arguments: Arguments) throws
    -> Double
  {
    guard let value = counts.value(measure) else {
      throw Failure(
        "E0505", "\(arguments.builtin.name) is undefined: \(counts.reasonUndefined(measure) ?? "")",
        help: "flips(…).\(measure.rawValue) is nil then, and goes into a table")
    }
    return value
  }

  private static let labelErrors = [
    "E0402 unequal numbers of labels", "E0404 what is no class number", "E0406 no rows",
    "E0416 a class number out of range, or no label in common",
  ]
}

extension Builtin.Parameter {
  fileprivate static let old: Self = .positional(
    "old_pred", "i64[n] | list of strings", "the old model's labels")
  fileprivate static let new: Self = .positional(
    "new_pred", "i64[n] | list of strings", "the new model's, of the same rows")
  fileprivate static let truth: Self = .positional("y", "i64[n] | list of strings", "the true labels")
}

extension UpdateGate {
  /// The verdict as data.
  fileprivate func record(_ verdicts: [Verdict]) -> Record {
    func number(_ value: Double?) -> Value { value.map { .float($0) } ?? .null }
    let slices = verdicts.map { verdict in
      Record([
        ("slice", .string(verdict.slice)), ("rows", .int(verdict.rows)), ("nfr", .float(verdict.nfr)),
        ("nfr_bound", .float(verdict.nfrBound)), ("gain", .float(verdict.gain)),
        ("gain_bound", .float(verdict.gainBound)), ("passed", .bool(verdict.passed)),
      ])
    }
    return Record([
      ("passed", .bool(verdicts.allSatisfy(\.passed))), ("max_nfr", number(maxNFR)),
      ("min_gain", number(minGain)),
      ("level", .float(level)),
      ("slices", .list(slices.map { .record($0) })),
      ("reasons", .list(verdicts.flatMap(\.reasons).map { .string($0) })),
    ])
  }
}
