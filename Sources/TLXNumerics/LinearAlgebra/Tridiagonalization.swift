/// A = Q T Qᵀ for a symmetric matrix: T tridiagonal, Q as reflectors. On all threads.
///
/// As LAPACK's `sytrd` (Dongarra, Sorensen and Hammarling 1989): a panel of columns is reduced while A − P Qᵀ stands for the
/// rest of the matrix, and then the rest is updated by one product. Half of the work are products of the rest with one
/// vector, which read all of it; each thread reads a part.
struct Tridiagonalization<Element: LapackScalar> {
  typealias Pointer = UnsafeMutablePointer<Element>
  typealias Steps = Householder<Element>

  let order: Int
  /// Both triangles; column-major. Below the subdiagonal it receives the reflectors.
  let matrix: Pointer
  /// `order` numbers each; the last of `offDiagonal` and `tau` is not used.
  let diagonal: Pointer
  let offDiagonal: Pointer
  let tau: Pointer

  /// Cost: 4/3 order³ multiply-adds and as many again for both triangles of the updates.
  func reduce() throws -> BlockReflectors<Element> {
    let width = 2 * Steps.panel
    try Lapack<Element>.withScratch(Element.self, (2 * order + 1) * width) { scratch in
      let (p, q, t) = (scratch, scratch + order * width, scratch + 2 * order * width)
      for start in stride(from: 0, to: order, by: Steps.panel) {
        let end = min(order, start + Steps.panel)
        for column in start..<end {
          try Interrupt.check()
          try reduce(column, 2 * (column - start), p, q, t)
        }
        try Steps.subtract(
          p + end, leading: order, q + end, leading: order, depth: 2 * (end - start),
          from: matrix + end * (order + 1), leading: order, rows: order - end, columns: order - end)
      }
    }
    let reflectors = try BlockReflectors(
      rows: max(0, order - 1), count: max(0, order - 2), vectors: matrix + 1, leading: order, tau: tau)
    try reflectors.prepare()
    return reflectors
  }

  /// Reduces one column; P and Q have `known` columns v₀ w₀ v₁ w₁ … and w₀ v₀ w₁ v₁ … of the panel so far.
  private func reduce(_ column: Int, _ known: Int, _ p: Pointer, _ q: Pointer, _ t: Pointer) throws {
    let line = matrix + column * order
    for index in 0..<known { t[index] = -q[index * order + column] }
    try Steps.add(
      p + column, leading: order, rows: order - column, columns: known, t, to: line + column)
    diagonal[column] = line[column]
    let next = column + 1
    guard next < order else { return }
    let count = order - next
    let (factor, beta) = Steps.reflector(line + next, count)
    tau[column] = factor
    offDiagonal[column] = beta
    let v = line + next
    let w = p + (known + 1) * order + next
    try multiply(next, v, into: w)
    try Steps.minusTransposed(q + next, leading: order, rows: count, columns: known, v, into: t)
    try Steps.add(p + next, leading: order, rows: count, columns: known, t, to: w)
    // w = τ (A v) − ½ τ² (vᵀ A v) v
    let half = -0.5 * factor * factor * Steps.dot(w, v, count)
    for row in 0..<count { w[row] = factor * w[row] + half * v[row] }
    (p + known * order + next).update(from: v, count: count)
    (q + known * order + next).update(from: w, count: count)
    (q + (known + 1) * order + next).update(from: v, count: count)
  }

  /// w = A v for the square from `first` on, as it was before the panel.
  private func multiply(_ first: Int, _ v: Pointer, into w: Pointer) throws {
    let count = order - first
    let square = matrix + first * (order + 1)
    try Parallel.forEach(count: count, grain: max(32, 60_000 / count)) { rows in
      let place = w + rows.lowerBound
      place.update(repeating: 0, count: rows.count)
      try Element.vectorProduct(
        rows: rows.count, columns: count, a: square + rows.lowerBound * order, lda: order, transposesA: false,
        x: v, step: 1, y: place)
    }
  }
}
