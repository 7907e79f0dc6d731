import TLXNumerics

/// The expected times between all pairs of states of an irreducible chain, without a subtraction.
///
/// For the targets of one half of the states the other half is eliminated (their costs, at first one step a visit,
/// pass to those that lead to them), and the halves go on alike, each on the chain watched on it; back substitution
/// gives the times from the eliminated states. O(n³) multiply-adds and 4/3 n² numbers, where a system a target takes
/// n⁴/3, and the fundamental matrix of Kemeny and Snell subtracts.
struct PassageTimes {
  /// mᵢⱼ at `i * count + j`; on the diagonal the time to return.
  let values: [Double]

  init(_ matrix: SparseMatrix) throws {
    let count = matrix.rowCount
    var rates = matrix.dense()
    for state in 0..<count { rates[state * count + state] = 0 }
    var times = try Self.times(rates, [Double](repeating: 1, count: count), count)
    for state in 0..<count {
      var back = 1.0
      for position in matrix.positions(ofRow: state) where Int(matrix.columns[position]) != state {
        back += matrix.values[position] * times[Int(matrix.columns[position]) * count + state]
      }
      times[state * count + state] = back
    }
    values = times
  }

  /// x with (D − Q) x = cost for each target, whose own row is 0. `rates` have a zero diagonal.
  private static func times(_ rates: [Double], _ cost: [Double], _ count: Int) throws -> [Double] {
    var result = [Double](repeating: 0, count: count * count)
    guard count > 1 else { return result }
    try Interrupt.check()
    let half = count / 2
    let first = Array(0..<half)
    let second = Array(half..<count)
    for (kept, gone) in [(first, second), (second, first)] {
      // The kept states first, so that elimination runs down to them.
      let order = kept + gone
      var a = order.flatMap { row in order.map { rates[row * count + $0] } }
      var c = order.map { cost[$0] }
      var pivots = [Double](repeating: 0, count: count)
      eliminate(&a, &c, &pivots, count, downTo: kept.count)
      let size = kept.count
      let inner = try times(
        (0..<size).flatMap { row in a[(row * count)..<(row * count + size)] }, Array(c[0..<size]), size)
      substitute(inner, a, c, pivots, count, size, order, &result)
    }
    return result
  }

  private static func eliminate(
    _ a: inout [Double], _ c: inout [Double], _ pivots: inout [Double], _ count: Int, downTo size: Int
  ) {
    a.withUnsafeMutableBufferPointer { a in
      var k = count - 1
      while k >= size {
        var pivot = 0.0
        for j in 0..<k { pivot += a[k * count + j] }
        pivots[k] = pivot
        for i in 0..<k where a[i * count + k] > 0 {
          let factor = a[i * count + k] / pivot
          c[i] += factor * c[k]
          for j in 0..<k { a[i * count + j] += factor * a[k * count + j] }
          a[i * count + i] = 0
        }
        k -= 1
      }
    }
  }

  /// Times from the kept states as they are, from the others by their rows: x_k = (c_k + Σ a_kj x_j) / s_k.
  private static func substitute(
    _ inner: [Double], _ a: [Double], _ c: [Double], _ pivots: [Double], _ count: Int, _ size: Int,
    _ order: [Int], _ result: inout [Double]
  ) {
    var x = [Double](repeating: 0, count: count * size)
    x.replaceSubrange(0..<inner.count, with: inner)
    x.withUnsafeMutableBufferPointer { x in
      for k in size..<count {
        for target in 0..<size { x[k * size + target] = c[k] }
        for j in 0..<k where a[k * count + j] > 0 {
          let rate = a[k * count + j]
          for target in 0..<size { x[k * size + target] += rate * x[j * size + target] }
        }
        for target in 0..<size { x[k * size + target] /= pivots[k] }
      }
    }
    for (row, state) in order.enumerated() {
      for target in 0..<size { result[state * count + order[target]] = x[row * size + target] }
    }
  }
}
