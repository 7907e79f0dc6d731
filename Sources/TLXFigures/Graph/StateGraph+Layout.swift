#if canImport(Glibc)
  import Glibc
#endif

/// A layout of one's own, for where Graphviz is not installed: on a circle, or in layers where the states have an order.
extension StateGraph {
  /// Places nodes and edges. `layers` says which column a node belongs to; one layer gives a circle.
  public mutating func placeNodes(layers: [Int]) {
    let count = (layers.max() ?? 0) + 1
    if count < 2 || nodes.count < 3 { placeOnCircle() } else { placeInLayers(layers, count) }
    for index in edges.indices { edges[index].curve = curve(of: edges[index]) }
    placeLabels()
  }

  private mutating func placeOnCircle() {
    let widest = nodes.map(\.width).max() ?? 44
    let radius = max(95, Double(nodes.count) * max(72, widest * 0.62) / (2 * Double.pi))
    width = 2 * radius + widest + 150
    height = 2 * radius + 150
    for index in nodes.indices {
      let angle = 2 * Double.pi * Double(index) / Double(nodes.count) - Double.pi / 2
      nodes[index].x = width / 2 + radius * Glibc.cos(angle)
      nodes[index].y = height / 2 + radius * Glibc.sin(angle)
    }
  }

  private mutating func placeInLayers(_ layers: [Int], _ count: Int) {
    var columns = [[Int]](repeating: [], count: count)
    for (node, layer) in layers.enumerated() { columns[layer].append(node) }
    let rows = columns.map(\.count).max() ?? 1
    height = Double(rows) * 96 + 60
    var left = 50.0
    for column in columns {
      let widest = column.map { nodes[$0].width }.max() ?? 44
      for (row, node) in column.enumerated() {
        nodes[node].x = left + widest / 2
        nodes[node].y = height * (Double(row) + 0.5) / Double(column.count)
      }
      left += widest + 110
    }
    width = left - 60
  }

  /// The point of a node's rim, an ellipse, towards another point.
  private func rim(_ node: Int, towards x: Double, _ y: Double) -> (x: Double, y: Double) {
    let (a, b) = (nodes[node].width / 2, Node.height / 2)
    let (dx, dy) = (x - nodes[node].x, y - nodes[node].y)
    let scale = ((dx / a) * (dx / a) + (dy / b) * (dy / b)).squareRoot()
    guard scale > 0 else { return (nodes[node].x, nodes[node].y - b) }
    return (nodes[node].x + dx / scale, nodes[node].y + dy / scale)
  }

  private func curve(of edge: Edge) -> [(x: Double, y: Double)] {
    let (a, b) = (nodes[edge.from], nodes[edge.to])
    if edge.from == edge.to {
      // Away from the middle of the picture.
      let up = a.y <= height / 2 ? -1.0 : 1.0
      let (x, y) = (a.x, a.y + up * Node.height / 2 * 0.93)
      return [(x - 8, y), (x - 24, y + up * 34), (x + 24, y + up * 34), (x + 8, y)]
    }
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = max(1, (dx * dx + dy * dy).squareRoot())
    // To the left of the way, so that both directions are seen; more where nodes may lie in between.
    let bend = length > 190 ? length * 0.16 : 18
    let (offsetX, offsetY) = (dy / length * bend, -dx / length * bend)
    let middle = ((a.x + b.x) / 2 + offsetX * 1.34, (a.y + b.y) / 2 + offsetY * 1.34)
    let start = rim(edge.from, towards: middle.0, middle.1)
    let end = rim(edge.to, towards: middle.0, middle.1)
    return [
      start, ((start.x + 2 * middle.0) / 3, (start.y + 2 * middle.1) / 3),
      ((end.x + 2 * middle.0) / 3, (end.y + 2 * middle.1) / 3), end,
    ]
  }

  /// Weights beside the middles of their edges.
  public mutating func placeLabels() {
    for index in edges.indices where edges[index].labelPlace == nil && edges[index].curve.count >= 4 {
      let c = edges[index].curve
      let middle = (
        x: (c[0].x + 3 * c[1].x + 3 * c[2].x + c[3].x) / 8, y: (c[0].y + 3 * c[1].y + 3 * c[2].y + c[3].y) / 8
      )
      let loop = edges[index].from == edges[index].to
      let away = loop ? (middle.y < nodes[edges[index].from].y ? -7.0 : 13.0) : 4.0
      edges[index].labelPlace = (middle.x, middle.y + away)
    }
  }
}
