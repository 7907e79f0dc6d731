#if canImport(Glibc)
  import Glibc
#endif

/// A layout of one's own, for where Graphviz is not installed.
extension StateGraph {
  /// Places nodes, edges and labels. `layers` says which way the picture goes: nodes of a lower layer to the left.
  public mutating func placeNodes(layers: [Int]) {
    let layout = StressLayout(count: nodes.count, edges: edges.map { ($0.from, $0.to) }, layers: layers)
    let widest = nodes.map(\.width).max() ?? 44
    for index in nodes.indices {
      nodes[index].x = layout.x[index] * (widest * 0.7 + 90)
      nodes[index].y = layout.y[index] * 120
    }
    pushApart()
    for index in edges.indices { edges[index].curve = curve(of: edges[index]) }
    placeLabels()
    frame()
  }

  /// Moves nodes that overlap, with room for a label between them, along the axis on which they overlap less.
  private mutating func pushApart() {
    for _ in 0..<200 {
      var moved = false
      for a in nodes.indices {
        for b in nodes.indices where b > a {
          let wantedX = (nodes[a].width + nodes[b].width) / 2 + 46
          let wantedY = Node.height + 44
          let (dx, dy) = (nodes[b].x - nodes[a].x, nodes[b].y - nodes[a].y)
          let (overX, overY) = (wantedX - abs(dx), wantedY - abs(dy))
          guard overX > 0.5, overY > 0.5 else { continue }
          moved = true
          if overX / wantedX < overY / wantedY {
            let step = overX / 2 * (dx < 0 ? -1 : 1)
            (nodes[a].x, nodes[b].x) = (nodes[a].x - step, nodes[b].x + step)
          } else {
            let step = overY / 2 * (dy < 0 ? -1 : 1)
            (nodes[a].y, nodes[b].y) = (nodes[a].y - step, nodes[b].y + step)
          }
        }
      }
      if !moved { return }
    }
  }

  /// Moves everything so that it begins at a margin, and sets the size.
  private mutating func frame() {
    let margin = 20.0
    var boxes = nodes.map { Box(middle: ($0.x, $0.y), width: $0.width, height: Node.height) }
    for edge in edges {
      boxes += edge.curve.map { Box(middle: $0, width: 0, height: 0) }
      if let place = edge.labelPlace { boxes.append(labelBox(edge, at: place)) }
    }
    let left = (boxes.map(\.left).min() ?? 0) - margin
    let top = (boxes.map(\.top).min() ?? 0) - margin
    width = (boxes.map(\.right).max() ?? 0) + margin - left
    height = (boxes.map(\.bottom).max() ?? 0) + margin - top
    for index in nodes.indices {
      (nodes[index].x, nodes[index].y) = (nodes[index].x - left, nodes[index].y - top)
    }
    for index in edges.indices {
      edges[index].curve = edges[index].curve.map { ($0.x - left, $0.y - top) }
      edges[index].labelPlace = edges[index].labelPlace.map { ($0.x - left, $0.y - top) }
    }
  }

  // MARK: Edges

  /// The point of a node's rim, an ellipse, towards another point.
  private func rim(_ node: Int, towards x: Double, _ y: Double) -> (x: Double, y: Double) {
    let (a, b) = (nodes[node].width / 2, Node.height / 2)
    let (dx, dy) = (x - nodes[node].x, y - nodes[node].y)
    let scale = ((dx / a) * (dx / a) + (dy / b) * (dy / b)).squareRoot()
    guard scale > 0 else { return (nodes[node].x, nodes[node].y - b) }
    return (nodes[node].x + dx / scale, nodes[node].y + dy / scale)
  }

  /// Of several bends the one that crosses the fewest nodes, the least first. To the left of the way, so that both
  /// directions are seen.
  private func curve(of edge: Edge) -> [(x: Double, y: Double)] {
    if edge.from == edge.to { return loop(edge.from) }
    let (a, b) = (nodes[edge.from], nodes[edge.to])
    let length = max(1, ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot())
    var best: (curve: [(x: Double, y: Double)], hits: Int) = ([], .max)
    for bend in [18, length * 0.16, length * 0.28, length * 0.42, -length * 0.2] {
      let curve = arc(edge, bend: bend)
      let hits = self.hits(curve, except: [edge.from, edge.to])
      if hits < best.hits { best = (curve, hits) }
      if hits == 0 { break }
    }
    return best.curve
  }

  private func loop(_ node: Int) -> [(x: Double, y: Double)] {
    let a = nodes[node]
    // Where fewer neighbours are: their mean lies on the other side.
    let others = edges.filter { ($0.from == node) != ($0.to == node) }.map {
      nodes[$0.from == node ? $0.to : $0.from].y
    }
    let up = others.reduce(0) { $0 + ($1 - a.y) } >= 0 ? -1.0 : 1.0
    let y = a.y + up * Node.height / 2 * 0.93
    return [(a.x - 8, y), (a.x - 24, y + up * 34), (a.x + 24, y + up * 34), (a.x + 8, y)]
  }

  private func arc(_ edge: Edge, bend: Double) -> [(x: Double, y: Double)] {
    let (a, b) = (nodes[edge.from], nodes[edge.to])
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = max(1, (dx * dx + dy * dy).squareRoot())
    let middle = ((a.x + b.x) / 2 + dy / length * bend * 1.34, (a.y + b.y) / 2 - dx / length * bend * 1.34)
    let start = rim(edge.from, towards: middle.0, middle.1)
    let end = rim(edge.to, towards: middle.0, middle.1)
    return [
      start, ((start.x + 2 * middle.0) / 3, (start.y + 2 * middle.1) / 3),
      ((end.x + 2 * middle.0) / 3, (end.y + 2 * middle.1) / 3), end,
    ]
  }

  /// How many nodes a curve runs over.
  private func hits(_ curve: [(x: Double, y: Double)], except ends: Set<Int>) -> Int {
    let points = (1..<16).map { Self.point(of: curve, at: Double($0) / 16) }
    return nodes.indices.count { node in
      guard !ends.contains(node) else { return false }
      let box = Box(
        middle: (nodes[node].x, nodes[node].y), width: nodes[node].width + 6, height: Node.height + 6)
      return points.contains { box.contains($0) }
    }
  }

  /// The point of a cubic curve at `t` of its way.
  static func point(of c: [(x: Double, y: Double)], at t: Double) -> (x: Double, y: Double) {
    let s = 1 - t
    let (a, b, d, e) = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    return (
      a * c[0].x + b * c[1].x + d * c[2].x + e * c[3].x, a * c[0].y + b * c[1].y + d * c[2].y + e * c[3].y
    )
  }
}

func cosine(turn: Double) -> Double { Glibc.cos(2 * Double.pi * turn) }
func sine(turn: Double) -> Double { Glibc.sin(2 * Double.pi * turn) }
