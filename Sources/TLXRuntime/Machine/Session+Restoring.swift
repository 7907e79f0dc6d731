extension Session {
  /// Makes the variables what they were when `globals` gave this: later ones go, earlier values come back. Values do
  /// not alias, so nothing else has to be undone.
  public func restore(_ earlier: [(name: String, value: Value, isMutable: Bool)]) {
    let kept = Set(earlier.map(\.name))
    for (name, _, _) in globals where !kept.contains(name) { variables.forget(name) }
    for (name, value, isMutable) in earlier { define(name, value, isMutable: isMutable) }
  }
}
