import TLXNumerics

/// Subtraction-free elimination of a dense block: the states `count − 1, …, 1` (and 0, if anything leaves the block).
///
/// `a` holds the rates between the block's states by rows, its diagonal unread; `exit[k]` the rate from `k` out of the
/// block. State `k` goes with pivot s = exit[k] + Σ_{j<k} a[k][j]: the mass that leaves `k` for good, a sum of what is
/// there, where Gaussian elimination would subtract. Then a[i][k] /= s, a[i][j] += a[i][k] a[k][j] and
/// exit[i] += a[i][k] exit[k] for i, j < k. Every operation is +, × or ÷ of numbers that are not negative, so every
/// result has a relative error of about `count` units of the last digit, however small a rate is.
///
/// Grassmann, Taksar, Heyman (Operations Research 1985); O'Cinneide (Numerische Mathematik 1993) for the error. Panels
/// of 48 states at a time, the rest as one matrix product: `count`³/3 multiply-adds.
struct DenseElimination {
  static let panel = 48

  /// Eliminates in place; the pivots of `low ..< count` come back, `low` = 0 with exits and 1 without.
  static func eliminate(
    _ a: UnsafeMutablePointer<Double>, exit: UnsafeMutablePointer<Double>,
    pivots: UnsafeMutablePointer<Double>,
    count: Int, stride: Int, hasExit: Bool
  ) throws {
    var end = count
    let low = hasExit ? 0 : 1
    while end > low {
      try Interrupt.check()
      // What is left at the end is one last panel.
      let start = end <= panel + panel / 2 ? 0 : end - panel
      eliminatePanel(a, exit, pivots, start..<end, low: low, stride: stride)
      if start > 0 {
        try DenseProduct.add(
          a + start, leading: stride, a + start * stride, leading: stride, to: a, leading: stride, m: start,
          n: start, k: end - start)
        for row in 0..<start {
          var sum = 0.0
          for k in start..<end { sum += a[row * stride + k] * exit[k] }
          exit[row] += sum
        }
      }
      end = start
    }
  }

  /// Eliminates the states of a panel: their rows in full, their columns of all rows above.
  private static func eliminatePanel(
    _ a: UnsafeMutablePointer<Double>, _ exit: UnsafeMutablePointer<Double>,
    _ pivots: UnsafeMutablePointer<Double>, _ range: Range<Int>, low: Int, stride: Int
  ) {
    let start = range.lowerBound
    var k = range.upperBound - 1
    while k >= max(start, low) {
      let pivotRow = a + k * stride
      var pivot = exit[k]
      for j in 0..<k { pivot += pivotRow[j] }
      pivots[k] = pivot
      for i in start..<k {
        let row = a + i * stride
        // Divided, not multiplied by an inverse, which could overflow.
        let factor = row[k] / pivot
        row[k] = factor
        guard factor > 0 else { continue }
        exit[i] += factor * exit[k]
        for j in 0..<k { row[j] += factor * pivotRow[j] }
      }
      k -= 1
    }
    for i in 0..<start {
      let row = a + i * stride
      var k = range.upperBound - 1
      while k >= start {
        let factor = row[k] / pivots[k]
        row[k] = factor
        if factor > 0 {
          let pivotRow = a + k * stride
          for j in start..<k { row[j] += factor * pivotRow[j] }
        }
        k -= 1
      }
    }
  }

  // MARK: Solutions from the factors

  /// x with (D − Q) x = b, in place, `width` right-hand sides side by side (`b[i * width + c]`).
  static func solveColumns(
    _ a: UnsafePointer<Double>, pivots: UnsafePointer<Double>, count: Int, stride: Int,
    _ b: UnsafeMutablePointer<Double>, width: Int
  ) {
    var k = count - 1
    while k > 0 {
      for i in 0..<k {
        let factor = a[i * stride + k]
        if factor > 0 { for c in 0..<width { b[i * width + c] += factor * b[k * width + c] } }
      }
      k -= 1
    }
    for k in 0..<count {
      let row = a + k * stride
      for j in 0..<k where row[j] > 0 {
        for c in 0..<width { b[k * width + c] += row[j] * b[j * width + c] }
      }
      for c in 0..<width { b[k * width + c] /= pivots[k] }
    }
  }

  /// y with y (D − Q) = c, in place.
  static func solveRow(
    _ a: UnsafePointer<Double>, pivots: UnsafePointer<Double>, count: Int, stride: Int,
    _ c: UnsafeMutablePointer<Double>
  ) {
    var k = count - 1
    while k >= 0 {
      c[k] /= pivots[k]
      let row = a + k * stride
      if c[k] != 0 { for j in 0..<k { c[j] += c[k] * row[j] } }
      k -= 1
    }
    for i in 0..<count where c[i] != 0 {
      let row = a + i * stride
      for k in (i + 1)..<max(count, i + 1) { c[k] += c[i] * row[k] }
    }
  }
}
