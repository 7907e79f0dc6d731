/// Places by stress: the distance between two nodes comes near the number of transitions between them.
///
/// Gansner, Koren, North, "Graph drawing by stress majorization" (Graph Drawing 2004), weights 1/d², each node in turn at
/// its best place given the others. O(n²) a round.
struct StressLayout {
  private let count: Int
  /// Transitions between two nodes in either direction, row by row.
  private var distance: [Double]
  private(set) var x: [Double]
  private(set) var y: [Double]

  private static let rounds = 300

  /// - Parameter layers: Which way the picture goes: nodes of a lower layer to the left.
  init(count: Int, edges: [(Int, Int)], layers: [Int]) {
    self.count = count
    distance = Self.distances(count, edges)
    // On a circle: every symmetry that the graph has is there at the start.
    x = (0..<count).map { -cosine(turn: Double($0) / Double(count)) }
    y = (0..<count).map { -sine(turn: Double($0) / Double(count)) }
    for _ in 0..<Self.rounds where moveAll() < 1e-4 { break }
    layFlat()
    if slope(of: layers) < 0 || layers.allSatisfy({ $0 == layers.first }) && x.first ?? 0 > 0 {
      for node in 0..<count { x[node] = -x[node] }
    }
  }

  private static func distances(_ count: Int, _ edges: [(Int, Int)]) -> [Double] {
    var neighbours = [[Int]](repeating: [], count: count)
    for (from, to) in edges where from != to {
      neighbours[from].append(to)
      neighbours[to].append(from)
    }
    var distance = [Double](repeating: -1, count: count * count)
    for root in 0..<count {
      var queue = [root]
      distance[root * count + root] = 0
      var next = 0
      while next < queue.count {
        let node = queue[next]
        next += 1
        for other in neighbours[node] where distance[root * count + other] < 0 {
          distance[root * count + other] = distance[root * count + node] + 1
          queue.append(other)
        }
      }
    }
    // Parts that do not touch lie side by side.
    let apart = (distance.max() ?? 0) + 1
    return distance.map { $0 < 0 ? apart : $0 }
  }

  /// One round; gives how far the node moved that moved furthest.
  private mutating func moveAll() -> Double {
    var furthest = 0.0
    for node in 0..<count {
      var (sumX, sumY, total) = (0.0, 0.0, 0.0)
      for other in 0..<count where other != node {
        let wanted = distance[node * count + other]
        let (dx, dy) = (x[node] - x[other], y[node] - y[other])
        let length = max(1e-6, (dx * dx + dy * dy).squareRoot())
        let weight = 1 / (wanted * wanted)
        sumX += weight * (x[other] + wanted * dx / length)
        sumY += weight * (y[other] + wanted * dy / length)
        total += weight
      }
      guard total > 0 else { continue }
      furthest = max(furthest, abs(sumX / total - x[node]), abs(sumY / total - y[node]))
      (x[node], y[node]) = (sumX / total, sumY / total)
    }
    return furthest
  }

  /// Turns the picture so that it is widest from left to right.
  private mutating func layFlat() {
    let (meanX, meanY) = (x.reduce(0, +) / Double(count), y.reduce(0, +) / Double(count))
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for node in 0..<count {
      let (dx, dy) = (x[node] - meanX, y[node] - meanY)
      (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy)
    }
    // The main axis of the ellipse of inertia; half of the angle whose tangent is 2xy / (xx − yy).
    let (a, b) = (xx - yy, 2 * xy)
    let length = (a * a + b * b).squareRoot()
    // All directions alike, as on a circle.
    let isRound = length <= 1e-3 * (xx + yy)
    let cosine = isRound ? 1 : ((1 + a / length) / 2).squareRoot()
    let sine = isRound ? 0 : (b < 0 ? -1 : 1) * ((1 - a / length) / 2).squareRoot()
    for node in 0..<count {
      let (dx, dy) = (x[node] - meanX, y[node] - meanY)
      (x[node], y[node]) = (dx * cosine + dy * sine, dy * cosine - dx * sine)
    }
  }

  private func slope(of layers: [Int]) -> Double {
    let mean = Double(layers.reduce(0, +)) / Double(max(1, count))
    return zip(x, layers).reduce(0) { $0 + $1.0 * (Double($1.1) - mean) }
  }
}
