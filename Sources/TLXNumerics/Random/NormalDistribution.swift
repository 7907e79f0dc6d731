#if canImport(Glibc)
  import Glibc
#endif

/// The standard normal distribution.
public enum NormalDistribution {
  /// P(Z ≤ z), accurate in both tails.
  public static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }

  /// The z with P(Z ≤ z) = p, to about 1e-16 relative; ∓∞ at 0 and 1, NaN outside.
  ///
  /// Wichura, "Algorithm AS 241: the percentage points of the normal distribution" (Applied Statistics 1988),
  /// routine PPND16. Chosen over Box–Muller and the ziggurat: one uniform gives one normal, without a rejection.
  public static func quantile(_ p: Double) -> Double {
    let q = p - 0.5
    if abs(q) <= 0.425 { return central(q) }
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    let tail = tail(q < 0 ? p : 1 - p)
    return q < 0 ? -tail : tail
  }

  /// The quantile of 0.5 + q for |q| ≤ 0.425.
  @inline(__always)
  static func central(_ q: Double) -> Double {
    let r = 0.180625 - q * q
    return q * numerator(r) / denominator(r)
  }

  /// `central` on eight numbers; lanes outside of its range hold nonsense.
  @inline(__always)
  static func central(_ q: SIMD8<Double>) -> SIMD8<Double> {
    let r = 0.180625 - q * q
    var n = r * 2.5090809287301226727e+3 + 3.3430575583588128105e+4
    n = n * r + 6.7265770927008700853e+4
    n = n * r + 4.5921953931549871457e+4
    n = n * r + 1.3731693765509461125e+4
    n = n * r + 1.9715909503065514427e+3
    n = n * r + 1.3314166789178437745e+2
    n = n * r + 3.3871328727963666080e0
    var d = r * 5.2264952788528545610e+3 + 2.8729085735721942674e+4
    d = d * r + 3.9307895800092710610e+4
    d = d * r + 2.1213794301586595867e+4
    d = d * r + 5.3941960214247511077e+3
    d = d * r + 6.8718700749205790830e+2
    d = d * r + 4.2313330701600911252e+1
    d = d * r + 1
    return q * n / d
  }

  /// Minus the quantile of a small p.
  static func tail(_ p: Double) -> Double {
    var r = (-log(p)).squareRoot()
    if r <= 5 {
      r -= 1.6
      var n = r * 7.74545014278341407640e-4 + 2.27238449892691845833e-2
      n = n * r + 2.41780725177450611770e-1
      n = n * r + 1.27045825245236838258e0
      n = n * r + 3.64784832476320460504e0
      n = n * r + 5.76949722146069140550e0
      n = n * r + 4.63033784615654529590e0
      n = n * r + 1.42343711074968357734e0
      var d = r * 1.05075007164441684324e-9 + 5.47593808499534494600e-4
      d = d * r + 1.51986665636164571966e-2
      d = d * r + 1.48103976427480074590e-1
      d = d * r + 6.89767334985100004550e-1
      d = d * r + 1.67638483018380384940e0
      d = d * r + 2.05319162663775882187e0
      d = d * r + 1
      return n / d
    }
    r -= 5
    var n = r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5
    n = n * r + 1.24266094738807843860e-3
    n = n * r + 2.65321895265761230930e-2
    n = n * r + 2.96560571828504891230e-1
    n = n * r + 1.78482653991729133580e0
    n = n * r + 5.46378491116411436990e0
    n = n * r + 6.65790464350110377720e0
    var d = r * 2.04426310338993978564e-15 + 1.42151175831644588870e-7
    d = d * r + 1.84631831751005468180e-5
    d = d * r + 7.86869131145613259100e-4
    d = d * r + 1.48753612908506148525e-2
    d = d * r + 1.36929880922735805310e-1
    d = d * r + 5.99832206555887937690e-1
    d = d * r + 1
    return n / d
  }

  @inline(__always)
  private static func numerator(_ r: Double) -> Double {
    var n = r * 2.5090809287301226727e+3 + 3.3430575583588128105e+4
    n = n * r + 6.7265770927008700853e+4
    n = n * r + 4.5921953931549871457e+4
    n = n * r + 1.3731693765509461125e+4
    n = n * r + 1.9715909503065514427e+3
    n = n * r + 1.3314166789178437745e+2
    return n * r + 3.3871328727963666080e0
  }

  @inline(__always)
  private static func denominator(_ r: Double) -> Double {
    var d = r * 5.2264952788528545610e+3 + 2.8729085735721942674e+4
    d = d * r + 3.9307895800092710610e+4
    d = d * r + 2.1213794301586595867e+4
    d = d * r + 5.3941960214247511077e+3
    d = d * r + 6.8718700749205790830e+2
    d = d * r + 4.2313330701600911252e+1
    return d * r + 1
  }
}
