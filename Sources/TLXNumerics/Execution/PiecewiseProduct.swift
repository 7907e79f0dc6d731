/// Products of matrices, cut into pieces for all threads.
///
/// OpenBLAS runs on the thread that calls it. The cuts depend on the sizes alone and each element is summed by one call,
/// so that a result depends neither on the number of threads nor on what else the program computes.
enum PiecewiseProduct {
  /// Below this many multiply-adds a second thread gains nothing.
  private static let smallWork = 4_000_000
  /// A call cannot be interrupted and should not take more than about 25 ms.
  private static let largestPiece = 500_000_000

  /// How many rows and columns of the result are computed by one call. A piece copies its rows of A and its columns of B,
  /// so there are no more of them than it takes, and they are as square as can be.
  static func pieceSize(m: Int, n: Int, k: Int) -> (rows: Int, columns: Int) {
    let work = m * n * k
    if work < smallWork { return (m, n) }
    let wanted = work < 8 * smallWork ? 2 : Swift.max(4, work / largestPiece)
    var (rows, columns) = (m, n)
    while ((m + rows - 1) / rows) * ((n + columns - 1) / columns) < wanted, Swift.max(rows, columns) > 32 {
      // Kernels take 16 or fewer rows and columns at a time.
      if rows >= columns { rows = half(rows) } else { columns = half(columns) }
    }
    return (rows, columns)
  }

  private static func half(_ size: Int) -> Int { ((size + 1) / 2 + 15) & ~15 }

  /// C = alpha op(A) op(B) + beta C of m × n, row by row in memory.
  static func matrix<Element: BLASElement>(
    m: Int, n: Int, k: Int, alpha: Element = 1, a: UnsafePointer<Element>, lda: Int,
    transposesA: Bool = false,
    b: UnsafePointer<Element>, ldb: Int, transposesB: Bool = false, beta: Element,
    c: UnsafeMutablePointer<Element>, ldc: Int
  ) throws {
    guard m > 0, n > 0 else { return }
    let size = pieceSize(m: m, n: n, k: k)
    let across = (n + size.columns - 1) / size.columns
    let pieces = (m + size.rows - 1) / size.rows * across
    try Parallel.forEach(count: pieces, grain: 1) { range in
      for piece in range {
        let (i, j) = (piece / across * size.rows, piece % across * size.columns)
        let (rows, columns) = (min(size.rows, m - i), min(size.columns, n - j))
        let place = c + i * ldc + j
        // OpenBLAS clears C in a slow loop, a tenth of a small product's time.
        if beta == 0 { for row in 0..<rows { (place + row * ldc).update(repeating: 0, count: columns) } }
        try Element.product(
          m: rows, n: columns, k: k, alpha: alpha, a: a + i * (transposesA ? 1 : lda), lda: lda,
          transposesA: transposesA, b: b + j * (transposesB ? ldb : 1), ldb: ldb, transposesB: transposesB,
          beta: beta == 0 ? 1 : beta, c: place, ldc: ldc)
      }
    }
  }

  /// y = op(A) x for A of rows × columns, row by row in memory, with `step` from one element of x to the next.
  static func vector<Element: BLASElement>(
    rows: Int, columns: Int, a: UnsafePointer<Element>, lda: Int, transposesA: Bool,
    x: UnsafePointer<Element>, step: Int, y: UnsafeMutablePointer<Element>
  ) throws {
    let (count, depth) = transposesA ? (columns, rows) : (rows, columns)
    // Lines of a million numbers in all: these products read memory once and wait for it.
    let grain = Swift.max(64, (1_000_000 / Swift.max(1, depth) + 15) & ~15)
    try Parallel.forEach(count: count, grain: grain) { range in
      let place = y + range.lowerBound
      place.update(repeating: 0, count: range.count)
      try Element.vectorProduct(
        rows: transposesA ? rows : range.count, columns: transposesA ? range.count : columns,
        a: a + range.lowerBound * (transposesA ? 1 : lda), lda: lda, transposesA: transposesA, x: x,
        step: step,
        y: place)
    }
  }
}
