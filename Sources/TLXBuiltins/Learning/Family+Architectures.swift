import TLXLearning
import TLXNumerics
import TLXRuntime

/// Whole models besides perceptrons.
let architecturesFamily: [Builtin] = [convnetBuiltin, transformerBuiltin]

private let convnetBuiltin = Builtin(
  "convnet", family: "models",
  [
    .positional("input", "list of int", "height and width of an image, and channels if not 1"),
    .positional("classes", "int", "outputs"),
    .option("channels", "list of int", "of each convolution", default: "[32, 64]"),
    .option("hidden", "int | list of int", "widths of the dense layers before the last", default: "128"),
    .option("size", "int", "of the windows, odd", default: "3"),
    .option("norm", "bool", "batch normalization after each convolution", default: "false"),
    .option("dropout", "float", "before each dense layer, in training", default: "0"),
  ],
  result: "model", summary: "Makes a convolutional network for images",
  details: """
    For each number of `channels` a `conv2d` with padding "same", with `norm` a `batch_norm`, `relu` and `max_pool(2)`; then \
    dense layers with `relu` between them. Flat rows of the right size will do as images, as data sets have them.
    """,
  errors: ["E0415 images that cannot be halved so often, or a size below one"],
  examples: [
    Builtin.Example("convnet([28, 28], 10).params[\"7.weight\"].shape", "(3136, 128)"),
    Builtin.Example(
      "summary(convnet([8, 8], 10, channels=[4], hidden=16))",
      """
      layer     output  parameters
      conv2d    8×8×4           40
      relu      8×8×4            0
      max_pool  4×4×4            0
      flatten   64               0
      dense     16            1040
      relu      16               0
      dense     10             170
      """),
  ],
  body: { arguments in
    var input = try arguments.ints("input")
    if input.count == 2 { input.append(1) }
    guard input.count == 3, input.allSatisfy({ $0 > 0 }) else {
      throw arguments.failure(
        "input", mustBe: "two or three positive sizes", help: "write convnet([28, 28], 10)")
    }
    let hidden = try arguments.value("hidden").exactInt.map { [$0] } ?? arguments.ints("hidden")
    return .object(
      ModelObject(
        try Model.convnet(
          input: Shape(input), classes: arguments.int("classes", atLeast: 1),
          channels: arguments.ints("channels"), hidden: hidden, size: arguments.int("size"),
          isNormalized: arguments.bool("norm"), dropout: arguments.float("dropout"),
          stream: arguments.context.random)))
  })

private let transformerBuiltin = Builtin(
  "transformer", family: "models",
  [
    .positional("length", "int", "positions of a sequence"), .positional("classes", "int", "outputs"),
    .option("vocabulary", "int", "rows are words, numbers below this", default: "nil"),
    .option("inputs", "int", "rows are vectors of so many numbers a position", default: "nil"),
    .option("layers", "int", "blocks", default: "2"),
    .option("width", "int", "numbers a position inside", default: "64"),
    .option("heads", "int", "heads, which share the width equally", default: "4"),
  ] + transformerOptions,
  result: "model", summary: "Makes a transformer encoder that classifies sequences",
  details: """
    With `vocabulary` an `embedding`, with `inputs` a dense layer; learned `positions`; `layers` times `transformer_block`; with \
    the norm before a last `layer_norm`; the mean over the positions; a dense head. Rows are i64[n, length] words or f32[n, \
    length, inputs] vectors.
    """,
  errors: [
    "E0415 sizes that do not fit", "E0416 both or none of vocabulary and inputs",
  ],
  examples: [
    Builtin.Example(
      "transformer(16, 4, vocabulary=100, layers=1, width=8, heads=2)(zeros(2, 16, dtype=i64)).shape",
      "(2, 4)")
  ],
  source: "Vaswani et al., NeurIPS 2017",
  body: { arguments in
    let input: Model.SequenceInput
    switch (try arguments.optionalInt("vocabulary"), try arguments.optionalInt("inputs")) {
    case (let count?, nil): input = .vocabulary(count)
    case (nil, let width?): input = .width(width)
    default:
      throw arguments.failure(
        "vocabulary", "E0416", "a transformer reads either words or vectors",
        help: "give vocabulary=… for words, inputs=… for vectors")
    }
    return .object(
      ModelObject(
        try Model.transformer(
          input: input, length: arguments.int("length", atLeast: 1),
          classes: arguments.int("classes", atLeast: 1), blocks: arguments.int("layers", atLeast: 1),
          block: transformerBlock(arguments), stream: arguments.context.random)))
  })
