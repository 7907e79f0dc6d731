/// M = L diag(s) Rᵀ for a column-major M that is at least as high as wide, on all threads: QR first where it is much higher,
/// reduction to two diagonals, LAPACK's divide and conquer on these (`bdsdc`, on one thread), and the reflectors of the
/// reductions applied to its vectors.
struct SingularValues<Element: LapackScalar> {
  typealias Pointer = UnsafeMutablePointer<Element>

  let rows: Int
  let columns: Int
  /// Used up.
  let matrix: Pointer
  /// Receives the left vectors, `rows` × `columns`, and the right ones, `columns` × `columns`, one after the other.
  let left: Pointer
  let right: Pointer
  /// Receives the singular values, descending.
  let values: Pointer

  /// Info > 0: not converged.
  func compute() throws -> Int32 {
    let count = rows * columns
    let scale = Householder<Element>.scale(of: matrix, count: count)
    if scale != 1 { for index in 0..<count { matrix[index] *= scale } }
    for column in 0..<columns { (left + column * rows).update(repeating: 0, count: rows) }
    // As in LAPACK, from 11/6 on the reduction of R alone is cheaper.
    let info = try 6 * rows >= 11 * columns ? fromTriangle() : reduced(matrix, rows)
    if scale != 1 { for index in 0..<columns { values[index] /= scale } }
    return info
  }

  private func fromTriangle() throws -> Int32 {
    try Lapack<Element>.withScratch(Element.self, columns * columns + columns) { scratch in
      let (triangle, tau) = (scratch, scratch + columns * columns)
      let reflectors = try BlockedQR(rows: rows, columns: columns, matrix: matrix, tau: tau).factor()
      for column in 0..<columns {
        for row in 0..<columns {
          triangle[column * columns + row] = row <= column ? matrix[column * rows + row] : 0
        }
      }
      let info = try reduced(triangle, columns)
      if info == 0 { try reflectors.apply(to: left, leading: rows, columns: columns) }
      return info
    }
  }

  /// The decomposition of a matrix with `height` rows without gaps, which it uses up.
  private func reduced(_ matrix: Pointer, _ height: Int) throws -> Int32 {
    let square = columns * columns
    return try Lapack<Element>.withScratch(Element.self, 2 * square + 3 * columns) { scratch in
      let (reflections, transposed, rest) = (scratch, scratch + square, scratch + 2 * square)
      let reflectors = try Bidiagonalization(
        rows: height, columns: columns, matrix: matrix, right: reflections, diagonal: values,
        offDiagonal: rest, leftTau: rest + columns, rightTau: rest + 2 * columns
      ).reduce()
      let info = try Lapack<Element>.bdsdc(
        columns, d: values, e: rest, u: left, leading: rows, vt: transposed)
      if info != 0 { return info }
      try reflectors.left.apply(to: left, leading: rows, columns: columns)
      turn(transposed, into: right)
      try reflectors.right.apply(to: right + 1, leading: columns, columns: columns)
      return 0
    }
  }

  private func turn(_ source: Pointer, into target: Pointer) {
    let tile = 32
    for top in stride(from: 0, to: columns, by: tile) {
      for side in stride(from: 0, to: columns, by: tile) {
        for row in top..<min(top + tile, columns) {
          for column in side..<min(side + tile, columns) {
            target[row * columns + column] = source[column * columns + row]
          }
        }
      }
    }
  }
}
