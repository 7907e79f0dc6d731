import TLXNumerics
import TLXRuntime

extension MathFamily {
  static let rounding: [Builtin] = [
    whole(
      "floor", "rounds down", "the greatest whole number ≤ x", "floor([1.5, -1.5])", "[1, -2]",
      { $0.rounded(.down) }, integer: { $0 }
    ) { try $0.floor() },
    whole(
      "ceil", "rounds up", "the least whole number ≥ x", "ceil([1.5, -1.5])", "[2, -1]",
      { $0.rounded(.up) }, integer: { $0 }
    ) { try $0.ceil() },
    whole(
      "trunc", "cuts the fraction", "rounds towards 0", "trunc([1.5, -1.5])", "[1, -1]",
      { $0.rounded(.towardZero) }, integer: { $0 }
    ) { try $0.trunc() },
    Builtin(
      "round", family: "math",
      [
        .x("number | tensor", "one number, or each of many"),
        .option("digits", "int", "digits after the point; negative ones before it", default: "0"),
      ],
      result: "like x", summary: "rounds to the nearest, ties to even",
      details: "Floats stay floats; `i64(round(x))` makes whole numbers of them.",
      examples: [
        Builtin.Example("round([0.5, 1.5, 2.4])", "[0, 2, 2]"),
        Builtin.Example("round(3.14159, digits=2)", "3.14"),
      ],
      body: { arguments in
        let digits = try arguments.int("digits")
        if digits == 0, case .float(let x) = arguments.value("x") {
          return .float(x.rounded(.toNearestOrEven))
        }
        let result = try arguments.tensor("x").round(digits: digits)
        return try result.rank == 0 && result.isPlain
          ? Operations.settle(.tensor(result)) : arguments.relabelled("x", result)
      }),
  ]

  static let choosing: [Builtin] = [
    Builtin(
      "clip", family: "math",
      [
        .x("tensor", "the numbers"),
        .option("min", "number", "the least; no bound if left out", default: "nil"),
        .option("max", "number", "the greatest; no bound if left out", default: "nil"),
      ],
      result: "like x", summary: "replaces what lies outside of bounds by the bounds",
      errors: ["E0405: min is above max"],
      examples: [Builtin.Example("clip([-1, 0.5, 2], min=0, max=1)", "[0, 0.5, 1]")],
      body: { arguments in
        let (low, high) = (try arguments.optionalFloat("min"), try arguments.optionalFloat("max"))
        if let low, let high, low > high {
          throw arguments.failure("min", "E0405", "min \(low) is above max \(high)")
        }
        let x = try arguments.tensor("x")
        if x.dtype == .i64, let low = exactBound(low, .min), let high = exactBound(high, .max) {
          return try arguments.relabelled("x", Tensor.minimum(Tensor.maximum(x, low), high))
        }
        return try arguments.relabelled("x", x.clip(min: low, max: high))
      }),
    pair(
      "maximum", "takes the greater of two, element by element", "maximum([1, 5], 3)", "[3, 5]",
      { $1 > $0 || $1.isNaN ? $1 : $0 }, integer: { max($0, $1) }
    ) { try Tensor.maximum($0, $1) },
    pair(
      "minimum", "takes the lesser of two, element by element", "minimum([1, 5], 3)", "[1, 3]",
      { $1 < $0 || $1.isNaN ? $1 : $0 }, integer: { min($0, $1) }
    ) { try Tensor.minimum($0, $1) },
    test("isnan", "tells which elements are not a number", "isnan([1, nan])", "[false, true]", { $0.isNaN }) {
      try $0.isnan()
    },
    test(
      "isfinite", "tells which elements are neither infinite nor NaN", "isfinite([1, inf])", "[true, false]",
      { $0.isFinite }
    ) { try $0.isfinite() },
    Builtin(
      "where", family: "math",
      [
        .positional("c", "bool[…] | table", "a condition, or a table"),
        .positional("a", "tensor | function", "where it holds, or which rows to keep"),
        .positional("b", "tensor", "where it does not", default: "nil"),
      ],
      result: "tensor | table", summary: "chooses from a or b by a condition, or filters the rows of a table",
      details: "`where(c, a, b)` is a where c is true and b elsewhere; it broadcasts. "
        + "`where(t, row -> …)` keeps the rows for which the function gives true.",
      examples: [
        Builtin.Example("where([true, false], 1, 0)", "[1, 0]"),
        Builtin.Example("where(table({a: [1, 2, 3]}), row -> row.a > 1).a", "[2, 3]"),
      ],
      body: { arguments in
        if case .table(let table)? = arguments.optional("c") {
          if arguments.has("b") {
            throw arguments.failure("b", "E0405", "a table is filtered by one function")
          }
          let kept = try (0..<table.rowCount).filter { try arguments.holds("a", .record(table.row($0))) }
          return .table(try table.selecting(rows: kept))
        }
        guard arguments.has("b") else {
          throw arguments.failure(
            "b", "E0405", "what to take where the condition does not hold is missing",
            help: "where(c, a, b) chooses; x[c] keeps what holds; filter(xs, f) filters a list")
        }
        let condition = try arguments.tensor("c")
        guard condition.dtype == .bool else { throw arguments.failure("c", mustBe: "a bool tensor") }
        return .tensor(try Tensor.where(condition, arguments.tensor("a"), arguments.tensor("b")))
      }),
    Builtin(
      "allclose", family: "math",
      [
        .positional("a", "tensor", "numbers"), .positional("b", "tensor", "numbers"),
        .option("rtol", "float", "relative tolerance", default: "1e-5"),
        .option("atol", "float", "absolute tolerance", default: "1e-8"),
      ],
      result: "bool", summary: "tells whether all elements are nearly equal",
      details: "|a − b| ≤ atol + rtol·|b| everywhere. Infinities must be equal; NaN is close to nothing.",
      errors: ["E0401: the shapes differ"],
      examples: [Builtin.Example("allclose(0.1 + 0.2, 0.3)", "true")],
      body: { arguments in
        let (a, b) = (try arguments.tensor("a"), try arguments.tensor("b"))
        guard a.shape == b.shape || a.rank == 0 || b.rank == 0 else {
          throw arguments.failure(
            "b", "E0401", "\(a.typeDescription) and \(b.typeDescription) have different shapes")
        }
        let (rtol, atol) = (try arguments.float("rtol"), try arguments.float("atol"))
        let (x, y) = (try a.doubles(), try b.doubles())
        for i in 0..<Swift.max(x.count, y.count) {
          let (left, right) = (x[x.count == 1 ? 0 : i], y[y.count == 1 ? 0 : i])
          if left == right { continue }
          if !right.isFinite || !(Swift.abs(left - right) <= atol + rtol * Swift.abs(right)) {
            return .bool(false)
          }
        }
        return .bool(true)
      }),
  ]

  private static func exactBound(_ bound: Double?, _ missing: Int) -> Int? {
    guard let bound else { return missing }
    return Int(exactly: bound)
  }

  private static func pair(
    _ name: String, _ summary: String, _ code: String, _ output: String,
    _ scalar: @escaping @Sendable (Double, Double) -> Double,
    integer: @escaping @Sendable (Int, Int) -> Int,
    tensor: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "math",
      [.positional("a", "number | tensor", "numbers"), .positional("b", "number | tensor", "numbers")],
      result: "tensor", summary: summary, details: "NaN if either is.",
      errors: ["E0402: the shapes do not go together"],
      examples: [Builtin.Example(code, output)],
      body: { arguments in
        switch (arguments.value("a"), arguments.value("b")) {
        case (.float(let a), .float(let b)): .float(scalar(a, b))
        case (.int(let a), .int(let b)): .int(integer(a, b))
        case (.float(let a), .int(let b)): .float(scalar(a, Double(b)))
        case (.int(let a), .float(let b)): .float(scalar(Double(a), b))
        default: .tensor(try tensor(arguments.tensor("a"), arguments.tensor("b")))
        }
      })
  }

  private static func test(
    _ name: String, _ summary: String, _ code: String, _ output: String,
    _ scalar: @escaping @Sendable (Double) -> Bool, tensor: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "math", [.x("number | tensor", "the numbers")], result: "bool[…]", summary: summary,
      examples: [Builtin.Example(code, output)],
      body: { arguments in
        if case .float(let x) = arguments.value("x") { return .bool(scalar(x)) }
        return try arguments.relabelled("x", tensor(arguments.tensor("x")))
      })
  }
}
