import TLXNumerics

/// Tarjan's search for strongly connected components in the form of Pearce ("A space-efficient algorithm for finding
/// strongly connected components", Information Processing Letters 2016), without recursion: 16 bytes a state.
///
/// `low` of an open state is the oldest open state that its subtree is known to reach, by the order of visits; 0 before
/// a state is visited and `done` when its component is known.
struct ComponentSearch: ~Copyable {
  private let rows: SparseRows
  private let count: Int
  private let low: UnsafeMutablePointer<Int32>
  /// How many of its edges a state on the path has followed.
  private let followed: UnsafeMutablePointer<Int32>
  /// The path from the root, from below; finished states that wait for their component's root, from above. No state is
  /// in both.
  private let stack: UnsafeMutablePointer<Int32>
  private var pathCount = 0
  private var waiting: Int
  private var visited: Int32 = 0
  let component: UnsafeMutablePointer<Int32>
  private(set) var found: Int32 = 0

  private static let fresh: Int32 = 0
  private static let done = Int32.max
  /// On the path: reaches an older open state, so is no root.
  private static let reachesOlder = Int32.min

  /// Writes to `component`, −1 for states that are left out.
  init(_ rows: SparseRows, count: Int, component: UnsafeMutablePointer<Int32>) {
    self.rows = rows
    self.count = count
    self.component = component
    low = .allocate(capacity: count)
    low.initialize(repeating: Self.fresh, count: count)
    followed = .allocate(capacity: count)
    followed.initialize(repeating: 0, count: count)
    stack = .allocate(capacity: count)
    waiting = count
    component.update(repeating: -1, count: count)
  }

  deinit {
    low.deallocate()
    followed.deallocate()
    stack.deallocate()
  }

  func leaveOut(_ state: Int) { low[state] = Self.done }

  /// Finds the components of all states that are not left out.
  mutating func run() throws {
    for root in 0..<count where low[root] == Self.fresh { try visit(from: Int32(root)) }
  }

  private mutating func open(_ state: Int32) {
    visited += 1
    low[Int(state)] = visited
    stack[pathCount] = state
    pathCount += 1
  }

  private mutating func visit(from root: Int32) throws {
    open(root)
    var steps = 0
    while pathCount > 0 {
      steps += 1
      if steps & 0xFFFF == 0 { try Interrupt.check() }
      let state = stack[pathCount - 1] & ~Self.reachesOlder
      if let next = advance(Int(state)) { open(next) } else { finish(state) }
    }
  }

  /// Follows the edges of the state on top of the path up to one that leads to a fresh state. An edge to a state that
  /// was fresh is seen once more when that is finished, which is how what it reaches is learnt.
  private func advance(_ state: Int) -> Int32? {
    let (start, end) = (rows.starts[state], rows.starts[state + 1])
    var position = start + Int(followed[state])
    var oldest = low[state]
    var next: Int32?
    while position < end {
      let target = rows.columns[position]
      if rows.values[position] > 0 {
        let reached = low[Int(target)]
        if reached == Self.fresh {
          next = target
          break
        }
        if reached < oldest { oldest = reached }
      }
      position += 1
    }
    followed[state] = Int32(truncatingIfNeeded: position - start)
    if oldest < low[state] {
      low[state] = oldest
      stack[pathCount - 1] |= Self.reachesOlder
    }
    return next
  }

  private mutating func finish(_ state: Int32) {
    pathCount -= 1
    if stack[pathCount] < 0 {
      waiting -= 1
      stack[waiting] = state
      return
    }
    let own = low[Int(state)]
    while waiting < count, low[Int(stack[waiting])] >= own {
      let member = Int(stack[waiting])
      component[member] = found
      low[member] = Self.done
      waiting += 1
    }
    component[Int(state)] = found
    low[Int(state)] = Self.done
    found += 1
  }
}
