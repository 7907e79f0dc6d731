import TLXNumerics

/// The H-score tr(cov(F)⁺ cov(E[F | y])): how much of the variance of the features lies between the classes.
///
/// Bao et al., "An information-theoretic approach to transferability in task transfer learning" (ICIP 2019),
/// definition 2. Between 0 and min(rank F, C − 1); the same for F A with invertible A. Equal to ‖Uᵀ G‖², for U an
/// orthonormal basis of the centred features' columns and G the normalised class indicators, which is how it is
/// computed: public code inverts the covariance with a cut of 1e-15, which is below its rounding, and returns values far
/// above C − 1 for wide features. With n − 1 ≤ rank it is C − 1 whatever the features are.
public struct HScore: Sendable, Equatable {
  public let value: Double
  public let classes: Int
  /// Directions of the features that count.
  public let rank: Int

  /// - Parameters:
  ///   - features: f32 or f64 [n, D]
  ///   - y: i64 [n]
  /// - Throws: E0401 for shapes that do not fit, E0406 for no rows, E0504 for NaN or infinity.
  ///   Cost: n D² + 9 D³ for n ≥ D, in f64, with D² doubles of memory; half as much for f32 as a copy would take.
  public init(_ features: Tensor, _ y: Tensor) throws {
    try self.init(features, TargetLabels(y))
  }

  public init(_ features: Tensor, _ labels: TargetLabels) throws {
    try checkFeatures(features, labels)
    let (n, d) = (features.shape[0], features.shape[1])
    if n < d || n * d * Swift.min(n, d) <= FeatureSpectrum.directWork {
      self.init(
        try FeatureSpectrum(features, targets: indicators(labels), centered: true), labels.counts)
    } else {
      var moments = try FeatureMoments(width: d, classCount: labels.classCount)
      try moments.add(features, labels)
      try self.init(moments)
    }
  }

  /// From moments that were summed over blocks of rows.
  public init(_ moments: FeatureMoments) throws {
    self.init(try FeatureSpectrum(moments, centered: true, scaled: true), moments.classRows)
  }

  private init(_ spectrum: FeatureSpectrum, _ counts: [Int]) {
    var total = 0.0
    for index in spectrum.squares.indices {
      for (label, count) in counts.enumerated() where count > 0 {
        let x = spectrum.projections[index * counts.count + label]
        total += x * x / Double(count)
      }
    }
    value = total
    classes = counts.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
    rank = spectrum.rank
  }
}

extension HScore {
  /// The H-score with a covariance that is shrunk towards a multiple of the identity, (1 − α) tr(cov_α(F)⁻¹ cov(E[F | y])),
  /// and its α by Ledoit and Wolf (J. Multivariate Analysis 2004). Stable for few examples, where the plain score is
  /// C − 1 for any features; no longer free of the features' scale.
  ///
  /// Ibrahim, Ponomareva, Mazumder, "Newer is not always better" (ECML 2022). As there, and in public code, cov_α divides
  /// by n and the covariance of the class means by n − 1, so that the value may exceed C − 1 by n/(n − 1).
  public static func shrunk(_ features: Tensor, _ y: Tensor) throws -> (value: Double, shrinkage: Double) {
    let labels = try TargetLabels(y)
    try checkFeatures(features, labels)
    guard labels.count > 1 else { throw NumericsError("E0406", "h_score needs at least two examples") }
    var moments = try FeatureMoments(width: features.shape[1], classCount: labels.classCount)
    try moments.add(features, labels)
    let (n, d) = (Double(moments.rows), Double(moments.width))
    let width = moments.width
    var covariance = moments.products(centered: true).map { $0 / n }
    let trace = (0..<width).reduce(0.0) { $0 + covariance[$1 * (width + 1)] }
    let mean = trace / d
    let squares = covariance.reduce(0.0) { $0 + $1 * $1 }
    // Σ_i ‖x_i − mean‖⁴
    let lengths = try (features.cast(to: .f64) - Tensor(moments.mean)).square().sum(axes: [1])
    let fourth = try lengths.square().sum().doubles()[0]
    let distance = squares - 2 * mean * trace + d * mean * mean
    let error = Swift.min(distance, (fourth / n - squares) / n)
    let shrinkage = distance > 0 && error > 0 ? error / distance : 0
    for index in covariance.indices { covariance[index] *= 1 - shrinkage }
    for column in 0..<width { covariance[column * (width + 1)] += shrinkage * mean }
    // Σ_c n_c m_cᵀ cov⁻¹ m_c = ‖L⁻¹ M‖², column c of M being the class's sum over √n_c.
    var means = moments.classSums(centered: true)
    for label in 0..<labels.classCount {
      for column in 0..<width { means[label * width + column] /= Double(labels.counts[label]).squareRoot() }
    }
    let factor = try LinearAlgebra.cholesky(Tensor(covariance, shape: [width, width]))
    let columns = try Tensor(means, shape: [labels.classCount, width]).matrixTranspose()
    let between = try LinearAlgebra.triangularSolve(factor, columns).square().sum().doubles()[0]
    return ((1 - shrinkage) * between / (n - 1), shrinkage)
  }
}
