import Glibc

extension Tensor {
  /// e^x.
  public func exp() throws -> Tensor { try Tensor.unary(.exp, self) }
  /// e^x − 1, accurate near 0.
  public func expm1() throws -> Tensor { try Tensor.unary(.expm1, self) }
  /// The natural logarithm; -inf at 0, NaN below.
  public func log() throws -> Tensor { try Tensor.unary(.log, self) }
  /// log(1 + x), accurate near 0.
  public func log1p() throws -> Tensor { try Tensor.unary(.log1p, self) }
  /// The square root; NaN below 0.
  public func sqrt() throws -> Tensor { try Tensor.unary(.sqrt, self) }
  /// The absolute value; its derivative at 0 is taken as 0.
  public func abs() throws -> Tensor { try Tensor.unary(.abs, self) }
  /// -1, 0 or 1; NaN for NaN.
  public func sign() throws -> Tensor { try Tensor.unary(.sign, self) }
  /// The sine of an angle in radians.
  public func sin() throws -> Tensor { try Tensor.unary(.sin, self) }
  /// The cosine of an angle in radians.
  public func cos() throws -> Tensor { try Tensor.unary(.cos, self) }
  /// The tangent.
  public func tan() throws -> Tensor { try Tensor.unary(.tan, self) }
  /// The arc sine.
  public func asin() throws -> Tensor { try Tensor.unary(.asin, self) }
  /// The arc cosine.
  public func acos() throws -> Tensor { try Tensor.unary(.acos, self) }
  /// The arc tangent.
  public func atan() throws -> Tensor { try Tensor.unary(.atan, self) }
  /// The hyperbolic sine.
  public func sinh() throws -> Tensor { try Tensor.unary(.sinh, self) }
  /// The hyperbolic cosine.
  public func cosh() throws -> Tensor { try Tensor.unary(.cosh, self) }
  /// The hyperbolic tangent.
  public func tanh() throws -> Tensor { try Tensor.unary(.tanh, self) }
  /// 1 / (1 + e^−x), without overflow.
  public func sigmoid() throws -> Tensor { try Tensor.unary(.sigmoid, self) }
  /// The error function 2/√π ∫₀ˣ e^−t² dt.
  public func erf() throws -> Tensor { try Tensor.unary(.erf, self) }
  /// log |Γ(x)|.
  public func lgamma() throws -> Tensor { try Tensor.unary(.lgamma, self) }
  /// Γ′(x) / Γ(x).
  public func digamma() throws -> Tensor { try Tensor.unary(.digamma, self) }
  /// The derivative of digamma.
  public func trigamma() throws -> Tensor { try Tensor.unary(.trigamma, self) }
  /// The next whole number below; derivative 0.
  public func floor() throws -> Tensor { try Tensor.unary(.floor, self) }
  /// The next whole number above; derivative 0.
  public func ceil() throws -> Tensor { try Tensor.unary(.ceil, self) }
  /// The whole part; derivative 0.
  public func trunc() throws -> Tensor { try Tensor.unary(.trunc, self) }
  /// 1 / x.
  public func reciprocal() throws -> Tensor { try Tensor.unary(.reciprocal, self) }
  /// The nearest whole number, halves to the even one; derivative 0.
  public func round() throws -> Tensor { try Tensor.unary(.round, self) }

  /// Rounded to `digits` decimals (negative: tens, hundreds, …), as `round(x · 10^d) / 10^d`.
  public func round(digits: Int) throws -> Tensor {
    if digits == 0 { return try round() }
    if !dtype.isFloat && digits > 0 { return self }
    guard Swift.abs(digits) <= 300 else { return digits > 0 ? self : try self * 0 }
    let scale = Glibc.pow(10, Double(Swift.abs(digits)))
    let result = try digits > 0 ? (asFloat() * scale).round() / scale : (asFloat() / scale).round() * scale
    // Where x · 10^d overflows there are no decimals to round away.
    let kept = try digits > 0 ? Tensor.where(result.isfinite(), result, asFloat()) : result
    return try kept.cast(to: dtype)
  }

  /// `x · x`.
  public func square() throws -> Tensor { try self * self }

  /// max(x, 0); its derivative at 0 is 0. NaN stays NaN.
  public func relu() throws -> Tensor {
    let x = try asNumber()
    return try Tensor.where(x.lessOrEqual(0), 0, x)
  }

  /// x above 0 and `slope · x` from there down; its derivative at 0 is `slope`. NaN stays NaN.
  public func leakyRelu(slope: Double = 0.2) throws -> Tensor {
    let x = try asFloat()
    return try Tensor.where(x.lessOrEqual(0), x * slope, x)
  }

  /// x · Φ(x) with the exact normal distribution function (not the tanh approximation).
  public func gelu() throws -> Tensor {
    let x = try asFloat()
    return try x * 0.5 * ((x * 0.5.squareRoot()).erf() + 1)
  }

  /// log(1 + e^x), without overflow.
  public func softplus() throws -> Tensor {
    let x = try asFloat()
    // max(x, 0) + log1p(e^-|x|), with the branches spelt out so that the derivative at 0 is 1/2.
    let isPositive = try x.greater(0)
    let folded = try Tensor.where(isPositive, -x, x)
    return try Tensor.where(isPositive, x, 0) + folded.exp().log1p()
  }

  /// Below `min` becomes `min`, above `max` becomes `max`. NaN stays NaN; the derivative at a bound is 1.
  /// Throws E0505 for min > max.
  public func clip(min low: Double? = nil, max high: Double? = nil) throws -> Tensor {
    if let low, let high, low > high {
      throw NumericsError(
        "E0505", "cannot clip between \(low) and \(high): the lower bound is the greater one")
    }
    var result = try asNumber()
    if let low { result = try Tensor.where(result.less(low), result.bound(low), result) }
    if let high { result = try Tensor.where(result.greater(high), result.bound(high), result) }
    return result
  }

  /// A bound that keeps whole numbers whole where it is whole itself.
  private func bound(_ value: Double) -> Tensor {
    if !dtype.isFloat, let whole = Int(exactly: value) { return Tensor(whole) }
    return Tensor(value)
  }

  /// Whether each is NaN.
  public func isnan() throws -> Tensor {
    dtype.isFloat ? try Tensor.unary(.isnan, self) : try Tensor.filled(.bool(false), shape, .bool)
  }
  /// Whether each is neither infinite nor NaN.
  public func isfinite() throws -> Tensor {
    dtype.isFloat ? try Tensor.unary(.isfinite, self) : try Tensor.filled(.bool(true), shape, .bool)
  }
  /// The opposite of each bool.
  public func not() throws -> Tensor { try Tensor.unary(.not, self) }

  /// To another dtype. Lossy conversions are allowed here: float to i64 cuts towards zero (E0411 for NaN and what is
  /// out of range), anything to bool is `!= 0`.
  public func cast(to dtype: DType) throws -> Tensor {
    if self.dtype == dtype { return self }
    if let filling, let converted = filling.converted(to: dtype) {
      return try Tensor.filled(converted, shape, dtype)
    }
    if dtype == .bool { return try notEqual(0) }
    return try Tensor.make(.cast, [self], shape, dtype)
  }

  /// The same contents, through which no derivative goes.
  public func stopGradient() throws -> Tensor {
    isTracked ? try Tensor.make(.stopGradient, [self], shape, dtype) : self
  }
}
