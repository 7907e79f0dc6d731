import TLXNumerics
import TLXRuntime

extension DifferentiateFamily {
  static let mapping: [Builtin] = [
    Builtin(
      "vmap", family: "differentiate",
      [
        .positional("f", "function", "a function of one example that gives numbers or tensors"),
        .option(
          "axis", "int | list", "which axis counts the examples; one an argument, nil for one that all share",
          default: "0"),
        .option("out", "int", "where the results' examples go", default: "0"),
      ],
      result: "function", summary: "makes the function that applies `f` to many examples at once",
      details: """
        `vmap(f)(xs, …)` gives `f` of `xs[0]`, `xs[1]`, …, stacked along a first axis. Tensors (also inside records \
        and lists) are taken apart along their first axis, or the one that `axis` names, which must have one size; \
        numbers and other values are handed to every example. `f` is called once, on a stand-in for one example, and its steps then run on all \
        examples together; a function that looks at values (`if x > 0`) is called for each example instead.

        It combines with the derivatives: `vmap(x -> grad(loss)(w, x))(xs)` gives a gradient for each example. \
        Random draws inside `f` are the same for all examples.
        """,
      errors: [
        "E0401 no argument has a first axis, or their sizes differ", "E0418 an argument has no such axis",
        "E0405 f gives something else than numbers",
      ],
      examples: [
        Builtin.Example("vmap(x -> sum(x^2))([[1, 2], [3, 4]])", "[5, 25]"),
        Builtin.Example(
          "vmap(x -> grad(w -> sum(w * x)^2)([1.0, 1.0]))([[1.0, 0], [0, 2]])", "[[2, 0], [0, 8]]"),
        Builtin.Example("vmap((x, w) -> sum(x * w), axis=(1, nil))([[1, 2], [3, 4]], [10, 1])", "[13, 24]"),
      ],
      body: { arguments in
        let function = try arguments.callable("f")
        let inner: String = if case .function(let f) = function { f.name } else { function.kindName }
        let name = "vmap(\(inner))"
        let axes = try MappedAxes(arguments.value("axis"))
        let out = try arguments.int("out")
        return .function(
          NativeFunction(name: name) { positional, keywords, context in
            let given = try axes.movedToFront(positional + keywords.map(\.value), name)
            let result = try mapped(given.values, given.isMapped, name) { values in
              let split = positional.count
              let named = zip(keywords, values.dropFirst(split)).map { (name: $0.name, value: $1) }
              return try context.call(function, Array(values.prefix(split)), keywords: named)
            }
            return out == 0 ? result : try MappedAxes.movedFromFront(result, to: out)
          })
      })
  ]

  /// `call` on the arguments of every example.
  private static func mapped(
    _ arguments: [Value], _ mayMap: [Bool], _ name: String, _ call: ([Value]) throws -> Value
  ) throws -> Value {
    let trees = arguments.map { try? ParameterTree($0, role: "x") }
    let leaves = trees.flatMap { $0?.leaves ?? [] }
    let isMapped = zip(trees, mayMap).flatMap { tree, mayMap in
      (tree?.leaves ?? []).map { mayMap && $0.rank > 0 }
    }
    guard isMapped.contains(true) else {
      throw Failure(
        "E0401", "\(name) needs a tensor to take examples from", help: "its first axis counts the examples")
    }
    var shape: ParameterTree?
    func results(_ leaves: [Tensor]) throws -> [Tensor] {
      var rest = leaves[...]
      let values = zip(arguments, trees).map { argument, tree -> Value in
        guard let tree else { return argument }
        defer { rest = rest.dropFirst(tree.leaves.count) }
        return tree.filled(with: Array(rest.prefix(tree.leaves.count)))
      }
      let tree = try ParameterTree(call(values), role: "what \(name) collects")
      shape = tree
      return tree.leaves
    }
    let stacked: [Tensor]
    do {
      stacked = try Batching.map(results, over: leaves, isMapped: isMapped)
    } catch {
      try Interrupt.check()
      stacked = try looped(results, leaves, isMapped, otherwise: error)
    }
    return try shape?.settled(stacked) ?? .null
  }

  /// Example by example: what a function that looks at values needs.
  private static func looped(
    _ results: ([Tensor]) throws -> [Tensor], _ leaves: [Tensor], _ isMapped: [Bool],
    otherwise error: any Error
  ) throws -> [Tensor] {
    let sizes = Set(zip(leaves, isMapped).filter(\.1).map { $0.0.shape[0] })
    guard sizes.count == 1, let size = sizes.first, size > 0 else { throw error }
    let rows = try (0..<size).map { index in
      try Interrupt.check()
      return try results(zip(leaves, isMapped).map { $1 ? try $0.indexed(by: [.at(index)]) : $0 })
    }
    return try rows[0].indices.map { leaf in
      try Tensor.stack(
        rows.map { row in
          guard leaf < row.count else {
            throw Failure("E0401", "the examples give results of different structure")
          }
          return row[leaf]
        })
    }
  }
}
