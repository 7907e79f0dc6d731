/// SHA-256 (FIPS 180-4), for telling whether files are the same. Give it bytes in pieces, then ask for `text`.
public struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var pending: [UInt8] = []
  private var count: UInt64 = 0
  private var schedule = [UInt32](repeating: 0, count: 64)

  public init() {}

  /// The checksum of bytes in hexadecimal.
  public static func text(of bytes: some Collection<UInt8>) -> String {
    var sum = SHA256()
    sum.add(bytes)
    return sum.text()
  }

  /// The checksum of a file's contents. E0601, E0602.
  public static func text(ofFile file: FileName) throws -> String {
    try FileContents(of: file).withBytes { bytes in
      var sum = SHA256()
      for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
        sum.add(bytes[start..<min(start + (1 << 20), bytes.count)])
      }
      return sum.text()
    }
  }

  public mutating func add(_ bytes: some Collection<UInt8>) {
    // Of bytes that lie in one piece no copy is made.
    let isAdded: Void? = bytes.withContiguousStorageIfAvailable { add($0) }
    if isAdded == nil { Array(bytes).withUnsafeBufferPointer { add($0) } }
  }

  private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    count += UInt64(bytes.count)
    var start = 0
    if !pending.isEmpty {
      start = min(64 - pending.count, bytes.count)
      pending += bytes[..<start]
      guard pending.count == 64 else { return }
      pending.withUnsafeBufferPointer { mix($0, from: 0, blocks: 1) }
      pending = []
    }
    let blocks = (bytes.count - start) / 64
    mix(bytes, from: start, blocks: blocks)
    pending += bytes[(start + 64 * blocks)...]
  }

  /// Ends the sum.
  public mutating func text() -> String {
    let bits = count * 8
    var last = pending + [0x80]
    while last.count % 64 != 56 { last.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      last.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    last.withUnsafeBufferPointer { mix($0, from: 0, blocks: $0.count / 64) }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  @inline(__always)
  private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private mutating func mix(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, blocks: Int) {
    guard blocks > 0, let base = bytes.baseAddress else { return }
    state.withUnsafeMutableBufferPointer { state in
      schedule.withUnsafeMutableBufferPointer { schedule in
        SHA256.constants.withUnsafeBufferPointer { constants in
          guard let w = schedule.baseAddress, let k = constants.baseAddress, let sums = state.baseAddress
          else {
            return
          }
          for block in 0..<blocks {
            SHA256.spread(UnsafeRawPointer(base + start + 64 * block), over: w)
            SHA256.turn(sums, w, k)
          }
        }
      }
    }
  }

  /// The 64 words that a block gives.
  @inline(__always)
  private static func spread(_ block: UnsafeRawPointer, over w: UnsafeMutablePointer<UInt32>) {
    for index in 0..<16 {
      w[index] = block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self).byteSwapped
    }
    for index in 16..<64 {
      let (a, b) = (w[index - 15], w[index - 2])
      let first = turned(a, 7) ^ turned(a, 18) ^ a >> 3
      let second = turned(b, 17) ^ turned(b, 19) ^ b >> 10
      w[index] = w[index - 16] &+ first &+ w[index - 7] &+ second
    }
  }

  @inline(__always)
  private static func turn(
    _ sums: UnsafeMutablePointer<UInt32>, _ w: UnsafeMutablePointer<UInt32>, _ k: UnsafePointer<UInt32>
  ) {
    var (a, b, c, d) = (sums[0], sums[1], sums[2], sums[3])
    var (e, f, g, h) = (sums[4], sums[5], sums[6], sums[7])
    for index in 0..<64 {
      let choice = e & f ^ ~e & g
      let t1 = h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ choice &+ k[index] &+ w[index]
      let majority = a & b ^ a & c ^ b & c
      let t2 = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
    }
    (sums[0], sums[1], sums[2], sums[3]) = (sums[0] &+ a, sums[1] &+ b, sums[2] &+ c, sums[3] &+ d)
    (sums[4], sums[5], sums[6], sums[7]) = (sums[4] &+ e, sums[5] &+ f, sums[6] &+ g, sums[7] &+ h)
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
