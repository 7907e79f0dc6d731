/// States and the transitions between them, with places: a picture of a chain.
public struct StateGraph: Sendable {
  public struct Node: Sendable {
    public var name: String
    /// Drawn with a double line: a state that is never left.
    public var isEnd: Bool
    public var x = 0.0
    public var y = 0.0

    public init(name: String, isEnd: Bool) {
      self.name = name
      self.isEnd = isEnd
    }

    /// How wide it is drawn.
    public var width: Double { max(44, textWidth(truncated(name, to: 26), size: 12) + 22) }
    public static let height = 34.0
  }

  public struct Edge: Sendable {
    public var from: Int
    public var to: Int
    public var weight: Double
    /// A start point, then three points for each cubic curve, from the rim of one node to that of the other.
    public var curve: [(x: Double, y: Double)] = []
    /// Where the weight is written.
    public var labelPlace: (x: Double, y: Double)?

    public init(from: Int, to: Int, weight: Double) {
      self.from = from
      self.to = to
      self.weight = weight
    }

    /// The weight as it is written beside the edge.
    public var label: String { compactText(weight, digits: 3) }
  }

  public var nodes: [Node]
  public var edges: [Edge]
  public var width = 0.0
  public var height = 0.0

  public init(nodes: [Node], edges: [Edge]) {
    self.nodes = nodes
    self.edges = edges
  }
}
