import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Intervals from resampling with replacement.
public struct Bootstrap: Sendable {
  public enum Method: String, Sendable, CaseIterable {
    /// The quantiles of the replicates.
    case percentile
    /// Quantiles corrected for bias and skewness: Efron, "Better bootstrap confidence intervals" (JASA 1987).
    case bca
  }

  public struct Interval: Sendable, Equatable {
    public var value: Double
    public var low: Double
    public var high: Double
    /// Standard deviation of the replicates.
    public var error: Double
    /// Replicates for which the statistic was defined.
    public var replicates: Int
  }

  public var replicates: Int
  /// The coverage, such as 0.95.
  public var level: Double
  public var method: Method

  /// E0505 for fewer than two replicates or a level outside of (0, 1).
  public init(replicates: Int = 2000, level: Double = 0.95, method: Method = .bca) throws {
    guard replicates >= 2 else {
      throw NumericsError("E0505", "a bootstrap needs at least 2 replicates, not \(replicates)")
    }
    guard level > 0, level < 1 else {
      throw NumericsError("E0505", "the level of an interval lies between 0 and 1, not at \(level)")
    }
    self.replicates = replicates
    self.level = level
    self.method = method
  }

  /// The interval of `statistic`, a function of the indices of a resample of 0 ..< count.
  ///
  /// Resamples for which it is NaN (a constant sample has no correlation) are left out. E0406 if none is left or the
  /// sample is empty. BCa falls back to percentiles where every jackknife value is the same.
  public func interval(count: Int, stream: RandomStream, _ statistic: ([Int]) throws -> Double) throws
    -> Interval
  {
    guard count > 0 else { throw NumericsError("E0406", "a bootstrap of an empty sample") }
    let all = Array(0..<count)
    let value = try statistic(all)
    var values: [Double] = []
    values.reserveCapacity(replicates)
    for _ in 0..<replicates {
      try Interrupt.check()
      let replicate = try statistic(all.map { _ in stream.nextInt(below: count) })
      if !replicate.isNaN { values.append(replicate) }
    }
    guard values.count >= 2 else {
      throw NumericsError("E0406", "the statistic is defined for \(values.count) of \(replicates) resamples")
    }
    values.sort()
    var (low, high) = ((1 - level) / 2, (1 + level) / 2)
    if method == .bca, let corrected = try corrected((low, high), value, values, all, statistic) {
      (low, high) = corrected
    }
    return Interval(
      value: value, low: quantile(values, low), high: quantile(values, high),
      error: Sample.variance(values).squareRoot(), replicates: values.count)
  }

  /// Φ(z0 + (z0 + z) / (1 − a (z0 + z))) for both tails: z0 from the share of replicates below the value, a from the
  /// skewness of the jackknife.
  private func corrected(
    _ tails: (Double, Double), _ value: Double, _ sorted: [Double], _ all: [Int],
    _ statistic: ([Int]) throws -> Double
  ) throws -> (Double, Double)? {
    let below = sorted.reduce(0.0) { $0 + ($1 < value ? 1 : $1 == value ? 0.5 : 0) }
    let bias = NormalDistribution.quantile(below / Double(sorted.count))
    guard bias.isFinite else { return nil }
    var jackknife: [Double] = []
    for left in all {
      try Interrupt.check()
      let replicate = try statistic(all.filter { $0 != left })
      if !replicate.isNaN { jackknife.append(replicate) }
    }
    guard !jackknife.isEmpty else { return nil }
    let center = Sample.mean(jackknife)
    let squares = jackknife.reduce(0) { $0 + (center - $1) * (center - $1) }
    guard squares > 0 else { return nil }
    let cubes = jackknife.reduce(0) { $0 + (center - $1) * (center - $1) * (center - $1) }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    func shifted(_ tail: Double) -> Double {
      let z = bias + NormalDistribution.quantile(tail)
      return NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
    }
    return (shifted(tails.0), shifted(tails.1))
  }
}

/// The q-quantile of sorted values, interpolated linearly as in NumPy.
func quantile(_ sorted: [Double], _ q: Double) -> Double {
  let place = Swift.max(0, Swift.min(1, q)) * Double(sorted.count - 1)
  let below = Int(place)
  if below + 1 >= sorted.count { return sorted[sorted.count - 1] }
  return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
}
