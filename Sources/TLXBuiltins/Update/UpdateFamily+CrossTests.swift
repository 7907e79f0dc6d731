import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// Whether a new model may search an old gallery, and what re-indexing gains.
extension UpdateFamily {
  static let crossTests: [Builtin] = [
    Builtin(
      "crosstest", family: "update",
      [
        .positional("new", "model", "the model that embeds the queries"),
        .positional("old", "model", "the model that embedded the gallery"),
        .positional(
          "data", "data set | {x, y}", "the gallery, and the queries too unless queries= gives others"),
        .option("queries", "data set | {x, y}", "queries that are not in the gallery", default: "nil"),
        .option("paragon", "model", "the new model as it is without the constraint", default: "nil"),
        .option("measure", "string", "what M is", default: "\"map\"", choices: ["map", "recall"]),
        .option("k", "int", "the rank of recall", default: "1"), .similarity,
      ],
      result: "cross-test", summary: "tests whether a new model's queries may search an old model's gallery",
      details: """
        With M(a, b) for queries by a and a gallery by b: `.passes` says whether M(new, old) > M(old, old), the empirical \
        criterion. `.gain` = (M(new, old) − M(old, old)) / (M(paragon, paragon) − M(old, old)) says how much of what a full \
        re-indexing would give is there without any; `.tax` = M(paragon, paragon) − M(new, new) what compatibility costs. \
        Both are nil without a paragon.

        The test needs no declared compatibility: it is how one finds out. A new model that is wider than the old and was \
        trained to fit it is compared by its first coordinates. Passing says nothing of a gallery that is half \
        re-indexed: see `backfill`.
        """,
      errors: [
        "E0401: another width", "E0417: labels are missing", "E0415: rows that do not fit a model",
        "E0406: k above the gallery, or no query with a row of its label",
      ],
      examples: [
        Builtin.Example(
          "let m = mlp([4, 8, 3]); crosstest(m, m, dataset(\"iris\")).passes", "false")
      ],
      source: "Shen, Xiong, Xia, Soatto, CVPR 2020, section 3.2 and equation 9",
      body: { arguments in
        let (new, old) = (try arguments.model("new"), try arguments.model("old"))
        let (measure, name) = try arguments.measure()
        let oldSide = try arguments.side(of: old)
        let newSide = try arguments.side(of: new)
        let cross = try Self.fitting(newSide.queries, oldSide.gallery)
        let paragon = try arguments.has("paragon") ? arguments.side(of: arguments.model("paragon")) : nil
        let test = try CrossTest(
          new: newSide, cross: cross, old: oldSide, paragon: paragon, measure: measure,
          settings: arguments.retrievalSettings())
        return .object(CrossTestObject(test, measure: name))
      }),
    Builtin(
      "backfill", family: "update",
      [
        .positional("old", "model", "the model that embedded the gallery"),
        .positional("new", "model", "the model that embeds the queries and, bit by bit, the gallery"),
        .positional(
          "gallery", "data set | {x, y}",
          "the gallery's rows, and the queries too unless queries= gives others"),
        .option("queries", "data set | {x, y}", "queries that are not in the gallery", default: "nil"),
        .option(
          "order", "string | i64[m]", "which rows come first: a name, or all rows in their order",
          default: "\"random\""),
        .option("steps", "int", "points after the start", default: "10"), .similarity, .key,
      ],
      result: "backfill", summary: "draws the quality of search while a gallery is re-indexed bit by bit",
      details: """
        Queries are by the new model; a share of the gallery is by the new model and the rest still by the old one, in one \
        ranked list. `.curve` is a table of share, map and recall at 1; `.area` the mean of the map curve; `.dip` how far it \
        falls below its start, `.figure` the picture.

        Orders: "random"; "rows" as they stand; "far" and "near" by the distance from the old mean of their class; \
        "confused" by how much nearer the old mean of another class is; "best" tries all of these and keeps the one of \
        the largest area (`.orders` has them all). All but the embeddings of the rows that are done are known beforehand. \
        A new model that is wider than the old is compared by its first coordinates while both are in the list.
        """,
      errors: [
        "E0405: an order that there is not",
        "E0401: an order that does not name each row once, or another width",
        "E0417: labels are missing",
      ],
      examples: [
        Builtin.Example(
          "let m = mlp([4, 8, 3]); backfill(m, m, dataset(\"iris\"), steps=2).dip", "0")
      ],
      source: "Jaeckle et al., “FastFill”, ICLR 2023, for curves and orders",
      body: { arguments in
        let (old, new) = (try arguments.model("old"), try arguments.model("new"))
        let oldSide = try arguments.side(of: old)
        let wide = try arguments.side(of: new)
        let queries = try Self.fitting(wide.queries, oldSide.gallery)
        let gallery = try Self.fitting(wide.gallery, oldSide.gallery)
        let (steps, settings) = (try arguments.int("steps", atLeast: 1), try arguments.retrievalSettings())
        let stream = try arguments.stream()
        func run(_ order: [Int]) throws -> Backfill {
          try Backfill(
            queries: queries, old: oldSide.gallery, new: gallery, order: order, steps: steps,
            settings: settings)
        }
        guard case .string(let name) = arguments.value("order") else {
          return .object(BackfillObject(try run(arguments.ints("order")), order: "given", tried: []))
        }
        let names = BackfillOrder.allCases.filter { name == "best" || $0.rawValue == name }
        guard !names.isEmpty else {
          throw arguments.failure(
            "order", "E0405", "there is no order “\(name)”",
            help:
              "one of \((BackfillOrder.allCases.map(\.rawValue) + ["best"]).joined(separator: ", ")), or a list of all rows"
          )
        }
        let tried = try names.map { order in
          (
            order: order.rawValue,
            backfill: try run(
              order.permutation(of: oldSide.gallery, similarity: settings.similarity, stream: stream))
          )
        }
        guard let best = tried.max(by: { $0.backfill.area < $1.backfill.area }) else { return .null }
        return .object(BackfillObject(best.backfill, order: best.order, tried: tried))
      }),
  ]

  /// The coordinates that count where a wider model was trained to fit a narrower one.
  private static func fitting(_ new: Embeddings, _ old: Embeddings) throws -> Embeddings {
    new.width > old.width && new.compatibleSpaces.contains(old.space) ? try new.narrowed(to: old.width) : new
  }
}

extension Arguments {
  /// What M is, and how it is called.
  func measure() throws -> (CrossTest.Measure, name: String) {
    guard try string("measure") == "recall" else { return (.meanAveragePrecision, "mAP") }
    let k = try int("k", atLeast: 1)
    return (.recall(k), "recall@\(k)")
  }

  /// The embeddings of gallery (`data` or `gallery`) and queries by a model.
  fileprivate func side(of model: Model) throws -> CrossTest.Side {
    let name = parameter("data") == nil ? "gallery" : "data"
    func embedded(_ name: String) throws -> Embeddings {
      let rows = try rowsWithLabels(name)
      guard rows.y != nil else {
        throw failure(
          name, "E0417", "\(name) has no labels, so that nothing can be judged right",
          help: "give a record {x, y}")
      }
      return try Embeddings(model, rows.x, labels: rows.y)
    }
    let gallery = try embedded(name)
    return CrossTest.Side(queries: try has("queries") ? embedded("queries") : gallery, gallery: gallery)
  }
}
