import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// How strongly two paired samples go together, with −1 ≤ value ≤ 1.
///
/// All kinds throw E0401 for unequal lengths, E0406 for fewer than two pairs, E0504 for NaN and infinity, and E0505
/// where a sample is constant, for which no correlation is defined.
public enum Correlation: String, CaseIterable, Sendable {
  /// Of the values: cov(x, y) / (σx σy).
  case pearson
  /// Pearson's of the ranks; ties get their average rank.
  case spearman
  /// Kendall's τ-b: (concordant − discordant) / √((pairs − ties in x)(pairs − ties in y)). O(n log n).
  case kendall
  /// Kendall's τ with a weight 1/(r+1) + 1/(s+1) for the pair at ranks r, s from the top (0 is best); the average of
  /// ranking by x and by y. What scipy.stats.weightedtau gives by default; ranking by x only (rank=None) gives other
  /// values. Vigna, "A weighted correlation index for rankings with ties" (WWW 2015). O(n log n).
  case weightedKendall

  public func callAsFunction(_ x: [Double], _ y: [Double]) throws -> Double {
    try Sample.checkPairs(x, y, name)
    for (values, name) in [(x, "x"), (y, "y")] where values.allSatisfy({ $0 == values[0] }) {
      throw NumericsError(
        "E0505", "\(self.name) is not defined: all \(values.count) values of \(name) are \(values[0])")
    }
    return value(x, y)
  }

  /// The value without the checks, for resamples: NaN where a sample is constant.
  public func resampled(_ x: [Double], _ y: [Double]) -> Double { value(x, y) }

  func value(_ x: [Double], _ y: [Double]) -> Double {
    switch self {
    case .pearson: Self.pearson(x, y)
    case .spearman: Self.pearson(averageRanks(x), averageRanks(y))
    case .kendall: ConcordanceCounts(x, y).tauB
    case .weightedKendall: (weightedTau(x, y) + weightedTau(y, x)) / 2
    }
  }

  public var name: String { self == .weightedKendall ? "weighted_kendall" : rawValue }

  private static func pearson(_ x: [Double], _ y: [Double]) -> Double {
    let (mx, my) = (Sample.mean(x), Sample.mean(y))
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for index in x.indices {
      let (dx, dy) = (x[index] - mx, y[index] - my)
      xx += dx * dx
      yy += dy * dy
      xy += dx * dy
    }
    guard xx > 0, yy > 0 else { return .nan }
    // One root is exact for proportional samples; two do not overflow.
    let product = xx * yy
    let scale = product.isNormal ? product.squareRoot() : xx.squareRoot() * yy.squareRoot()
    return Swift.max(-1, Swift.min(1, xy / scale))
  }

  /// The two-sided p-value of "no association".
  ///
  /// Pearson and Spearman: t with n − 2 degrees of freedom (1 below three pairs). Kendall: exact for up to 33 pairs
  /// without ties, else normal with the variance for ties; as scipy. Weighted Kendall has no known null
  /// distribution: nil; see `permutationP`.
  public func p(_ x: [Double], _ y: [Double]) throws -> Double? {
    let value = try self(x, y)
    switch self {
    case .pearson, .spearman:
      if x.count < 3 { return 1 }
      let freedom = Double(x.count - 2)
      let t = value * (freedom / ((1 - value) * (1 + value))).squareRoot()
      return StudentDistribution(degreesOfFreedom: freedom).twoSided(t)
    case .kendall: return ConcordanceCounts(x, y).p
    case .weightedKendall: return nil
    }
  }

  /// The share of random pairings with a correlation at least as far from 0, the given one counted among them.
  public func permutationP(_ x: [Double], _ y: [Double], permutations: Int, stream: RandomStream) throws
    -> Double
  {
    let value = abs(try self(x, y))
    var exceeding = 1
    for _ in 0..<permutations {
      try Interrupt.check()
      let order = try stream.permutation(y.count)
      if abs(self.value(x, order.map { y[$0] })) >= value * (1 - 1e-12) { exceeding += 1 }
    }
    return Double(exceeding) / Double(permutations + 1)
  }
}

/// Ranks from 1; equal values share the mean of theirs.
public func averageRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
    for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}
