/// Counts distinct customers for many things at once: exact up to 31 each, beyond that an estimate with a standard error
/// of about 18 %.
///
/// Keeps the 32 smallest hashes of each (Bar-Yossef et al., "Counting distinct elements in a data stream", RANDOM
/// 2002): with the 32nd smallest at a share x of the range, about 31 / x are distinct. At most 128 bytes each, however
/// often it is seen.
struct DistinctCounts {
  private static let limit = 32
  private var smallest: [[UInt32]] = []

  /// Makes room for things up to `count`.
  private mutating func extend(to count: Int) {
    while smallest.count < count { smallest.append([]) }
  }

  mutating func add(_ hash: UInt64, to thing: Int) {
    extend(to: thing + 1)
    let value = UInt32(truncatingIfNeeded: hash >> 32)
    let kept = smallest[thing].count
    if kept == Self.limit, value >= smallest[thing][kept - 1] { return }
    // Sorted, so that the place and the duplicate are found in one search.
    var (low, high) = (0, kept)
    while low < high {
      let middle = (low + high) / 2
      if smallest[thing][middle] < value { low = middle + 1 } else { high = middle }
    }
    if low < kept, smallest[thing][low] == value { return }
    smallest[thing].insert(value, at: low)
    if smallest[thing].count > Self.limit { smallest[thing].removeLast() }
  }

  func count(of thing: Int) -> Int {
    guard thing < smallest.count else { return 0 }
    let values = smallest[thing]
    guard values.count == Self.limit, let last = values.last else { return values.count }
    return Int((Double(Self.limit - 1) * 0x1p32 / (Double(last) + 1)).rounded())
  }
}
