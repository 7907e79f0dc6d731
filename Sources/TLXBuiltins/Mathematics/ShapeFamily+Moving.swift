import TLXNumerics
import TLXRuntime

extension ShapeFamily {
  static let moving: [Builtin] = [
    Builtin(
      "flip", family: "shape",
      [.x(), .option("axis", "int | list", "which axes; all if left out", default: "nil")],
      result: "tensor", summary: "reverses the order of the elements along axes",
      examples: [Builtin.Example("flip([1, 2, 3])", "[3, 2, 1]")],
      body: { arguments in
        let x = try arguments.tensor("x")
        return .tensor(try x.flip(arguments.axes("axis", rank: x.rank)))
      }),
    Builtin(
      "roll", family: "shape",
      [
        .x(), .positional("shift", "int", "by how many places"),
        .option("axis", "int", "along which axis; of the flattened tensor if left out", default: "nil"),
      ],
      result: "tensor", summary: "moves elements along, round the end",
      examples: [Builtin.Example("roll([1, 2, 3], 1)", "[3, 1, 2]")],
      body: { .tensor(try $0.tensor("x").roll($0.int("shift"), axis: $0.optionalInt("axis"))) }),
    Builtin(
      "broadcast", family: "shape", [.x(), .shape], result: "tensor[…shape]",
      summary: "stretches axes of size 1 to a shape", errors: ["E0401: it cannot be stretched to that shape"],
      examples: [Builtin.Example("broadcast([1, 2], 2, 2)", "[[1, 2], [1, 2]]")],
      body: { .tensor(try $0.tensor("x").broadcast(to: $0.newShape("shape"))) }),
  ]

  static let taking: [Builtin] = [
    Builtin(
      "take", family: "shape",
      [
        .x(), .positional("indices", "i64[…]", "places; negative ones from the end"),
        .option("axis", "int", "along which axis", default: "0"),
      ],
      result: "tensor", summary: "picks slices of an axis by their places",
      details: "The axis is replaced by the axes of the indices.", errors: ["E0406: a place is out of range"],
      examples: [Builtin.Example("take([10, 20, 30], [2, 0])", "[30, 10]")],
      body: { .tensor(try $0.tensor("x").take($0.tensor("indices"), axis: $0.int("axis"))) }),
    Builtin(
      "gather", family: "shape",
      [
        .x(), .positional("indices", "i64[…]", "one place for each element of the result"),
        .option("axis", "int", "along which axis", default: "-1"),
      ],
      result: "tensor", summary: "picks one element for each index along an axis",
      details: "`gather(x, i, axis=1)[a, b] = x[a, i[a, b]]`. The other axes of x and indices are equal.",
      errors: ["E0406: a place is out of range"],
      examples: [Builtin.Example("gather([[1, 2], [3, 4]], [[1], [0]])", "[[2], [3]]")],
      body: { .tensor(try $0.tensor("x").gather($0.tensor("indices"), axis: $0.int("axis"))) }),
    Builtin(
      "argsort", family: "shape",
      [
        .positional("x", "tensor | list", "what to sort"),
        .option("axis", "int", "along which axis", default: "-1"),
        .option("descending", "bool", "the greatest first", default: "false"),
      ],
      result: "i64[…]", summary: "gives the places that would sort an axis",
      details: "Stable: equal elements keep their order. NaN comes last.",
      examples: [Builtin.Example("argsort([3, 1, 2])", "[1, 2, 0]")],
      body: { arguments in
        let descending = try arguments.bool("descending")
        if case .list(let items) = arguments.value("x"), try Operations.tensor(from: .list(items)) == nil {
          return .tensor(try Tensor(Ordering.permutation(of: items, descending: descending)))
        }
        return .tensor(try arguments.tensor("x").argsort(axis: arguments.int("axis"), descending: descending))
      }),
    Builtin(
      "topk", family: "shape",
      [
        .x(), .positional("k", "int", "how many"), .option("axis", "int", "along which axis", default: "-1"),
      ],
      result: "{values, indices}", summary: "takes the k greatest along an axis, the greatest first",
      errors: ["E0406: there are fewer than k"],
      examples: [Builtin.Example("topk([3, 1, 2], 2)", "{values: [3, 2], indices: [0, 2]}")],
      body: { arguments in
        let (values, indices) = try arguments.tensor("x").topk(
          arguments.int("k"), axis: arguments.int("axis"))
        return .record(Record([("values", .tensor(values)), ("indices", .tensor(indices))]))
      }),
  ]

  static let products: [Builtin] = [
    Builtin(
      "einsum", family: "shape",
      [.positional("expression", "string", "axes by letters"), .variadic("xs", "tensor", "the operands")],
      result: "tensor", summary: "multiplies and sums tensors by named axes",
      details: "`\"ij,jk->ik\"` is a matrix product: letters missing after the arrow are summed over.",
      errors: ["E0420: the expression does not read, or does not fit the shapes"],
      examples: [Builtin.Example("einsum(\"i,i->\", [1, 2], [3, 4])", "11")],
      body: { arguments in
        .tensor(
          try Tensor.einsum(arguments.string("expression"), tensors(arguments.variadic("xs"), arguments)))
      }),
    Builtin(
      "outer", family: "shape",
      [
        .positional("a", "tensor[n]", "a vector"), .positional("b", "tensor[m]", "a vector"),
        .positional("f", "function", "what to do with each pair; they multiply if left out", default: "nil"),
      ],
      result: "tensor[n, m]", summary: "combines each element of a with each of b",
      details: "`outer(a, b, f)` is `f(a[:, new], b[new, :])`: f works elementwise.",
      examples: [
        Builtin.Example("outer([1, 2], [1, 10])", "[[1, 10], [2, 20]]"),
        Builtin.Example("outer([1, 2], [1, 2], (x, y) -> x - y)", "[[0, -1], [1, 0]]"),
      ],
      body: { arguments in
        let a = try arguments.tensor("a", rank: 1, shape: "a vector")
        let b = try arguments.tensor("b", rank: 1, shape: "a vector")
        guard arguments.has("f") else { return .tensor(try Tensor.outer(a, b)) }
        let columns = try a.expandDims(1).broadcast(to: [a.count, b.count])
        let rows = try b.expandDims(0).broadcast(to: [a.count, b.count])
        return try arguments.call("f", .tensor(columns), .tensor(rows))
      }),
    Builtin(
      "pairwise", family: "shape",
      [
        .positional("a", "f64[n, d]", "points in rows"),
        .positional("b", "f64[m, d]", "points in rows; a itself if left out", default: "nil"),
        .option(
          "metric", "string", "the distance", default: "\"euclidean\"",
          choices: ["euclidean", "sqeuclidean", "manhattan", "cosine"]),
      ],
      result: "f64[n, m]", summary: "takes the distance of each row of a to each row of b",
      details: "`euclidean` √Σ(a−b)², `sqeuclidean` Σ(a−b)², `manhattan` Σ|a−b|, `cosine` 1 − a·b/(‖a‖‖b‖). "
        + "From differences, not from a product of matrices, which cancels for near points.",
      examples: [Builtin.Example("pairwise([[0, 0], [3, 4]])", "[[0, 5], [5, 0]]")],
      body: { arguments in
        let a = try arguments.tensor("a", rank: 2, shape: "f64[n, d]")
        let b = try arguments.has("b") ? arguments.tensor("b", rank: 2, shape: "f64[m, d]") : a
        guard a.shape[1] == b.shape[1] else {
          throw arguments.failure(
            "b", "E0401", "\(a.typeDescription) and \(b.typeDescription) have points of different dimension")
        }
        return .tensor(try distances(a, b, metric: arguments.string("metric")))
      }),
  ]

  private static func distances(_ a: Tensor, _ b: Tensor, metric: String) throws -> Tensor {
    if metric == "cosine" {
      let x = try a / a.norm(axes: [1], keepdims: true)
      let y = try b / b.norm(axes: [1], keepdims: true)
      return try 1 - x.matmul(y.transpose())
    }
    let shape: Shape = [a.shape[0], b.shape[0], a.shape[1]]
    let difference = try a.expandDims(1).broadcast(to: shape) - b.expandDims(0).broadcast(to: shape)
    switch metric {
    case "manhattan": return try difference.abs().sum(axes: [2])
    case "sqeuclidean": return try difference.square().sum(axes: [2])
    default: return try difference.square().sum(axes: [2]).sqrt()
    }
  }
}
