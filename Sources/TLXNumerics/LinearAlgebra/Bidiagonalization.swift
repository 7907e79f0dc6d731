/// A = Q B Pᵀ for a matrix with at least as many rows as columns: B upper bidiagonal, Q and P as reflectors. On all threads.
///
/// As LAPACK's `gebrd` (Dongarra, Sorensen and Hammarling 1989), but each column of the matrix is read once a step where
/// `gebrd` reads it twice: as soon as its product with the left vector is known, so is its entry in the row that becomes
/// the right vector, and that vector's product with the matrix is gathered while the column is in the cache (Howell,
/// Demmel, Fulton, Hammarling and Marmol 2008, "Cache efficient bidiagonalization using BLAS 2.5 operators").
struct Bidiagonalization<Element: LapackScalar> {
  typealias Pointer = UnsafeMutablePointer<Element>
  typealias Steps = Householder<Element>

  let rows: Int
  let columns: Int
  /// `rows` × `columns`, column-major. On and below the diagonal it receives the left reflectors.
  let matrix: Pointer
  /// `columns` × `columns`: receives the right reflectors below the diagonal, a column each.
  let right: Pointer
  /// `columns` numbers each.
  let diagonal: Pointer
  let offDiagonal: Pointer
  let leftTau: Pointer
  let rightTau: Pointer

  /// Columns of the matrix that are read together, and the most parts of such sums.
  private static var block: Int { 16 }
  private static var parts: Int { 8 }

  /// Cost: 4 columns² (rows − columns/3) multiply-adds.
  func reduce() throws -> (left: BlockReflectors<Element>, right: BlockReflectors<Element>) {
    let width = 2 * Steps.panel
    let size = (rows + columns + 1) * width + rows * (Self.parts + 1) + columns
    try Lapack<Element>.withScratch(Element.self, size) { scratch in
      let (p, q) = (scratch, scratch + rows * width)
      let rest = scratch + (rows + columns) * width
      for start in stride(from: 0, to: columns, by: Steps.panel) {
        let end = min(columns, start + Steps.panel)
        for column in start..<end {
          try Interrupt.check()
          try reduce(column, 2 * (column - start), p, q, rest)
        }
        try Steps.subtract(
          p + end, leading: rows, q + end, leading: columns, depth: 2 * (end - start),
          from: matrix + end * (rows + 1), leading: rows, rows: rows - end, columns: columns - end)
      }
    }
    let left = try BlockReflectors(
      rows: rows, count: columns, vectors: matrix, leading: rows, tau: leftTau)
    let right = try BlockReflectors(
      rows: columns - 1, count: max(0, columns - 2), vectors: self.right + 1, leading: columns, tau: rightTau)
    try left.prepare()
    try right.prepare()
    return (left, right)
  }

  /// Reduces one column and its row. P has `known` columns v₀ x₀ v₁ x₁ …, Q as many y₀ u₀ y₁ u₁ … of the panel so far:
  /// what is left of the matrix is A − P Qᵀ.
  private func reduce(_ column: Int, _ known: Int, _ p: Pointer, _ q: Pointer, _ scratch: Pointer) throws {
    let t = scratch
    let line = matrix + column * rows
    let height = rows - column
    for index in 0..<known { t[index] = -q[index * columns + column] }
    try Steps.add(p + column, leading: rows, rows: height, columns: known, t, to: line + column)
    let v = line + column
    let left = Steps.reflector(v, height)
    leftTau[column] = left.tau
    diagonal[column] = left.beta
    (p + known * rows + column).update(from: v, count: height)
    let next = column + 1
    let width = columns - next
    if width == 0 { return }
    try Steps.minusTransposed(p + column, leading: rows, rows: height, columns: known, v, into: t)
    let sums = scratch + 2 * Steps.panel
    let row = sums + rows * (Self.parts + 1)
    try pass(column, known, p, q, t, left.tau, row: row, sums: sums)
    // u = (r − β e₁) / (r₁ − β), so that A u comes from A r.
    let first = row[0]
    let right = Steps.reflector(row, width)
    rightTau[column] = right.tau
    offDiagonal[column] = right.beta
    let u = q + (known + 1) * columns + next
    u.update(from: row, count: width)
    (self.right + column * columns + next).update(from: row, count: width)
    let x = p + (known + 1) * rows + next
    let count = rows - next
    let start = matrix + next * (rows + 1)
    if right.tau == 0 {
      x.update(repeating: 0, count: count)
      return
    }
    let factor = 1 / (first - right.beta)
    for index in 0..<count { x[index] = (sums[next + index] - right.beta * start[index]) * factor }
    // x = τ (A u − P Qᵀ u)
    try Steps.minusTransposed(q + next, leading: columns, rows: width, columns: known + 1, u, into: t)
    try Steps.add(p + next, leading: rows, rows: count, columns: known + 1, t, to: x)
    for index in 0..<count { x[index] *= right.tau }
  }

  /// For the columns right of `column`: y = τ (Aᵀ v − Q Pᵀ v) as a new column of Q, the row r of A − P Qᵀ with it, and
  /// A r below that row. `t` is −Pᵀ v.
  private func pass(
    _ column: Int, _ known: Int, _ p: Pointer, _ q: Pointer, _ t: Pointer, _ tau: Element, row: Pointer,
    sums: Pointer
  ) throws {
    let next = column + 1
    let (width, height, count) = (columns - next, rows - column, rows - next)
    let v = matrix + column * (rows + 1)
    let y = q + known * columns
    // The parts and the blocks in them depend on the sizes alone.
    let least = max(Self.block, 60_000 / height)
    let grain = max(least, (width + Self.parts - 1) / Self.parts)
    try Parallel.forEach(count: width, grain: grain) { part in
      let sum = sums + (1 + part.lowerBound / grain) * rows + next
      sum.update(repeating: 0, count: count)
      var weights = [Element](repeating: 0, count: known + 1)
      for index in 0..<known { weights[index] = -p[index * rows + column] }
      weights[known] = -1
      for first in stride(from: part.lowerBound, to: part.upperBound, by: Self.block) {
        let size = min(Self.block, part.upperBound - first)
        let here = next + first
        let block = matrix + here * rows
        let place = y + here
        place.update(repeating: 0, count: size)
        try Element.vectorProduct(
          rows: size, columns: height, a: block + column, lda: rows, transposesA: false, x: v, step: 1,
          y: place)
        try Steps.add(q + here, leading: columns, rows: size, columns: known, t, to: place)
        for index in 0..<size {
          place[index] *= tau
          row[first + index] = block[index * rows + column]
        }
        try Steps.add(q + here, leading: columns, rows: size, columns: known + 1, weights, to: row + first)
        try Element.vectorProduct(
          rows: size, columns: count, a: block + next, lda: rows, transposesA: true, x: row + first, step: 1,
          y: sum)
      }
    }
    let total = sums + next
    total.update(repeating: 0, count: count)
    for part in 0..<(width + grain - 1) / grain {
      let sum = sums + (1 + part) * rows + next
      for index in 0..<count { total[index] += sum[index] }
    }
  }
}
