import TLXNumerics
import TLXRuntime

/// Functions that make tensors.
enum CreateFamily {
  static let tensors: [Builtin] = [
    Builtin(
      "tensor", family: "create",
      [.positional("x", "list | range | table", "numbers, nested as deep as there are axes")],
      result: "tensor", summary: "makes a tensor of a list of numbers, a range or a table's numeric columns",
      details:
        "Lists nest: each level is an axis, and all lists of a level must be equally long. A table gives "
        + "`f64[rows, columns]`. A tensor stays as it is.",
      errors: ["E0405: the items are not numbers, or not of one shape"],
      examples: [
        Builtin.Example("tensor(((1, 2), (3, 4)))", "[[1, 2], [3, 4]]"),
        Builtin.Example("tensor(range(4)) / 2", "[0, 0.5, 1, 1.5]"),
      ],
      body: { arguments in
        if case .table(let table)? = arguments.optional("x") {
          let columns = try table.columns.map { column -> Tensor in
            guard let tensor = try Operations.tensor(from: column) else {
              throw arguments.failure("x", "E0405", "a column of the table is not numeric")
            }
            return try tensor.cast(to: .f64)
          }
          return .tensor(try Tensor.stack(columns, axis: 1))
        }
        return .tensor(try arguments.tensor("x"))
      }),
    Builtin(
      "zeros", family: "create", [.shape, .dtype()], result: "f64[…shape]",
      summary: "makes a tensor of zeros",
      examples: [Builtin.Example("zeros(2, 3)", "[[0, 0, 0], [0, 0, 0]]")],
      body: { .tensor(try Tensor.zeros($0.newShape("shape"), $0.dtype("dtype"))) }),
    Builtin(
      "ones", family: "create", [.shape, .dtype()], result: "f64[…shape]", summary: "makes a tensor of ones",
      examples: [Builtin.Example("ones(3, dtype=i64)", "[1, 1, 1]")],
      body: { .tensor(try Tensor.ones($0.newShape("shape"), $0.dtype("dtype"))) }),
    Builtin(
      "full", family: "create",
      [
        .positional("shape", "int | list", "the sizes of the axes"),
        .positional("value", "number | bool", "what every element is"), .dtype("nil"),
      ],
      result: "tensor", summary: "makes a tensor with one value everywhere",
      details: "Without `dtype` an int gives i64, a float f64 and a bool bool.",
      examples: [Builtin.Example("full((2, 2), 0.5)", "[[0.5, 0.5], [0.5, 0.5]]")],
      body: { arguments in
        let value = try arguments.tensor("value")
        guard value.rank == 0 else { throw arguments.failure("value", mustBe: "a number or bool") }
        let filled = try value.broadcast(to: arguments.shape("shape"))
        return .tensor(try arguments.optionalDType("dtype").map { try filled.cast(to: $0) } ?? filled)
      }),
    Builtin(
      "eye", family: "create",
      [
        .positional("n", "int", "rows"), .positional("m", "int", "columns; n if left out", default: "nil"),
        .dtype(),
      ],
      result: "f64[n, m]", summary: "makes a matrix with ones on the diagonal and zeros elsewhere",
      examples: [Builtin.Example("eye(2)", "[[1, 0], [0, 1]]")],
      body: { arguments in
        let columns = arguments.has("m") ? try arguments.int("m", atLeast: 0) : nil
        return .tensor(try Tensor.eye(arguments.int("n", atLeast: 0), columns, arguments.dtype("dtype")))
      }),
    Builtin(
      "diag", family: "create", [.positional("x", "tensor[n] | tensor[n, m]", "a diagonal, or a matrix")],
      result: "tensor[n, n] | tensor[k]",
      summary: "makes a diagonal matrix of a vector, or takes the diagonal of a matrix",
      errors: ["E0405: x is a scalar"],
      examples: [
        Builtin.Example("diag([1, 2])", "[[1, 0], [0, 2]]"),
        Builtin.Example("diag([[1, 2], [3, 4]])", "[1, 4]"),
      ],
      body: { arguments in
        let x = try arguments.tensor("x")
        guard x.rank > 0 else { throw arguments.failure("x", mustBe: "a vector or a matrix") }
        return .tensor(try x.rank == 1 ? x.diagonalMatrix() : x.diagonal())
      }),
    Builtin(
      "one_hot", family: "create",
      [
        .positional("labels", "i64[…]", "class numbers from 0"),
        .positional(
          "classes", "int", "how many classes; the greatest label plus 1 if left out", default: "nil"),
        .dtype(),
      ],
      result: "f64[…, classes]", summary: "puts a 1 at the place of each class number, zeros elsewhere",
      errors: ["E0406: a label is negative or not below `classes`"],
      examples: [Builtin.Example("one_hot([0, 2], 3)", "[[1, 0, 0], [0, 0, 1]]")],
      body: { arguments in
        let labels = try arguments.tensor("labels")
        var classes = try arguments.optionalInt("classes") ?? 0
        if !arguments.has("classes") {
          classes = labels.count == 0 ? 0 : Int(try labels.max().doubles()[0]) + 1
        }
        return .tensor(try Tensor.oneHot(labels, classes: classes, dtype: arguments.dtype("dtype")))
      }),
  ]

  static let grids: [Builtin] = [
    Builtin(
      "range", family: "create",
      [
        .positional("start", "int", "the first number; the end if it is the only one"),
        .positional("stop", "int", "the end, not included", default: "nil"),
        .positional("step", "int", "from one number to the next", default: "1"),
      ],
      result: "range", summary: "counts from start to before stop, without making a tensor",
      details: "`range(n)` is 0 … n−1. Ranges are lazy: `for i in range(10^9)` needs no memory.",
      errors: ["E0405: the step is 0"],
      examples: [
        Builtin.Example("[i for i in range(2, 9, 3)]", "[2, 5, 8]"), Builtin.Example("range(4)", "range(4)"),
      ],
      body: { arguments in
        for name in ["start", "stop", "step"] {
          guard case .float = arguments.value(name) else { continue }
          throw arguments.failure(name, mustBe: "an int", help: "arange(0, 1, 0.1) counts in floats")
        }
        let start = try arguments.int("start")
        let step = try arguments.int("step")
        if step == 0 { throw arguments.failure("step", "E0405", "the step cannot be 0") }
        guard let stop = try arguments.optionalInt("stop") else {
          return .range(IntegerRange(start: 0, stop: start, step: step))
        }
        return .range(IntegerRange(start: start, stop: stop, step: step))
      }),
    Builtin(
      "arange", family: "create",
      [
        .positional("start", "number", "the first number; the end if it is the only one"),
        .positional("stop", "number", "the end, not included", default: "nil"),
        .positional("step", "number", "from one number to the next", default: "1"), .dtype("nil"),
      ],
      result: "i64[n] | f64[n]", summary: "counts from start to before stop in a tensor",
      details: "i64 if all are ints, else f64 with `start + i·step` for i = 0 … ⌈(stop − start)/step⌉ − 1. "
        + "Whether the last step of a float falls on `stop` hangs on rounding: `linspace` names the number of points.",
      examples: [
        Builtin.Example("arange(4)", "[0, 1, 2, 3]"),
        Builtin.Example("arange(0, 1, 0.25)", "[0, 0.25, 0.5, 0.75]"),
      ],
      body: { arguments in
        let first = arguments.value("start")
        let hasStop = arguments.has("stop")
        let start = hasStop ? first : .int(0)
        let stop = hasStop ? arguments.value("stop") : first
        let result: Tensor
        if case .int(let a) = start, case .int(let b) = stop, case .int(let c) = arguments.value("step") {
          result = try Tensor.arange(a, b, c)
        } else {
          result = try Tensor.arange(
            hasStop ? arguments.float("start") : 0, arguments.float(hasStop ? "stop" : "start"),
            arguments.float("step"))
        }
        return .tensor(try arguments.optionalDType("dtype").map { try result.cast(to: $0) } ?? result)
      }),
    Builtin(
      "linspace", family: "create",
      [
        .positional("start", "number", "the first point"), .positional("stop", "number", "the last point"),
        .positional("n", "int", "how many points", default: "50"), .dtype(),
      ],
      result: "f64[n]", summary: "puts n points evenly from start to stop, both included",
      examples: [Builtin.Example("linspace(0, 1, 5)", "[0, 0.25, 0.5, 0.75, 1]")],
      body: {
        .tensor(
          try Tensor.linspace(
            $0.float("start"), $0.float("stop"), $0.int("n", atLeast: 0), dtype: $0.dtype("dtype")))
      }),
    Builtin(
      "logspace", family: "create",
      [
        .positional("start", "number", "the exponent of the first point"),
        .positional("stop", "number", "the exponent of the last point"),
        .positional("n", "int", "how many points", default: "50"),
        .option("base", "number", "what is raised to the exponents", default: "10"), .dtype(),
      ],
      result: "f64[n]", summary: "puts n points from base^start to base^stop, evenly on a logarithmic scale",
      examples: [Builtin.Example("logspace(0, 3, 4)", "[1, 10, 100, 1000]")],
      body: {
        .tensor(
          try Tensor.logspace(
            $0.float("start"), $0.float("stop"), $0.int("n", atLeast: 0), base: $0.float("base"),
            dtype: $0.dtype("dtype")))
      }),
  ]
}
