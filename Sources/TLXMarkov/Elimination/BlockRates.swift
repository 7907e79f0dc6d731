import TLXNumerics

/// The states of one strongly connected part of a chain with local numbers: what leads where inside of it, by
/// compressed rows without the diagonal, and how much leaves it.
struct BlockRates {
  /// The chain's state of each local one.
  var states: [Int32] = []
  var starts: [Int32] = [0]
  var columns: [Int32] = []
  var rates: [Double] = []
  /// The sum of what leads out of the block.
  var exit: [Double] = []
  var hasExit = false

  var count: Int { states.count }

  /// Refills it with the part of a matrix on `states`. `local` is scratch for a number a state of the whole chain, −1
  /// everywhere before and after. `leave` is called with each entry that leads out: local row, state, rate.
  @inline(__always)
  mutating func read(
    _ rows: SparseRows, _ members: UnsafeBufferPointer<Int32>, local: UnsafeMutablePointer<Int32>,
    leave: (Int, Int, Double) -> Void
  ) {
    clear(members)
    for index in members.indices { local[Int(members[index])] = Int32(truncatingIfNeeded: index) }
    for index in members.indices {
      let state = members[index]
      var leaving = 0.0
      for position in rows.positions(ofRow: Int(state)) {
        let (column, value) = (rows.columns[position], rows.values[position])
        guard column != state, value > 0 else { continue }
        let own = local[Int(column)]
        if own >= 0 {
          columns.append(own)
          rates.append(value)
        } else {
          leaving += value
          leave(index, Int(column), value)
        }
      }
      starts.append(Int32(truncatingIfNeeded: columns.count))
      exit.append(leaving)
      if leaving > 0 { hasExit = true }
    }
    for state in members { local[Int(state)] = -1 }
  }

  /// As above, of what leads out only the sums.
  mutating func read(_ matrix: SparseMatrix, _ states: ArraySlice<Int32>, local: UnsafeMutablePointer<Int32>)
  {
    states.withUnsafeBufferPointer { members in
      matrix.withRows { rows in read(rows, members, local: local) { _, _, _ in } }
    }
  }

  private mutating func clear(_ members: UnsafeBufferPointer<Int32>) {
    states.removeAll(keepingCapacity: true)
    states.append(contentsOf: members)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    columns.removeAll(keepingCapacity: true)
    rates.removeAll(keepingCapacity: true)
    exit.removeAll(keepingCapacity: true)
    hasExit = false
  }
}
