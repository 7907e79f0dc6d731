import TLXNumerics
import TLXRuntime

/// Reductions. All take `axis=` (one or a list) and `keepdims=`, and lists of numbers as well as tensors.
enum ReduceFamily {
  static let sums: [Builtin] = [
    reduction(
      "sum", "adds up",
      "Σ x. f32 adds up in f64 or pairwise; bools count as 0 and 1; the sum of nothing is 0.",
      "sum([[1, 2], [3, 4]], axis=0)", "[4, 6]"
    ) { try $0.sum(axes: $1, keepdims: $2) },
    reduction(
      "mean", "takes the mean", "Σ x / n, a float.", "mean([[1, 2], [3, 4]], axis=0)", "[2, 3]"
    ) { try $0.mean(axes: $1, keepdims: $2) },
    spread("var", "takes the variance", "Σ (x − x̄)² / (n − ddof)", "var([1, 2, 3, 4])", "1.25") {
      try $0.variance(axes: $1, keepdims: $2, ddof: $3)
    },
    spread("std", "takes the standard deviation", "√(Σ (x − x̄)² / (n − ddof))", "std([1, 3])", "1") {
      try $0.std(axes: $1, keepdims: $2, ddof: $3)
    },
    reduction("prod", "multiplies all", "Π x; the product of nothing is 1.", "prod([2, 3, 4])", "24") {
      try $0.prod(axes: $1, keepdims: $2)
    },
    reduction(
      "logsumexp", "takes the logarithm of the sum of exponentials", "ln Σ e^x, without overflow.",
      "logsumexp([0, 0]) == log(2)", "true"
    ) { try $0.logsumexp(axes: $1, keepdims: $2) },
    Builtin(
      "norm", family: "reduce",
      [
        .x(), .option("ord", "number", "p of the p-norm; inf for the greatest", default: "2"), .axes,
        .keepdims,
      ],
      result: "float | tensor", summary: "takes the length of a vector",
      details: "(Σ |x|^p)^(1/p); with `ord=2` the Euclidean norm, of a whole matrix the Frobenius norm.",
      examples: [Builtin.Example("norm([3, 4])", "5"), Builtin.Example("norm([3, -4], ord=1)", "7")],
      body: { arguments in
        let x = try arguments.tensor("x")
        return .tensor(
          try x.norm(
            ord: arguments.float("ord"), axes: arguments.axes("axis", rank: x.rank),
            keepdims: arguments.bool("keepdims")))
      }),
  ]

  static let extremes: [Builtin] = [
    reduction(
      "max", "takes the greatest", "NaN if any is. Of two values, `maximum(a, b)`.", "max([3, 1, 2])", "3"
    ) {
      try $0.max(axes: $1, keepdims: $2)
    },
    reduction(
      "min", "takes the least", "NaN if any is. Of two values, `minimum(a, b)`.", "min([3, 1, 2])", "1"
    ) {
      try $0.min(axes: $1, keepdims: $2)
    },
    position("argmax", "gives the place of the greatest", "argmax([[1, 9], [7, 3]], axis=1)", "[1, 0]") {
      try $0.argmax(axis: $1, keepdims: $2)
    },
    position("argmin", "gives the place of the least", "argmin([3, 1, 2])", "1") {
      try $0.argmin(axis: $1, keepdims: $2)
    },
    reduction(
      "any", "tells whether any is true", "Numbers count as true unless they are 0.", "any([false, true])",
      "true"
    ) {
      try $0.any(axes: $1, keepdims: $2)
    },
    reduction(
      "all", "tells whether all are true", "Numbers count as true unless they are 0.", "all([false, true])",
      "false"
    ) {
      try $0.all(axes: $1, keepdims: $2)
    },
  ]

  static let order: [Builtin] = [
    reduction(
      "median", "takes the middle value", "The mean of the two middle ones if n is even.",
      "median([5, 1, 3])", "3"
    ) {
      try $0.median(axes: $1, keepdims: $2)
    },
    Builtin(
      "quantile", family: "reduce",
      [.x(), .positional("q", "number | f64[k]", "the part below, from 0 to 1"), .axes, .keepdims],
      result: "float | tensor", summary: "takes the value below which a part q lies",
      details: "Linear between the two nearest in order (type 7 of Hyndman and Fan, NumPy's default). "
        + "Several q give a leading axis.",
      errors: ["E0505: q is not between 0 and 1"],
      examples: [Builtin.Example("quantile([0, 10, 20], [0.25, 0.5])", "[5, 10]")],
      body: { arguments in
        let x = try arguments.tensor("x")
        let axes = try arguments.axes("axis", rank: x.rank)
        let keepdims = try arguments.bool("keepdims")
        let q = try arguments.tensor("q")
        let results = try q.doubles().map { try x.quantile($0, axes: axes, keepdims: keepdims) }
        return .tensor(q.rank == 0 ? results[0] : try Tensor.stack(results, axis: 0))
      }),
  ]

  static let running: [Builtin] = [
    along(
      "softmax", "turns numbers into probabilities along an axis", "e^x / Σ e^x; the axis sums to 1.",
      "softmax([0, 0])", "[0.5, 0.5]", standard: "-1"
    ) { try $0.softmax(axis: $1 ?? -1) },
    along(
      "log_softmax", "takes the logarithm of softmax", "x − ln Σ e^x, without overflow.",
      "log_softmax([0, 0]) == -log(2)", "[true, true]", standard: "-1"
    ) { try $0.logSoftmax(axis: $1 ?? -1) },
    along(
      "cumsum", "adds up step by step", "Running sums; of the flattened tensor without an axis.",
      "cumsum([1, 2, 3])", "[1, 3, 6]", standard: "nil"
    ) { try $0.cumsum(axis: $1) },
    along(
      "cumprod", "multiplies step by step", "Running products; of the flattened tensor without an axis.",
      "cumprod([1, 2, 3])", "[1, 2, 6]", standard: "nil"
    ) { try $0.cumprod(axis: $1) },
  ]

  // MARK: Making entries

  typealias Reduction = @Sendable (Tensor, [Int]?, Bool) throws -> Tensor

  private static func reduction(
    _ name: String, _ summary: String, _ details: String, _ code: String, _ output: String,
    _ body: @escaping Reduction
  ) -> Builtin {
    Builtin(
      name, family: "reduce", [.x("tensor | list", "the numbers"), .axes, .keepdims],
      result: "number | tensor",
      summary: summary, details: details, errors: ["E0418: there is no such axis"],
      examples: [Builtin.Example(code, output)],
      body: { arguments in
        if name == "sum", case .object(let object as SparseObject)? = arguments.optional("x") {
          return try SparseFamily.sum(object.matrix, arguments)
        }
        let x = try arguments.tensor("x")
        return .tensor(try body(x, arguments.axes("axis", rank: x.rank), arguments.bool("keepdims")))
      })
  }

  private static func spread(
    _ name: String, _ summary: String, _ formula: String, _ code: String, _ output: String,
    _ body: @escaping @Sendable (Tensor, [Int]?, Bool, Int) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "reduce",
      [
        .x("tensor | list", "the numbers"), .axes, .keepdims,
        .option("ddof", "int", "what is taken off n: 1 for a sample's unbiased estimate", default: "0"),
      ],
      result: "float | tensor", summary: summary, details: formula, errors: ["E0418: there is no such axis"],
      examples: [Builtin.Example(code, output)],
      body: { arguments in
        let x = try arguments.tensor("x")
        return .tensor(
          try body(
            x, arguments.axes("axis", rank: x.rank), arguments.bool("keepdims"),
            arguments.int("ddof", atLeast: 0)))
      })
  }

  private static func position(
    _ name: String, _ summary: String, _ code: String, _ output: String,
    _ body: @escaping @Sendable (Tensor, Int?, Bool) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "reduce",
      [
        .x("tensor | list", "the numbers"),
        .option("axis", "int", "the axis to reduce; of the flattened tensor if left out", default: "nil"),
        .keepdims,
      ],
      result: "int | i64[…]", summary: summary,
      details: "The first, where several are equal. NaN counts as greatest and least.",
      errors: ["E0406: the axis is empty"], examples: [Builtin.Example(code, output)],
      body: { arguments in
        let x = try arguments.tensor("x")
        return .tensor(try body(x, arguments.optionalAxis("axis", rank: x.rank), arguments.bool("keepdims")))
      })
  }

  private static func along(
    _ name: String, _ summary: String, _ details: String, _ code: String, _ output: String, standard: String,
    _ body: @escaping @Sendable (Tensor, Int?) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "reduce",
      [.x("tensor | list", "the numbers"), .option("axis", "int", "along which axis", default: standard)],
      result: "like x", summary: summary, details: details, errors: ["E0418: there is no such axis"],
      examples: [Builtin.Example(code, output)],
      body: { arguments in
        let x = try arguments.tensor("x")
        return try arguments.relabelled("x", body(x, arguments.optionalAxis("axis", rank: x.rank)))
      })
  }
}
