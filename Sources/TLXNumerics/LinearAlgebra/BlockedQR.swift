/// A = Q R on all threads. Column-major: R above the diagonal, the reflectors of Q below it, in place.
///
/// As in `BlockedLU`: LAPACK factors panels of columns, what stands right of one is updated in pieces, and the first piece
/// is the next panel, which is factored at once.
struct BlockedQR<Element: LapackScalar> {
  let rows: Int
  let columns: Int
  let matrix: UnsafeMutablePointer<Element>
  /// min(rows, columns) numbers.
  let tau: UnsafeMutablePointer<Element>

  private var rank: Int { min(rows, columns) }

  /// Factors, and gives the reflectors ready to be applied. Cost: 2 rows columns rank multiply-adds at most.
  func factor() throws -> BlockReflectors<Element> {
    let reflectors = try BlockReflectors(
      rows: rows, count: rank, vectors: matrix, leading: rows, tau: tau)
    let width = BlockReflectors<Element>.block
    try factorPanel(0, reflectors)
    for start in stride(from: 0, to: rank, by: width) {
      let block = start / width
      let end = min(rank, start + width)
      // The next panel, and the pieces right of it.
      let next = end < rank ? min(rank, end + width) : end
      let piece =
        rows * columns * width < 500_000 ? columns : Swift.max(width, ((columns - next) / 8 + 15) & ~15)
      let pieces = 1 + (columns - next + piece - 1) / piece
      try Parallel.forEach(count: pieces, grain: 1) { range in
        for index in range {
          let first = index == 0 ? end : next + (index - 1) * piece
          let last = index == 0 ? next : min(columns, first + piece)
          if first >= last { continue }
          try reflectors.apply(
            block, transposed: true, to: matrix + first * rows, leading: rows, columns: last - first)
          if index == 0 { try factorPanel(block + 1, reflectors) }
        }
      }
    }
    return reflectors
  }

  private func factorPanel(_ block: Int, _ reflectors: BlockReflectors<Element>) throws {
    let width = BlockReflectors<Element>.block
    let first = block * width
    if first >= rank { return }
    _ = try Lapack<Element>.geqrf(
      rows - first, min(width, rank - first), matrix + first * (rows + 1), leading: rows, tau: tau + first)
    try reflectors.prepare(block)
  }
}
