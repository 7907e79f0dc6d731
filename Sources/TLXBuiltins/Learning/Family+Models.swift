import TLXLearning
import TLXNumerics
import TLXRuntime

/// Models and the layers that they are made of.
let modelsFamily: [Builtin] = [
  linearBuiltin, mlpBuiltin, denseBuiltin, cosineHeadBuiltin, flattenBuiltin, sequentialBuiltin,
  customBuiltin, summaryBuiltin, paramsBuiltin,
]

let activationHelp = "`relu`, `leaky_relu`, `gelu`, `tanh`, `sigmoid` or `softplus`"

private let linearBuiltin = Builtin(
  "linear", family: "models",
  [
    .positional("inputs", "int", "numbers a row"),
    .positional("outputs", "int", "classes, or targets"),
  ],
  result: "model", summary: "Makes a linear model",
  details: """
    `logits = x W + b`. With `cross_entropy` it is multinomial logistic regression. Weights start uniform in \
    ±√(3 / inputs), drawn from the cell's stream; biases at zero.
    """,
  errors: ["E0415 a size below one"],
  examples: [Builtin.Example("linear(4, 3)", "model 4-3, 15 parameters")],
  body: { arguments in
    let model = try Model(
      layers: [
        Dense(inputs: arguments.int("inputs", atLeast: 1), outputs: arguments.int("outputs", atLeast: 1))
      ],
      inputShape: [arguments.int("inputs")], stream: arguments.context.random)
    return .object(ModelObject(model))
  })

private let mlpBuiltin = Builtin(
  "mlp", family: "models",
  [
    .positional("sizes", "list of int", "inputs, hidden widths, outputs"),
    .option("activation", "function", activationHelp, default: "relu"),
  ],
  result: "model", summary: "Makes a multilayer perceptron",
  details: """
    Dense layers of the given sizes with the activation between them, none after the last. Weights start uniform in \
    ±√(6 / inputs) before a rectifier (He et al. 2015, eq. 10), ±√(3 / inputs) otherwise (LeCun et al. 1998), drawn \
    from the cell's stream; biases at zero.
    """,
  errors: ["E0415 fewer than two sizes, or one below one"],
  examples: [Builtin.Example("mlp([64, 128, 10])", "model 64-128-10, 9,610 parameters")],
  source: "He, Zhang, Ren, Sun 2015, “Delving deep into rectifiers”",
  body: { arguments in
    .object(
      ModelObject(
        try Model.mlp(
          arguments.ints("sizes"), activation: arguments.activation("activation"),
          stream: arguments.context.random)))
  })

private let denseBuiltin = Builtin(
  "dense", family: "models",
  [.positional("inputs", "int", "numbers in"), .positional("outputs", "int", "numbers out")],
  result: "layer", summary: "Makes a fully connected layer for `sequential`",
  details: "`y = x W + b` with W f32[inputs, outputs] and b f32[outputs].",
  errors: ["E0415 a size below one"],
  examples: [Builtin.Example("dense(64, 10)", "layer dense(inputs=64, outputs=10)")],
  body: { arguments in
    .object(
      LayerObject(
        try Dense(inputs: arguments.int("inputs", atLeast: 1), outputs: arguments.int("outputs", atLeast: 1)))
    )
  })

private let cosineHeadBuiltin = Builtin(
  "cosine_head", family: "models",
  [
    .positional("inputs", "int", "numbers in: the width of the embedding"),
    .positional("outputs", "int", "classes"),
    .option("scale", "int", "what cosines are multiplied by", default: "16"),
  ],
  result: "layer", summary: "Makes a last layer that compares directions, for `sequential`",
  details: """
    `z_k = scale · ⟨x, w_k⟩ / (‖x‖ ‖w_k‖)` with W f32[inputs, outputs] and no bias: embeddings that are trained under it are \
    told apart by angle, as galleries search them.
    """,
  errors: ["E0415 a size below one"],
  examples: [
    Builtin.Example(
      "sequential(dense(64, 32), relu, dense(32, 16), cosine_head(16, 10)).outputs", "10")
  ],
  source: "Wang, Xiang, Cheng, Yuille, ACM MM 2017, “NormFace”",
  body: { arguments in
    .object(
      LayerObject(
        try CosineHead(
          inputs: arguments.int("inputs", atLeast: 1), outputs: arguments.int("outputs", atLeast: 1),
          scale: arguments.int("scale", atLeast: 1))))
  })

private let flattenBuiltin = Builtin(
  "flatten_rows", family: "models", [],
  result: "layer", summary: "Makes a layer that flattens each row",
  details: "What stands between images and dense layers in `sequential`.",
  examples: [Builtin.Example("flatten_rows()", "layer flatten")],
  body: { _ in .object(LayerObject(Flatten())) })

private let sequentialBuiltin = Builtin(
  "sequential", family: "models",
  [
    .variadic("layers", "layer | activation | model", "in order; a model's layers keep their parameters"),
    .option(
      "input", "int | list", "shape of a row; the first dense layer's inputs if left out", default: "nil"),
  ],
  result: "model", summary: "Makes a model of layers in a row",
  details: """
    Activations are named by their functions: \(activationHelp); `flatten` makes each row flat. A model among the layers is spliced in with its \
    parameters, so a trained trunk can get a new head.
    """,
  errors: ["E0415 a layer does not take what the one before it gives"],
  examples: [
    Builtin.Example("sequential(dense(64, 32), relu, dense(32, 10))", "model 64-32-10, 2,410 parameters"),
    Builtin.Example(
      "sequential(conv2d(1, 8, 3), relu, max_pool(2), flatten, dense(1352, 10), input=[28, 28, 1]).outputs",
      "10"),
  ],
  body: { arguments in
    var layers: [any Layer] = []
    var known: [Int: [TLXLearning.Parameter]] = [:]
    for item in arguments.variadic("layers") {
      switch item {
      case .object(let object as LayerObject): layers.append(object.layer)
      case .object(let object as ModelObject):
        for (offset, parameters) in object.model.parametersByLayer.enumerated() {
          known[layers.count + offset] = parameters
        }
        layers += object.model.layers
      case .function(let function) where function.name == "flatten": layers.append(Flatten())
      case .function(let function):
        guard let activation = Activation(rawValue: function.name) else {
          throw arguments.failure(
            "layers", mustBe: "layers, not the function \(function.name)", help: activationHelp)
        }
        layers.append(activation)
      default: throw arguments.failure("layers", mustBe: "layers")
      }
    }
    let firstDense = (layers.first as? any HeadLayer)?.inputs
    let input = try arguments.optionalShape("input") ?? firstDense.map { [$0] }
    guard let input else {
      throw arguments.failure(
        "layers", "E0415", "the shape of a row is not known",
        help: "give input=[28, 28, 1] for images, input=64 for a sequence of 64")
    }
    return .object(
      ModelObject(
        try Model(layers: layers, inputShape: input, keeping: known, stream: arguments.context.random)))
  })

private let summaryBuiltin = Builtin(
  "summary", family: "models", [.positional("model", "model", "the model")],
  result: "table", summary: "Lists a model's layers with shapes and numbers of parameters",
  examples: [
    Builtin.Example(
      "summary(mlp([4, 8, 3]))",
      """
      layer  output  parameters
      dense  8               40
      relu   8                0
      dense  3               27
      """)
  ],
  body: { arguments in
    let lines = try arguments.model("model").layerSummaries()
    return .table(
      Table(
        names: ["layer", "output", "parameters"],
        columns: [
          .list(lines.map { .string($0.name) }),
          .list(lines.map { .string($0.output.isEmpty ? "any" : $0.output.crossDescription) }),
          .tensor(try Tensor(lines.map(\.parameterCount))),
        ], rowCount: lines.count))
  })

private let paramsBuiltin = Builtin(
  "params", family: "models", [.positional("model", "model", "the model")],
  result: "record", summary: "Gives a model's parameters by name",
  details:
    """
    Names count the layers as PyTorch's `Sequential` does: `0.weight`, `0.bias`, `2.weight`, …; weights are [inputs, outputs]. \
    Running statistics are among them. A custom model's come in the structure that its function takes.
    """,
  examples: [Builtin.Example("params(linear(2, 3))[\"0.bias\"]", "[0, 0, 0]")],
  body: { ModelObject(try $0.model("model")).parameterRecord })

private let customBuiltin = Builtin(
  "custom", family: "models",
  [
    .positional("params", "record | list", "tensors, in records and lists"),
    .positional("f", "function", "(params, x) -> logits, for a batch of rows x"),
  ],
  result: "model", summary: "Makes a model of any function over parameters",
  details: """
    `f(p, x)` gives the outputs of a batch: f32[n, classes], or whatever the loss takes. Parameters become f32. The function \
    runs once to trace a training step, so it must be made of tensor operations on x; random numbers that it draws stay what \
    they were then. Everything that takes a model takes this one, but a file cannot hold a function: save its `params`.
    """,
  errors: ["E0405 no tensors among the parameters", "E0407 a function that gives no tensor"],
  examples: [
    Builtin.Example(
      "custom({w: zeros(2, 3), b: [1, 2, 3]}, (p, x) -> x @ p.w + p.b)(ones(1, 2))", "[[1, 2, 3]]"),
    Builtin.Example(
      "fit(custom({w: zeros(4, 3)}, (p, x) -> x @ p.w), dataset(\"iris\"), epochs=2).model.params.w.shape",
      "(4, 3)"),
  ],
  body: { arguments in
    let layer = try FunctionLayer(
      parameters: arguments.value("params"), function: arguments.function("f"), arguments.context)
    return .object(
      ModelObject(try Model(layers: [layer], inputShape: [], stream: arguments.context.random)))
  })
