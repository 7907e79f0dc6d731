import TLXNumerics

/// A 64-bit digest of words, bytes and numbers: equal for equal contents on every machine and in every run, and
/// different for different contents but for one chance in 2⁶⁴. It tells models and data apart; it is no protection
/// against somebody who wants two to look alike.
public struct Fingerprint: Sendable {
  private var state: UInt64 = 0x243f_6a88_85a3_08d3

  public init() {}

  public mutating func add(_ word: UInt64) {
    // One round of the finaliser of SplitMix64 a word: a bijection of the state, so that nothing added is lost.
    state = (state ^ word) &* 0x9e37_79b9_7f4a_7c15
    state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    state ^= state >> 27
  }

  public mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  public mutating func add(_ text: String) {
    add(text.utf8.count)
    for byte in text.utf8 { add(UInt64(byte)) }
  }

  /// The shape and the bits of every element.
  public mutating func add(_ tensor: Tensor) throws {
    add(tensor.dtype.name)
    for size in tensor.shape { add(size) }
    switch tensor.dtype {
    case .bool: try tensor.withElements(of: Bool.self) { for element in $0 { add(element ? 1 : 0) } }
    case .i64: try tensor.withElements(of: Int.self) { for element in $0 { add(element) } }
    case .f32:
      try tensor.withElements(of: Float.self) { for element in $0 { add(UInt64(element.bitPattern)) } }
    case .f64: try tensor.withElements(of: Double.self) { for element in $0 { add(element.bitPattern) } }
    }
  }

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
