import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Gallery rows in f64, laid out for scoring: panels of eight rows, coordinate by coordinate, the last panel filled up
/// with zeros.
///
/// Every score is summed over the coordinates in order, by the same fused operations wherever the row stands. So equal
/// rows get equal scores to the last bit, which a matrix product does not promise, and ties can go by index.
struct GalleryPanels: Sendable {
  typealias Lanes = SIMD8<Double>

  let count: Int
  let width: Int
  let similarity: Similarity
  fileprivate let lanes: [Lanes]

  /// Cosines compare unit rows; the zero row stays zero. Cost: count · width; memory as the rows in f64.
  init(_ vectors: Tensor, _ similarity: Similarity) throws {
    count = vectors.shape[0]
    width = vectors.shape[1]
    self.similarity = similarity
    let (count, width) = (count, width)
    let panels = (count + 7) / 8
    // Asks for the memory as tensors do, so that the limit holds.
    _ = try Storage(byteCount: panels * width * MemoryLayout<Lanes>.stride)
    var lanes = [Lanes](repeating: Lanes(), count: panels * width)
    try Self.eachRow(of: vectors, similarity) { row, values in
      let base = row / 8 * width
      for column in 0..<width { lanes[base + column][row % 8] = values[column] }
    }
    self.lanes = lanes
  }

  /// Rows of f32 or f64 as f64, of unit length for cosines.
  static func eachRow(
    of vectors: Tensor, _ similarity: Similarity, _ body: (Int, UnsafeBufferPointer<Double>) throws -> Void
  ) throws {
    let (count, width) = (vectors.shape[0], vectors.shape[1])
    var row = [Double](repeating: 0, count: width)
    func visit(_ read: (Int) -> Double) throws {
      for index in 0..<count {
        var squares = 0.0
        for column in 0..<width {
          let value = read(index * width + column)
          row[column] = value
          squares += value * value
        }
        if similarity == .cosine, squares > 0 {
          let scale = squares.squareRoot()
          for column in 0..<width { row[column] /= scale }
        }
        try row.withUnsafeBufferPointer { try body(index, $0) }
      }
    }
    if vectors.dtype == .f32 {
      try vectors.withElements(of: Float.self) { elements in try visit { Double(elements[$0]) } }
    } else {
      try vectors.withElements(of: Double.self) { elements in try visit { elements[$0] } }
    }
  }

  /// Query rows as scoring wants them: one after another.
  static func queries(_ vectors: Tensor, _ similarity: Similarity) throws -> [Double] {
    let width = vectors.shape[1]
    var rows = [Double](repeating: 0, count: vectors.count)
    try eachRow(of: vectors, similarity) { row, values in
      for column in 0..<width { rows[row * width + column] = values[column] }
    }
    return rows
  }

  /// How many doubles a row of scores takes: the panels' rows.
  var stride: Int { (count + 7) / 8 * 8 }

  /// Scores of up to four query rows against the whole gallery: `scores[q · stride + j]`.
  func score(
    _ queries: UnsafePointer<Double>, count rows: Int, into scores: UnsafeMutablePointer<Double>
  ) {
    lanes.withUnsafeBufferPointer { lanes in
      guard let lanes = lanes.baseAddress else { return }
      if rows == 4 {
        similarity == .cosine ? products4(lanes, queries, scores) : distances4(lanes, queries, scores)
        return
      }
      for row in 0..<rows {
        let (query, target) = (queries + row * width, scores + row * stride)
        for panel in 0..<(stride / 8) {
          let sum = one(lanes + panel * width, query)
          UnsafeMutableRawPointer(target + panel * 8).storeBytes(of: sum, as: Lanes.self)
        }
      }
    }
  }

  @inline(__always)
  private func one(_ panel: UnsafePointer<Lanes>, _ query: UnsafePointer<Double>) -> Lanes {
    var sum = Lanes()
    if similarity == .cosine {
      for column in 0..<width { sum = sum.addingProduct(panel[column], Lanes(repeating: query[column])) }
      return sum
    }
    for column in 0..<width {
      let difference = panel[column] - Lanes(repeating: query[column])
      sum = sum.addingProduct(difference, difference)
    }
    return -sum
  }

  private func products4(
    _ lanes: UnsafePointer<Lanes>, _ queries: UnsafePointer<Double>, _ scores: UnsafeMutablePointer<Double>
  ) {
    let (q0, q1, q2, q3) = (queries, queries + width, queries + 2 * width, queries + 3 * width)
    for panel in 0..<(stride / 8) {
      let rows = lanes + panel * width
      var (s0, s1, s2, s3) = (Lanes(), Lanes(), Lanes(), Lanes())
      for column in 0..<width {
        let row = rows[column]
        s0 = s0.addingProduct(row, Lanes(repeating: q0[column]))
        s1 = s1.addingProduct(row, Lanes(repeating: q1[column]))
        s2 = s2.addingProduct(row, Lanes(repeating: q2[column]))
        s3 = s3.addingProduct(row, Lanes(repeating: q3[column]))
      }
      store(s0, s1, s2, s3, scores + panel * 8)
    }
  }

  private func distances4(
    _ lanes: UnsafePointer<Lanes>, _ queries: UnsafePointer<Double>, _ scores: UnsafeMutablePointer<Double>
  ) {
    let (q0, q1, q2, q3) = (queries, queries + width, queries + 2 * width, queries + 3 * width)
    for panel in 0..<(stride / 8) {
      let rows = lanes + panel * width
      var (s0, s1, s2, s3) = (Lanes(), Lanes(), Lanes(), Lanes())
      for column in 0..<width {
        let row = rows[column]
        let d0 = row - Lanes(repeating: q0[column])
        let d1 = row - Lanes(repeating: q1[column])
        let d2 = row - Lanes(repeating: q2[column])
        let d3 = row - Lanes(repeating: q3[column])
        s0 = s0.addingProduct(d0, d0)
        s1 = s1.addingProduct(d1, d1)
        s2 = s2.addingProduct(d2, d2)
        s3 = s3.addingProduct(d3, d3)
      }
      store(-s0, -s1, -s2, -s3, scores + panel * 8)
    }
  }

  @inline(__always)
  private func store(
    _ s0: Lanes, _ s1: Lanes, _ s2: Lanes, _ s3: Lanes, _ target: UnsafeMutablePointer<Double>
  ) {
    UnsafeMutableRawPointer(target).storeBytes(of: s0, as: Lanes.self)
    UnsafeMutableRawPointer(target + stride).storeBytes(of: s1, as: Lanes.self)
    UnsafeMutableRawPointer(target + 2 * stride).storeBytes(of: s2, as: Lanes.self)
    UnsafeMutableRawPointer(target + 3 * stride).storeBytes(of: s3, as: Lanes.self)
  }
}

extension GalleryPanels {
  /// Calls `body` with each query's scores of the whole gallery, four queries at a time on as many threads as there
  /// are. The scores are the body's to change. Memory beyond the gallery: four rows of scores a thread.
  func eachQuery(
    of vectors: Tensor, _ body: @Sendable (Int, UnsafeMutablePointer<Double>) throws -> Void
  ) throws {
    let queries = try Self.queries(vectors, similarity)
    let rows = vectors.shape[0]
    // A range of queries is worth a thread from about a million multiply-adds on.
    let grain = Swift.max(4, (1_000_000 / Swift.max(1, count * width) + 3) / 4 * 4)
    try Parallel.forEach(count: rows, grain: grain) { range in
      let scratch = try Storage(byteCount: 4 * stride * MemoryLayout<Double>.stride)
      try withExtendedLifetime(scratch) {
        let scores = scratch.pointer.bindMemory(to: Double.self, capacity: 4 * stride)
        try queries.withUnsafeBufferPointer { queries in
          guard let queries = queries.baseAddress else { return }
          for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            let size = Swift.min(4, range.upperBound - start)
            score(queries + start * width, count: size, into: scores)
            for row in 0..<size { try body(start + row, scores + row * stride) }
          }
        }
      }
    }
  }
}

extension GalleryPanels {
  /// The largest norm among the rows.
  var largestNorm: Double {
    var largest = 0.0
    for row in 0..<count {
      var squares = 0.0
      for column in 0..<width {
        let value = lanes[row / 8 * width + column][row % 8]
        squares += value * value
      }
      largest = Swift.max(largest, squares)
    }
    return largest.squareRoot()
  }

  static func largestNorm(_ vectors: Tensor) throws -> Double {
    var largest = 0.0
    try eachRow(of: vectors, .l2) { _, row in
      largest = Swift.max(largest, row.reduce(0) { $0 + $1 * $1 })
    }
    return largest.squareRoot()
  }
}
