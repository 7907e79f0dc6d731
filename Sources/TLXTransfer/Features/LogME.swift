import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// LogME: the log evidence, per example, of a Bayesian linear model from the features to the targets, maximised over its
/// two precisions and averaged over target columns (the class indicators, or real targets).
///
///     w ~ N(0, I/α), t ~ N(F w, I/β):
///     ln p(t | F) = D/2 ln α + n/2 ln β − ½ ln det(α I + β FᵀF) − β/2 ‖F m − t‖² − α/2 ‖m‖² − n/2 ln 2π
///
/// You, Liu, Wang, Long, "LogME: practical assessment of pre-trained models for transfer learning" (ICML 2021),
/// algorithms 1 to 3; the fixed point of You et al., "Ranking and tuning pre-trained models" (JMLR 2022).
///
/// The determinant is over all D directions. The public fixed-point code leaves out those with singular value zero, which
/// makes it wrong for n < D and for dead columns: 44.9 instead of 1.51 at n = 200, D = 2048. Classes that do not occur
/// are no targets: an all-zero column would have a huge evidence.
public struct LogME: Sendable, Equatable {
  /// One target column.
  public struct Column: Sendable, Equatable {
    /// The log evidence divided by n.
    public let evidence: Double
    /// The precision of the weights.
    public let alpha: Double
    /// The precision of the noise.
    public let beta: Double
    public let iterations: Int
  }

  /// How the fixed point is found. The defaults are those of the published scores.
  public struct Settings: Sendable, Equatable {
    /// The relative change of α/β at which to stop.
    public var tolerance = 1e-3
    public var iterations = 11
    /// Added to the denominators of α and β. Where n ≤ rank the model interpolates, the noise goes to zero and β to
    /// infinity; this keeps it finite, and the score then depends on it.
    public var guarding = 1e-5

    public init() {}
  }

  public let columns: [Column]
  /// The mean evidence of the columns.
  public var value: Double { columns.reduce(0) { $0 + $1.evidence } / Double(columns.count) }

  /// - Parameters:
  ///   - features: f32 or f64 [n, D]
  ///   - y: Labels, i64 [n].
  /// - Throws: E0401 for shapes that do not fit, E0406 for no rows, E0504 for NaN or infinity.
  ///   Cost: n D² + 9 D³ for n ≥ D, then O(D) a class and iteration; D² doubles of memory.
  public init(_ features: Tensor, _ y: Tensor, settings: Settings = Settings()) throws {
    try self.init(features, TargetLabels(y), settings: settings)
  }

  public init(_ features: Tensor, _ labels: TargetLabels, settings: Settings = Settings()) throws {
    try checkFeatures(features, labels)
    let (n, d) = (features.shape[0], features.shape[1])
    if n < d || n * d * Swift.min(n, d) <= FeatureSpectrum.directWork {
      let spectrum = try FeatureSpectrum(features, targets: indicators(labels), centered: false)
      self.init(spectrum, rows: n, width: d, lengths: labels.counts.map(Double.init), settings)
    } else {
      var moments = try FeatureMoments(width: d, classCount: labels.classCount)
      try moments.add(features, labels)
      try self.init(moments, settings: settings)
    }
  }

  /// From moments that were summed over blocks of rows; every class must occur.
  public init(_ moments: FeatureMoments, settings: Settings = Settings()) throws {
    guard moments.rows > 0, !moments.classRows.contains(0) else {
      throw NumericsError("E0406", "logme needs at least one example of every class")
    }
    let spectrum = try FeatureSpectrum(moments, centered: false, scaled: false)
    self.init(
      spectrum, rows: moments.rows, width: moments.width, lengths: moments.classRows.map(Double.init),
      settings)
  }

  /// With real targets, [n] or [n, K]. They are used as they are: scores of unequally scaled targets do not compare.
  public init(_ features: Tensor, targets: Tensor, settings: Settings = Settings()) throws {
    let matrix = try (targets.rank == 1 ? targets.expandDims(1) : targets).cast(to: .f64)
    guard matrix.rank == 2, features.rank == 2, features.shape[0] == matrix.shape[0] else {
      throw NumericsError(
        "E0401",
        "logme needs a row of features for each target, not \(features.typeDescription) and "
          + targets.typeDescription)
    }
    guard matrix.count > 0, features.count > 0 else { throw NumericsError("E0406", "logme of no examples") }
    try checkFinite(features)
    try checkFinite(matrix)
    let spectrum = try FeatureSpectrum(features, targets: matrix, centered: false)
    let lengths = try matrix.square().sum(axes: [0]).doubles()
    self.init(spectrum, rows: features.shape[0], width: features.shape[1], lengths: lengths, settings)
  }

  /// `lengths` holds ‖t‖² of each target column.
  private init(_ spectrum: FeatureSpectrum, rows: Int, width: Int, lengths: [Double], _ settings: Settings) {
    columns = lengths.enumerated().map { target, length in
      let squares = spectrum.squares.indices.map { index in
        let x = spectrum.projections[index * lengths.count + target]
        return x * x
      }
      let rest = Swift.max(0, length - squares.reduce(0, +))
      return Column(
        sigma: spectrum.squares, squares: squares, rest: rest, rows: Double(rows), width: width, settings)
    }
  }
}

extension LogME.Column {
  /// The fixed point of α and β. `sigma` are squared singular values, `squares` the squared projections of the target on
  /// their directions, `rest` what lies outside of all.
  fileprivate init(
    sigma: [Double], squares: [Double], rest: Double, rows n: Double, width: Int, _ settings: LogME.Settings
  ) {
    var (t, step) = (1.0, 0)
    var (alpha, beta, weights, residual) = (1.0, 1.0, 0.0, 0.0)
    while true {
      var gamma = 0.0
      weights = 0
      residual = rest
      for (s, x) in zip(sigma, squares) {
        gamma += s / (s + t)
        weights += s * x / ((s + t) * (s + t))
        residual += x / ((1 + s / t) * (1 + s / t))
      }
      alpha = gamma / (weights + settings.guarding)
      beta = (n - gamma) / (residual + settings.guarding)
      let next = alpha / beta
      step += 1
      let isDone = abs(next - t) / t <= settings.tolerance || step >= settings.iterations
      if isDone || !(next > 0) || !next.isFinite { break }
      t = next
    }
    var logDeterminant = Double(width - sigma.count) * log(alpha)
    for s in sigma { logDeterminant += log(alpha + beta * s) }
    let fit = Double(width) * log(alpha) + n * log(beta) - logDeterminant - beta * residual - alpha * weights
    evidence = (fit - n * log(2 * Double.pi)) / (2 * n)
    self.alpha = alpha
    self.beta = beta
    iterations = step
  }
}
