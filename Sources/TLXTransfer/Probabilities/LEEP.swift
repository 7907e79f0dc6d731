import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// LEEP, the log expected empirical prediction: the mean log-likelihood of the target labels under a head that maps the
/// source model's probabilities θ to target classes by the empirical p(y | z).
///
///     P(y, z) = (1/n) Σ_i [y_i = y] θ_i[z]      LEEP = (1/n) Σ_i ln Σ_z P(y_i | z) θ_i[z]
///
/// Nguyen, Hassner, Seeger, Archambeau, "LEEP: a new measure to evaluate transferability of learned representations"
/// (ICML 2020), equations 1 and 2. Always −H(Y) ≤ soft NCE ≤ LEEP ≤ 0; a constant θ gives −H(Y), a one-hot θ gives NCE.
///
/// A source class of no mass contributes nothing (public code divides 0 by 0 there and returns NaN); labels may have
/// gaps. Two passes over θ, in parallel, with classes × source classes doubles of memory.
public struct LEEP: Sendable, Equatable {
  /// The score, in nats.
  public let value: Double
  /// Target classes that occur.
  public let classes: Int
  public let sourceClasses: Int
  /// Source classes that no row gives any probability.
  public let deadSourceClasses: Int
  /// H(Y), in nats.
  public let entropy: Double
  /// −H(Y | Z) of the soft joint: a lower bound of the score.
  public let softNCE: Double

  /// LEEP + H(Y), the information in nats that the source gives about the label: between 0 and H(Y), and comparable
  /// across targets of unequal H(Y), which the plain score is not.
  public var gain: Double { value + entropy }

  /// - Parameters:
  ///   - theta: f32 or f64 [n, S], rows summing to 1.
  ///   - y: i64 [n]
  /// - Throws: E0401 for shapes that do not fit, E0406 for no rows, E0504 and E0505 for a row that is no distribution.
  public init(_ theta: Tensor, _ y: Tensor) throws {
    try self.init(theta, TargetLabels(y))
  }

  public init(_ theta: Tensor, _ labels: TargetLabels) throws {
    try labels.checkRows(theta, name: "theta")
    var joint = JointDistribution(classCount: labels.classCount, sourceCount: theta.shape[1])
    try joint.add(theta, labels)
    let likelihood = try joint.conditional().logLikelihood(theta, labels)
    self.init(joint, labels, likelihood: likelihood)
  }

  /// From a joint and the log-likelihood of its conditional, both summed over blocks of rows.
  public init(_ joint: JointDistribution, _ labels: TargetLabels, likelihood: Double) {
    value = Swift.min(0, likelihood / Double(labels.count))
    classes = labels.classCount
    sourceClasses = joint.sourceCount
    deadSourceClasses = joint.deadSourceCount
    entropy = labels.entropy
    softNCE = joint.softConditionalEntropy
  }
}
