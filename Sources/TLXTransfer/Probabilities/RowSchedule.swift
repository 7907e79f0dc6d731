import TLXNumerics

/// In which order, and by how many threads, the rows of a labelled matrix are visited.
///
/// Rows are cut into a few strips, each with sums of its own, and strips into blocks whose rows are visited class by
/// class: the running sums of one class stay in the nearest cache while its rows stream past. The cuts depend on
/// the shape alone, and strips are added up in order, so that results do not depend on the number of threads.
struct RowSchedule {
  let rows: Int
  let strips: Int

  private static let block = 4096

  /// `sumCount` doubles are kept for each strip.
  init(rows: Int, sumCount: Int, inputBytes: Int) {
    self.rows = rows
    let room = Swift.max(1 << 22, inputBytes / 20)
    let fitting = Swift.max(1, room / Swift.max(1, sumCount * MemoryLayout<Double>.stride))
    strips = Swift.max(1, Swift.min(16, Swift.min(fitting, rows / Self.block)))
  }

  func range(of strip: Int) -> Range<Int> { rows * strip / strips..<rows * (strip + 1) / strips }

  /// Calls `body` with runs of rows of one class each: (class, row numbers).
  ///
  /// Throws E0701 between blocks.
  func forEachRun(
    in strip: Int, _ classes: UnsafePointer<Int32>, classCount: Int,
    _ body: (Int, UnsafeBufferPointer<Int32>) -> Void
  ) throws {
    let range = range(of: strip)
    var order = [Int32](repeating: 0, count: Swift.min(Self.block, range.count))
    var starts = [Int](repeating: 0, count: classCount + 1)
    var start = range.lowerBound
    while start < range.upperBound {
      try Interrupt.check()
      let end = Swift.min(start + Self.block, range.upperBound)
      sort(start..<end, classes, &order, &starts)
      order.withUnsafeBufferPointer { order in
        var first = 0
        for label in 0..<classCount where starts[label] > first {
          body(label, UnsafeBufferPointer(rebasing: order[first..<starts[label]]))
          first = starts[label]
        }
      }
      start = end
    }
  }

  /// A counting sort. Afterwards `starts[label]` is the end of the label's rows in `order`.
  private func sort(
    _ range: Range<Int>, _ classes: UnsafePointer<Int32>, _ order: inout [Int32], _ starts: inout [Int]
  ) {
    for label in starts.indices { starts[label] = 0 }
    for row in range { starts[Int(classes[row]) + 1] += 1 }
    for label in 1..<starts.count { starts[label] += starts[label - 1] }
    for row in range {
      let label = Int(classes[row])
      order[starts[label]] = Int32(truncatingIfNeeded: row)
      starts[label] += 1
    }
  }
}
