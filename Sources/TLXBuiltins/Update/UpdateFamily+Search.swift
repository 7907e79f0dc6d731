import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// The search for a small query model that fits a big gallery model.
extension UpdateFamily {
  static let search: [Builtin] = [
    Builtin(
      "compatible_search", family: "update",
      [
        .positional("space", "list", "hidden widths of each query model, ((8,), (16, 16)), or fresh models"),
        .positional("gallery_model", "model", "the trained model that embeds the gallery"),
        .positional("data", "data set | {x, y}", "what query models are trained on"),
        .required("test", "data set | {x, y}", "rows for queries and gallery alike"),
        .option("max_params", "int", "larger query models are not trained", default: "nil"),
        .option("weight", "float", "how much the influence loss counts", default: "1"),
        .option("loss", "loss", "what is minimised besides", default: "cross_entropy"),
        .option("optimizer", "optimizer", "how parameters move", default: "adam()"),
        .option("epochs", "int", "passes over the data", default: "20"),
        .option("batch", "int", "rows a step", default: "64"),
        .option("repeats", "int", "starts of each, averaged", default: "1"),
        .option("activation", "function", "between hidden layers, where widths are given", default: "relu"),
        .option("measure", "string", "what M is", default: "\"map\"", choices: ["map", "recall"]),
        .option("k", "int", "the rank of recall", default: "1"), .similarity,
      ],
      result: "search", summary: "searches a space of query models for the one that fits a gallery model",
      details: """
        A query model of hidden widths h has layers d – h – (the gallery's embedding width) – classes, its head of the \
        gallery's kind. Each is trained twice from one start on the same batches: alone, and with \
        `loss + weight · bct_loss(gallery_model)`. M(q, q) is homogeneous, M(q, g) heterogeneous; rewards are the first, the \
        second and their product.

        `.table` has a row a model: parameters, their share of the gallery model's, `alone` M(q, g) without the influence \
        loss (near chance), `hetero`, `homo`, `alone_homo`, `product`, and `front`, whether none is smaller and better. \
        `.homogeneous`, `.heterogeneous` and `.product` are the choices as records {hidden, parameters, reward, model}; \
        `.models` the compatible models, `.figure` the Pareto plot. Trainings run side by side on all cores. One start \
        a model is noisy: give `repeats=`.
        """,
      errors: [
        "E0406: an empty space, or no model within max_params",
        "E0415: a model that does not fit the data or the gallery",
        "E0416: labels that are none of the gallery's classes", "E0506: a training loss is no longer finite",
      ],
      examples: [
        Builtin.Example(
          "let d = dataset(\"iris\"); compatible_search(((2,), (4,)), mlp([4, 8, 8, 3]), d, test=d, epochs=1).table.parameters",
          "[61, 87]")
      ],
      source: "Duggal et al., CVPR 2021, “Compatibility-aware heterogeneous visual search”, section 3.3",
      body: { arguments in
        let gallery = try arguments.model("gallery_model")
        let rows = try TrainingRows(arguments, "data")
        let test = try arguments.rowsWithLabels("test")
        guard let labels = test.y else {
          throw arguments.failure("test", "E0417", "test has no labels, so that nothing can be judged right")
        }
        let (measure, name) = try arguments.measure()
        let space = try arguments.querySpace(gallery)
        let settings = try arguments.retrievalSettings()
        let training = try arguments.searchTraining(gallery, rows)
        let search = try CompatibleSearch(
          space.candidates, gallery: gallery, test: (test.x, labels), measure: measure, settings: settings,
          train: training.run)
        return .object(CompatibleSearchObject(search, skipped: space.skipped, measure: name))
      })
  ]
}

/// How every query model is trained.
private struct SearchTraining: Sendable {
  let rows: TrainingRows
  let alone: TrainingOptions
  let compatible: TrainingOptions
  let key: RandomKey

  func run(_ trials: [(start: Model, isCompatible: Bool, repetition: Int)]) throws -> [Model] {
    let jobs = trials.map { trial in
      TrainingJob(
        trial.start, x: rows.x, y: rows.y, options: trial.isCompatible ? compatible : alone,
        key: key.derived(from: [UInt64(trial.repetition)]))
    }
    do {
      return try Training.fitAll(jobs).map(\.model)
    } catch let failure as TrainingJobFailure {
      throw (failure.failure as? TrainingFailure)?.error ?? failure.failure
    }
  }
}

extension Arguments {
  /// The space as fresh models, `repeats` of each, without those that are too large.
  fileprivate func querySpace(_ gallery: Model) throws -> (
    candidates: [[CompatibleSearch.Candidate]], skipped: [String]
  ) {
    let (repeats, limit) = (try int("repeats", atLeast: 1), try optionalInt("max_params"))
    var candidates: [[CompatibleSearch.Candidate]] = []
    var skipped: [String] = []
    let items = try list("space")
    for item in items {
      let starts = try (0..<repeats).map { _ in try candidate(item, gallery) }
      if let limit, let first = starts.first, first.start.parameterCount > limit {
        skipped.append(first.name)
      } else {
        candidates.append(starts)
      }
    }
    guard !candidates.isEmpty else {
      throw failure(
        "space", "E0406",
        items.isEmpty
          ? "the space is empty"
          : "all \(items.count) models of the space have more than \(limit ?? 0) parameters")
    }
    return (candidates, skipped)
  }

  private func candidate(_ item: Value, _ gallery: Model) throws -> CompatibleSearch.Candidate {
    if case .object(let object as ModelObject) = item {
      guard object.model.inputShape.elementCount == gallery.inputShape.elementCount else {
        throw failure(
          "space", "E0415", "the model \(object.model.architecture) takes other rows than the gallery model")
      }
      guard object.model.classCount == gallery.classCount else {
        throw failure(
          "space", "E0415",
          "the model \(object.model.architecture) has \(object.model.classCount) classes, the gallery model "
            + "\(gallery.classCount)")
      }
      return .init(start: object.model, name: object.model.architecture)
    }
    guard let tensor = try Arguments.tensor(from: item), tensor.dtype == .i64, tensor.rank <= 1 else {
      throw failure("space", mustBe: "a list of hidden widths, ((8,), (16, 16)), or of models")
    }
    let widths = try tensor.elements(of: Int.self)
    guard let head = gallery.head?.layer as? any HeadLayer else {
      throw failure("gallery_model", "E0415", "the gallery model has no head that a query model could share")
    }
    var layers: [any Layer] = []
    var inputs = gallery.inputShape.elementCount
    for width in widths {
      layers += [try Dense(inputs: inputs, outputs: width), try activation("activation")]
      inputs = width
    }
    layers += [try Dense(inputs: inputs, outputs: head.inputs), head]
    let model = try Model(
      layers: layers, inputShape: [gallery.inputShape.elementCount], stream: context.random)
    return .init(start: model, name: widths.map(String.init).joined(separator: "-"))
  }

  fileprivate func searchTraining(_ gallery: Model, _ rows: TrainingRows) throws -> SearchTraining {
    let weight = try float("weight")
    guard weight.isFinite, weight >= 0 else {
      throw failure("weight", "E0416", "weight must be a finite number of at least 0, not \(weight)")
    }
    try Labels.check(rows.y, classes: gallery.classCount)
    // Trainings run side by side, and the language runs on one thread only.
    guard let object = try? object("loss", as: LossObject.self, kind: "loss") else {
      throw failure(
        "loss", mustBe: "a loss value",
        help:
          "cross_entropy, mse and their kin and sums; a function of one's own cannot train models side by side"
      )
    }
    let loss = object.loss
    let influence = try BackwardCompatibleLoss(.model(gallery, name: gallery.architecture))
    func options(_ loss: any Loss) throws -> TrainingOptions {
      TrainingOptions(
        loss: loss, optimizer: try optimizer("optimizer"), epochs: try int("epochs", atLeast: 1),
        batch: try int("batch", atLeast: 1))
    }
    return SearchTraining(
      rows: rows, alone: try options(loss),
      compatible: try options(
        WeightedLoss([.init(weight: 1, loss: loss), .init(weight: weight, loss: influence)])),
      key: RandomKey(seed: context.random.nextWord()))
  }
}
