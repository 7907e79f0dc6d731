/// A rectangle that something takes up.
struct Box {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  init(middle: (x: Double, y: Double), width: Double, height: Double) {
    left = middle.x - width / 2
    right = middle.x + width / 2
    top = middle.y - height / 2
    bottom = middle.y + height / 2
  }

  func contains(_ point: (x: Double, y: Double)) -> Bool {
    point.x > left && point.x < right && point.y > top && point.y < bottom
  }

  /// The area that both take up.
  func overlap(_ other: Box) -> Double {
    max(0, min(right, other.right) - max(left, other.left))
      * max(0, min(bottom, other.bottom) - max(top, other.top))
  }
}

extension StateGraph {
  /// The room that a label takes whose text stands on `place`.
  func labelBox(_ edge: Edge, at place: (x: Double, y: Double)) -> Box {
    Box(middle: (place.x, place.y - 3.5), width: textWidth(edge.label, size: 11) + 6, height: 15)
  }

  /// Writes the weights that have no place yet on their edges, where they cover neither a node nor another weight: of
  /// places along the edge the one that covers least, the nearest to its middle first.
  public mutating func placeLabels() {
    var taken = nodes.map { Box(middle: ($0.x, $0.y), width: $0.width, height: Node.height) }
    for edge in edges {
      if let place = edge.labelPlace { taken.append(labelBox(edge, at: place)) }
    }
    for index in edges.indices where edges[index].labelPlace == nil && edges[index].curve.count >= 4 {
      let edge = edges[index]
      var best: (place: (x: Double, y: Double), covered: Double)?
      for place in labelPlaces(edge) {
        let box = labelBox(edge, at: place)
        let covered = taken.reduce(0) { $0 + box.overlap($1) }
        if covered < best?.covered ?? .infinity { best = (place, covered) }
        if covered == 0 { break }
      }
      guard let best else { continue }
      edges[index].labelPlace = best.place
      taken.append(labelBox(edge, at: best.place))
    }
  }

  private func labelPlaces(_ edge: Edge) -> [(x: Double, y: Double)] {
    if edge.from == edge.to {
      let middle = Self.point(of: edge.curve, at: 0.5)
      let away = middle.y < nodes[edge.from].y ? -7.0 : 13.0
      return [(0.0, 0.0), (26, 6), (-26, 6), (0, 12), (34, 14), (-34, 14)].map { shift in
        (middle.x + shift.0, middle.y + away + (away < 0 ? shift.1 : -shift.1))
      }
    }
    return [0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.18, 0.82].map { t in
      let point = Self.point(of: edge.curve, at: t)
      return (point.x, point.y + 4)
    }
  }
}
