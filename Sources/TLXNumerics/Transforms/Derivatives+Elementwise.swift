import Glibc

/// What an elementwise derivative multiplies with. Kept apart from a tensor so that ones and zeros cost nothing.
enum Factor {
  case zero
  case one
  case minusOne
  case times(Tensor)
  /// Division, which is rounded once where a product with the reciprocal is rounded twice.
  case over(Tensor)

  func apply(_ x: Tensor) throws -> Tensor? {
    switch self {
    case .zero: nil
    case .one: x
    case .minusOne: try -x
    case .times(let factor): try x * factor
    case .over(let divisor): try x / divisor
    }
  }
}

extension UnaryKernel {
  /// Constant almost everywhere, or no function into the floats.
  var isFlat: Bool {
    switch self {
    case .sign, .floor, .ceil, .round, .trunc, .not, .isnan, .isfinite: true
    default: false
    }
  }
}

extension Derivatives {
  /// d/dx of the function, from its argument x and value y. abs has slope 0 at 0, sqrt infinity.
  static func slope(_ kernel: UnaryKernel, _ x: Tensor, _ y: Tensor) throws -> Factor {
    switch kernel {
    case .negate: return .minusOne
    case .abs: return .times(try x.sign())
    case .sign, .floor, .ceil, .round, .trunc, .not, .isnan, .isfinite: return .zero
    case .exp: return .times(y)
    case .expm1: return .times(try y + 1)
    case .log: return .over(x)
    case .log1p: return .over(try x + 1)
    case .sqrt: return .over(try y * 2)
    case .reciprocal: return .times(try -(y * y))
    case .sin: return .times(try x.cos())
    case .cos: return .times(try -x.sin())
    case .tan: return .times(try y * y + 1)
    case .asin: return .over(try (1 - x * x).sqrt())
    case .acos: return .over(try -((1 - x * x).sqrt()))
    case .atan: return .over(try x * x + 1)
    case .sinh: return .times(try x.cosh())
    case .cosh: return .times(try x.sinh())
    case .tanh: return .times(try 1 - y * y)
    case .sigmoid: return .times(try y * (1 - y))
    case .erf: return .times(try (-(x * x)).exp() * (2 / Double.pi.squareRoot()))
    case .lgamma: return .times(try x.digamma())
    case .digamma: return .times(try x.trigamma())
    case .trigamma:
      throw NumericsError(
        "E0407", "trigamma has no derivative here", help: "lgamma can be differentiated twice")
    }
  }

  /// The partial derivative by operand `side`, from the operands and the value y.
  static func partial(_ kernel: BinaryKernel, _ side: Int, _ a: Tensor, _ b: Tensor, _ y: Tensor) throws
    -> Factor
  {
    let isLeft = side == 0
    switch kernel {
    case .add: return .one
    case .subtract: return isLeft ? .one : .minusOne
    case .multiply: return .times(isLeft ? b : a)
    case .divide: return isLeft ? .over(b) : .times(try -(y / b))
    case .modulo: return isLeft ? .one : .times(try -a.floorDivide(b))
    case .power: return .times(isLeft ? try slopeByBase(a, b) : try slopeByExponent(a, y))
    case .maximum: return .times(isLeft ? try share(a, b) : try share(b, a))
    case .minimum: return .times(isLeft ? try share(b, a) : try share(a, b))
    case .atan2:
      let radius = try a * a + b * b
      return .times(isLeft ? try b / radius : try -(a / radius))
    case .floorDivide, .and, .or, .xor: return .zero
    }
  }

  /// b · a^(b−1), and 0 for b = 0, where a = 0 would give 0 · ∞.
  private static func slopeByBase(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if let exponent = b.filling?.double { return try a.power(exponent - 1) * exponent }
    let isZero = try b.equal(0)
    return try Tensor.where(isZero, 0, b * a.power(Tensor.where(isZero, 1, b - 1)))
  }

  /// a^b · log a, and 0 for a = 0.
  private static func slopeByExponent(_ a: Tensor, _ y: Tensor) throws -> Tensor {
    try y * Tensor.where(a.equal(0), 1, a).log()
  }

  /// 1 where a is the greater, ½ at ties.
  private static func share(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try a.greater(b).cast(to: a.dtype) + a.equal(b).cast(to: a.dtype) * 0.5
  }
}
