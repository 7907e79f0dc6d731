/// Ranks right rows through buckets of equal width between the best and the worst right score.
///
/// A bucket's number does not rise with the score, so that rows of an earlier bucket come before and those of a later one
/// after; only within a bucket that holds a right row are scores compared. With eight buckets a right row few are.
struct BucketRanking {
  private let scores: UnsafePointer<Double>
  private let right: [(score: Double, row: Int32)]
  private let count: Int
  private let size: Int
  /// The bucket of each row; rows in memory come in eights.
  private let buckets: UnsafeMutablePointer<UInt64>
  /// How many rows a bucket has, then how many the ones before it have.
  private let totals: UnsafeMutablePointer<Int32>
  /// The last right row of each bucket by its place among them, or −1, and for each the one before it.
  private let heads: UnsafeMutablePointer<Int32>
  private let links: UnsafeMutablePointer<Int32>
  private let ranks: UnsafeMutablePointer<Int32>
  /// Rows in buckets with right ones.
  private let rivals: UnsafeMutablePointer<Int32>

  /// - Parameters:
  ///   - scores: One a row, and memory for a multiple of eight.
  ///   - right: The right rows, not empty, by ascending row.
  ///   - excluded: A row that is not there for this query.
  ///   - cutoff: As of `RowRanking.rank`.
  /// - Returns: nil where comparing within buckets would take longer than sorting.
  static func rank(
    _ scores: UnsafePointer<Double>, right: [(score: Double, row: Int32)], among count: Int, _ excluded: Int?,
    _ cutoff: Int?
  ) -> RankedQuery? {
    var size = 64
    while size < 8 * right.count { size *= 2 }
    let padded = (count + 7) & ~7
    let words = padded + (2 * size + 2 * right.count + count) / 2 + 1
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { memory -> RankedQuery? in
      guard let start = memory.baseAddress else { return nil }
      let rest = UnsafeMutableRawPointer(start + padded)
        .bindMemory(to: Int32.self, capacity: 2 * size + 2 * right.count + count)
      let ranking = BucketRanking(
        scores: scores, right: right, count: count, size: size, buckets: start, totals: rest,
        heads: rest + size, links: rest + 2 * size, ranks: rest + 2 * size + right.count,
        rivals: rest + 2 * size + 2 * right.count)
      guard ranking.findRanks(excluded) else { return nil }
      return ranking.outcome(cutoff)
    }
  }

  private func findRanks(_ excluded: Int?) -> Bool {
    guard fillBuckets() else { return false }
    // The last bucket lies behind all right rows.
    if let excluded { buckets[excluded] = UInt64(size - 1) }
    totals.initialize(repeating: 0, count: size)
    heads.initialize(repeating: -1, count: size)
    for place in right.indices {
      let bucket = Int(buckets[Int(right[place].row)])
      (links + place).initialize(to: heads[bucket])
      heads[bucket] = Int32(truncatingIfNeeded: place)
    }
    var met = 0
    for row in 0..<count {
      let bucket = Int(buckets[row])
      totals[bucket] &+= 1
      (rivals + met).initialize(to: Int32(truncatingIfNeeded: row))
      met &+= heads[bucket] >= 0 ? 1 : 0
    }
    var before: Int32 = 0
    for bucket in 0..<size {
      let own = totals[bucket]
      totals[bucket] = before
      before &+= own
    }
    for place in right.indices {
      (ranks + place).initialize(to: totals[Int(buckets[Int(right[place].row)])])
    }
    return compareRivals(met)
  }

  /// False where the right scores span nothing that can be divided.
  private func fillBuckets() -> Bool {
    var (low, high) = (Double.infinity, -Double.infinity)
    for item in right { (low, high) = (Swift.min(low, item.score), Swift.max(high, item.score)) }
    // Right rows lie in buckets 1 … size − 2.
    let scale = Double(size - 3) / (high - low)
    guard scale > 0, scale.isFinite else { return false }
    typealias Lanes = SIMD8<Double>
    let (top, last) = (Lanes(repeating: high), Lanes(repeating: Double(size - 1)))
    for start in stride(from: 0, to: count, by: 8) {
      var place = (top - UnsafeRawPointer(scores + start).loadUnaligned(as: Lanes.self)) * scale + 1
      place.replace(with: Lanes(), where: place .< Lanes())
      // Not a number goes last, too.
      place.replace(with: last, where: .!(place .<= last))
      // Adding 2⁵² rounds to whole numbers and leaves them in the low bits.
      let bits = unsafeBitCast(place + 0x1p52, to: SIMD8<UInt64>.self) & 0xF_FFFF_FFFF
      UnsafeMutableRawPointer(buckets + start).storeBytes(of: bits, as: SIMD8<UInt64>.self)
    }
    return true
  }

  private func compareRivals(_ met: Int) -> Bool {
    var left = 32 * count
    for index in 0..<met {
      let row = rivals[index]
      let score = scores[Int(row)]
      var place = heads[Int(buckets[Int(row)])]
      while place >= 0 {
        let item = right[Int(place)]
        if score > item.score || (score == item.score && row < item.row) { ranks[Int(place)] &+= 1 }
        place = links[Int(place)]
        left &-= 1
      }
      if left < 0 { return false }
    }
    return true
  }

  /// Precision at the right rows in the order of their ranks, which are all different: one bit each, in a row of bits that
  /// takes the buckets' place.
  private func outcome(_ cutoff: Int?) -> RankedQuery {
    let words = (count + 63) / 64
    buckets.update(repeating: 0, count: words)
    for place in right.indices { buckets[Int(ranks[place]) >> 6] |= 1 << UInt64(ranks[place] & 63) }
    var result = RankedQuery(first: -1, averagePrecision: 0, relevant: right.count)
    var met = 0
    for word in 0..<words {
      var bits = buckets[word]
      while bits != 0 {
        let rank = word * 64 + bits.trailingZeroBitCount
        bits &= bits &- 1
        if result.first < 0 { result.first = rank }
        if let cutoff, rank >= cutoff { return divided(result, cutoff) }
        met += 1
        result.averagePrecision += Double(met) / Double(rank + 1)
      }
    }
    return divided(result, cutoff)
  }

  private func divided(_ result: RankedQuery, _ cutoff: Int?) -> RankedQuery {
    var result = result
    result.averagePrecision /= Double(Swift.min(right.count, cutoff ?? right.count))
    return result
  }
}
