/// Draws from one key, one range of the counter after the other: a cell's stream.
///
/// Word `i` of a draw that starts at block `p` is half `(i mod 16) / 8` of block `p + 8 (i div 16) + i mod 8`: groups
/// of eight blocks, which eight lanes compute together. One element takes one word, whatever its distribution, so
/// that any part of a draw can be computed alone; words that a rejection costs come from the blocks whose second
/// counter word is 1, 2, ….
public final class RandomStream {
  public let key: RandomKey
  /// The next block of the counter: a multiple of 8.
  public internal(set) var position: UInt64 = 0

  /// Words for draws of single numbers, and how many of them are used up.
  private var words = [UInt64](repeating: 0, count: 16)
  private var used = 16

  public init(key: RandomKey) { self.key = key }

  /// Sets aside the words of a draw of `count` elements and gives their first block.
  func reserve(_ count: Int) -> UInt64 {
    let start = position
    position &+= UInt64((count + 15) / 16) &* 8
    return start
  }

  /// Word `index` of the draw that starts at block `start`; `attempt` > 0 after rejections.
  static func word(_ key: RandomKey, _ start: UInt64, _ index: Int, attempt: UInt64 = 0) -> UInt64 {
    let lane = UInt64(index & 15)
    let block = start &+ UInt64(index >> 4) &* 8 &+ (lane & 7)
    let (first, second) = Threefry.block(key, low: block, high: attempt)
    return lane < 8 ? first : second
  }
}

// MARK: - Keeping a stream
extension RandomStream {
  /// The stream as it stands, as text: a stream made of it draws what this one would have drawn.
  public var snapshot: String {
    ([key.high, key.low, position, UInt64(used)] + words).map(String.init).joined(separator: " ")
  }

  /// The stream that `snapshot` describes; nil for other text.
  public convenience init?(snapshot: String) {
    let numbers = snapshot.split(separator: " ").compactMap { UInt64($0) }
    guard numbers.count == 20, numbers[3] <= 16 else { return nil }
    self.init(key: RandomKey(high: numbers[0], low: numbers[1]))
    position = numbers[2]
    used = Int(numbers[3])
    words = Array(numbers[4...])
  }
}

// MARK: - Single numbers
extension RandomStream {
  /// 64 random bits.
  public func nextWord() -> UInt64 {
    if used == 16 {
      let (first, second) = Threefry.blocks(key, low: reserve(16))
      for lane in 0..<8 {
        words[lane] = first[lane]
        words[lane + 8] = second[lane]
      }
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// Uniform in the open interval (0, 1): an odd multiple of 2⁻⁵³.
  public func nextUniform() -> Double { unitInterval(nextWord()) }

  /// Standard normal.
  public func nextNormal() -> Double { NormalDistribution.quantile(nextUniform()) }

  /// Uniform on 0 ..< `bound`, without bias. `bound` must be positive.
  ///
  /// Lemire, "Fast random integer generation in an interval" (ACM TOMACS 2019).
  public func nextInt(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = nextWord().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = nextWord().multipliedFullWidth(by: bound) }
    }
    return Int(truncatingIfNeeded: product.high)
  }

  /// The index that a uniform draw falls on in a running sum of weights (its last entry is their total).
  public func nextIndex(cumulative: [Double]) -> Int {
    cumulative.withUnsafeBufferPointer { firstIndex(above: nextUniform() * ($0.last ?? 0), inCumulative: $0) }
  }
}

/// The top 52 bits of a word as an odd multiple of 2⁻⁵³: uniform in (0, 1), never 0, never 1, symmetric about 0.5.
@inline(__always)
func unitInterval(_ word: UInt64) -> Double {
  Double(bitPattern: (word &>> 12) | 0x3FF0_0000_0000_0000) - 1 + 0x1p-53
}

/// The first index whose running sum exceeds `target`, passing over entries of no weight.
func firstIndex(above target: Double, inCumulative sums: UnsafeBufferPointer<Double>) -> Int {
  var low = 0
  var high = sums.count - 1
  while low < high {
    let middle = (low + high) >> 1
    if sums[middle] > target { high = middle } else { low = middle + 1 }
  }
  // Rounding can carry the target to the total itself: step back to an entry that has weight.
  while low > 0 && sums[low] == sums[low - 1] { low -= 1 }
  return low
}
