import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

extension UpdateFamily {
  static let sweeps: [Builtin] = [sweep, fitMany]

  private static let sweep = Builtin(
    "sweep", family: "update",
    [
      .positional(
        "family", "function | record of functions",
        "lambda -> loss; with several old models (lambda, old) -> loss"),
      .positional("lambdas", "list of float", "the weights to try"),
      .required("model", "model", "the new model's architecture; each seed starts it afresh"),
      .required("old", "model | list of models", "what the successor replaces; a list has one for each seed"),
      .required("train", "data set | list of data sets", "rows to train on; a list has one for each seed"),
      .required("test", "data set | list of data sets", "rows to judge by; a list has one for each seed"),
      .option("seeds", "int", "trainings for each weight", default: "3"),
      .option("optimizer", "optimizer", "how parameters move", default: "adam()"),
      .option("epochs", "int", "passes over the data", default: "20"),
      .option("batch", "int", "rows a step", default: "64"), .key,
    ],
    result: "sweep", summary: "trains a successor at every weight of a loss and shows what each weight buys",
    details: """
      One λ proves nothing: a heavier weight lowers negative flips and mostly costs error. Every weight is trained `seeds` \
      times; seed k has the same start and the same batches at every weight, so that differences are the weight's. The \
      table has mean error, NFR, copied errors, gain and churn over the seeds, and deviations; `plot(s)` draws NFR against \
      error, a line for each function of `family`. `.runs` has every training.

      Trainings run side by side on all threads, unless the loss is a function of the language. The result does not depend \
      on the threads.
      """,
    errors: [
      "E0506 a weight makes the loss infinite or NaN: it is named", "E0405 what family gives is no loss",
      "E0401 lists of other lengths than there are seeds", "E0415 models with different classes",
    ],
    examples: [
      Builtin.Example(
        """
        sweep(lam -> cross_entropy + lam * l2, [0, 1e-3], model=linear(4, 3), old=linear(4, 3), train=dataset("iris"), \
        test=dataset("iris"), seeds=2, epochs=1).table.seeds
        """, "[2, 2]")
    ],
    source: "Srivastava et al., KDD 2020, section 5; Yan et al., CVPR 2021, table 4",
    body: { .object(WeightSweepObject(try SweepArguments($0).run())) })

  private static let fitMany = Builtin(
    "fit_many", family: "train",
    [
      .positional("models", "list of models", "where each training starts"),
      .positional("data", "data set | list of data sets", "rows for all, or for each"),
      .option(
        "loss", "loss | list of losses", "what is minimised, by all or by each", default: "cross_entropy"),
      .option("optimizer", "optimizer", "how parameters move", default: "adam()"),
      .option("epochs", "int", "passes over the data", default: "20"),
      .option("batch", "int", "rows a step", default: "64"), .key,
    ],
    result: "{models, losses, seconds}", summary: "trains several models side by side",
    details: """
      Each model is trained as by `fit`, on one thread, as many at a time as there are threads: seeds, ensembles, members of \
      a table. `losses`: the last epoch's mean training loss of each. Model k draws its batches from its own stream, so the \
      result does not depend on the threads. A loss that is a function of the language runs one after the other.
      """,
    errors: ["E0401 lists of unequal lengths", "E0406 no models", "as `fit`, with the number of the model"],
    examples: [
      Builtin.Example(
        "fit_many([linear(4, 3), linear(4, 3)], dataset(\"iris\"), epochs=1).models",
        "(model 4-3, 15 parameters, model 4-3, 15 parameters)")
    ],
    body: { arguments in
      let models = try arguments.list("models").enumerated().map { index, value in
        guard case .object(let object as ModelObject) = value else {
          throw arguments.failure(
            "models", "E0405", "item \(index) of models is \(value.kindDescription), not a model")
        }
        return object.model
      }
      guard !models.isEmpty else {
        throw arguments.failure("models", "E0406", "there are no models to train")
      }
      let rows = try arguments.rowsForEach("data", count: models.count)
      let losses = try arguments.losses("loss", count: models.count)
      let root = try arguments.stream().nextKey()
      let jobs = try models.indices.map { index in
        TrainingJob(
          models[index], x: rows[index].x, y: rows[index].y, options: try arguments.options(losses[index]),
          key: root.derived(from: [UInt64(index)]))
      }
      let results = try arguments.trained(jobs) { "model \($0)" }
      return .record(
        Record([
          ("models", .list(results.map { .object(ModelObject($0.model)) })),
          ("losses", .tensor(try Tensor(results.map { $0.log.last?.loss ?? .nan }))),
          ("seconds", .tensor(try Tensor(results.map(\.seconds)))),
        ]))
    })
}

/// What a call of `sweep` asks for.
private struct SweepArguments {
  let arguments: Arguments
  let lambdas: [Double]
  let families: [(name: String, function: Value)]
  let olds: [Model]
  let seeds: Int
  let train: [TrainingRows]
  let test: [TrainingRows]
  let model: Model
  private let hasManyOlds: Bool

  init(_ arguments: Arguments) throws {
    self.arguments = arguments
    lambdas = try arguments.floats("lambdas")
    guard !lambdas.isEmpty else { throw arguments.failure("lambdas", "E0406", "there are no weights to try") }
    if let bad = lambdas.first(where: { !$0.isFinite || $0 < 0 }) {
      throw arguments.failure("lambdas", "E0416", "a weight must be finite and not negative, not \(bad)")
    }
    if case .record(let record) = arguments.value("family") {
      families = Array(zip(record.names, record.values))
    } else {
      families = [("", try arguments.callable("family"))]
    }
    if case .list(let items) = arguments.value("old") {
      hasManyOlds = true
      olds = try items.map { item in
        guard case .object(let object as ModelObject) = item else {
          throw arguments.failure("old", mustBe: "a model or a list of models")
        }
        return object.model
      }
      guard !olds.isEmpty else { throw arguments.failure("old", "E0406", "there is no old model") }
      seeds = olds.count
    } else {
      hasManyOlds = false
      seeds = try arguments.int("seeds", atLeast: 1)
      olds = Array(repeating: try arguments.model("old"), count: seeds)
    }
    model = try arguments.model("model")
    train = try arguments.rowsForEach("train", count: seeds)
    test = try arguments.rowsForEach("test", count: seeds)
    if let other = olds.first(where: { $0.classCount != model.classCount }) {
      throw arguments.failure(
        "old", "E0415", "the old model has \(other.classCount) classes and the new one \(model.classCount)")
    }
  }

  func run() throws -> WeightSweep {
    let root = try arguments.stream().nextKey()
    var places: [(family: String, lambda: Double, seed: Int)] = []
    var jobs: [TrainingJob] = []
    for (name, function) in families {
      for lambda in lambdas {
        for seed in 0..<seeds {
          let key = root.derived(from: [UInt64(seed)])
          // The same start at every weight.
          let start = try Model(
            layers: model.layers, inputShape: model.inputShape,
            stream: RandomStream(key: key.derived(from: [1])))
          let options = try arguments.options(loss(function, lambda, olds[seed]))
          places.append((name, lambda, seed))
          jobs.append(
            TrainingJob(
              start, x: train[seed].x, y: train[seed].y, options: options, key: key.derived(from: [2])))
        }
      }
    }
    let results = try arguments.trained(jobs) { index in
      let place = places[index]
      return (place.family.isEmpty ? "" : "\(place.family), ") + "lambda \(place.lambda), seed \(place.seed)"
    }
    let before = try (0..<seeds).map { try olds[$0].predict(test[$0].x) }
    return WeightSweep(
      try zip(places, results).map { place, result in
        let report = try FlipReport(
          old: before[place.seed], new: result.model.predict(test[place.seed].x), y: test[place.seed].y)
        return WeightSweep.Run(
          loss: place.family, weight: place.lambda, seed: place.seed, counts: report.counts)
      })
  }

  private func loss(_ function: Value, _ lambda: Double, _ old: Model) throws -> any Loss {
    let inputs: [Value] = hasManyOlds ? [.float(lambda), .object(ModelObject(old))] : [.float(lambda)]
    let value = try arguments.context.call(function, inputs)
    guard let loss = try arguments.loss(value) else {
      throw arguments.failure(
        "family", "E0405", "family must give a loss, and gave \(value.kindDescription)",
        help: "write lam -> cross_entropy + lam * distill(old)")
    }
    return loss
  }
}

extension Arguments {
  /// One set of rows for all, or a list with one for each.
  fileprivate func rowsForEach(_ name: String, count: Int) throws -> [TrainingRows] {
    guard case .list(let items) = value(name) else {
      return Array(repeating: try TrainingRows(self, name), count: count)
    }
    guard items.count == count else {
      throw failure(name, "E0401", "\(name) has \(items.count) data sets, and there are \(count) trainings")
    }
    return try items.enumerated().map { index, item in
      guard let rows = try TrainingRows(item) else {
        throw failure(name, "E0405", "item \(index) of \(name) is \(item.kindDescription), not a data set")
      }
      return rows
    }
  }

  /// One loss for all, or a list with one for each.
  fileprivate func losses(_ name: String, count: Int) throws -> [any Loss] {
    guard case .list(let items) = value(name) else {
      return Array(repeating: try loss(name), count: count)
    }
    guard items.count == count else {
      throw failure(name, "E0401", "\(name) has \(items.count) losses, and there are \(count) models")
    }
    return try items.map { item in
      guard let loss = try loss(item) else { throw failure(name, mustBe: "a loss or a list of losses") }
      return loss
    }
  }

  fileprivate func options(_ loss: any Loss) throws -> TrainingOptions {
    TrainingOptions(
      loss: loss, optimizer: try optimizer("optimizer"), epochs: try int("epochs", atLeast: 1),
      batch: try int("batch", atLeast: 1))
  }

  /// Runs the jobs; an error says which of them it was.
  fileprivate func trained(_ jobs: [TrainingJob], _ name: (Int) -> String) throws -> [TrainingResult] {
    do {
      return try Training.fitAll(jobs, inParallel: !jobs.contains { callsLanguage($0.options.loss) })
    } catch let failed as TrainingJobFailure {
      var error: NumericsError
      switch failed.failure {
      case let failure as TrainingFailure: error = failure.error
      case let failure as NumericsError: error = failure
      default: throw failed.failure
      }
      error.message = "\(builtin.name) (\(name(failed.job))): \(error.message)"
      if error.code == "E0506" { error.help = "try a smaller weight or learning rate" }
      throw error
    }
  }
}

extension RandomStream {
  /// A key of its own for each call.
  fileprivate func nextKey() -> RandomKey { key.derived(from: [nextWord()]) }
}
