import TLXNumerics

extension LinearQuadraticFit {
  /// (s_max + λ) / (s_min + λ) for the eigenvalues s of J Jᵀ: the condition of the problem where the data act.
  ///
  /// Cost: Lanczos steps, at most 300, each a product with J and Jᵀ; for the exact solution (n k)² each, with the factor
  /// and with its inverse.
  public func condition() throws -> Condition {
    try inverse.map { try Condition(tangents, $0, l2: l2) } ?? Condition(tangents, l2: l2)
  }

  /// `(s_max + λ) / (s_min + λ)` over the eigenvalues s of J Jᵀ, between two bounds.
  ///
  /// With the exact solution both ends converge, the small one through the inverse, and the bounds agree to five digits.
  /// Without, s_min may take more Lanczos steps than are made: then all that is known of it is that it lies between 0 and
  /// the least Ritz value. More outputs over all rows than weights leave s_min = 0.
  public struct Condition: Sendable {
    /// What the Ritz values give: never above the true value.
    public let lower: Double
    /// Never below it, up to Lanczos steps that overlooked an end of the spectrum, which a random start makes improbable.
    /// Infinite where without a ridge the problem has no unique solution.
    public let upper: Double

    /// Whether the bounds agree to three digits.
    public var isKnown: Bool { upper <= lower * 1.001 }

    init(_ tangents: TangentFactors, _ inverse: InverseKernel, l2: Double) throws {
      let greatest = try inverse.greatestEigenvalue() ?? Self.greatest(tangents, l2: l2)
      let least = try inverse.leastEigenvalue()
      lower = greatest.value / least.value
      upper = (greatest.value + greatest.error) / (least.value - least.error)
    }

    /// Of J Jᵀ + λI.
    private static func greatest(_ tangents: TangentFactors, l2: Double) throws
      -> ExtremeEigenvalues.Estimate
    {
      var found = try spectrum(tangents, .greatest, l2: l2).greatest
      found.value += l2
      return found
    }

    init(_ tangents: TangentFactors, l2: Double) throws {
      let weights = try tangents.zeros().reduce(0) { $0 + $1.count }
      let isSingular = tangents.count * tangents.classes > weights
      let found = try Self.spectrum(tangents, isSingular ? .greatest : .both, l2: l2)
      let least = isSingular ? 0 : Swift.max(0, found.least.value)
      // An unconverged Ritz value has an eigenvalue near it, but not the least one.
      let isConverged = found.least.error <= 1e-3 * (least + l2)
      let floor = isSingular || !isConverged ? 0 : Swift.max(0, least - found.least.error)
      lower = (found.greatest.value + l2) / (least + l2)
      upper = (found.greatest.value + found.greatest.error + l2) / (floor + l2)
    }

    private static func spectrum(_ tangents: TangentFactors, _ ends: ExtremeEigenvalues.Ends, l2: Double)
      throws
      -> ExtremeEigenvalues
    {
      let shape = tangents.logits.shape
      return try ExtremeEigenvalues(
        order: shape.elementCount, ends: ends, shift: l2, stream: RandomStream(key: RandomKey(seed: 1))
      ) { try tangents.apply(tangents.applyTransposed($0.reshape(shape))).flatten() }
    }
  }
}
