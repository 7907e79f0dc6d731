import CVectors

/// A stable sort of unsigned keys by digits, from the lowest: each pass counts the keys of every digit and moves them to
/// their places. Where a lane is long, parts of it are counted and moved at once; each part has its own places, so that the
/// result is the same for any number of parts. Digits in which all keys agree are skipped.
enum RadixSort {
  /// Keys that one look at the interrupt flag is for.
  private static let stretch = 1 << 18
  /// Shorter parts are not worth a thread.
  private static let smallestPart = 1 << 16

  /// The inner loops for one size of keys.
  struct Loops<Key>: Sendable {
    let count: @Sendable (UnsafePointer<Key>, Int, Int32, UInt32, UnsafeMutablePointer<UInt32>) -> Void
    let scatter:
      @Sendable (
        UnsafeMutablePointer<Key>, UnsafePointer<Key>, Int, Int32, UInt32, UnsafeMutablePointer<UInt32>
      ) ->
        Void
  }

  static let words = Loops<UInt32>(
    count: { tlx_count_u32($0, $1, $2, $3, $4) }, scatter: { tlx_scatter_u32($0, $1, $2, $3, $4, $5) })
  static let doubleWords = Loops<UInt64>(
    count: { tlx_count_u64($0, $1, $2, $3, $4) }, scatter: { tlx_scatter_u64($0, $1, $2, $3, $4, $5) })

  /// Ranges of about equal length for the threads at hand.
  static func parts(of count: Int) -> [Range<Int>] {
    let parts = Parallel.isInside ? 1 : max(1, min(Parallel.threadCount, count / smallestPart))
    let length = (count + parts - 1) / parts
    return (0..<parts).map { min(count, $0 * length)..<min(count, ($0 + 1) * length) }
  }

  /// Calls `body` on stretches of the parts, side by side.
  static func forEachStretch(_ parts: [Range<Int>], _ body: (Int, Range<Int>) throws -> Void) throws {
    try Parallel.forEach(count: parts.count, grain: 1) { range in
      for part in range {
        for first in Swift.stride(from: parts[part].lowerBound, to: parts[part].upperBound, by: stretch) {
          try Interrupt.check()
          try body(part, first..<min(first + stretch, parts[part].upperBound))
        }
      }
    }
  }

  /// Sorts `keys` by the bits from `lowest` on, with `other` as a second place for them. Returns where they end up.
  static func sort<Key: FixedWidthInteger>(
    _ keys: UnsafeMutablePointer<Key>, _ other: UnsafeMutablePointer<Key>, count: Int, lowest: Int = 0,
    _ loops: Loops<Key>
  ) throws -> UnsafeMutablePointer<Key> {
    guard count > 1, count <= UInt32.max else { return keys }
    let parts = parts(of: count)
    // Short lanes would spend their time on clearing the counts of many digits.
    let bits = count < 4096 ? 8 : 11
    let digits = 1 << bits
    let mask = UInt32(digits - 1)
    var (source, target) = (keys, other)
    try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: parts.count * digits) { places in
      guard let places = places.baseAddress else { return }
      for shift in Swift.stride(from: lowest, to: Key.bitWidth, by: bits) {
        places.initialize(repeating: 0, count: parts.count * digits)
        try forEachStretch(parts) { part, range in
          loops.count(source + range.lowerBound, range.count, Int32(shift), mask, places + part * digits)
        }
        if spread(places, parts.count, digits, count) { continue }
        try forEachStretch(parts) { part, range in
          loops.scatter(
            target, source + range.lowerBound, range.count, Int32(shift), mask, places + part * digits)
        }
        swap(&source, &target)
      }
    }
    return source
  }

  /// Turns counts into the first place of each digit in each part. True where one digit has all keys.
  private static func spread(
    _ places: UnsafeMutablePointer<UInt32>, _ parts: Int, _ digits: Int, _ count: Int
  ) -> Bool {
    var total: UInt32 = 0
    for digit in 0..<digits {
      let first = total
      for part in 0..<parts {
        let here = places[part * digits + digit]
        places[part * digits + digit] = total
        total &+= here
      }
      if total &- first == UInt32(count) { return true }
    }
    return false
  }
}
