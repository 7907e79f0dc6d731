import TLXNumerics

extension MarkovChain {
  /// A walk of `steps` steps from `start` (drawn from it if it is a distribution), `start` included; it ends early in
  /// an absorbing state if `stopsWhenAbsorbed`.
  public func walk(
    from start: [Double], steps: Int, stopsWhenAbsorbed: Bool, random: RandomStream
  ) throws -> [Int] {
    var sums = start
    for position in sums.indices.dropFirst() { sums[position] += sums[position - 1] }
    var state = random.nextIndex(cumulative: sums)
    var path = [state]
    for step in 0..<steps {
      if step % 65536 == 0 { try Interrupt.check() }
      let row = transitions.positions(ofRow: state)
      if stopsWhenAbsorbed, row.count == 1, Int(transitions.columns[row.lowerBound]) == state { break }
      state = next(after: row, random.nextUniform())
      path.append(state)
    }
    return path
  }

  private func next(after row: Range<Int>, _ uniform: Double) -> Int {
    var rest = uniform
    var last = row.lowerBound
    for position in row where transitions.values[position] > 0 {
      last = position
      rest -= transitions.values[position]
      if rest < 0 { break }
    }
    return Int(transitions.columns[last])
  }

  /// Whether the chain watched by parts is a chain: from the states of a part the probability to enter each part must
  /// be the same. Gives the largest difference, with a pair of states and the part that it is met for.
  public func lumpingError(_ parts: [[Int]]) -> (error: Double, states: (Int, Int), part: Int)? {
    let part = partNumbers(parts)
    var worst: (error: Double, states: (Int, Int), part: Int)?
    for members in parts {
      guard let first = members.first else { continue }
      let reference = sums(of: first, part, parts.count)
      for state in members.dropFirst() {
        let other = sums(of: state, part, parts.count)
        for index in parts.indices {
          let error = abs(reference[index] - other[index])
          if error > worst?.error ?? 0 { worst = (error, (first, state), index) }
        }
      }
    }
    return worst
  }

  /// The chain watched by parts, by the rows of each part's first state.
  public func lumped(_ parts: [[Int]], names: [String]) throws -> MarkovChain {
    let part = partNumbers(parts)
    let rows = parts.map { sums(of: $0[0], part, parts.count) }
    return try MarkovChain(
      transitions: SparseMatrix(
        dense: rows.flatMap { $0 }, rowCount: parts.count, columnCount: parts.count), states: names)
  }

  private func partNumbers(_ parts: [[Int]]) -> [Int] {
    var part = [Int](repeating: 0, count: stateCount)
    for (number, members) in parts.enumerated() { for state in members { part[state] = number } }
    return part
  }

  private func sums(of state: Int, _ part: [Int], _ count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for position in transitions.positions(ofRow: state) {
      sums[part[Int(transitions.columns[position])]] += transitions.values[position]
    }
    return sums
  }
}
