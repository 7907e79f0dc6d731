import TLXNumerics

/// The search of `NearestNeighbours` over f32 rows.
struct NeighbourSearch: Sendable {
  private let queries: SearchRows
  private let gallery: SearchRows
  private let similarity: Similarity
  private let k: Int
  private let excludesSelf: Bool
  /// How far an f32 score may lie from the exact one.
  private let slack: Float

  private static let tileRows = 1024
  private static let blockRows = 128

  init(_ queries: Tensor, _ gallery: Tensor, _ similarity: Similarity, k: Int, excludesSelf: Bool) throws {
    self.queries = try SearchRows(queries, similarity)
    self.gallery = try SearchRows(gallery, similarity)
    self.similarity = similarity
    self.k = k
    self.excludesSelf = excludesSelf
    // Rounding the entries, summing `width` products in any order (Higham 2002, section 3.1), adding the squares.
    let unit = Double(Float.ulpOfOne) / 2
    let width = Double(queries.shape[1])
    let (q, g) = (self.queries.largestNorm, self.gallery.largestNorm)
    let bound = similarity == .cosine ? (width + 4) * unit : unit * ((2 * width + 8) * q * g + 4 * g * g)
    slack = Float(bound * 1.01)
  }

  func run(into result: NeighbourTable) throws {
    try Parallel.forEach(count: queries.count, grain: Self.blockRows) { range in
      let tile = try Storage(byteCount: range.count * Self.tileRows * MemoryLayout<Float>.stride)
      try withExtendedLifetime(tile) {
        let scores = tile.pointer.bindMemory(to: Float.self, capacity: range.count * Self.tileRows)
        var cuts = range.map { _ in CandidateRows(k: k, slack: slack) }
        for start in stride(from: 0, to: gallery.count, by: Self.tileRows) {
          try Interrupt.check()
          try fill(scores, range, start..<Swift.min(start + Self.tileRows, gallery.count), &cuts)
        }
        for (row, cut) in zip(range, cuts) { result.write(settled(cut, row), at: row) }
      }
    }
  }

  /// Scores a tile and offers each query its part.
  private func fill(
    _ scores: UnsafeMutablePointer<Float>, _ range: Range<Int>, _ tile: Range<Int>,
    _ cuts: inout [CandidateRows]
  ) throws {
    try queries.withRows { queries in
      try gallery.withRows { rows in
        try RowProducts.pairs(
          queries + range.lowerBound * width, count: range.count, rows + tile.lowerBound * width,
          others: tile.count, width: width, into: scores, stride: Self.tileRows)
      }
    }
    for row in 0..<range.count {
      let line = scores + row * Self.tileRows
      if similarity == .l2 {
        gallery.halfSquares.withUnsafeBufferPointer { halves in
          for column in 0..<tile.count {
            line[column] = 2 * (line[column] - halves[tile.lowerBound + column])
          }
        }
      }
      cuts[row].offer(line, tile, except: excludesSelf ? range.lowerBound + row : nil)
    }
  }

  private var width: Int { queries.width }

  /// The k best of the candidates by their exact scores.
  private func settled(_ cut: CandidateRows, _ query: Int) -> [(score: Double, index: Int)] {
    var best = NearestRows(k)
    for index in cut.indices { best.offer(exact(query, Int(index)), Int(index)) }
    return best.sorted()
  }

  private func exact(_ query: Int, _ row: Int) -> Double {
    queries.originals.withUnsafeBufferPointer { a in
      gallery.originals.withUnsafeBufferPointer { b in
        guard let a = a.baseAddress, let b = b.baseAddress else { return 0 }
        let (x, y) = (a + query * width, b + row * width)
        var sum = 0.0
        if similarity == .cosine {
          // As `GalleryPanels` does it, so that both give the same number to the last bit.
          let (m, n) = (queries.norms[query], gallery.norms[row])
          guard m > 0, n > 0 else { return 0 }
          for column in 0..<width {
            sum = sum.addingProduct(Double(y[column]) / n, Double(x[column]) / m)
          }
          return sum
        }
        for column in 0..<width {
          let difference = Double(x[column]) - Double(y[column])
          sum = sum.addingProduct(difference, difference)
        }
        return -sum
      }
    }
  }
}

/// Rows for the product in f32 (of unit length for cosines), and what the exact scores need.
private struct SearchRows: Sendable {
  let count: Int
  let width: Int
  /// Norms in f64 of the rows as they came.
  let norms: [Double]
  /// Half the squared norms, for distances.
  let halfSquares: [Float]
  let largestNorm: Double
  let originals: [Float]
  private let units: [Float]?

  init(_ vectors: Tensor, _ similarity: Similarity) throws {
    let (count, width) = (vectors.shape[0], vectors.shape[1])
    let originals = try vectors.elements(of: Float.self)
    var norms = [Double](repeating: 0, count: count)
    for row in 0..<count {
      var sum = 0.0
      for column in 0..<width {
        let value = Double(originals[row * width + column])
        sum += value * value
      }
      norms[row] = sum.squareRoot()
    }
    if similarity == .cosine {
      var units = originals
      for row in 0..<count where norms[row] > 0 {
        let scale = 1 / norms[row]
        for column in 0..<width {
          units[row * width + column] = Float(Double(units[row * width + column]) * scale)
        }
      }
      self.units = units
      halfSquares = []
    } else {
      units = nil
      halfSquares = norms.map { Float($0 * $0 / 2) }
    }
    self.count = count
    self.width = width
    self.norms = norms
    self.originals = originals
    largestNorm = norms.max() ?? 0
  }

  func withRows<Result>(_ body: (UnsafePointer<Float>) throws -> Result) throws -> Result {
    try (units ?? originals).withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { throw NumericsError("E0406", "there are no rows to search") }
      return try body(rows)
    }
  }
}

/// The rows that may be among a query's k best, as far as f32 scores can tell.
private struct CandidateRows {
  private let k: Int
  private let slack: Float
  private var scores: [Float] = []
  private(set) var indices: [Int32] = []
  /// Rows below this cannot be among the k best.
  private var cut = -Float.infinity
  /// How many candidates there may be before the worst are dropped.
  private var limit: Int

  init(k: Int, slack: Float) {
    self.k = k
    self.slack = slack
    limit = 4 * k + 64
    scores.reserveCapacity(limit)
    indices.reserveCapacity(limit)
  }

  mutating func offer(_ line: UnsafePointer<Float>, _ tile: Range<Int>, except excluded: Int?) {
    var column = 0
    while column + 16 <= tile.count {
      let lanes = UnsafeRawPointer(line + column).loadUnaligned(as: SIMD16<Float>.self)
      if lanes.max() >= cut {
        for lane in 0..<16 where lanes[lane] >= cut {
          add(lanes[lane], tile.lowerBound + column + lane, excluded)
        }
      }
      column += 16
    }
    while column < tile.count {
      if line[column] >= cut { add(line[column], tile.lowerBound + column, excluded) }
      column += 1
    }
  }

  private mutating func add(_ score: Float, _ index: Int, _ excluded: Int?) {
    guard score >= cut, index != excluded else { return }
    scores.append(score)
    indices.append(Int32(truncatingIfNeeded: index))
    if scores.count >= limit { prune() }
  }

  /// Raises the cut to the k-th best so far, less twice what rounding may have moved, and drops what is below.
  private mutating func prune() {
    let sorted = scores.sorted(by: >)
    guard sorted.count >= k else { return }
    cut = sorted[k - 1] - 2 * slack
    var kept = 0
    for position in scores.indices where scores[position] >= cut {
      scores[kept] = scores[position]
      indices[kept] = indices[position]
      kept += 1
    }
    scores.removeLast(scores.count - kept)
    indices.removeLast(indices.count - kept)
    // So many equal rows that none can be dropped: room for more.
    if kept > limit / 2 { limit = 2 * kept + 64 }
  }
}
