/// A key of the counter-based generator: the same key and counter give the same number on every machine and with
/// any number of threads.
public struct RandomKey: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Draws from one key, one block of the counter after the other: a cell's stream.
public final class RandomStream {
  public let key: RandomKey
  /// The next block of the counter.
  public internal(set) var position: UInt64 = 0

  public init(key: RandomKey) { self.key = key }
}
