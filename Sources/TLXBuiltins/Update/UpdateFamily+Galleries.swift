import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// Embeddings with a stamp, and searches over them.
extension UpdateFamily {
  static let galleries: [Builtin] = [
    Builtin(
      "embed", family: "update",
      [
        .positional("model", "model", "what embeds"),
        .positional("x", "f32[n, d] | data set | {x, y}", "rows; a data set's labels come along"),
        .option("labels", "i64[n]", "the rows' labels, where x has none", default: "nil"),
        .option("width", "int", "keep the first so many coordinates", default: "nil"),
      ],
      result: "embeddings[n, width]", summary: "embeds rows by a model and stamps them with its space",
      details: """
        The embedding of a row is what the model's last layer reads (as `features`). In arithmetic the value is its \
        vectors, and the result is a plain tensor; slices and masks of rows stay embeddings.

        The stamp (`.space`) is a fingerprint of the layers before the head with their weights: the same after saving \
        and loading and under a new head, another after any further training of the trunk. A model that was trained with \
        a loss against an old space (`bct_loss(old)`, `lwf`, `l2_features`, `contrastive_features`, \
        `triplet_features`) or went through `declare_compatible` also carries the old stamp (`.compatible`), in files too. \
        Two sets of embeddings can be compared when they are of one space or when one carries the stamp of the other; this \
        does not pass on (v3 made to fit v2, and v2 to fit v1, does not say that v3 fits v1). The stamp says what was \
        intended; whether it worked is what `crosstest` tells. `.items` identifies the rows themselves, so that a \
        query does not find itself.
        """,
      errors: [
        "E0415: rows that do not fit the model", "E0401: another number of labels",
        "E0406: a width out of range",
      ],
      examples: [
        Builtin.Example("embed(mlp([4, 8, 3]), dataset(\"iris\")).width", "8"),
        Builtin.Example("len(embed(mlp([4, 8, 3]), dataset(\"iris\"))[:10])", "10"),
      ],
      body: { arguments in
        let model = try arguments.model("model")
        let rows = try arguments.rowsWithLabels("x")
        let all = try Embeddings(model, rows.x, labels: arguments.optionalLabels("labels") ?? rows.y)
        let kept = try arguments.optionalInt("width").map { try all.narrowed(to: $0) } ?? all
        return .object(EmbeddingsObject(kept))
      }),
    Builtin(
      "embeddings", family: "update",
      [
        .positional("vectors", "f64[n, d]", "one row an item"),
        .required("space", "string", "a name of the space: vectors of one name can be compared"),
        .option("labels", "i64[n]", "the rows' labels", default: "nil"),
        .option(
          "items", "string", "a name of the data: query i and gallery row i of one name are one item",
          default: "nil"),
      ],
      result: "embeddings[n, d]", summary: "stamps vectors that come from elsewhere",
      details: """
        For vectors of other programs, or after an alignment: `embeddings(new.vectors @ R, space=old.space, \
        labels=new.labels, items=new.items)` says that the turned vectors live in the old space.
        """,
      errors: [
        "E0401: no matrix, or another number of labels", "E0504: NaN or infinity", "E0406: no columns",
      ],
      examples: [Builtin.Example("embeddings([[1.0, 0], [0, 1]], space=\"clip\").space", "clip")],
      body: { arguments in
        let vectors = try arguments.tensor("vectors")
        let space = try arguments.string("space")
        return .object(
          EmbeddingsObject(
            try Embeddings(
              vectors: vectors, labels: arguments.optionalLabels("labels"), space: space,
              items: arguments.optionalString("items"), origin: space)))
      }),
    Builtin(
      "declare_compatible", family: "update",
      [
        .positional("new", "model | embeddings", "what is said to fit"),
        .positional("old", "model | embeddings | string", "the space that it fits"),
      ],
      result: "model | embeddings", summary: "says that a model's or vectors' space fits another",
      details: """
        Gives a copy that carries the other's stamp, so that both can be compared. It is a promise, not a test: \
        `crosstest(new, old, data)` is the test.
        """,
      errors: ["E0405: neither a model nor embeddings"],
      examples: [
        Builtin.Example(
          "let (a, b) = (mlp([4, 8, 3]), mlp([4, 8, 3])); embed(declare_compatible(b, a), dataset(\"iris\")).compatible == (embed(a, dataset(\"iris\")).space,)",
          "true")
      ],
      body: { arguments in
        let space: String
        switch arguments.value("old") {
        case .string(let name): space = name
        case .object(let object as ModelObject): space = try object.model.embeddingSpace()
        case .object(let object as EmbeddingsObject): space = object.embeddings.space
        default: throw arguments.failure("old", mustBe: "a model, embeddings, or the name of a space")
        }
        switch arguments.value("new") {
        case .object(let object as ModelObject):
          return .object(ModelObject(object.model.declaringCompatible(with: [space])))
        case .object(let object as EmbeddingsObject):
          return .object(EmbeddingsObject(try object.embeddings.declaringCompatible(with: [space])))
        default: throw arguments.failure("new", mustBe: "a model or embeddings")
        }
      }),
    Builtin(
      "neighbours", family: "update",
      [
        .queryEmbeddings, .galleryEmbeddings, .option("k", "int", "how many for each query", default: "10"),
        .similarity,
        .same, .compatible,
      ],
      result: "{indices, scores}", summary: "finds the nearest gallery rows of each query",
      details: """
        `indices` i64[n, k], nearest first, equal ones by the lower index; `scores` f64[n, k] are cosines, or distances with \
        `similarity="l2"`. f32 vectors are narrowed down by blocked products in f32 and what may matter is scored again \
        in f64, so that the result is exact. Memory: blocks of fixed size, whatever the gallery. Labels are not needed. The \
        zero vector has cosine 0 with everything.
        """,
      errors: [
        "E0430: spaces that are not known to fit", "E0401: other widths",
        "E0406: k above the gallery, or an empty gallery",
      ],
      examples: [
        Builtin.Example(
          "let g = embeddings([[1.0, 0], [0, 1], [1, 1]], space=\"s\"); neighbours(g[:1], g, k=2).indices",
          "[[0, 2]]")
      ],
      body: { arguments in
        let found = try NearestNeighbours(
          arguments.embeddings("query"), arguments.embeddings("gallery"), k: arguments.int("k", atLeast: 1),
          arguments.retrievalSettings())
        return .record(Record([("indices", .tensor(found.indices)), ("scores", .tensor(found.scores))]))
      }),
  ]

  private static let retrievalErrors = [
    "E0430: no stamp, or spaces that are not known to fit", "E0401: other widths",
    "E0417: labels are missing",
    "E0406: an empty gallery, k above it, or no query with a row of its label",
  ]

  static let retrievals: [Builtin] = [
    Builtin(
      "retrieval", family: "update",
      [
        .queryEmbeddings, .galleryEmbeddings,
        .option("k", "int | list", "ranks at which recall is taken; 1, 5 and 10 if left out", default: "nil"),
        .option("far", "float | list", "false-accept rates for verification", default: "nil"),
        .option("cutoff", "int", "ranks that average precision looks at; all if left out", default: "nil"),
        .similarity, .same,
        .compatible,
      ],
      result: "retrieval", summary: "measures how well queries find gallery rows of their label",
      details: """
        Every query ranks the whole gallery; equal scores go by the lower index. `.recall` is a table of the share of \
        queries with a right row among the first k (which is also CMC at k), `.cmc` that curve, `.map` the mean over queries \
        of (1/m) Σ over the m right rows of the share of right rows down to each. `.ranks` (from 1; −1 for none) and \
        `.precisions` hold both by query. With `far=` also `.verification`: for each rate the largest share of same-label \
        pairs that is accepted while no more than that share of the other pairs is.

        A query is kept from finding itself exactly where both sides are views of the same data (or `same=true`). Public \
        retrieval code masks row i for query i also where the sets differ, and then reports 100 %. Queries without a right \
        row count in `.unmatched` and in no mean. Cost: n · m · width; scores in f64.
        """,
      errors: retrievalErrors + ["E0405: a rate outside of 0…1"],
      examples: [
        Builtin.Example(
          """
          let g = embeddings([[1.0, 0], [0, 1], [1, 0.1]], space="s", labels=[0, 1, 0])
          let q = embeddings([[0.9, 0.2], [0.1, 1.0]], space="s", labels=[0, 1])
          retrieval(q, g, k=1)
          """,
          """
          retrieval: 2 queries, gallery of 3, cosine
            recall@1 100.00 %  mAP 100.00 %
          """)
      ],
      source: "Shen, Xiong, Xia, Soatto, CVPR 2020 (self- and cross-tests)",
      body: { arguments in
        let (query, gallery) = (try arguments.embeddings("query"), try arguments.embeddings("gallery"))
        var settings = try arguments.retrievalSettings()
        settings.cutoff = try arguments.optionalInt("cutoff")
        let result = try Retrieval(query, gallery, settings)
        let visible = result.galleryCount - (result.excludesSelf ? 1 : 0)
        let ks = try arguments.optionalInts("k") ?? [1, 5, 10].filter { $0 <= visible }
        let verification =
          try arguments.has("far")
          ? Verification(query, gallery, rates: arguments.floats("far"), settings) : nil
        return .object(try RetrievalObject(result, ks: ks, verification: verification))
      }),
    Builtin(
      "recall_at", family: "update",
      [
        .queryEmbeddings, .galleryEmbeddings,
        .option("k", "int", "how many rows are looked at", default: "1"), .similarity,
        .same, .compatible,
      ],
      result: "float", summary: "gives the share of queries with a right row among the first k",
      details: "As `retrieval(…).recall`, of which it is one number.", errors: retrievalErrors,
      examples: [
        Builtin.Example(
          "let g = embeddings([[1.0, 0], [0, 1], [1, 1]], space=\"s\", labels=[0, 1, 0], items=\"g\"); recall_at(g, g, k=1) |> round(digits=4)",
          "1")
      ],
      body: { arguments in
        let result = try Retrieval(
          arguments.embeddings("query"), arguments.embeddings("gallery"), arguments.retrievalSettings())
        return .float(try result.recall(at: arguments.int("k")))
      }),
    Builtin(
      "map_at", family: "update",
      [
        .queryEmbeddings, .galleryEmbeddings,
        .option("k", "int", "how many ranks count; all if left out", default: "nil"),
        .similarity, .same, .compatible,
      ],
      result: "float", summary: "gives the mean average precision of queries over a gallery",
      details: """
        As `retrieval(…).map`. With `k=` only right rows among the first k count, and their sum is divided by min(m, k) for \
        m right rows.
        """,
      errors: retrievalErrors,
      examples: [
        Builtin.Example(
          "let g = embeddings([[1.0, 0], [0, 1], [1, 1]], space=\"s\", labels=[0, 1, 1]); map_at(g, g, same=true) |> round(digits=4)",
          "0.75")
      ],
      body: { arguments in
        var settings = try arguments.retrievalSettings()
        settings.cutoff = try arguments.optionalInt("k")
        return .float(
          try Retrieval(arguments.embeddings("query"), arguments.embeddings("gallery"), settings)
            .meanAveragePrecision)
      }),
  ]
}
