#if canImport(Glibc)
  import Glibc
#endif

/// Functions of one element, for what is too rare for a vector form.
enum ScalarMath {
  static func function(_ kernel: UnaryKernel) -> ((Double) -> Double)? {
    switch kernel {
    case .tan: { Glibc.tan($0) }
    case .asin: { Glibc.asin($0) }
    case .acos: { Glibc.acos($0) }
    case .atan: { Glibc.atan($0) }
    case .sinh: { Glibc.sinh($0) }
    case .cosh: { Glibc.cosh($0) }
    case .lgamma: lgamma
    case .digamma: digamma
    case .trigamma: trigamma
    default: nil
    }
  }

  /// ln |Γ(x)|; +∞ at the poles.
  static func lgamma(_ x: Double) -> Double {
    // The reentrant form: `lgamma` writes a global.
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }

  static func atan2(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }
  static func power(_ x: Double, _ y: Double) -> Double { Glibc.pow(x, y) }

  /// x − y ⌊x / y⌋ with the sign of y, as in Python.
  static func modulo(_ x: Double, _ y: Double) -> Double {
    let rest = fmod(x, y)
    if rest == 0 { return copysign(0, y) }
    return (rest < 0) != (y < 0) ? rest + y : rest
  }

  /// ⌊x / y⌋, consistent with `modulo`: plain `floor(x / y)` is off by one where x / y rounds up to an integer.
  static func floorDivide(_ x: Double, _ y: Double) -> Double {
    let rest = fmod(x, y)
    if y == 0 || rest.isNaN { return floor(x / y) }
    var quotient = (x - rest) / y
    if rest != 0 && (rest < 0) != (y < 0) { quotient -= 1 }
    if quotient == 0 { return copysign(0, x / y) }
    let whole = floor(quotient)
    return quotient - whole > 0.5 ? whole + 1 : whole
  }

  /// ψ(x) = d/dx ln Γ(x): reflection for x < 0, the recurrence up to 10, then the asymptotic series
  /// (Abramowitz & Stegun 6.3.7, 6.3.5, 6.3.18). NaN at the poles 0, −1, −2, …
  static func digamma(_ x: Double) -> Double {
    if x.isNaN || x == -.infinity { return .nan }
    if x <= 0 {
      if x == floor(x) { return .nan }
      let part = x - floor(x)
      return digamma(1 - x) - Double.pi / Glibc.tan(Double.pi * part)
    }
    var x = x
    var shift = 0.0
    while x < 10 {
      shift -= 1 / x
      x += 1
    }
    let t = 1 / (x * x)
    let series =
      t
      * (1.0 / 12 - t
        * (1.0 / 120 - t
          * (1.0 / 252 - t * (1.0 / 240 - t * (1.0 / 132 - t * (691.0 / 32760 - t * (1.0 / 12)))))))
    return shift + Glibc.log(x) - 0.5 / x - series
  }

  /// ψ′(x), in the same way (Abramowitz & Stegun 6.4.7, 6.4.6, 6.4.12). +∞ at the poles.
  static func trigamma(_ x: Double) -> Double {
    if x.isNaN || x == -.infinity { return .nan }
    if x <= 0 {
      if x == floor(x) { return .infinity }
      let sine = Glibc.sin(Double.pi * (x - floor(x)))
      return Double.pi * Double.pi / (sine * sine) - trigamma(1 - x)
    }
    var x = x
    var shift = 0.0
    while x < 10 {
      shift += 1 / (x * x)
      x += 1
    }
    let t = 1 / (x * x)
    let series =
      1.0 / 6 - t
      * (1.0 / 30 - t * (1.0 / 42 - t * (1.0 / 30 - t * (5.0 / 66 - t * (691.0 / 2730 - t * (7.0 / 6))))))
    return shift + 1 / x + t / 2 + series * t / x
  }
}
