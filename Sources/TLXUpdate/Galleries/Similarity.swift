/// How near two embeddings are. A larger score is nearer.
public enum Similarity: String, Sendable, CaseIterable {
  /// The cosine of the angle; 0 where one of the two is the zero vector.
  case cosine
  /// Minus the squared Euclidean distance.
  case l2
}
