import TLXNumerics

/// The strongly connected components of a directed graph in an order in which every edge between components leads
/// from an earlier to a later one.
///
/// Tarjan, "Depth-first search and linear graph algorithms" (SIAM J. Comput. 1972), without recursion: O(states +
/// edges) time, 17 bytes a state.
public struct Components: Sendable {
  /// The component of each state; −1 for states that were left out.
  public fileprivate(set) var component: [Int32]
  /// The states of component `c` are `states[starts[c] ..< starts[c + 1]]`.
  public fileprivate(set) var starts: [Int]
  public fileprivate(set) var states: [Int32]

  public var count: Int { starts.count - 1 }

  public func members(_ component: Int) -> ArraySlice<Int32> {
    states[starts[component]..<starts[component + 1]]
  }

  /// The components of the graph of a matrix's entries that are above 0, on the states that `isIncluded` keeps.
  public init(_ matrix: SparseMatrix, isIncluded: ((Int) -> Bool)? = nil) throws {
    var search = ComponentSearch(matrix)
    for root in 0..<matrix.rowCount where isIncluded?(root) == false { search.leaveOut(root) }
    for root in 0..<matrix.rowCount where search.isNew(root) { try search.visit(from: root) }
    component = search.component
    // Tarjan finds the last components first.
    let count = search.found
    for state in component.indices where component[state] >= 0 {
      component[state] = Int32(count - 1) - component[state]
    }
    starts = [Int](repeating: 0, count: count + 1)
    for part in component where part >= 0 { starts[Int(part) + 1] += 1 }
    for part in 0..<count { starts[part + 1] += starts[part] }
    states = [Int32](repeating: 0, count: starts[count])
    var next = starts
    for state in component.indices where component[state] >= 0 {
      states[next[Int(component[state])]] = Int32(state)
      next[Int(component[state])] += 1
    }
  }
}

extension Components {
  /// The same components without those that are not kept: numbered anew, in the same order.
  func keeping(_ isKept: (Int) -> Bool) -> Components {
    var result = self
    var number = [Int32](repeating: -1, count: count)
    result.starts = [0]
    result.states = []
    for part in 0..<count where isKept(part) {
      number[part] = Int32(result.starts.count - 1)
      result.states += members(part)
      result.starts.append(result.states.count)
    }
    for state in result.component.indices where component[state] >= 0 {
      result.component[state] = number[Int(component[state])]
    }
    return result
  }
}

/// The state of Tarjan's search. `low` holds the visiting number while a state is on the stack.
private struct ComponentSearch {
  private let starts: [Int]
  private let columns: [Int32]
  private let values: [Double]
  private var low: [Int32]
  private var edge: [Int32]
  private var pending: [Int32] = []
  private var path: [Int32] = []
  private var visited: Int32 = 0
  private(set) var component: [Int32]
  private(set) var found = 0

  private static let fresh: Int32 = 0
  private static let done = Int32.max

  init(_ matrix: SparseMatrix) {
    starts = matrix.rowStarts
    columns = matrix.columns
    values = matrix.values
    low = [Int32](repeating: Self.fresh, count: matrix.rowCount)
    edge = [Int32](repeating: 0, count: matrix.rowCount)
    component = [Int32](repeating: -1, count: matrix.rowCount)
  }

  func isNew(_ state: Int) -> Bool { low[state] == Self.fresh }
  mutating func leaveOut(_ state: Int) { low[state] = Self.done }

  private mutating func open(_ state: Int32) {
    visited += 1
    low[Int(state)] = visited
    pending.append(state)
    path.append(state)
  }

  /// Searches everything that a state leads to.
  ///
  /// This is the variant with one number a state (Pearce, 2016): a state is the root of its component if nothing on
  /// its subtree reaches an older open state.
  mutating func visit(from root: Int) throws {
    var isRoot: [Bool] = []
    open(Int32(root))
    isRoot.append(true)
    var steps = 0
    while let state = path.last.map(Int.init) {
      steps += 1
      if steps % 65536 == 0 { try Interrupt.check() }
      if let next = nextUnvisited(state, &isRoot) {
        open(Int32(next))
        isRoot.append(true)
        continue
      }
      path.removeLast()
      let closes = isRoot.removeLast()
      if closes { close(state) }
      // The parent learns of the oldest open state that this subtree reaches.
      if let parent = path.last.map(Int.init), low[state] < low[parent] {
        low[parent] = low[state]
        isRoot[isRoot.count - 1] = false
      }
    }
  }

  private mutating func nextUnvisited(_ state: Int, _ isRoot: inout [Bool]) -> Int? {
    let end = starts[state + 1]
    var position = starts[state] + Int(edge[state])
    defer { edge[state] = Int32(position - starts[state]) }
    while position < end {
      let target = Int(columns[position])
      let isEdge = values[position] > 0
      position += 1
      guard isEdge, low[target] != Self.done else { continue }
      if low[target] == Self.fresh { return target }
      if low[target] < low[state] {
        low[state] = low[target]
        isRoot[isRoot.count - 1] = false
      }
    }
    return nil
  }

  private mutating func close(_ root: Int) {
    while let member = pending.popLast() {
      component[Int(member)] = Int32(found)
      low[Int(member)] = Self.done
      if Int(member) == root { break }
    }
    found += 1
  }
}
