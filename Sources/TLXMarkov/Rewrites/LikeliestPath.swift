import TLXNumerics

/// The path of transitions from one state to another that is most likely to be taken as a whole: Dijkstra's algorithm on
/// −log P, which is ≥ 0, written with products. O(m log n) within reach of the start.
struct LikeliestPath {
  private let matrix: SparseMatrix
  /// Candidates as a binary heap, the likeliest first.
  private var heap: [(probability: Double, state: Int, from: Int)] = []

  init(_ chain: MarkovChain) { matrix = chain.transitions }

  /// The states of the path, both ends included; nil if there is none.
  mutating func find(from start: Int, to end: Int) -> [Int]? {
    heap = [(1, start, -1)]
    var cameFrom: [Int: Int] = [:]
    while let best = pop() {
      if cameFrom[best.state] != nil { continue }
      cameFrom[best.state] = best.from
      if best.state == end { return path(to: end, cameFrom) }
      for position in matrix.positions(ofRow: best.state) {
        let next = Int(matrix.columns[position])
        if cameFrom[next] == nil {
          push((best.probability * matrix.values[position], next, best.state))
        }
      }
    }
    return nil
  }

  private func path(to end: Int, _ cameFrom: [Int: Int]) -> [Int] {
    var path = [end]
    var state = end
    while let before = cameFrom[state], before >= 0 {
      path.append(before)
      state = before
    }
    return path.reversed()
  }

  private mutating func push(_ item: (probability: Double, state: Int, from: Int)) {
    heap.append(item)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if !precedes(heap[child], heap[parent]) { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() -> (probability: Double, state: Int, from: Int)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= heap.count { return first }
      if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
      if !precedes(heap[child], heap[parent]) { return first }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  /// Ties go to the lower state, so that the path does not depend on the order of the heap.
  private func precedes(
    _ a: (probability: Double, state: Int, from: Int), _ b: (probability: Double, state: Int, from: Int)
  ) -> Bool {
    a.probability != b.probability ? a.probability > b.probability : (a.state, a.from) < (b.state, b.from)
  }
}
