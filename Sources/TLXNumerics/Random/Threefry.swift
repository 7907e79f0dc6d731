/// Threefry2x64-20: a bijection of 128-bit counters under a 128-bit key, 20 rounds of add, rotate and exclusive-or.
///
/// Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), table 2 and section 4.2.
/// Chosen over Philox4x32-10 because a key of the language is 128 bits, which Philox would have to squeeze
/// into 64; over a stateful generator because any part of a stream can be computed by any thread.
enum Threefry {
  private static let parity: UInt64 = 0x1BD1_1BDA_A9FC_1A22

  /// One block: the two output words of counter (`low`, `high`) under `key`.
  static func block(_ key: RandomKey, low: UInt64, high: UInt64) -> (UInt64, UInt64) {
    let k0 = key.high
    let k1 = key.low
    let k2 = parity ^ k0 ^ k1
    var x = low &+ k0
    var y = high &+ k1
    @inline(__always) func round(_ count: UInt64) {
      x = x &+ y
      y = ((y &<< count) | (y &>> (64 &- count))) ^ x
    }
    round(16); round(42); round(12); round(31)
    x = x &+ k1; y = y &+ k2 &+ 1
    round(16); round(32); round(24); round(21)
    x = x &+ k2; y = y &+ k0 &+ 2
    round(16); round(42); round(12); round(31)
    x = x &+ k0; y = y &+ k1 &+ 3
    round(16); round(32); round(24); round(21)
    x = x &+ k1; y = y &+ k2 &+ 4
    round(16); round(42); round(12); round(31)
    x = x &+ k2; y = y &+ k0 &+ 5
    return (x, y)
  }

  /// Eight blocks at once: counters (`low`, 0) … (`low` + 7, 0).
  @inline(__always)
  static func blocks(_ key: RandomKey, low: UInt64) -> (SIMD8<UInt64>, SIMD8<UInt64>) {
    let k0 = SIMD8<UInt64>(repeating: key.high)
    let k1 = SIMD8<UInt64>(repeating: key.low)
    let k2 = SIMD8<UInt64>(repeating: parity ^ key.high ^ key.low)
    var x = SIMD8<UInt64>(repeating: low) &+ SIMD8<UInt64>(0, 1, 2, 3, 4, 5, 6, 7) &+ k0
    var y = k1
    @inline(__always) func round(_ count: UInt64) {
      x = x &+ y
      y = ((y &<< SIMD8(repeating: count)) | (y &>> SIMD8(repeating: 64 &- count))) ^ x
    }
    @inline(__always) func inject(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>, _ step: UInt64) {
      x = x &+ a
      y = y &+ b &+ SIMD8(repeating: step)
    }
    round(16); round(42); round(12); round(31)
    inject(k1, k2, 1)
    round(16); round(32); round(24); round(21)
    inject(k2, k0, 2)
    round(16); round(42); round(12); round(31)
    inject(k0, k1, 3)
    round(16); round(32); round(24); round(21)
    inject(k1, k2, 4)
    round(16); round(42); round(12); round(31)
    inject(k2, k0, 5)
    return (x, y)
  }
}
