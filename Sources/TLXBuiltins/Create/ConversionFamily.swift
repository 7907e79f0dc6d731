import TLXNumerics
import TLXRuntime

/// Conversions between dtypes, and between numbers and text.
enum ConversionFamily {
  static let all: [Builtin] = [
    conversion(
      .f64, "64-bit floats", details: "Exact for f32, bools and whole numbers below 2^53.",
      Builtin.Example("f64([1, 2]) / 4", "[0.25, 0.5]")),
    conversion(
      .f32, "32-bit floats", details: "Rounds to the nearest float of 24 bits, about 7 digits.",
      Builtin.Example("f32([1, 2]).dtype", "f32")),
    conversion(
      .i64, "64-bit whole numbers",
      details: "A number with a fraction is an error: say `round(x)`, `floor(x)` or `trunc(x)` first.",
      Builtin.Example("i64(round([1.2, 2.7]))", "[1, 3]")),
    conversion(
      .bool, "bools", details: "0 is false, every other number true.",
      Builtin.Example("bool([0, 1, 2])", "[false, true, true]")
    ),
    Builtin(
      "int", family: "create", [.positional("x", "number | string", "a whole number or its text")],
      result: "int", summary: "converts a number or a text to an int",
      errors: ["E0411: x has a fraction, is out of range or reads as no whole number"],
      examples: [Builtin.Example("int(\"42\") + 1", "43"), Builtin.Example("int(3.0)", "3")],
      body: { arguments in
        if case .string(let text)? = arguments.optional("x") {
          let digits = text.filter { $0 != "_" && !$0.isWhitespace }
          guard let number = Int(digits) else {
            throw arguments.failure("x", "E0411", "\(Display.quoted(text)) does not read as a whole number")
          }
          return .int(number)
        }
        return try settledScalar(arguments, .i64)
      }),
    Builtin(
      "float", family: "create", [.positional("x", "number | string", "a number or its text")],
      result: "float", summary: "converts a number or a text to a float",
      errors: ["E0411: the text reads as no number"],
      examples: [Builtin.Example("float(\"2.5e-1\")", "0.25")],
      body: { arguments in
        if case .string(let text)? = arguments.optional("x") {
          guard let number = Double(text.filter { $0 != "_" && !$0.isWhitespace }) else {
            throw arguments.failure("x", "E0411", "\(Display.quoted(text)) does not read as a number")
          }
          return .float(number)
        }
        return try settledScalar(arguments, .f64)
      }),
    Builtin(
      "str", family: "create", [.positional("x", "any", "a value")],
      result: "string", summary: "writes a value as print does",
      examples: [Builtin.Example("str([1, 2]) + \"!\"", "\"[1, 2]!\"")],
      body: { arguments in .string(Display.text(of: try Operations.settle(arguments.value("x")))) }),
  ]

  private static func conversion(
    _ dtype: DType, _ what: String, details: String, _ example: Builtin.Example
  ) -> Builtin {
    Builtin(
      dtype.name, family: "create", [.positional("x", "number | tensor | list", "the numbers")],
      result: "\(dtype.name)[…]", summary: "converts to \(what)",
      details: details + " As a value, `\(dtype.name)` names the dtype: `dtype=\(dtype.name)`.",
      errors: dtype == .i64 ? ["E0411: a number has a fraction or is out of range"] : [],
      examples: [example],
      body: { arguments in
        let x = try tensor(arguments)
        return try arguments.relabelled("x", converted(x, to: dtype, arguments))
      })
  }

  private static func tensor(_ arguments: Arguments) throws -> Tensor {
    if case .string? = arguments.optional("x") {
      throw arguments.failure("x", mustBe: "a number or tensor", help: "float(s) and int(s) read a text")
    }
    return try arguments.tensor("x")
  }

  private static func converted(_ x: Tensor, to dtype: DType, _ arguments: Arguments) throws -> Tensor {
    guard dtype == .i64 else { return try x.cast(to: dtype) }
    return try Operations.losslessly(x, to: dtype) { sample in
      arguments.failure(
        "x", "E0411", "\(sample) is not a whole number of 64 bits",
        help: "round, floor or trunc it first: i64(round(x))")
    }
  }

  private static func settledScalar(_ arguments: Arguments, _ dtype: DType) throws -> Value {
    let x = try arguments.tensor("x")
    guard x.rank == 0 || x.count == 1 else { throw arguments.failure("x", mustBe: "one number") }
    return try Operations.settle(.tensor(converted(x.reshape([]), to: dtype, arguments)))
  }
}
