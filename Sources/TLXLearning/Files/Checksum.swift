import CZlib

/// CRC-32 as zip files use it.
enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32 {
    var sum = UInt(start)
    var position = 0
    while position < bytes.count {
      let part = min(bytes.count - position, 1 << 30)
      let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: position)
      sum = UInt(crc32(CUnsignedLong(sum), base, UInt32(part)))
      position += part
    }
    return UInt32(truncatingIfNeeded: sum)
  }
}
