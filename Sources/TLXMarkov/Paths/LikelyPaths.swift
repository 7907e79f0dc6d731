import TLXNumerics

/// A walk without a state twice, with its probability.
public struct LikelyPath: Sendable, Equatable {
  public let states: [Int]
  public let probability: Double
}

extension MarkovChain {
  /// The `count` most probable paths without repetition from `start` to one of `targets`, the likeliest first.
  ///
  /// Dijkstra's algorithm on −ln p for the first, Yen's (Management Science 1971) for the next: O(count × length ×
  /// transitions × log states) at worst. Paths that use no transition of probability 0; fewer than `count` if there are
  /// no more.
  public func likelyPaths(from start: Int, to targets: [Int], count: Int) throws -> [LikelyPath] {
    let isTarget = Set(targets)
    guard let first = try shortest(from: start, isTarget, isBlocked: [], without: []) else { return [] }
    var found = [path(first)]
    var candidates: [LikelyPath] = []
    while found.count < count, let last = found.last {
      for spur in 0..<max(0, last.states.count - 1) {
        try Interrupt.check()
        let root = Array(last.states[0...spur])
        // The first steps that known paths take from this root.
        let used = Set(
          found.filter { Array($0.states.prefix(spur + 1)) == root && $0.states.count > spur + 1 }
            .map { $0.states[spur + 1] })
        guard
          let rest = try shortest(
            from: root[spur], isTarget, isBlocked: Set(root.dropLast()), without: used)
        else { continue }
        let candidate = path(root.dropLast() + rest)
        if !candidates.contains(candidate), !found.contains(candidate) { candidates.append(candidate) }
      }
      guard let best = candidates.indices.max(by: { candidates[$0].probability < candidates[$1].probability })
      else { break }
      found.append(candidates.remove(at: best))
    }
    return found
  }

  private func path(_ states: [Int]) -> LikelyPath {
    LikelyPath(
      states: states, probability: zip(states, states.dropFirst()).reduce(1) { $0 * probability($1.0, $1.1) })
  }

  /// Dijkstra with a binary heap; `without` are successors of the start that may not come first.
  private func shortest(from start: Int, _ targets: Set<Int>, isBlocked: Set<Int>, without: Set<Int>) throws
    -> [Int]?
  {
    if targets.contains(start) { return [start] }
    var distance: [Int: Double] = [start: 0]
    var previous: [Int: Int] = [:]
    var done: Set<Int> = []
    var queue = StateQueue()
    queue.push(start, 0)
    while let (state, length) = queue.pop() {
      guard done.insert(state).inserted else { continue }
      if targets.contains(state) { return trace(previous, to: state) }
      if done.count % 4096 == 0 { try Interrupt.check() }
      for position in transitions.positions(ofRow: state) {
        let next = Int(transitions.columns[position])
        let p = transitions.values[position]
        guard p > 0, next != state, !isBlocked.contains(next), !done.contains(next),
          !(state == start && without.contains(next))
        else { continue }
        let total = length - Libm.log(min(1, p))
        if total < distance[next] ?? .infinity {
          distance[next] = total
          previous[next] = state
          queue.push(next, total)
        }
      }
    }
    return nil
  }

  private func trace(_ previous: [Int: Int], to end: Int) -> [Int] {
    var states = [end]
    while let last = states.last, let before = previous[last] { states.append(before) }
    return states.reversed()
  }
}

/// States by distance, the nearest first.
private struct StateQueue {
  private var heap: [(state: Int, distance: Double)] = []

  mutating func push(_ state: Int, _ distance: Double) {
    heap.append((state, distance))
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2].distance > heap[child].distance {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> (Int, Double)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while 2 * parent + 1 < heap.count {
        var child = 2 * parent + 1
        if child + 1 < heap.count, heap[child + 1].distance < heap[child].distance { child += 1 }
        if heap[parent].distance <= heap[child].distance { break }
        heap.swapAt(parent, child)
        parent = child
      }
    }
    return (first.state, first.distance)
  }
}
