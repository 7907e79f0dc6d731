import TLXLearning
import TLXNumerics

/// The influence loss of backward-compatible training: the cross-entropy of the FROZEN old classifier on the new
/// embeddings, `−log softmax(h_old(φ_new(x)))[y]`, the mean over the rows that take part.
///
/// It is the second term of `L = CE(h_new(φ_new(x)), y) + λ CE(h_old(φ_new(x)), y)`: add it to `cross_entropy`. It pulls
/// new embeddings to where the old classifier expects them, so that new queries find old gallery items.
/// (Shen, Xiong, Xia, Soatto, "Towards backward-compatible representation learning", CVPR 2020, equations 6 and 7.)
///
/// A class that the old head never saw needs a rule:
/// - `drop`: its rows take no part, and the mean is over the others (the released code's n2o map);
/// - `synthesise`: its row of the head is the mean OLD embedding of its training rows, bias 0 (the paper's);
/// - `pseudo`: every class's row is such a mean, bias 0 (what the released code does).
public struct BackwardCompatibleLoss: OldSpaceLoss {
  public enum NewClasses: String, Sendable, CaseIterable {
    case drop, synthesise, pseudo
  }

  public let old: OldSpace
  public let newClasses: NewClasses
  /// The scale of a normalised head; nil leaves the old head as it is (a cosine head keeps its own).
  public let scale: Double?
  /// The head for the rows of a fit; nil before `prepared`.
  private var head: FrozenHead?

  public var name: String { "bct_loss" }

  /// Throws E0416 for a scale that is not positive.
  public init(_ old: OldSpace, newClasses: NewClasses = .synthesise, scale: Double? = nil) throws {
    self.old = old
    self.newClasses = newClasses
    self.scale = scale
    if let scale { try positive("head_scale", scale) }
  }

  public var description: String {
    var options = [old.name]
    if newClasses != .synthesise { options.append("classes=\"\(newClasses.rawValue)\"") }
    if let scale { options += ["normalize=true", "head_scale=\(text(scale))"] }
    return "bct_loss(\(options.joined(separator: ", ")))"
  }

  /// The classes that the labels add are in the shape of the fixed tensors.
  public var uniformKey: String? {
    (try? old.head(name)).map { "\(name) \(newClasses) \(String(describing: scale)) \($0.form)" }
  }

  public var fixedTensors: [Tensor] { head?.tensors ?? [] }

  public func replacing(fixedTensors: ArraySlice<Tensor>) -> any Loss {
    var copy = self
    copy.head = head?.replacing(tensors: fixedTensors)
    return copy
  }

  public func prepared(x: Tensor, y: Tensor) throws -> any Loss {
    guard y.dtype == .i64, y.rank == 1 else {
      throw NumericsError("E0404", "bct_loss needs labels i64[n], not \(y.typeDescription)")
    }
    var prepared = self
    prepared.head = try frozenHead(x: x, y: y)
    return prepared
  }

  /// The old head with the rows that these labels need.
  public func frozenHead(x: Tensor, y: Tensor) throws -> FrozenHead {
    var head = try old.head(name)
    if let scale { head = try FrozenHead(weight: head.weight, scale: scale) }
    let classes = try y.withElements(of: Int.self) { ($0.max() ?? -1) + 1 }
    switch newClasses {
    case .drop: break
    case .synthesise where classes <= head.classes: break
    case .synthesise:
      let features = try checked(old.features(x: x, name), head)
      head = try head.appending(
        OldSpace.classMeans(features, y: y, classes: head.classes..<classes, name))
    case .pseudo:
      let features = try checked(old.features(x: x, name), head)
      let means = try OldSpace.classMeans(features, y: y, classes: 0..<classes, name)
      head = try FrozenHead(weight: means.transpose(), scale: head.scale)
    }
    try Tensor.realize([head.weight] + (head.bias.map { [$0] } ?? []))
    return head
  }

  private func checked(_ features: Tensor, _ head: FrozenHead) throws -> Tensor {
    guard features.shape[1] == head.width else {
      throw NumericsError(
        "E0401",
        "bct_loss: the old embeddings have \(features.shape[1]) numbers a row, and the old head reads \(head.width)"
      )
    }
    return features
  }

  public func value(_ batch: LossBatch) throws -> Tensor {
    guard let head else {
      throw NumericsError("E0417", "bct_loss was not prepared for the training rows")
    }
    let scores = try head.logits(embeddings(batch), name)
    guard newClasses == .drop else { return try OldRight.crossEntropy(scores, batch.targets).mean() }
    // Rows of new classes read class 0 and count nothing.
    let isKnown = try batch.targets.less(head.classes)
    let rows = try OldRight.crossEntropy(scores, Tensor.where(isKnown, batch.targets, 0))
    let weights = try isKnown.cast(to: scores.dtype)
    return try (rows * weights).sum() / Tensor.maximum(weights.sum(), 1)
  }
}
