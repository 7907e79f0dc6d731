import TLXLearning
import TLXNumerics

/// Learning without forgetting on embeddings: the frozen old head must say of the new embedding what it says of the old
/// one, `mean_i −Σ_k p_ik log softmax(h_old(φ_new(x_i)))_k` with p = softmax(h_old(φ_old(x_i))).
///
/// Li and Hoiem, ECCV 2016, at temperature 1; with the head frozen as openBCT does (a head that is fine-tuned along does
/// not keep the space).
public struct LearningWithoutForgetting: OldSpaceLoss {
  public let old: OldSpace
  private var head: FrozenHead?
  public var name: String { "lwf" }

  public init(_ old: OldSpace) { self.old = old }

  public var description: String { "lwf(\(old.name))" }
  public var rowConstantCount: Int { 1 }
  public var uniformKey: String? { (try? old.head(name)).map { "\(name) \($0.form)" } }
  public var fixedTensors: [Tensor] { head?.tensors ?? [] }

  public func replacing(fixedTensors: ArraySlice<Tensor>) -> any Loss {
    var copy = self
    copy.head = head?.replacing(tensors: fixedTensors)
    return copy
  }

  public func prepared(x: Tensor, y: Tensor) throws -> any Loss {
    var prepared = self
    prepared.head = try old.head(name)
    return prepared
  }

  /// The old head's probabilities of the old embeddings.
  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] {
    [try old.head(name).logits(old.features(x: x, name), name).softmax(axis: 1)]
  }

  public func value(_ batch: LossBatch) throws -> Tensor {
    guard let head else { throw NumericsError("E0417", "lwf was not prepared for the training rows") }
    let scores = try head.logits(embeddings(batch), name)
    return try -(oldEmbeddings(batch) * scores.logSoftmax(axis: 1)).sum(axes: [1]).mean()
  }
}

/// `scale · mean (φ_new − φ_old)²` over rows and coordinates; a wider new embedding's first coordinates count.
public struct FeatureMatching: OldSpaceLoss {
  public enum Reduction: String, Sendable, CaseIterable {
    /// The mean over rows and coordinates, as openBCT and MixBCT take it.
    case mean
    /// The sum over coordinates, the mean over rows: width times as large.
    case sum
  }

  public let old: OldSpace
  public let reduction: Reduction
  public var name: String { "l2_features" }

  public init(_ old: OldSpace, reduction: Reduction = .mean) {
    self.old = old
    self.reduction = reduction
  }

  public var uniformKey: String? { "l2_features \(reduction)" }
  public var description: String {
    "l2_features(\(old.name)\(reduction == .mean ? "" : ", scale=\"\(reduction.rawValue)\""))"
  }
  public var rowConstantCount: Int { 1 }

  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] { [try old.features(x: x, name)] }

  public func value(_ batch: LossBatch) throws -> Tensor {
    let target = try oldEmbeddings(batch)
    let new = try OldSpace.truncated(embeddings(batch), to: target.shape[1], name, "the old ones have")
    let squares = try (new - target).square()
    return try reduction == .mean ? squares.mean() : squares.sum(axes: [1]).mean()
  }
}

/// Contrast against the old space: with unit embeddings n_i (new) and o_j (old) of a batch,
/// `mean_i −log e^{n_i·o_i/τ} / (e^{n_i·o_i/τ} + Σ_{j: y_j ≠ y_i} e^{n_i·o_j/τ} [+ Σ_{j: y_j ≠ y_i} e^{n_i·n_j/τ}])`.
///
/// The positive is the row's own old embedding, the negatives are the old embeddings of other classes in the batch; with
/// `includesNew` also the new ones (the regression-alleviating form, which protects quality while a gallery is
/// refreshed: Zhang et al., ICLR 2022, equation 5).
public struct FeatureContrast: OldSpaceLoss {
  public let old: OldSpace
  public let temperature: Double
  public let includesNew: Bool
  public var name: String { "contrastive_features" }

  /// Throws E0416 for a temperature that is not positive.
  public init(_ old: OldSpace, temperature: Double, includesNew: Bool = false) throws {
    try positive("temperature", temperature)
    self.old = old
    self.temperature = temperature
    self.includesNew = includesNew
  }

  public var uniformKey: String? { "contrastive_features \(temperature) \(includesNew)" }
  public var description: String {
    "contrastive_features(\(old.name), temperature=\(text(temperature))"
      + (includesNew ? ", new_negatives=true)" : ")")
  }
  public var rowConstantCount: Int { 1 }

  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] {
    [try old.features(x: x, name).unit(axis: 1)]
  }

  public func value(_ batch: LossBatch) throws -> Tensor {
    let target = try oldEmbeddings(batch)
    let new = try OldSpace.truncated(embeddings(batch), to: target.shape[1], name, "the old ones have")
      .unit(axis: 1)
    let isOther = try batch.targets.expandDims(1).notEqual(batch.targets.expandDims(0))
    let own = try (new * target).sum(axes: [1], keepdims: true) / temperature
    // e^{−1e9} is 0 at any temperature in use, and has no gradient.
    var scores = [own, try Tensor.where(isOther, new.matmul(target.transpose()) / temperature, -1e9)]
    if includesNew {
      scores.append(try Tensor.where(isOther, new.matmul(new.transpose()) / temperature, -1e9))
    }
    return try (Tensor.concat(scores, axis: 1).logsumexp(axes: [1]) - own.squeeze(1)).mean()
  }
}

/// Batch-hard triplets against the old space, on unit embeddings:
/// `mean_i max(0, margin + max_{j: y_j = y_i} ‖n_i − o_j‖ − min_{j: y_j ≠ y_i} ‖n_i − o_j‖)`.
///
/// Anchors are new, positives and negatives old (Hermans, Beyer, Leibe 2017, equation 5, with the old space on one side as
/// in openBCT). A row whose batch has no other class counts 0.
public struct FeatureTriplets: OldSpaceLoss {
  public let old: OldSpace
  public let margin: Double
  public var name: String { "triplet_features" }

  /// Throws E0416 for a negative margin.
  public init(_ old: OldSpace, margin: Double) throws {
    try notNegative("margin", margin)
    self.old = old
    self.margin = margin
  }

  public var uniformKey: String? { "triplet_features \(margin)" }
  public var description: String { "triplet_features(\(old.name), margin=\(text(margin)))" }
  public var rowConstantCount: Int { 1 }

  public func rowConstants(x: Tensor, y: Tensor) throws -> [Tensor] {
    [try old.features(x: x, name).unit(axis: 1)]
  }

  public func value(_ batch: LossBatch) throws -> Tensor {
    let target = try oldEmbeddings(batch)
    let new = try OldSpace.truncated(embeddings(batch), to: target.shape[1], name, "the old ones have")
      .unit(axis: 1)
    let isOther = try batch.targets.expandDims(1).notEqual(batch.targets.expandDims(0))
    // ‖a − b‖² = 2 − 2 a·b on the unit sphere; the small number keeps the root's slope finite at 0.
    let squares = try new.matmul(target.transpose()) * -2 + 2
    let distances = try (squares.relu() + 1e-12).sqrt()
    let farthest = try Tensor.where(isOther, 0, distances).max(axes: [1])
    // No two points of the sphere are farther apart than 2.
    let nearest = try Tensor.where(isOther, distances, 2 + margin).min(axes: [1])
    return try (farthest - nearest + margin).relu().mean()
  }
}
