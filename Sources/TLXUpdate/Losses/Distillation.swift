import TLXLearning
import TLXNumerics

/// Keeps a new model near an old one: `mean_i F_i · D(new_i, old_i)` over the rows of the batch.
///
/// - Logit matching (FD-LM): `D = ½ Σ_k (z_k − z_old,k)²`.
/// - Kullback–Leibler (FD-KL): `D = τ² Σ_k p_k log(p_k / q_k)`, p = softmax(z_old/τ), q = softmax(z/τ); reversed, the
///   roles of p and q swap. For large τ it tends to `½ Σ_k d_k² / C` of the centred logit differences d.
/// - Focus: `F_i = α + β · [the OLD model has row i right]`; without focus F = 1, which is plain distillation.
///
/// Yan et al., CVPR 2021, equations 5–8. Equation 7 there has a stray minus sign, and equation 8 prints KL(new ‖ old)
/// where the authors' code computes KL(old ‖ new) τ²: that is the default here.
public struct Distillation: OldLogitsLoss {
  public enum Matching: Sendable, Equatable {
    case logits
    case probabilities(temperature: Double, isReversed: Bool)
  }

  public struct Focus: Sendable, Equatable {
    public var alpha: Double
    public var beta: Double

    public init(alpha: Double, beta: Double) {
      self.alpha = alpha
      self.beta = beta
    }
  }

  public let name: String
  public let old: OldLogits
  public let matching: Matching
  public let focus: Focus?
  /// What D is multiplied by, depending on the number of classes.
  public let scale: DistillationScale

  /// Throws E0416 for a temperature that is not positive, or weights that are negative or not finite.
  public init(
    _ old: OldLogits, matching: Matching = .logits, focus: Focus? = nil, scale: DistillationScale = .paper
  ) throws {
    name = focus == nil ? "distill" : "focal_distill"
    self.old = old
    self.matching = matching
    self.focus = focus
    self.scale = scale
    if case .probabilities(let temperature, _) = matching {
      try positive("temperature", temperature)
    }
    if let focus {
      try notNegative("alpha", focus.alpha)
      try notNegative("beta", focus.beta)
    }
    try scale.check(matching)
  }

  public var description: String {
    var options = [old.name]
    if let focus { options += ["alpha=\(text(focus.alpha))", "beta=\(text(focus.beta))"] }
    if case .probabilities(let temperature, let isReversed) = matching {
      options.append("temperature=\(text(temperature))")
      if isReversed { options.append("reverse=true") }
    }
    if scale != .paper { options.append("scale=\(scale.text)") }
    return "\(name)(\(options.joined(separator: ", ")))"
  }

  public var uniformKey: String? { "\(name) \(matching) \(String(describing: focus)) \(scale)" }

  public var rowConstantCount: Int { (isForward ? 2 : 1) + (focus == nil ? 0 : 1) }

  private var isForward: Bool { if case .probabilities(_, false) = matching { true } else { false } }

  /// The old row as the step needs it (logits; or probabilities and their negative entropy; or log-probabilities), then
  /// the row's focus.
  public func constants(_ oldLogits: Tensor, y: Tensor) throws -> [Tensor] {
    var constants: [Tensor]
    switch matching {
    case .logits: constants = [oldLogits]
    case .probabilities(let temperature, let isReversed):
      let logarithms = try (oldLogits / temperature).logSoftmax(axis: 1)
      let probabilities = try logarithms.exp()
      constants =
        try isReversed
        ? [logarithms] : [probabilities, (probabilities * logarithms).sum(axes: [1])]
    }
    if let focus {
      constants.append(try OldRight.mask(oldLogits, y: y, name) * focus.beta + focus.alpha)
    }
    return constants
  }

  public func rowLosses(_ logits: Tensor, targets: Tensor, constants: [Tensor]) throws -> Tensor {
    guard constants.count == rowConstantCount else {
      throw NumericsError("E0417", "\(name) has no old logits for this batch")
    }
    try check(logits, constants[0])
    let classes = logits.shape[1]
    let rows = try distances(logits, constants) * scale.factor(matching, classes: classes)
    return focus == nil ? rows : try rows * constants[constants.count - 1]
  }

  /// Σ_k of what `matching` compares, as the paper scales it.
  private func distances(_ logits: Tensor, _ constants: [Tensor]) throws -> Tensor {
    switch matching {
    case .logits: return try (logits - constants[0]).square().sum(axes: [1]) * 0.5
    case .probabilities(let temperature, let isReversed):
      let new = try (logits / temperature).logSoftmax(axis: 1)
      let divergence =
        try isReversed
        ? (new.exp() * (new - constants[0])).sum(axes: [1])
        : constants[1] - (constants[0] * new).sum(axes: [1])
      return try divergence * (temperature * temperature)
    }
  }
}

/// How a distillation is scaled. Published α, β and λ belong to the scale of the code that they were tuned in.
public enum DistillationScale: Sendable, Equatable {
  /// `½ Σ_k` of squared logit differences, or τ² KL: the paper's.
  case paper
  /// The mean over classes of squared logit differences, 2/C times the paper's: regression-constraint-model-upgrade.
  case mean
  /// Half of that, 1/C times the paper's: negative_flip_MPT's logit matching.
  case halfMean
  /// KL without τ², 1/τ² times the paper's (1e-4 at τ = 100): negative_flip_MPT's KL.
  case plain
  /// So many times the paper's.
  case factor(Double)

  public init?(_ text: String) {
    switch text {
    case "paper": self = .paper
    case "mean": self = .mean
    case "half_mean": self = .halfMean
    case "plain": self = .plain
    default: return nil
    }
  }

  var text: String {
    switch self {
    case .paper: "\"paper\""
    case .mean: "\"mean\""
    case .halfMean: "\"half_mean\""
    case .plain: "\"plain\""
    case .factor(let factor): TLXUpdate.text(factor)
    }
  }

  func check(_ matching: Distillation.Matching) throws {
    switch (self, matching) {
    case (.mean, .probabilities), (.halfMean, .probabilities):
      throw NumericsError(
        "E0416", "scale=\(text) is a scale of logit matching, not of a divergence at a temperature",
        help: "\"paper\" is τ² KL, \"plain\" is KL")
    case (.plain, .logits):
      throw NumericsError(
        "E0416", "scale=\"plain\" is a scale of the divergence at a temperature, not of logit matching",
        help: "\"paper\" is ½ Σ, \"mean\" the mean over classes, \"half_mean\" half of that")
    case (.factor(let factor), _): try notNegative("scale", factor)
    default: break
    }
  }

  func factor(_ matching: Distillation.Matching, classes: Int) -> Double {
    switch self {
    case .paper: return 1
    case .mean: return 2 / Double(classes)
    case .halfMean: return 1 / Double(classes)
    case .plain:
      if case .probabilities(let temperature, _) = matching { return 1 / (temperature * temperature) }
      return 1
    case .factor(let factor): return factor
    }
  }
}

/// Throws E0416 unless a setting of a loss is a positive number.
func positive(_ name: String, _ value: Double) throws {
  guard value > 0, value.isFinite else {
    throw NumericsError("E0416", "\(name) must be positive and finite, not \(text(value))")
  }
}

/// Throws E0416 unless a setting of a loss is a finite number from 0.
func notNegative(_ name: String, _ value: Double) throws {
  guard value >= 0, value.isFinite else {
    throw NumericsError("E0416", "\(name) must not be negative and must be finite, not \(text(value))")
  }
}

/// Whole numbers without a point, as the language writes them.
func text(_ value: Double) -> String {
  if let whole = Int(exactly: value) { return String(whole) }
  return "\(value)"
}
