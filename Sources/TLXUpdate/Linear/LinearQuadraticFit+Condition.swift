import TLXNumerics

extension LinearQuadraticFit {
  /// (s_max + λ) / (s_min + λ) for the eigenvalues s of J Jᵀ: the condition of the problem where the data act.
  ///
  /// Cost: Lanczos steps, at most 300, each a product with J and Jᵀ; for the exact solution one more factor of the kernel,
  /// and (n k)² a step.
  public func condition() throws -> Condition {
    try inverse == nil ? Condition(tangents, l2: l2) : Condition(ofKernel: tangents, l2: l2)
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

    /// By a factor of the kernel with a smaller ridge, whose inverse has its greatest eigenvalues further apart: tens of steps
    /// find the least eigenvalue where with the fit's own ridge hundreds do not.
    init(ofKernel tangents: TangentFactors, l2: Double) throws {
      let small = l2 * 1e-3
      var (factor, ridge) = (try CholeskyFactor.ofKernel(tangents, ridge: small), small)
      if factor == nil { (factor, ridge) = (try CholeskyFactor.ofKernel(tangents, ridge: l2), l2) }
      guard let factor else {
        self = try Condition(tangents, l2: l2)
        return
      }
      let (order, rest) = (tangents.count * tangents.classes, l2 - ridge)
      let stream = RandomStream(key: RandomKey(seed: 1))
      let greatest = try ExtremeEigenvalues(order: order, ends: .greatest, stream: stream) {
        var x = try $0.elements(of: Double.self)
        factor.multiply(&x)
        return try Tensor(x)
      }.greatest
      // θ = 1 / (s + ridge) to as many digits as s + λ needs: dθ = θ² ds.
      let inverse = try ExtremeEigenvalues(
        order: order, ends: .greatest, stream: stream, allowed: { 3e-6 * (1 + rest * abs($0)) * abs($0) }
      ) {
        var x = try $0.elements(of: Double.self)
        factor.solve(&x)
        return try Tensor(x)
      }.greatest
      let (least, floor) = (1 / inverse.value + rest, 1 / (inverse.value + inverse.error) + rest)
      lower = (greatest.value + rest) / least
      upper = (greatest.value + greatest.error + rest) / floor
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
        order: shape.elementCount, ends: ends, stream: RandomStream(key: RandomKey(seed: 1)),
        allowed: { 1e-5 * (abs($0) + l2) }
      ) { try tangents.apply(tangents.applyTransposed($0.reshape(shape))).flatten() }
    }
  }
}
