import TLXNumerics

extension MarkovChain {
  /// The greatest common divisor of the lengths of a class's cycles; 0 for a state that is never met again.
  ///
  /// From the distances d of a breadth-first search: the divisor of d(i) + 1 − d(j) over its transitions i → j
  /// (Denardo 1977). O(transitions of the class).
  public func period(ofClass number: Int) throws -> Int {
    let components = try structure().components
    let members = components.members(number)
    guard let first = members.first.map(Int.init) else { return 0 }
    var distance: [Int32: Int] = [Int32(first): 0]
    var queue = [first]
    var next = 0
    var divisor = 0
    while next < queue.count {
      let state = queue[next]
      next += 1
      if next % 65536 == 0 { try Interrupt.check() }
      let own = distance[Int32(state)] ?? 0
      for position in transitions.positions(ofRow: state) where transitions.values[position] > 0 {
        let target = transitions.columns[position]
        guard components.component[Int(target)] == number else { continue }
        if let known = distance[target] {
          divisor = Self.commonDivisor(divisor, abs(own + 1 - known))
        } else {
          distance[target] = own + 1
          queue.append(Int(target))
        }
      }
    }
    return divisor
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
