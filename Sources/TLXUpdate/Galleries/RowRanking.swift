/// Ranks right rows by counting the rows before each, without sorting the gallery: O(n + m) for m right rows among n, or
/// O(n log m) where so many scores are equal or nearly so that they fall into few buckets. Equal scores go by index.
struct RowRanking {
  private var order: [(score: Double, row: Int32)] = []
  private var counts: [Int32] = []
  private var sorted: [Double] = []

  /// - Parameters:
  ///   - scores: One a gallery row, and memory for a multiple of eight.
  ///   - cutoff: Precision counts right rows above this rank only, and is divided by min(m, cutoff); nil for all.
  ///   - excluded: A row that is not in the gallery for this query: itself.
  mutating func rank(
    _ scores: UnsafePointer<Double>, label: Int, among relevant: RelevantRows, excluded: Int?, cutoff: Int?
  ) -> RankedQuery {
    order.removeAll(keepingCapacity: true)
    for row in relevant.rows(of: label) where Int(row) != excluded { order.append((scores[Int(row)], row)) }
    guard !order.isEmpty else { return RankedQuery() }
    if let result = BucketRanking.rank(scores, right: order, among: relevant.labels.count, excluded, cutoff) {
      return result
    }
    order.sort { $0.score > $1.score || ($0.score == $1.score && $0.row < $1.row) }
    count(scores, label: label, labels: relevant.labels, excluded: excluded)
    var result = RankedQuery(first: Int(counts[0]), averagePrecision: 0, relevant: order.count)
    var before = 0
    for index in order.indices {
      before += Int(counts[index])
      let rank = before + index
      if let cutoff, rank >= cutoff { break }
      result.averagePrecision += Double(index + 1) / Double(rank + 1)
    }
    result.averagePrecision /= Double(Swift.min(order.count, cutoff ?? order.count))
    return result
  }

  /// `counts[p]`: wrong rows that come before the right row p and after p − 1.
  private mutating func count(
    _ scores: UnsafePointer<Double>, label: Int, labels: [Int], excluded: Int?
  ) {
    let last = order.count
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(0, count: last + 1))
    sorted.removeAll(keepingCapacity: true)
    for item in order { sorted.append(item.score) }
    // A power of two of places, so that the search takes the same steps for every row and branches on nothing.
    var reach = 1
    while reach < last + 1 { reach *= 2 }
    for _ in last..<reach { sorted.append(-.infinity) }
    labels.withUnsafeBufferPointer { labels in
      sorted.withUnsafeBufferPointer { sorted in
        counts.withUnsafeMutableBufferPointer { counts in
          guard let sorted = sorted.baseAddress, let counts = counts.baseAddress else { return }
          for start in stride(from: 0, to: labels.count, by: 8) {
            // Scores come in panels of eight rows, so that eight are there also at the end.
            let block = UnsafeRawPointer(scores + start).loadUnaligned(as: SIMD8<Double>.self)
            let places = RowRanking.places(of: block, in: sorted, reach: reach)
            for lane in 0..<Swift.min(8, labels.count - start) {
              let row = start + lane
              if labels[row] == label || row == excluded { continue }
              var place = Int(places[lane])
              while place < last, sorted[place] == block[lane], Int(order[place].row) < row { place += 1 }
              counts[place] += 1
            }
          }
        }
      }
    }
  }

  /// How many of the descending numbers lie above each of eight scores, by halving: in lanes, since a branch on the
  /// comparison would be mispredicted every second time.
  @inline(__always)
  private static func places(of scores: SIMD8<Double>, in sorted: UnsafePointer<Double>, reach: Int) -> SIMD8<
    Int64
  > {
    var places = SIMD8<Int64>()
    var step = reach / 2
    while step > 0 {
      let probes = places &+ Int64(step - 1)
      var values = SIMD8<Double>()
      for lane in 0..<8 { values[lane] = sorted[Int(probes[lane])] }
      places.replace(with: places &+ Int64(step), where: values .> scores)
      step /= 2
    }
    return places
  }
}
