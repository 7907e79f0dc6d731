#if canImport(Glibc)
  import Glibc
#endif

/// Student's t distribution.
public struct StudentDistribution: Sendable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// P(|T| ≥ |t|)
  public func twoSided(_ t: Double) -> Double {
    if t.isInfinite { return 0 }
    return incompleteBeta(degreesOfFreedom / 2, 0.5, at: degreesOfFreedom / (degreesOfFreedom + t * t))
  }

  /// The t > 0 with P(|T| ≤ t) = `level`, by bisection to the last bit.
  public func twoSidedQuantile(_ level: Double) -> Double {
    if level <= 0 { return 0 }
    if level >= 1 { return .infinity }
    var low = 0.0
    var high = 1.0
    while twoSided(high) > 1 - level && high < 1e300 {
      low = high
      high *= 2
    }
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { return middle }
      if twoSided(middle) > 1 - level { low = middle } else { high = middle }
    }
  }
}

/// The regularised incomplete beta function I_x(a, b), for 0 ≤ x ≤ 1 and positive a, b, to about 1e-14.
///
/// The continued fraction 26.5.8 of Abramowitz and Stegun, evaluated by Lentz's method, on the side of the mean
/// where it converges quickly.
public func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, at: 1 - x) }
  let front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a
  let tiny = 1e-300
  var numerator = 1.0
  var denominator = 1 / guarded(1 - (a + b) * x / (a + 1), tiny)
  var value = denominator
  for step in 1...5000 {
    let m = Double(step)
    for coefficient in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      denominator = 1 / guarded(1 + coefficient * denominator, tiny)
      numerator = guarded(1 + coefficient / numerator, tiny)
      value *= numerator * denominator
    }
    if abs(numerator * denominator - 1) < 1e-16 { break }
  }
  return front * value
}

private func guarded(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }
