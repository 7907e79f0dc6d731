import TLXNumerics

/// The strongly connected components of a directed graph in an order in which every edge between components leads
/// from an earlier to a later one.
///
/// O(states + edges) by `ComponentSearch`.
public struct Components: Sendable {
  /// The component of each state; −1 for states that were left out.
  public fileprivate(set) var component: [Int32]
  /// The states of component `c` are `states[starts[c] ..< starts[c + 1]]`, ascending.
  public fileprivate(set) var starts: [Int]
  public fileprivate(set) var states: [Int32]

  public var count: Int { starts.count - 1 }

  public func members(_ component: Int) -> ArraySlice<Int32> {
    states[starts[component]..<starts[component + 1]]
  }

  /// The components of the graph of a matrix's entries that are above 0, on the states that `isIncluded` keeps.
  public init(_ matrix: SparseMatrix, isIncluded: ((Int) -> Bool)? = nil) throws {
    let stateCount = matrix.rowCount
    component = [Int32](repeating: -1, count: stateCount)
    starts = [0]
    states = []
    let found = try component.withUnsafeMutableBufferPointer { component -> Int32 in
      guard let memory = component.baseAddress else { return 0 }
      return try matrix.withRows { rows in
        var search = ComponentSearch(rows, count: stateCount, component: memory)
        if let isIncluded { for state in 0..<stateCount where !isIncluded(state) { search.leaveOut(state) } }
        try search.run()
        // The last components are found first.
        for state in 0..<stateCount where memory[state] >= 0 {
          memory[state] = search.found - 1 - memory[state]
        }
        return search.found
      }
    }
    sortStates(count: Int(found))
  }

  /// Fills `starts` and `states` from `component`.
  private mutating func sortStates(count: Int) {
    var starts = [Int](repeating: 0, count: count + 1)
    for part in component where part >= 0 { starts[Int(part) + 1] += 1 }
    for part in 0..<count { starts[part + 1] += starts[part] }
    var states = [Int32](repeating: 0, count: starts[count])
    var next = starts
    next.withUnsafeMutableBufferPointer { next in
      states.withUnsafeMutableBufferPointer { states in
        component.withUnsafeBufferPointer { component in
          for state in component.indices where component[state] >= 0 {
            let part = Int(component[state])
            states[next[part]] = Int32(truncatingIfNeeded: state)
            next[part] += 1
          }
        }
      }
    }
    (self.starts, self.states) = (starts, states)
  }

  /// The same components without those that are not kept: numbered anew, in the same order.
  func keeping(_ isKept: (Int) -> Bool) -> Components {
    var result = self
    var number = [Int32](repeating: -1, count: count)
    var kept: Int32 = 0
    for part in 0..<count where isKept(part) {
      number[part] = kept
      kept += 1
    }
    number.withUnsafeBufferPointer { number in
      result.component.withUnsafeMutableBufferPointer { component in
        for state in component.indices where component[state] >= 0 {
          component[state] = number[Int(component[state])]
        }
      }
    }
    result.sortStates(count: Int(kept))
    return result
  }
}
