import TLXNumerics
import TLXRuntime

extension DifferentiateFamily {
  static let products: [Builtin] = [
    Builtin(
      "jvp", family: "differentiate",
      [
        .f("gives numbers or tensors"), .positional("x", "tensor | record | list", "where to differentiate"),
        .positional("v", "like x", "the direction"),
      ], result: "{value, tangent}", summary: "gives f(x) and the derivative of `f` along a direction",
      details: """
        `tangent` is J v, the change of f(x) for a change v of x, shaped like f(x); J is never formed. Forward mode: \
        costs about two calls of `f`, and no memory for its steps. x, v and f(x) may be records or lists of tensors.
        """,
      errors: ["E0401 v is not shaped like x", "E0407, E0405 as for grad"],
      examples: [
        Builtin.Example("jvp(x -> x^2, [1.0, 2.0], [1.0, 0.5])", "{value: [1, 4], tangent: [2, 2]}")
      ],
      body: { arguments in
        let call = try DifferentiatedCall(
          arguments.callable("f"), at: arguments.value("x"), arguments.context, role: "jvp")
        let direction = try ParameterTree(arguments.value("v"), role: "v in jvp")
        var shape: ParameterTree?
        let (values, tangents) = try Differentiation.jvp(
          of: { try results(call, $0, &shape) }, at: call.leaves, tangents: direction.leaves)
        return .record(
          Record([
            ("value", try shape?.settled(values) ?? .null),
            ("tangent", try shape?.settled(tangents) ?? .null),
          ]))
      }),
    Builtin(
      "vjp", family: "differentiate",
      [.f("gives numbers or tensors"), .positional("x", "tensor | record | list", "where to differentiate")],
      result: "{value, pull}", summary: "gives f(x) and the function that pulls a cotangent back through `f`",
      details: """
        `pull(u)` is uᵀ J, shaped like x, for u shaped like f(x); it may be called any number of times and keeps the \
        steps of `f` in memory as long as it lives. Reverse mode: `grad` is `pull(1)`.
        """,
      errors: ["E0401 u is not shaped like f(x)", "E0407, E0405 as for grad"],
      examples: [Builtin.Example("vjp(x -> x^2, [1.0, 2.0]).pull([1.0, 1.0])", "[2, 4]")],
      body: { arguments in
        let call = try DifferentiatedCall(
          arguments.callable("f"), at: arguments.value("x"), arguments.context, role: "vjp")
        var shape: ParameterTree?
        let (values, pull) = try Differentiation.vjp(of: { try results(call, $0, &shape) }, at: call.leaves)
        let puller = NativeFunction(name: "pull") { given, keywords, _ in
          guard given.count == 1, keywords.isEmpty else {
            throw Failure("E0414", "pull takes one cotangent, shaped like the value")
          }
          let cotangents = try ParameterTree(given[0], role: "the cotangent of pull").leaves
          return try call.arguments(try pull(cotangents)) { try $0.settled($1) }[0]
        }
        return .record(Record([("value", try shape?.settled(values) ?? .null), ("pull", .function(puller))]))
      }),
    Builtin(
      "jacobian", family: "differentiate",
      [
        .f("gives a number or tensor"),
        .positional("x", "tensor | record | list", "where to differentiate", default: "nil"),
      ], result: "f64[…f(x), …x]", summary: "gives all derivatives of `f`'s results by its argument",
      details: """
        Axes of f(x), then those of x: for f64[n] → f64[m] the m×n matrix with ∂fᵢ/∂xⱼ. By rows in reverse mode or \
        by columns in forward mode, whichever are fewer. For a record or list x, one Jacobian a part. Without x, \
        the function that gives it.
        """,
      errors: ["E0407, E0405 as for grad"],
      examples: [Builtin.Example("jacobian(x -> [x[0] * x[1], x[1]^2], [2.0, 3.0])", "[[3, 2], [0, 6]]")],
      body: { arguments in
        try atOnceOrLater(arguments) { call in
          try call.trees[0].settled(Differentiation.jacobian(of: call.tensor, at: call.leaves))
        }
      }),
    Builtin(
      "hessian", family: "differentiate",
      [
        .f("gives one number"),
        .positional("x", "tensor | record | list", "where to differentiate", default: "nil"),
      ], result: "f64[…x, …x]", summary: "gives the second derivatives of `f`",
      details: """
        ∂²f/∂xᵢ∂xⱼ, with the axes of x twice. For a record or list x, blocks: `h.a.b` is by a, then by b. Without x, \
        the function that gives it.
        """,
      errors: ["E0407, E0405 as for grad"],
      examples: [
        Builtin.Example("hessian(w -> sum(w^4), [1, 2])", "[[12, 0], [0, 48]]"),
        Builtin.Example("hessian(x -> x[0] * x[1])([1.0, 2.0])", "[[0, 1], [1, 0]]"),
      ],
      body: { arguments in
        try atOnceOrLater(arguments) { call in
          let tree = call.trees[0]
          let rows = try Differentiation.hessian(of: call.tensor, at: call.leaves)
          return tree.arranged(try rows.map { try tree.settled($0) })
        }
      }),
  ]

  /// The leaves of the call's result; remembers how they were arranged.
  private static func results(
    _ call: DifferentiatedCall, _ leaves: [Tensor], _ shape: inout ParameterTree?
  ) throws -> [Tensor] {
    let tree = try ParameterTree(call.value(leaves), role: "what the function gives")
    shape = tree
    return tree.leaves
  }

  /// `transform` at the argument `x`, or the function of x where it was left out.
  private static func atOnceOrLater(
    _ arguments: Arguments, _ transform: @escaping (DifferentiatedCall) throws -> Value
  ) throws -> Value {
    let function = try arguments.callable("f")
    if arguments.has("x") {
      return try transform(
        DifferentiatedCall(
          function, at: arguments.value("x"), arguments.context, role: arguments.builtin.name))
    }
    let inner: String = if case .function(let f) = function { f.name } else { function.kindName }
    let name = "\(arguments.builtin.name)(\(inner))"
    return .function(
      NativeFunction(name: name) { positional, keywords, context in
        try transform(DifferentiatedCall(function, positional, keywords, by: nil, context, role: name))
      })
  }
}
