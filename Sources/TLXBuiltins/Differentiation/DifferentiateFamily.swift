import TLXNumerics
import TLXRuntime

/// Derivatives of functions written in the language. They nest, and go through user functions, closures, branches and
/// loops: they follow the path that was taken.
enum DifferentiateFamily {
  static let gradients: [Builtin] = [
    Builtin(
      "grad", family: "differentiate", [.f("gives one number"), wrt], result: "function",
      summary: "makes the function that gives the gradient of `f`",
      details: """
        `grad(f)(x, …)` is ∂f/∂x at x, shaped like x: a tensor, a number, or a record or list of them (a parameter \
        tree). Further arguments are passed on. `wrt="name"` differentiates by that argument instead, a list of names \
        by several, which gives a record. Reverse mode: one gradient costs a small multiple of one call of `f`, \
        however many numbers x has.

        It nests (`grad(grad(f))`) and follows the path that `if`, `for` and `while` took. At kinks: the slope of \
        relu and abs at 0 is 0, equal maxima share it equally. floor, round and comparisons have slope 0.
        """,
      errors: [
        "E0407 f does not give one number, or depends on x only through a step without derivative (argmax, i64)",
        "E0405 x holds no numbers, or f has no parameter of the name in wrt",
      ],
      examples: [
        Builtin.Example("grad(w -> sum(w^4))([1, 2, 3])", "[4, 32, 108]"),
        Builtin.Example("grad(x -> x^3)(2.0)", "12"),
        Builtin.Example("grad(p -> p.a^2 * p.b)({a: 3.0, b: 2.0})", "{a: 12, b: 9}"),
        Builtin.Example("grad((x, y) -> x * y^2, wrt=\"y\")(3.0, 2.0)", "12"),
      ],
      source: "Griewank and Walther, Evaluating Derivatives, 2nd edition (2008)",
      body: { arguments in try derived(arguments) { call, pack in pack(try gradient(call).gradients) } }),
    Builtin(
      "value_and_grad", family: "differentiate", [.f("gives one number"), wrt], result: "function",
      summary: "makes the function that gives the value of `f` and its gradient",
      details: "`value_and_grad(f)(x)` is the list `(f(x), grad(f)(x))` for one call of `f`.",
      errors: ["E0407, E0405 as for grad"],
      examples: [Builtin.Example("value_and_grad(w -> sum(w^2))([3.0, 4.0])", "(25, [6, 8])")],
      body: { arguments in
        try derived(arguments) { call, pack in
          let (value, gradients) = try gradient(call)
          return .list([value, pack(gradients)])
        }
      }),
    Builtin(
      "stop_gradient", family: "differentiate", [.positional("x", "any", "what is held constant")],
      result: "any",
      summary: "gives x as it is, for derivatives a constant",
      details: "Works on numbers, tensors, and records and lists of them.",
      examples: [Builtin.Example("grad(x -> x * stop_gradient(x))(3.0)", "3")],
      body: { arguments in
        let value = arguments.value("x")
        guard let tree = try? ParameterTree(value, role: "x") else { return value }
        if tree.leaves.allSatisfy({ !$0.isTracked }) { return value }
        return tree.filled(with: try tree.leaves.map { try $0.stopGradient() })
      }),
    Builtin(
      "check_grad", family: "differentiate",
      [
        .f("gives a number or tensor"), .required("at", "tensor | record | list", "where to compare"),
      ], result: "float",
      summary: "compares the gradient of `f` with finite differences",
      details: """
        Gives the greatest error of the derivatives at x against central differences with steps of ε^⅓ max(1, |xᵢ|), \
        relative where they exceed 1: about 1e-9 where both are right, near 1 where one is wrong, inf for nan. A \
        result of several numbers is weighed by cos 1, cos 2, … first. Of more than 200 numbers in a tensor, evenly \
        spaced ones are compared. Near a kink the two differ rightly.
        """,
      errors: ["E0407, E0405 as for grad"],
      examples: [Builtin.Example("check_grad(x -> sum(sin(x) / x), at=[1.0, 2.0]) < 1e-6", "true")],
      body: { arguments in
        let call = try DifferentiatedCall(
          arguments.callable("f"), at: arguments.value("at"), arguments.context, role: "check_grad")
        return .float(try Differentiation.check(of: call.tensor, at: call.leaves))
      }),
  ]

  private static let wrt: Builtin.Parameter = .option(
    "wrt", "string | list", "the name of the argument to differentiate by; the first if left out",
    default: "nil")

  /// The function that applies `transform` to each of its calls. `transform` also gets what makes one value of the
  /// results by each differentiated argument: the only one, or a record by the names in `wrt`.
  private static func derived(
    _ arguments: Arguments, _ transform: @escaping (DifferentiatedCall, ([Value]) -> Value) throws -> Value
  ) throws -> Value {
    let function = try arguments.callable("f")
    let names = try arguments.optionalStrings("wrt")
    let isRecord = if case .list? = arguments.optional("wrt") { true } else { false }
    let inner: String = if case .function(let f) = function { f.name } else { function.kindName }
    let name = "\(arguments.builtin.name)(\(inner))"
    return .function(
      NativeFunction(name: name) { positional, keywords, context in
        let call = try DifferentiatedCall(function, positional, keywords, by: names, context, role: name)
        return try transform(call) { results in
          isRecord ? .record(Record(Array(zip(names ?? [], results)))) : results.first ?? .null
        }
      })
  }

  /// The value of the call and the gradient by each differentiated argument, settled.
  private static func gradient(_ call: DifferentiatedCall) throws -> (value: Value, gradients: [Value]) {
    let (value, gradients) = try Differentiation.gradient(of: call.tensor, at: call.leaves)
    return (
      try Operations.settle(.tensor(value)), try call.arguments(gradients) { try $0.settled($1) }
    )
  }
}

extension Builtin.Parameter {
  /// The function that a transform takes.
  static func f(_ what: String) -> Self { .positional("f", "function", "a function that \(what)") }
}
