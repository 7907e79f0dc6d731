import CVectors

/// Products of small f32 matrices. A call of OpenBLAS first copies both operands into its own order, which costs more than
/// the arithmetic where a matrix has a few dozen rows: a step of a small net is made of such products.
///
/// Four rows of C by sixteen columns are summed in registers, each over k in order. The result of a product does not
/// depend on what else is computed.
enum SmallProduct {
  /// Above this many multiply-adds the copies no longer matter.
  static let largestWork = 300_000
  /// Longer sums would lose digits against OpenBLAS, which adds up blocks.
  static let longestSum = 512

  private typealias Lanes = SIMD16<Float>

  /// An operand: element (i, j) lies at `i · row + j · column`.
  struct Matrix {
    let start: UnsafePointer<Float>
    let row: Int
    let column: Int
  }

  static func isSmall(m: Int, n: Int, k: Int) -> Bool {
    guard n > 3, m > 3, k <= longestSum, m * n * k <= largestWork else { return false }
    // Lanes beyond the last column are computed for nothing.
    let padded = (n + 15) & ~15
    return padded == 16 || padded * 8 <= n * 9
  }

  /// C = A B, with C of m × n by rows, without gaps.
  static func run(_ a: Matrix, _ b: Matrix, _ c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: k * 16) { panel in
      guard let panel = panel.baseAddress else { return }
      for first in stride(from: 0, to: n, by: 16) {
        let width = min(16, n - first)
        pack(b, columns: first..<first + width, rows: k, panel)
        var row = 0
        while row + 4 <= m {
          fourRows(a, row, panel, k, c + row * n + first, n, width)
          row += 4
        }
        while row < m {
          oneRow(a, row, panel, k, c + row * n + first, width)
          row += 1
        }
      }
    }
  }

  /// Columns of B as k rows of 16, with anything in the lanes beyond the last column.
  @inline(__always)
  private static func pack(_ b: Matrix, columns: Range<Int>, rows: Int, _ panel: UnsafeMutablePointer<Float>)
  {
    var row = 0
    if b.column == 1 {
      // Whole vectors as long as they end before the operand does: what follows a row is the next one.
      let end = (rows - 1) * b.row + columns.upperBound
      while row < rows && row * b.row + columns.lowerBound + 16 <= end {
        store(load(b.start + row * b.row + columns.lowerBound), panel + row * 16, 16)
        row += 1
      }
    }
    while row < rows {
      let source = b.start + row * b.row + columns.lowerBound * b.column
      let target = panel + row * 16
      for place in 0..<columns.count { target[place] = source[place * b.column] }
      for place in columns.count..<16 { target[place] = 0 }
      row += 1
    }
  }

  @inline(__always)
  private static func fourRows(
    _ a: Matrix, _ row: Int, _ panel: UnsafePointer<Float>, _ k: Int, _ c: UnsafeMutablePointer<Float>,
    _ leading: Int, _ width: Int
  ) {
    var (s0, s1, s2, s3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var p = a.start + row * a.row
    var b = panel
    let (one, two, three) = (a.row, 2 * a.row, 3 * a.row)
    for _ in 0..<k {
      let lanes = load(b)
      s0 = tlx_fma_f32(Lanes(repeating: p[0]), lanes, s0)
      s1 = tlx_fma_f32(Lanes(repeating: p[one]), lanes, s1)
      s2 = tlx_fma_f32(Lanes(repeating: p[two]), lanes, s2)
      s3 = tlx_fma_f32(Lanes(repeating: p[three]), lanes, s3)
      p += a.column
      b += 16
    }
    store(s0, c, width)
    store(s1, c + leading, width)
    store(s2, c + 2 * leading, width)
    store(s3, c + 3 * leading, width)
  }

  @inline(__always)
  private static func oneRow(
    _ a: Matrix, _ row: Int, _ panel: UnsafePointer<Float>, _ k: Int, _ c: UnsafeMutablePointer<Float>,
    _ width: Int
  ) {
    var sum = Lanes.zero
    let p = a.start + row * a.row
    for place in 0..<k {
      sum = tlx_fma_f32(Lanes(repeating: p[place * a.column]), load(panel + place * 16), sum)
    }
    store(sum, c, width)
  }

  @inline(__always)
  private static func load(_ p: UnsafePointer<Float>) -> Lanes {
    UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
  }

  /// The first `width` lanes.
  @inline(__always)
  private static func store(_ lanes: Lanes, _ p: UnsafeMutablePointer<Float>, _ width: Int) {
    var p = UnsafeMutableRawPointer(p)
    if width == 16 { return p.storeBytes(of: lanes, as: Lanes.self) }
    var eight = lanes.lowHalf
    if width & 8 != 0 {
      p.storeBytes(of: eight, as: SIMD8<Float>.self)
      eight = lanes.highHalf
      p += 32
    }
    var four = eight.lowHalf
    if width & 4 != 0 {
      p.storeBytes(of: four, as: SIMD4<Float>.self)
      four = eight.highHalf
      p += 16
    }
    var two = four.lowHalf
    if width & 2 != 0 {
      p.storeBytes(of: two, as: SIMD2<Float>.self)
      two = four.highHalf
      p += 8
    }
    if width & 1 != 0 { p.storeBytes(of: two.x, as: Float.self) }
  }
}
