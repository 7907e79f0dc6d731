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
  /// The probability to stay put, which no elimination needs.
  var loop: [Double] = []
  var hasExit = false

  var count: Int { states.count }

  /// Refills it with the part of `matrix` on `states`. `local` is scratch for a number a state of the whole chain,
  /// −1 everywhere before and after.
  mutating func read(_ matrix: SparseMatrix, _ states: ArraySlice<Int32>, local: UnsafeMutablePointer<Int32>)
  {
    clear(states)
    for (index, state) in states.enumerated() { local[Int(state)] = Int32(index) }
    for state in states {
      var leaving = 0.0
      var staying = 0.0
      for position in matrix.positions(ofRow: Int(state)) {
        let column = matrix.columns[position]
        let value = matrix.values[position]
        if column == state {
          staying = value
        } else if local[Int(column)] >= 0 {
          if value > 0 {
            columns.append(local[Int(column)])
            rates.append(value)
          }
        } else {
          leaving += value
        }
      }
      starts.append(Int32(columns.count))
      exit.append(leaving)
      loop.append(staying)
      if leaving > 0 { hasExit = true }
    }
    for state in states { local[Int(state)] = -1 }
  }

  private mutating func clear(_ states: ArraySlice<Int32>) {
    self.states = Array(states)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    columns.removeAll(keepingCapacity: true)
    rates.removeAll(keepingCapacity: true)
    exit.removeAll(keepingCapacity: true)
    loop.removeAll(keepingCapacity: true)
    hasExit = false
  }
}
