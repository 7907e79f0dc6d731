import TLXLearning
import TLXNumerics
import TLXRuntime

/// What a model says of rows, and how right it is.
let predictionFamily: [Builtin] = [
  predictBuiltin, predictProbaBuiltin, logitsBuiltin, featuresBuiltin, accuracyBuiltin, confusionBuiltin,
]

private let modelAndRows: [Builtin.Parameter] = [
  .positional("model", "model", "the model"),
  .positional("x", "f32[n, d]", "rows; images may keep their shape"),
]

private let rowErrors = ["E0415 rows of another size than the model's inputs"]

private let predictBuiltin = Builtin(
  "predict", family: "train", modelAndRows,
  result: "i64[n]", summary: "Gives the most probable class of each row",
  details: "The index of the largest logit; of equal ones the first.",
  errors: rowErrors,
  examples: [Builtin.Example("predict(linear(2, 3), zeros(4, 2))", "[0, 0, 0, 0]")],
  body: { .tensor(try $0.classifier("model").predict($0.tensor("x"))) })

private let predictProbaBuiltin = Builtin(
  "predict_proba", family: "train", modelAndRows,
  result: "f32[n, classes]", summary: "Gives the probability of each class for each row",
  details: "The soft-max of the logits; rows sum to 1.",
  errors: rowErrors,
  examples: [Builtin.Example("predict_proba(linear(2, 4), zeros(1, 2))", "[[0.25, 0.25, 0.25, 0.25]]")],
  body: { .tensor(try $0.classifier("model").probabilities($0.tensor("x"))) })

private let logitsBuiltin = Builtin(
  "logits", family: "train", modelAndRows,
  result: "f32[n, classes]", summary: "Gives the last layer's output, before soft-max",
  errors: rowErrors,
  examples: [Builtin.Example("logits(linear(2, 3), zeros(1, 2))", "[[0, 0, 0]]")],
  body: { .tensor(try $0.classifier("model").logits($0.tensor("x"))) })

private let featuresBuiltin = Builtin(
  "features", family: "train", modelAndRows,
  result: "f32[n, width]", summary: "Gives what the last dense layer reads",
  details: "The activations that `retrain_head` freezes and that H-score and LogME judge.",
  errors: rowErrors,
  examples: [Builtin.Example("features(mlp([4, 8, 3]), zeros(5, 4)).shape", "(5, 8)")],
  body: { .tensor(try $0.model("model").features($0.tensor("x"))) })

private let pairOfLabels: [Builtin.Parameter] = [
  .positional("predictions", "i64[n]", "class numbers as predicted"),
  .positional("y", "i64[n]", "true class numbers"),
]

private let accuracyBuiltin = Builtin(
  "accuracy", family: "train", pairOfLabels,
  result: "float", summary: "Gives the share of predictions that are right",
  errors: [
    "E0402 another number of predictions than labels", "E0404 probabilities instead of class numbers",
  ],
  examples: [Builtin.Example("accuracy([0, 1, 1, 2], [0, 1, 2, 2])", "0.75")],
  body: { .float(try Classification.accuracy($0.tensor("predictions"), $0.tensor("y"))) })

private let confusionBuiltin = Builtin(
  "confusion", family: "train",
  pairOfLabels + [.option("classes", "int", "how many classes; found if left out", default: "nil")],
  result: "i64[classes, classes]",
  summary: "Counts predictions by true class (rows) and predicted class (columns)",
  errors: ["E0402 another number of predictions than labels", "E0416 a class number out of range"],
  examples: [Builtin.Example("confusion([0, 1, 1, 2], [0, 1, 2, 2])", "[[1, 0, 0], [0, 1, 0], [0, 1, 1]]")],
  body: {
    .tensor(
      try Classification.confusion(
        $0.tensor("predictions"), $0.tensor("y"), classes: $0.optionalInt("classes")))
  })
