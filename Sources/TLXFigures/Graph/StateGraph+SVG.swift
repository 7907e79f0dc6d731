extension Figure {
  func draw(_ graph: StateGraph, top: Double, in document: inout SVGDocument) {
    let left = (document.width - graph.width) / 2
    func place(_ point: (x: Double, y: Double)) -> (Double, Double) { (point.x + left, point.y + top) }
    for edge in graph.edges where edge.curve.count >= 4 {
      let strength = 0.35 + 0.65 * min(1, max(0, edge.weight))
      document.curve(edge.curve.map(place), stroke: "#4a5a6a", width: 0.8 + 1.6 * strength)
      document.arrow(edge.curve.map(place), fill: "#4a5a6a")
    }
    for edge in graph.edges {
      guard let spot = edge.labelPlace.map({ place($0) }) else { continue }
      let width = textWidth(edge.label, size: 11) + 4
      document.rectangle(spot.0 - width / 2, spot.1 - 10, width, 13, fill: "#ffffff")
      document.text(edge.label, spot.0, spot.1, size: 11, anchor: .middle, fill: "#444444")
    }
    for node in graph.nodes {
      let (x, y) = place((node.x, node.y))
      document.ellipse(
        x, y, node.width / 2, StateGraph.Node.height / 2, fill: node.isEnd ? "#e7f0e4" : "#e8eef6",
        stroke: node.isEnd ? "#3c7a3c" : "#2f5d8a", tip: node.name)
      if node.isEnd {
        document.ellipse(
          x, y, node.width / 2 - 3, StateGraph.Node.height / 2 - 3, fill: "none", stroke: "#3c7a3c")
      }
      document.text(truncated(node.name, to: 26), x, y + 4, anchor: .middle, fill: "#111111")
    }
  }
}

extension SVGDocument {
  /// Cubic curves, one after the other.
  mutating func curve(_ points: [(Double, Double)], stroke: String, width: Double) {
    guard let first = points.first else { return }
    let rest = points.dropFirst().map { "\(svg($0.0)),\(svg($0.1))" }.joined(separator: " ")
    append(
      "<path d=\"M\(svg(first.0)),\(svg(first.1)) C\(rest)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(svg(width))\"/>\n"
    )
  }

  /// A head at the end of a curve.
  mutating func arrow(_ points: [(Double, Double)], fill: String) {
    guard points.count > 1 else { return }
    let end = points[points.count - 1]
    let before = points[points.count - 2]
    let (dx, dy) = (end.0 - before.0, end.1 - before.1)
    let length = max(1e-6, (dx * dx + dy * dy).squareRoot())
    let (ux, uy) = (dx / length, dy / length)
    let corners = [
      end, (end.0 - 9 * ux - 4 * uy, end.1 - 9 * uy + 4 * ux),
      (end.0 - 9 * ux + 4 * uy, end.1 - 9 * uy - 4 * ux),
    ]
    let path = corners.map { "\(svg($0.0)),\(svg($0.1))" }.joined(separator: " ")
    append("<polygon points=\"\(path)\" fill=\"\(fill)\"/>\n")
  }

  mutating func ellipse(
    _ x: Double, _ y: Double, _ rx: Double, _ ry: Double, fill: String, stroke: String, tip: String = ""
  ) {
    let shape =
      "<ellipse cx=\"\(svg(x))\" cy=\"\(svg(y))\" rx=\"\(svg(rx))\" ry=\"\(svg(ry))\" fill=\"\(fill)\" stroke=\"\(stroke)\""
    append(tip.isEmpty ? shape + "/>\n" : shape + "><title>\(escaped(tip))</title></ellipse>\n")
  }
}
