/// A key of the counter-based generator: the same key and counter give the same number on every machine and with
/// any number of threads.
public struct RandomKey: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The key that `seed(n)` starts a session from.
  public init(seed: UInt64) { self.init(high: 0, low: seed) }

  /// The second counter word of derivations. Draws count theirs up from 0, so that no draw shows a derived key.
  private static let derivation: UInt64 = 1 << 63

  /// A key of its own for each path: `k.derived(from: [a, b])` is `k.derived(from: [a]).derived(from: [b])`, and
  /// unequal paths give unrelated keys.
  public func derived(from path: [UInt64]) -> RandomKey {
    path.reduce(self) { key, step in key.derived(step, domain: Self.derivation) }
  }

  /// A key of its own for each text (its UTF-8 bytes and their number).
  public func derived(from text: String) -> RandomKey {
    var key = self
    var word: UInt64 = 0
    var filled: UInt64 = 0
    var count: UInt64 = 0
    for byte in text.utf8 {
      word |= UInt64(byte) << (8 * filled)
      filled += 1
      count += 1
      if filled == 8 {
        key = key.derived(word, domain: Self.derivation | 1)
        word = 0
        filled = 0
      }
    }
    if filled > 0 { key = key.derived(word, domain: Self.derivation | 1) }
    return key.derived(count, domain: Self.derivation | 2)
  }

  private func derived(_ word: UInt64, domain: UInt64) -> RandomKey {
    let (high, low) = Threefry.block(self, low: word, high: domain)
    return RandomKey(high: high, low: low)
  }
}
