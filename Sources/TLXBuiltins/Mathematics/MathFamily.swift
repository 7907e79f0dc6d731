import TLXNumerics
import TLXRuntime

#if canImport(Glibc)
  import Glibc
#endif

/// Elementwise functions.
enum MathFamily {
  static let elementary: [Builtin] = [
    elementwise("exp", "raises e to each element", "e^x", "exp(0)", "1", Glibc.exp) { try $0.exp() },
    elementwise(
      "expm1", "gives e^x − 1 without cancellation near 0", "e^x − 1", "expm1(1e-12)", "1.0000000000005e-12",
      Glibc.expm1
    ) { try $0.expm1() },
    elementwise(
      "log", "takes the natural logarithm", "ln x; −inf at 0, nan below", "log([1, e])", "[0, 1]", Glibc.log
    ) { try $0.log() },
    elementwise("log2", "takes the logarithm to base 2", "log₂ x", "log2(8)", "3", Glibc.log2) {
      try $0.log() * 1.4426950408889634
    },
    elementwise("log10", "takes the logarithm to base 10", "log₁₀ x", "log10(1000)", "3", Glibc.log10) {
      try $0.log() * 0.4342944819032518
    },
    elementwise(
      "log1p", "takes ln(1 + x) without cancellation near 0", "ln(1 + x)", "log1p(0)", "0", Glibc.log1p
    ) { try $0.log1p() },
    elementwise(
      "sqrt", "takes the square root", "√x; nan below 0", "sqrt([4, 9])", "[2, 3]", { $0.squareRoot() }
    ) { try $0.sqrt() },
    whole(
      "abs", "takes the absolute value", "|x|", "abs([-2, 3])", "[2, 3]", { Swift.abs($0) },
      integer: { $0 == Int.min ? nil : Swift.abs($0) }
    ) { try $0.abs() },
    whole(
      "sign", "gives −1, 0 or 1 as the number is negative, zero or positive", "", "sign([-0.5, 0, 3])",
      "[-1, 0, 1]",
      { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, integer: { $0.signum() }
    ) { try $0.sign() },
    elementwise(
      "erf", "gives the error function", "2/√π ∫₀ˣ exp(−t²) dt", "erf(0)", "0", Glibc.erf
    ) { try $0.erf() },
    elementwise(
      "lgamma", "gives the logarithm of |Γ(x)|", "ln |Γ(x)|; (n−1)! = Γ(n)", "round(exp(lgamma(5)))", "24",
      logGamma
    ) { try $0.lgamma() },
    Builtin(
      "digamma", family: "math", [.x()], result: "tensor", summary: "gives the derivative of ln Γ(x)",
      details: "ψ(x) = Γ′(x)/Γ(x)", examples: [Builtin.Example("round(digamma(1), digits=6)", "-0.577216")],
      body: { try $0.relabelled("x", $0.tensor("x").digamma()) }),
  ]

  static let trigonometric: [Builtin] = [
    elementwise("sin", "takes the sine of an angle in radians", "sin x", "sin(0)", "0", Glibc.sin) {
      try $0.sin()
    },
    elementwise("cos", "takes the cosine of an angle in radians", "cos x", "cos(0)", "1", Glibc.cos) {
      try $0.cos()
    },
    elementwise("tan", "takes the tangent of an angle in radians", "tan x", "tan(0)", "0", Glibc.tan) {
      try $0.tan()
    },
    elementwise(
      "asin", "gives the angle whose sine is x", "−π/2 … π/2; nan outside of −1 … 1", "asin(0)", "0",
      Glibc.asin
    ) {
      try $0.asin()
    },
    elementwise(
      "acos", "gives the angle whose cosine is x", "0 … π; nan outside of −1 … 1", "acos(1)", "0", Glibc.acos
    ) {
      try $0.acos()
    },
    elementwise("atan", "gives the angle whose tangent is x", "−π/2 … π/2", "atan(0)", "0", Glibc.atan) {
      try $0.atan()
    },
    elementwise("sinh", "takes the hyperbolic sine", "(e^x − e^−x)/2", "sinh(0)", "0", Glibc.sinh) {
      try $0.sinh()
    },
    elementwise("cosh", "takes the hyperbolic cosine", "(e^x + e^−x)/2", "cosh(0)", "1", Glibc.cosh) {
      try $0.cosh()
    },
    elementwise(
      "tanh", "takes the hyperbolic tangent", "(e^x − e^−x)/(e^x + e^−x)", "tanh(0)", "0", Glibc.tanh
    ) {
      try $0.tanh()
    },
    Builtin(
      "atan2", family: "math",
      [.positional("y", "tensor", "ordinates"), .positional("x", "tensor", "abscissas")], result: "tensor",
      summary: "gives the angle of the point (x, y), from −π to π",
      examples: [Builtin.Example("atan2(1, 1) == pi / 4", "true")],
      body: { .tensor(try $0.tensor("y").atan2($0.tensor("x"))) }),
  ]

  static let activations: [Builtin] = [
    elementwise(
      "sigmoid", "gives the logistic function", "1/(1 + e^−x)", "sigmoid(0)", "0.5",
      { $0 >= 0 ? 1 / (1 + Glibc.exp(-$0)) : Glibc.exp($0) / (1 + Glibc.exp($0)) }
    ) { try $0.sigmoid() },
    whole(
      "relu", "replaces negative elements by 0", "max(x, 0)", "relu([-1, 2])", "[0, 2]",
      { $0 > 0 || $0.isNaN ? $0 : 0 }, integer: { Swift.max($0, 0) }
    ) { try $0.relu() },
    Builtin(
      "leaky_relu", family: "math",
      [.x(), .option("slope", "float", "what negative elements are multiplied by", default: "0.2")],
      result: "tensor", summary: "scales negative elements down",
      details: """
        x above 0 and slope · x below. As the activation of a model (`mlp(…, activation=leaky_relu)`) the slope is 0.2: \
        a steep one keeps units from dying, which a linear expansion of the model wants (PyTorch's default is 0.01).
        """,
      errors: ["E0405: a slope that is no number"],
      examples: [Builtin.Example("leaky_relu([-1.0, 2])", "[-0.2, 2]")],
      source: "Maas, Hannun, Ng, 2013; Achille et al., CVPR 2021, “LQF”",
      body: { try $0.relabelled("x", $0.tensor("x").leakyRelu(slope: $0.float("slope"))) }),
    Builtin(
      "gelu", family: "math", [.x()], result: "tensor",
      summary: "weighs each element by the normal distribution",
      details:
        "x·Φ(x) with Φ the standard normal distribution function (by erf, not the tanh approximation).",
      examples: [Builtin.Example("gelu([0, 1]) |> round(digits=4)", "[0, 0.8413]")],
      source: "Hendrycks and Gimpel, Gaussian error linear units, arXiv:1606.08415",
      body: { try $0.relabelled("x", $0.tensor("x").gelu()) }),
    Builtin(
      "softplus", family: "math", [.x()], result: "tensor", summary: "gives a smooth form of relu",
      details: "ln(1 + e^x), computed without overflow.",
      examples: [Builtin.Example("softplus(0) == log(2)", "true")],
      body: { try $0.relabelled("x", $0.tensor("x").softplus()) }),
  ]

  private static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }

  // MARK: Making entries

  /// A function that gives floats. `scalar` serves single numbers at once; `tensor` the rest.
  static func elementwise(
    _ name: String, _ summary: String, _ formula: String, _ code: String, _ output: String,
    _ scalar: @escaping @Sendable (Double) -> Double, tensor: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "math", [.x("number | tensor", "one number, or each of many")], result: "like x, float",
      summary: summary, details: formula, examples: [Builtin.Example(code, output)],
      body: { arguments in
        switch arguments.value("x") {
        case .float(let x): return .float(scalar(x))
        case .int(let x): return .float(scalar(Double(x)))
        default: return try arguments.relabelled("x", tensor(arguments.tensor("x")))
        }
      })
  }

  /// A function that keeps whole numbers whole. `integer` gives nil on overflow.
  static func whole(
    _ name: String, _ summary: String, _ formula: String, _ code: String, _ output: String,
    _ scalar: @escaping @Sendable (Double) -> Double, integer: @escaping @Sendable (Int) -> Int?,
    tensor: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> Builtin {
    Builtin(
      name, family: "math", [.x("number | tensor", "one number, or each of many")], result: "like x",
      summary: summary, details: formula, examples: [Builtin.Example(code, output)],
      body: { arguments in
        switch arguments.value("x") {
        case .float(let x): return .float(scalar(x))
        case .int(let x):
          guard let result = integer(x) else {
            throw arguments.failure("x", "E0502", "\(name)(\(x)) is out of the range of 64-bit integers")
          }
          return .int(result)
        default: return try arguments.relabelled("x", tensor(arguments.tensor("x")))
        }
      })
  }
}
