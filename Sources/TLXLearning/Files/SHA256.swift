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
    count += UInt64(bytes.count)
    var rest = Array(bytes)[...]
    if !pending.isEmpty {
      let taken = rest.prefix(64 - pending.count)
      pending += taken
      rest = rest.dropFirst(taken.count)
      guard pending.count == 64 else { return }
      pending.withUnsafeBufferPointer { mix($0, at: 0) }
      pending = []
    }
    rest.withUnsafeBufferPointer { buffer in
      for start in stride(from: 0, to: buffer.count - 63, by: 64) { mix(buffer, at: start) }
    }
    pending = Array(rest.suffix(rest.count % 64))
  }

  /// Ends the sum.
  public mutating func text() -> String {
    let bits = count * 8
    var last = pending + [0x80]
    while last.count % 64 != 56 { last.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) { last.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    last.withUnsafeBufferPointer { buffer in
      for start in stride(from: 0, to: buffer.count, by: 64) { mix(buffer, at: start) }
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  private mutating func mix(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
    for index in 0..<16 {
      var word: UInt32 = 0
      for byte in 0..<4 { word = word << 8 | UInt32(bytes[start + 4 * index + byte]) }
      schedule[index] = word
    }
    for index in 16..<64 {
      let (a, b) = (schedule[index - 15], schedule[index - 2])
      let first = SHA256.turned(a, 7) ^ SHA256.turned(a, 18) ^ a >> 3
      let second = SHA256.turned(b, 17) ^ SHA256.turned(b, 19) ^ b >> 10
      schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
    }
    var v = state
    for index in 0..<64 {
      let s1 = SHA256.turned(v[4], 6) ^ SHA256.turned(v[4], 11) ^ SHA256.turned(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let t1 = v[7] &+ s1 &+ choice &+ SHA256.constants[index] &+ schedule[index]
      let s0 = SHA256.turned(v[0], 2) ^ SHA256.turned(v[0], 13) ^ SHA256.turned(v[0], 22)
      let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
      v[7] = v[6]
      v[6] = v[5]
      v[5] = v[4]
      v[4] = v[3] &+ t1
      v[3] = v[2]
      v[2] = v[1]
      v[1] = v[0]
      v[0] = t1 &+ s0 &+ majority
    }
    for index in 0..<8 { state[index] = state[index] &+ v[index] }
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
