/// A = P L U with partial pivoting, on all threads. Matrices are column-major, `order` × `order` without gaps.
///
/// Panels of columns are factored by LAPACK one after the other. What stands right of a panel is updated in pieces of
/// columns; the first piece is the next panel, which the thread that updates it factors at once, while the others are
/// still at work. The cuts depend on the order alone.
struct BlockedLU<Element: LapackScalar> {
  let order: Int
  let matrix: UnsafeMutablePointer<Element>
  /// As LAPACK counts them: row `i` was exchanged with row `pivots[i] − 1`, in order.
  let pivots: UnsafeMutablePointer<Int32>

  private var panelWidth: Int { order < 768 ? 64 : 128 }
  /// Smaller matrices are factored by one call.
  private static var smallOrder: Int { 256 }

  /// Factors in place. k > 0: U[k-1, k-1] is exactly zero. Cost: order³/3 multiply-adds.
  func factor() throws -> Int32 {
    if order < Self.smallOrder {
      let size = try BLAS.size(order)
      return Lapack<Element>.getrf(size, size, matrix, leading: size, pivots)
    }
    var info = try factorPanel(0..<panelWidth)
    for start in stride(from: 0, to: order, by: panelWidth) {
      let panel = start..<min(order, start + panelWidth)
      let next = panel.upperBound..<min(order, panel.upperBound + panelWidth)
      let width = max(64, ((order - next.upperBound) / 8 + 15) & ~15)
      let pieces = 1 + (order - next.upperBound + width - 1) / width
      try Parallel.forEach(count: pieces, grain: 1) { range in
        for piece in range {
          if piece == 0 {
            if next.isEmpty { continue }
            try update(panel, next)
            let found = try factorPanel(next)
            if info == 0 { info = found }
          } else {
            let first = next.upperBound + (piece - 1) * width
            try update(panel, first..<min(order, first + width))
          }
        }
      }
    }
    try exchangeLeft()
    return info
  }

  /// Factors the rows of a panel from its first on.
  private func factorPanel(_ columns: Range<Int>) throws -> Int32 {
    let first = columns.lowerBound
    let info = Lapack<Element>.getrf(
      try BLAS.size(order - first), try BLAS.size(columns.count), matrix + first * (order + 1),
      leading: try BLAS.size(order), pivots + first)
    for row in columns { pivots[row] += Int32(first) }
    return info > 0 ? info + Int32(first) : 0
  }

  /// What the factors of a panel do to columns right of it.
  private func update(_ panel: Range<Int>, _ columns: Range<Int>) throws {
    exchange(panel, columns)
    let (first, end, size) = (panel.lowerBound, panel.upperBound, columns.count)
    let top = matrix + columns.lowerBound * order + first
    try Lapack<Element>.solveFromLeft(
      upper: false, transposed: false, unitDiagonal: true, panel.count, size,
      matrix + first * (order + 1), leading: order, top, leading: order)
    if end == order { return }
    // Column-major: the transposes by rows.
    try Element.product(
      m: size, n: order - end, k: panel.count, alpha: -1, a: UnsafePointer(top), lda: order,
      transposesA: false,
      b: UnsafePointer(matrix + first * order + end), ldb: order, transposesB: false, beta: 1,
      c: matrix + columns.lowerBound * order + end, ldc: order)
  }

  /// The row exchanges of some rows, in some columns.
  private func exchange(_ rows: Range<Int>, _ columns: Range<Int>) {
    // Four columns at a time: the reads of one alone wait for one another.
    var column = columns.lowerBound
    while column < columns.upperBound {
      let size = min(4, columns.upperBound - column)
      let line = matrix + column * order
      for row in rows {
        let other = Int(pivots[row]) - 1
        if other == row { continue }
        if size == 4 {
          let p = line + row
          let q = line + other
          let (a, b, c, d) = (p[0], p[order], p[2 * order], p[3 * order])
          (p[0], p[order], p[2 * order], p[3 * order]) = (q[0], q[order], q[2 * order], q[3 * order])
          (q[0], q[order], q[2 * order], q[3 * order]) = (a, b, c, d)
        } else {
          for place in 0..<size {
            let value = line[place * order + row]
            line[place * order + row] = line[place * order + other]
            line[place * order + other] = value
          }
        }
      }
      column += size
    }
  }

  /// The exchanges of later panels, in the columns of each.
  private func exchangeLeft() throws {
    try Parallel.forEach(count: order, grain: panelWidth) { columns in
      exchange(columns.upperBound..<order, columns)
    }
  }
}
