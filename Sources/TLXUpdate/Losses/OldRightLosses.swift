import TLXLearning
import TLXNumerics

/// Cross-entropy on the rows that the old model has right: `mean_i [old right on i] · −log softmax(z_i)[y_i]`, the mean
/// over ALL rows of the batch.
///
/// Added to the cross-entropy it is the naive form of positive-congruent training (Yan et al., CVPR 2021, equation 4
/// with D = cross-entropy) and the "new-error" loss (Bansal et al., AAAI 2019, equation 3): a re-weighting of rows.
public struct OldRightCrossEntropy: OldLogitsLoss {
  public let name: String
  public let old: OldLogits

  /// `name`: `naive_positive_congruent` or `new_error`, two names of one loss.
  public init(_ old: OldLogits, name: String) {
    self.old = old
    self.name = name
  }

  public var description: String { "\(name)(\(old.name))" }
  public var uniformKey: String? { name }
  public var rowConstantCount: Int { 1 }

  public func constants(_ oldLogits: Tensor, y: Tensor) throws -> [Tensor] {
    [try OldRight.mask(oldLogits, y: y, name)]
  }

  public func rowLosses(_ logits: Tensor, targets: Tensor, constants: [Tensor]) throws -> Tensor {
    guard let mask = constants.first else {
      throw NumericsError("E0417", "\(name) has no old logits for this batch")
    }
    return try OldRight.crossEntropy(logits, targets) * mask
  }
}

/// Imitates the old model where it is right: `mean_i [old right on i] · −Σ_k p_ik log softmax(z_i)_k`,
/// p = softmax(z_old), the mean over ALL rows of the batch.
///
/// Bansal et al., AAAI 2019, section 3.2 ("strict-imitation").
public struct StrictImitation: OldLogitsLoss {
  public let old: OldLogits
  public var name: String { "strict_imitation" }

  public init(_ old: OldLogits) { self.old = old }

  public var description: String { "\(name)(\(old.name))" }
  public var uniformKey: String? { name }
  public var rowConstantCount: Int { 1 }

  /// The old probabilities, 0 in rows that the old model has wrong.
  public func constants(_ oldLogits: Tensor, y: Tensor) throws -> [Tensor] {
    [try oldLogits.softmax(axis: 1) * OldRight.mask(oldLogits, y: y, name).expandDims(1)]
  }

  public func rowLosses(_ logits: Tensor, targets: Tensor, constants: [Tensor]) throws -> Tensor {
    guard let weights = constants.first else {
      throw NumericsError("E0417", "\(name) has no old logits for this batch")
    }
    try check(logits, weights)
    return try -(weights * logits.logSoftmax(axis: 1)).sum(axes: [1])
  }
}
