import TLXLearning
import TLXNumerics
import TLXRuntime

/// Layers for `sequential` besides dense ones.
let layersFamily: [Builtin] = [
  conv2dBuiltin, maxPoolBuiltin, avgPoolBuiltin, meanPoolBuiltin, batchNormBuiltin, layerNormBuiltin,
  dropoutBuiltin, embeddingBuiltin, positionsBuiltin, attentionBuiltin, transformerBlockBuiltin,
]

private func layer(_ layer: any Layer) -> Value { .object(LayerObject(layer)) }

private let strideOption = Builtin.Parameter.option(
  "stride", "int | list", "rows and columns between two windows", default: "1")

private let conv2dBuiltin = Builtin(
  "conv2d", family: "models",
  [
    .positional("inputs", "int", "channels in"), .positional("outputs", "int", "channels out"),
    .positional("size", "int | list", "height and width of the windows"),
    strideOption,
    .option(
      "padding", "int | list | \"same\"",
      "rows and columns of zeros round the image; \"same\" keeps the size",
      default: "0"),
  ],
  result: "layer", summary: "Makes a convolution of images for `sequential`",
  details: """
    `y[r, s, o] = b_o + Σ_ijc x[r·t + i − p, s·t + j − p, c] · W[i, j, c, o]` with W f32[height, width, inputs, outputs] and \
    b f32[outputs]: channels come last, and the window is not flipped. An image of h rows gives `(h + 2p − height) // t + 1`. \
    PyTorch keeps images as [c, h, w] and W as [o, c, i, j]. Weights start as those of `mlp`, with height · width · inputs \
    numbers going into each output.
    """,
  errors: ["E0415 sizes below one, or \"same\" with an even window or a stride"],
  examples: [
    Builtin.Example(
      "summary(sequential(conv2d(1, 8, 3, padding=\"same\"), relu, max_pool(2), input=[28, 28, 1]))",
      """
      layer     output   parameters
      conv2d    28×28×8          80
      relu      28×28×8           0
      max_pool  14×14×8           0
      """)
  ],
  source: "LeCun et al., Proc. IEEE 1998, section II",
  body: { arguments in
    let size = try arguments.pair("size")
    let stride = try arguments.pair("stride")
    var padding = (0, 0)
    if case .string(let word) = arguments.value("padding") {
      guard word == "same", stride == (1, 1), size.0 % 2 == 1, size.1 % 2 == 1 else {
        throw arguments.failure(
          "padding", "E0415",
          "padding \"\(word)\" does not go with a window of \(size.0)×\(size.1) at stride "
            + "\(stride.0)×\(stride.1)", help: "\"same\" needs odd windows and a stride of 1")
      }
      padding = (size.0 / 2, size.1 / 2)
    } else {
      padding = try arguments.pair("padding")
    }
    return layer(
      try Convolution(
        inputs: arguments.int("inputs", atLeast: 1), outputs: arguments.int("outputs", atLeast: 1),
        window: Window(size: size, stride: stride, padding: padding)))
  })

private let poolParameters: [Builtin.Parameter] = [
  .positional("size", "int | list", "height and width of the windows"),
  .option(
    "stride", "int | list", "rows and columns between two windows; the size if left out", default: "nil"),
  .option("padding", "int | list", "rows and columns round the image", default: "0"),
]

private func pooling(_ arguments: Arguments, _ kind: Pooling.Kind) throws -> Value {
  let size = try arguments.pair("size")
  let window = try Window(
    size: size, stride: arguments.has("stride") ? arguments.pair("stride") : size,
    padding: arguments.pair("padding"))
  return layer(Pooling(kind, window: window))
}

private let maxPoolBuiltin = Builtin(
  "max_pool", family: "models", poolParameters,
  result: "layer", summary: "Makes a layer that keeps the largest number of each window, for `sequential`",
  details: "Channel by channel; padding never is the largest. Of equal numbers the first has the derivative.",
  errors: ["E0415 sizes below one, or padding of more than half a window"],
  examples: [
    Builtin.Example("sequential(max_pool(2), input=[2, 2, 1])([[1, 2, 3, 4]]) |> flatten", "[4]")
  ],
  body: { try pooling($0, .max) })

private let avgPoolBuiltin = Builtin(
  "avg_pool", family: "models", poolParameters,
  result: "layer", summary: "Makes a layer that takes the mean of each window, for `sequential`",
  details: "Channel by channel; padding counts as zeros, as in PyTorch's default.",
  errors: ["E0415 sizes below one"],
  examples: [
    Builtin.Example("sequential(avg_pool(2), input=[2, 2, 1])([[1, 2, 3, 4]]) |> flatten", "[2.5]")
  ],
  body: { try pooling($0, .average) })

private let meanPoolBuiltin = Builtin(
  "mean_pool", family: "models", [],
  result: "layer",
  summary: "Makes a layer that takes the mean over an image's pixels or a sequence's positions",
  details: "Over all axes of a row but the last.",
  examples: [Builtin.Example("sequential(mean_pool(), input=[2, 2])([[1, 2, 3, 4]])", "[[2, 3]]")],
  body: { _ in layer(MeanPooling()) })

private let batchNormBuiltin = Builtin(
  "batch_norm", family: "models",
  [
    .positional("width", "int", "channels, or columns: the size of the last axis"),
    .option("momentum", "float", "how far the running statistics move at a step", default: "0.1"),
    .option("eps", "float", "added to the variance", default: "1e-5"),
  ],
  result: "layer", summary: "Makes batch normalization for `sequential`",
  details: """
    `y = γ (x − μ)/√(σ² + ε) + β` over all axes but the last. In training μ and σ² are the batch's mean and biased variance, \
    and the running ones move by `r ← (1 − momentum)·r + momentum·new`, with the unbiased variance; in use they are the running \
    ones, which belong to the model and are saved with it. A batch with one value a channel uses the running statistics.
    """,
  errors: ["E0415 a width below one", "E0416 a momentum outside of [0, 1]"],
  examples: [
    Builtin.Example(
      "keys(params(sequential(batch_norm(4), input=4)))",
      "(\"0.weight\", \"0.bias\", \"0.running_mean\", \"0.running_var\")")
  ],
  source: "Ioffe and Szegedy, ICML 2015, algorithm 1; running statistics as in PyTorch",
  body: {
    layer(
      try BatchNormalization(
        width: $0.int("width", atLeast: 1), momentum: $0.float("momentum"), epsilon: $0.float("eps")))
  })

private let layerNormBuiltin = Builtin(
  "layer_norm", family: "models",
  [
    .positional("width", "int", "the size of the last axis"),
    .option("eps", "float", "added to the variance", default: "1e-5"),
  ],
  result: "layer", summary: "Makes layer normalization for `sequential`",
  details: "`y = γ (x − mean)/√(variance + ε) + β` along the last axis, the same in training and in use.",
  errors: ["E0415 a width below one"],
  examples: [
    Builtin.Example("sequential(layer_norm(2), input=2)([[1, 3]]) |> round(digits=3)", "[[-1, 1]]")
  ],
  source: "Ba, Kiros, Hinton 2016, equation 4",
  body: { layer(try LayerNormalization(width: $0.int("width", atLeast: 1), epsilon: $0.float("eps"))) })

private let dropoutBuiltin = Builtin(
  "dropout", family: "models", [.positional("rate", "float", "the probability that a number is dropped")],
  result: "layer", summary: "Makes a layer that drops numbers at random in training, for `sequential`",
  details: """
    In training each number becomes 0 with probability p and `1/(1 − p)` times itself otherwise, drawn from the cell's \
    stream; in use nothing happens.
    """,
  errors: ["E0416 a probability outside of [0, 1)"],
  examples: [Builtin.Example("sequential(dropout(0.5), input=2)([[1, 3]])", "[[1, 3]]")],
  source: "Srivastava et al., JMLR 2014, in the inverted form",
  body: { layer(try Dropout(rate: $0.float("rate"))) })

private let embeddingBuiltin = Builtin(
  "embedding", family: "models",
  [.positional("count", "int", "how many words"), .positional("width", "int", "numbers a word")],
  result: "layer", summary: "Makes a table of vectors, for `sequential`",
  details: """
    Rows of whole numbers below `count` become rows of their vectors: [n, length] gives [n, length, width]. The table starts \
    standard normal. It comes first in a model, which then takes i64 rows.
    """,
  errors: ["E0415 a size below one", "E0412 a number that is not below `count`", "E0404 rows of reals"],
  examples: [
    Builtin.Example("sequential(embedding(10, 4), input=3)([[1, 2, 1]]).shape", "(1, 3, 4)")
  ],
  body: {
    layer(try Embedding(count: $0.int("count", atLeast: 1), width: $0.int("width", atLeast: 1)))
  })

private let positionsBuiltin = Builtin(
  "positions", family: "models",
  [.positional("length", "int", "positions"), .positional("width", "int", "numbers a position")],
  result: "layer", summary: "Makes a layer that adds a learned vector to each position, for `sequential`",
  errors: ["E0415 a size below one"],
  examples: [
    Builtin.Example("sequential(positions(3, 4), input=[3, 4]).params[\"0.weight\"].shape", "(3, 4)")
  ],
  body: { layer(try Positions(length: $0.int("length", atLeast: 1), width: $0.int("width", atLeast: 1))) })

private let attentionOptions: [Builtin.Parameter] = [
  .option("causal", "bool", "a position sees only itself and what comes before it", default: "false"),
  .option("dropout", "float", "the probability of dropping, in training", default: "0"),
]

private let attentionBuiltin = Builtin(
  "attention", family: "models",
  [
    .positional("width", "int", "numbers a position"),
    .positional("heads", "int", "heads, which share the width equally"),
  ] + attentionOptions,
  result: "layer", summary: "Makes self-attention over a sequence, for `sequential`",
  details: """
    `softmax(Q Kᵀ/√d) V` in each head of d = width/heads columns, the heads side by side times W_out plus b_out, with \
    `[Q K V] = x W_in + b_in`. Time and memory grow with the square of the length.
    """,
  errors: ["E0415 heads that do not divide the width", "E0416 a probability outside of [0, 1)"],
  examples: [
    Builtin.Example("sequential(attention(8, 2), input=[5, 8])(ones(1, 5, 8)).shape", "(1, 5, 8)")
  ],
  source: "Vaswani et al., NeurIPS 2017, equation 1 and section 3.2.2",
  body: {
    layer(
      try Attention(
        width: $0.int("width", atLeast: 1), heads: $0.int("heads", atLeast: 1), isCausal: $0.bool("causal"),
        dropout: $0.float("dropout")))
  })

let transformerOptions: [Builtin.Parameter] =
  [
    .option(
      "hidden", "int", "width between the two dense layers; four times the width if left out", default: "nil"),
    .option(
      "norm", "\"before\" | \"after\"", "where layers are normalized", default: "\"before\"",
      choices: ["before", "after"]),
    .option("activation", "function", activationHelp, default: "gelu"),
  ] + attentionOptions

/// The block that a transformer repeats.
func transformerBlock(_ arguments: Arguments) throws -> TransformerBlock {
  let width = try arguments.int("width", atLeast: 1)
  return try TransformerBlock(
    width: width, heads: arguments.int("heads", atLeast: 1),
    hidden: arguments.optionalInt("hidden") ?? 4 * width,
    dropout: arguments.float("dropout"), isNormFirst: arguments.string("norm") == "before",
    isCausal: arguments.bool("causal"), activation: arguments.activation("activation"))
}

private let transformerBlockBuiltin = Builtin(
  "transformer_block", family: "models",
  [
    .positional("width", "int", "numbers a position"),
    .positional("heads", "int", "heads, which share the width equally"),
  ] + transformerOptions,
  result: "layer", summary: "Makes one layer of a transformer encoder, for `sequential`",
  details: """
    `x ← x + attention(norm(x))`, `x ← x + W₂ φ(W₁ norm(x) + b₁) + b₂`; with `norm="after"` `x ← norm(x + attention(x))` and \
    so on, as first published. Dropout acts on the soft-max, on the hidden units and on both sums.
    """,
  errors: ["E0415 heads that do not divide the width", "E0416 a probability outside of [0, 1)"],
  examples: [
    Builtin.Example(
      "summary(sequential(transformer_block(8, 2), input=[5, 8]))",
      """
      layer        output  parameters
      transformer  5×8            872
      """)
  ],
  source: "Vaswani et al., NeurIPS 2017; the norm before as in Xiong et al., ICML 2020",
  body: { layer(try transformerBlock($0)) })

extension Arguments {
  /// One whole number for both, or a list of two.
  fileprivate func pair(_ name: String) throws -> (Int, Int) {
    if let number = value(name).exactInt { return (number, number) }
    let numbers = try ints(name)
    guard numbers.count == 2 else { throw failure(name, mustBe: "one int, or two: rows and columns") }
    return (numbers[0], numbers[1])
  }
}
