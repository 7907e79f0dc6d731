import TLXLearning
import TLXNumerics

/// Several classifiers as one: the mean of their LOGITS, of which soft-max is taken afterwards.
///
/// Averaging logits (not probabilities) is what positive-congruent training compares with: the negative flips between
/// two ensembles of a kind keep falling with their size long after the error has stopped to (Yan et al., CVPR 2021,
/// section 4.4). Cost: every member's.
public struct Ensemble: Classifier {
  public let members: [any Classifier]
  public let classCount: Int

  /// Throws E0415 for none, or for members that tell apart different numbers of classes.
  public init(_ members: [any Classifier]) throws {
    guard let first = members.first else {
      throw NumericsError("E0415", "an ensemble needs at least one model")
    }
    for (index, member) in members.enumerated() where member.classCount != first.classCount {
      throw NumericsError(
        "E0415",
        "model 0 of the ensemble has \(first.classCount) classes and model \(index) has \(member.classCount)",
        help: "logits of different classes have no mean")
    }
    self.members = members
    classCount = first.classCount
  }

  public func logits(_ x: Tensor) throws -> Tensor {
    let total = try members.dropFirst().reduce(members[0].logits(x)) { try $0 + $1.logits(x) }
    return try total / Double(members.count)
  }
}
