import TLXNumerics

/// One line of a model's summary.
public struct LayerSummary: Sendable {
  public var name: String
  public var output: Shape
  public var parameterCount: Int
}

extension Model {
  /// Each layer with the shape of its output rows and the number of its parameters.
  public func layerSummaries() throws -> [LayerSummary] {
    var shape = inputShape
    var lines: [LayerSummary] = []
    for (position, layer) in layers.enumerated() {
      shape = try layer.outputShape(for: shape)
      let count = parameterRanges[position].reduce(0) { $0 + (isTrained[$1] ? parameters[$1].count : 0) }
      lines.append(LayerSummary(name: layer.kind, output: shape, parameterCount: count))
    }
    return lines
  }
}
