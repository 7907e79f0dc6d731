import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// McNemar's test of two classifiers on the same examples: only the examples that one gets right and the other
/// wrong tell them apart.
public struct McNemarTest: Sendable, Equatable {
  /// Examples that only the first, only the second got right.
  public let onlyFirst: Int
  public let onlySecond: Int

  /// E0401 for unequal lengths, E0406 for none.
  public init(_ first: [Bool], _ second: [Bool]) throws {
    guard first.count == second.count else {
      throw NumericsError("E0401", "mcnemar compares \(first.count) with \(second.count) outcomes")
    }
    guard !first.isEmpty else { throw NumericsError("E0406", "mcnemar of no examples") }
    onlyFirst = zip(first, second).reduce(0) { $0 + ($1.0 && !$1.1 ? 1 : 0) }
    onlySecond = zip(first, second).reduce(0) { $0 + ($1.1 && !$1.0 ? 1 : 0) }
  }

  /// From the two counts, which are not negative.
  public init(onlyFirst: Int, onlySecond: Int) {
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
  }

  /// Exact, two-sided: the binomial probability, at ½, of a split at least as uneven.
  public var p: Double {
    let total = onlyFirst + onlySecond
    let fewer = Swift.min(onlyFirst, onlySecond)
    if 2 * fewer >= total { return 1 }
    if total <= 1000 {
      var term = exp2(-Double(total))
      var sum = term
      for step in 0..<fewer {
        term *= Double(total - step) / Double(step + 1)
        sum += term
      }
      return Swift.min(1, 2 * sum)
    }
    // P(X ≤ k) = I_{1/2}(n − k, k + 1)
    return Swift.min(1, 2 * incompleteBeta(Double(total - fewer), Double(fewer + 1), at: 0.5))
  }
}

/// Student's t-test.
public struct TTest: Sendable, Equatable {
  /// The mean, or the difference of the means.
  public let difference: Double
  /// Its standard error.
  public let error: Double
  public let degreesOfFreedom: Double

  /// Whether the mean is `mean`. At least two values.
  public init(_ x: [Double], mean: Double = 0) throws {
    try Sample.check(x, "ttest: x", minimum: 2)
    difference = Sample.mean(x) - mean
    error = (Sample.variance(x) / Double(x.count)).squareRoot()
    degreesOfFreedom = Double(x.count - 1)
  }

  /// Whether two independent samples have one mean, without assuming one variance: Welch (Biometrika 1947).
  public init(_ x: [Double], _ y: [Double]) throws {
    try Sample.check(x, "ttest: x", minimum: 2)
    try Sample.check(y, "ttest: y", minimum: 2)
    let (a, b) = (Sample.variance(x) / Double(x.count), Sample.variance(y) / Double(y.count))
    difference = Sample.mean(x) - Sample.mean(y)
    error = (a + b).squareRoot()
    degreesOfFreedom = (a + b) * (a + b) / (a * a / Double(x.count - 1) + b * b / Double(y.count - 1))
  }

  /// Whether pairs differ by 0 on average.
  public init(paired x: [Double], _ y: [Double]) throws {
    try Sample.checkPairs(x, y, "ttest")
    try self.init(zip(x, y).map { $0 - $1 })
  }

  public var t: Double { error == 0 ? (difference == 0 ? 0 : .infinity * difference) : difference / error }
  /// Two-sided; 1 for no difference in constant samples, 0 for a difference.
  public var p: Double {
    error == 0
      ? (difference == 0 ? 1 : 0) : StudentDistribution(degreesOfFreedom: degreesOfFreedom).twoSided(t)
  }

  public func interval(level: Double = 0.95) -> (low: Double, high: Double) {
    let reach =
      error == 0 ? 0 : StudentDistribution(degreesOfFreedom: degreesOfFreedom).twoSidedQuantile(level) * error
    return (difference - reach, difference + reach)
  }
}

/// Wilson's score interval of a proportion: stays within 0 and 1, and is right at 0 of n and n of n.
///
/// Wilson, "Probable inference, the law of succession, and statistical inference" (JASA 1927). E0505 unless
/// 0 ≤ successes ≤ count, count > 0.
public func wilsonInterval(successes: Int, of count: Int, level: Double = 0.95) throws -> (
  low: Double, high: Double
) {
  guard count > 0, successes >= 0, successes <= count, level > 0, level < 1 else {
    throw NumericsError("E0505", "no interval for \(successes) of \(count) at level \(level)")
  }
  let z = NormalDistribution.quantile((1 + level) / 2)
  let n = Double(count)
  let share = Double(successes) / n
  let center = share + z * z / (2 * n)
  let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
  let scale = 1 + z * z / n
  return (
    successes == 0 ? 0 : (center - reach) / scale, successes == count ? 1 : (center + reach) / scale
  )
}
