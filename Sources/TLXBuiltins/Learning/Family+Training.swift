import TLXLearning
import TLXNumerics
import TLXRuntime

/// Fitting models and adapting them to other tasks.
let trainingFamily: [Builtin] = [fitBuiltin, finetuneBuiltin, retrainHeadBuiltin, lastFitBuiltin]

private let dataHelp = "a data set, or a record {x, y}: rows f32[n, d] and labels i64[n]"

private func trainingOptions(epochs: String, optimizer: String) -> [Builtin.Parameter] {
  [
    .option("loss", "loss", "what is minimised", default: "cross_entropy"),
    .option("optimizer", "optimizer", "how parameters move", default: optimizer),
    .option("epochs", "int", "passes over the data", default: epochs),
    .option("batch", "int", "rows a step", default: "64"),
    .option("monitor", "data set", "rows measured after each epoch, never trained on", default: "nil"),
    .option("patience", "int", "stop after so many epochs without a lower monitored loss", default: "nil"),
    .option("shuffle", "bool", "take the rows in a new random order each epoch", default: "true"),
    .option(
      "clip", "float", "the largest norm of the gradient; longer ones are scaled to it", default: "nil"),
    .option("checkpoint", "string", "a .safetensors file, rewritten after each epoch", default: "nil"),
    .option("resume", "bool", "goes on from the checkpoint, if the file is there", default: "false"),
  ]
}

private let trainingErrors = [
  "E0415 data that do not fit the model", "E0416 a label that is not one of the model's classes",
  "E0504 a row with a number that is not finite",
  "E0506 the loss is no longer finite; `last_fit()` keeps the model",
  "E0617 a checkpoint of another training",
]

/// Runs a training with its progress bar, keeping what it had if it stops early.
private func train(
  _ arguments: Arguments,
  _ body: (TrainingOptions, TrainingRows, (TrainingProgress) -> Void) throws -> TrainingResult
) throws -> Value {
  let rows = try TrainingRows(arguments, "data")
  let monitor = try arguments.has("monitor") ? TrainingRows(arguments, "monitor") : nil
  let patience = try arguments.optionalInt("patience")
  if patience != nil && monitor == nil {
    throw arguments.failure("patience", "E0416", "patience needs monitored rows", help: "give monitor=valid")
  }
  let checkpoint = try arguments.optionalString("checkpoint")
  let resumes = try arguments.bool("resume")
  if resumes && checkpoint == nil {
    throw arguments.failure(
      "resume", "E0416", "there is nothing to go on from", help: "give checkpoint=\"run.safetensors\"")
  }
  let options = TrainingOptions(
    loss: try arguments.loss("loss"), optimizer: try arguments.optimizer("optimizer"),
    epochs: try arguments.int("epochs", atLeast: 1), batch: try arguments.int("batch", atLeast: 1),
    shuffles: try arguments.bool("shuffle"), monitor: monitor.map { ($0.x, $0.y) }, patience: patience,
    clip: try arguments.optionalFloat("clip"),
    checkpoint: checkpoint.map { FileName($0, in: arguments.context.folder) }, resumes: resumes)
  var bar = TrainingBar(arguments.context, isShown: true)
  defer { bar.finish() }
  do {
    let result = try body(options, rows) { bar.update($0) }
    if result.ending == .interrupted { UnfinishedTraining.shared.result = result }
    return try result.record()
  } catch let failure as TrainingFailure {
    UnfinishedTraining.shared.result = failure.kept
    throw failure.error
  }
}

private let fitBuiltin = Builtin(
  "fit", family: "train",
  [.positional("model", "model", "where to start"), .positional("data", "data set | {x, y}", dataHelp)]
    + trainingOptions(epochs: "20", optimizer: "adam()"),
  result: "{model, log, seconds, ending}", summary: "Trains a model on labelled rows",
  details: """
    Each epoch takes the rows in a new order drawn from the cell's stream and makes one step a batch. The model that \
    was given stays as it is; the trained one is `.model`. `.log` is a table with a row an epoch: the mean training \
    loss (each row measured just before its step), with `monitor` also `valid_loss` and `valid_accuracy`, and seconds. \
    With `monitor` the returned model is the one whose monitored loss was least.

    Ctrl-C ends the training after the last whole epoch: the record is kept, and the rest of the program is not run. A loss \
    that is no longer finite ends it at that step, and `last_fit()` has the last good model. A step is one compiled tensor \
    program; its first run plans it.

    `checkpoint` is a file of parameters, optimizer and random stream, written whole after each epoch; \
    `resume=true` goes on from it up to `epochs`, with the same numbers as if training had never stopped. It also loads as \
    the model of its epoch. `clip=c` scales gradients by `min(1, c/‖g‖)`, the norm over all parameters together.
    """,
  errors: trainingErrors,
  examples: [
    Builtin.Example("fit(linear(4, 3), dataset(\"iris\"), epochs=2).log.epoch", "[1, 2]"),
    Builtin.Example(
      "fit(mlp([4, 8, 3]), dataset(\"iris\"), epochs=2, clip=1, loss=label_smoothing(0.1), optimizer=adamw(lr=cosine(0.01))).ending",
      "finished"),
  ],
  body: { arguments in
    let model = try arguments.model("model")
    return try train(arguments) { options, rows, progress in
      try Training.fit(
        model, x: rows.x, y: rows.y, options: options, stream: arguments.context.random, onProgress: progress)
    }
  })

private let classesOption = Builtin.Parameter.option(
  "classes", "int", "classes of the new task; one more than the largest label if left out", default: "nil")

private func classCount(_ arguments: Arguments, _ rows: TrainingRows) throws -> Int {
  if let classes = try arguments.optionalInt("classes") { return classes }
  guard rows.y.dtype == .i64, rows.y.rank == 1, rows.y.count > 0 else {
    throw arguments.failure(
      "data", "E0404", "labels must be class numbers i64[n], not \(rows.y.typeDescription)")
  }
  return try rows.y.withElements(of: Int.self) { ($0.max() ?? 0) + 1 }
}

private let finetuneBuiltin = Builtin(
  "finetune", family: "train",
  [.positional("model", "model", "the source model"), .positional("data", "data set | {x, y}", dataHelp)]
    + trainingOptions(epochs: "20", optimizer: "adam(lr=5e-4)") + [
      classesOption,
      .option("head", "bool", "start from a fresh head even if the classes agree in number", default: "true"),
    ],
  result: "{model, log, seconds, ending}", summary: "Adapts all parameters of a trained model to a new task",
  details: """
    The last dense layer is replaced by a fresh one for the new classes (with `head=false` it is kept), then every \
    parameter is trained as by `fit`, by default with half its learning rate.
    """,
  errors: trainingErrors,
  examples: [
    Builtin.Example(
      "finetune(mlp([4, 8, 5]), dataset(\"iris\"), epochs=1).model", "model 4-8-3, 67 parameters")
  ],
  source: "Nguyen et al. 2020, “LEEP”, section 5",
  body: { arguments in
    let model = try arguments.model("model")
    return try train(arguments) { options, rows, progress in
      let start =
        try arguments.bool("head")
        ? model.replacingHead(classes: classCount(arguments, rows), stream: arguments.context.random) : model
      return try Training.fit(
        start, x: rows.x, y: rows.y, options: options, stream: arguments.context.random, onProgress: progress)
    }
  })

private let retrainHeadBuiltin = Builtin(
  "retrain_head", family: "train",
  [.positional("model", "model", "the source model"), .positional("data", "data set | {x, y}", dataHelp)]
    + trainingOptions(epochs: "20", optimizer: "adam(lr=1e-2)") + [classesOption],
  result: "{model, log, seconds, ending}", summary: "Trains a new last layer on a frozen model",
  details: """
    The features (what the last dense layer reads) are computed once; a fresh linear head for the new classes is trained \
    on them, standardised, and the scaling is folded back into its weights. The result is a whole model for the new \
    task. This is the cheap transfer that LEEP predicts.
    """,
  errors: trainingErrors,
  examples: [
    Builtin.Example(
      "retrain_head(mlp([4, 8, 5]), dataset(\"iris\"), epochs=1).model", "model 4-8-3, 67 parameters")
  ],
  source: "Nguyen et al. 2020, “LEEP”, section 5",
  body: { arguments in
    let model = try arguments.model("model")
    return try train(arguments) { options, rows, progress in
      try Training.retrainHead(
        model, x: rows.x, y: rows.y, classes: classCount(arguments, rows), options: options,
        stream: arguments.context.random, onProgress: progress)
    }
  })

private let lastFitBuiltin = Builtin(
  "last_fit", family: "train", [],
  result: "{model, log, seconds, ending}", summary: "Gives what the last training had that did not finish",
  details:
    "After Ctrl-C, or after a loss that was no longer finite (E0506): the model of the last whole epoch.",
  errors: ["E0417 every training of this session finished"],
  examples: [],
  body: { _ in
    guard let result = UnfinishedTraining.shared.result else {
      throw Failure("E0417", "every training of this session has finished")
    }
    return try result.record()
  })
