import TLXNumerics

/// What gives each row a score a class: a model, or several that vote.
public protocol Classifier: Sendable {
  /// The number of classes it tells apart.
  var classCount: Int { get }
  /// Scores before soft-max, [n, classes].
  func logits(_ x: Tensor) throws -> Tensor
}

extension Classifier {
  /// Class probabilities: soft-max of the logits, f32[n, classes]; rows sum to 1.
  public func probabilities(_ x: Tensor) throws -> Tensor { try logits(x).softmax(axis: 1) }

  /// The most probable class of each row: i64[n]. Ties go to the lower class.
  public func predict(_ x: Tensor) throws -> Tensor { try logits(x).argmax(axis: 1) }
}

extension Model: Classifier {}
