import TLXLearning
import TLXNumerics

/// Logit difference inhibition: `mean_i Σ_{k ∈ K_i} max(0, |z_ik − r_ik| − margin)^p` against reference logits r.
///
/// With the mean logits of an ensemble as reference it is ELODI (Zhao et al., "ELODI: ensemble logit difference
/// inhibition for positive-congruent training", 2022, equation 3): every version trained so is close to its ensemble's
/// mean, so that flips between versions shrink without any old model being kept. K_i are all classes, or the `top` of
/// them by reference or new logits. (The released code sorts the batch instead of the classes there, which equals no
/// choice at all; this is the paper's.)
public struct LogitDifferenceInhibition: OldLogitsLoss {
  public struct Settings: Sendable, Equatable {
    /// Differences up to this are free.
    public var margin = 0.0
    /// The power p.
    public var power = 2.0
    /// How many classes of each row count; nil for all.
    public var top: Int?
    /// Whether `top` goes by the new logits instead of the reference.
    public var topIsByNew = false
    /// Whether the row's own label is left out.
    public var excludesLabel = false
    /// Whether the mean over the classes is taken instead of their sum.
    public var isMeanOverClasses = false

    public init() {}
  }

  public let name: String
  public let old: OldLogits
  public let settings: Settings

  /// Throws E0416 for a negative margin, a power below 1, or `top` below 1.
  public init(_ reference: OldLogits, settings: Settings = Settings(), name: String = "ldi") throws {
    self.name = name
    old = reference
    self.settings = settings
    try notNegative("margin", settings.margin)
    guard settings.power >= 1, settings.power.isFinite else {
      throw NumericsError("E0416", "power must be at least 1, not \(text(settings.power))")
    }
    if let top = settings.top, top < 1 {
      throw NumericsError("E0416", "top must be at least 1 class, not \(top)")
    }
  }

  public var description: String {
    var options = [old.name]
    if settings.margin != 0 { options.append("margin=\(text(settings.margin))") }
    if let top = settings.top { options.append("top=\(top)") }
    if settings.topIsByNew { options.append("by=\"new\"") }
    if settings.excludesLabel { options.append("exclude_label=true") }
    if settings.power != 2 { options.append("power=\(text(settings.power))") }
    if settings.isMeanOverClasses { options.append("scale=\"mean\"") }
    return "\(name)(\(options.joined(separator: ", ")))"
  }

  public var uniformKey: String? { "ldi \(settings)" }

  private var needsMask: Bool { (settings.top != nil && !settings.topIsByNew) || settings.excludesLabel }
  public var rowConstantCount: Int { needsMask ? 2 : 1 }

  /// The reference, and 1 for each class that counts as far as that is known before training.
  public func constants(_ reference: Tensor, y: Tensor) throws -> [Tensor] {
    guard needsMask else { return [reference] }
    var mask = try Tensor.ones(reference.shape, reference.dtype)
    if let top = settings.top, !settings.topIsByNew { mask = try Self.greatest(top, of: reference) }
    if settings.excludesLabel {
      guard y.dtype == .i64, y.rank == 1 else {
        throw NumericsError("E0404", "\(name): exclude_label needs labels i64[n], not \(y.typeDescription)")
      }
      mask = try mask * (1 - Tensor.oneHot(y, classes: reference.shape[1], dtype: reference.dtype))
    }
    return [reference, mask]
  }

  public func rowLosses(_ logits: Tensor, targets: Tensor, constants: [Tensor]) throws -> Tensor {
    guard let reference = constants.first else {
      throw NumericsError("E0417", "\(name) has no reference logits for this batch")
    }
    try check(logits, reference)
    var excess = try (logits - reference).abs()
    if settings.margin > 0 { excess = try (excess - settings.margin).relu() }
    var parts =
      try settings.power == 2 ? excess.square() : settings.power == 1 ? excess : excess.power(settings.power)
    if constants.count > 1 { parts = try parts * constants[1] }
    if let top = settings.top, settings.topIsByNew {
      parts = try parts * Self.greatest(top, of: logits.stopGradient())
    }
    return try settings.isMeanOverClasses ? parts.mean(axes: [1]) : parts.sum(axes: [1])
  }

  /// 1 at the `count` greatest of each row, 0 elsewhere; of equal ones the first count.
  private static func greatest(_ count: Int, of logits: Tensor) throws -> Tensor {
    guard count < logits.shape[1] else { return try Tensor.ones(logits.shape, logits.dtype) }
    let ranks = try logits.argsort(axis: 1, descending: true).argsort(axis: 1)
    return try ranks.less(count).cast(to: logits.dtype)
  }
}
