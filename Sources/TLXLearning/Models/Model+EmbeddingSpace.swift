import TLXNumerics

extension Model {
  /// The identity of the space that its features live in: a fingerprint of the layers before the head, with their
  /// weights, and of the shape of a row. The same after saving and loading; another after any training step that
  /// moved the trunk; untouched by a new head.
  public func embeddingSpace() throws -> String {
    var fingerprint = Fingerprint()
    for size in inputShape { fingerprint.add(size) }
    for position in 0..<(headPosition ?? 0) {
      let layer = layers[position]
      fingerprint.add(layer.kind)
      for (name, value) in layer.configuration.sorted(by: { $0.key < $1.key }) {
        fingerprint.add(name)
        fingerprint.add(value)
      }
      for parameter in parameters[parameterRanges[position]] { try fingerprint.add(parameter) }
    }
    return fingerprint.text
  }

  /// The width of its features.
  public func embeddingWidth() throws -> Int {
    var shape = inputShape
    for position in 0..<(headPosition ?? 0) { shape = try layers[position].outputShape(for: shape) }
    return shape.elementCount
  }

  /// The same model, declared to embed into these spaces as well.
  public func declaringCompatible(with spaces: [String]) -> Model {
    var copy = self
    copy.compatibleSpaces += spaces.filter { !copy.compatibleSpaces.contains($0) }
    return copy
  }
}
