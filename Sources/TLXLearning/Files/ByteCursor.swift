/// Reads little-endian numbers from bytes, nil beyond their end: no input can make it trap.
struct ByteCursor {
  let bytes: UnsafeRawBufferPointer
  var position: Int

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { bytes.count - position }

  mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    let size = MemoryLayout<Number>.size
    guard position >= 0, remaining >= size else { return nil }
    defer { position += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
  }

  /// A number that must be usable as a size.
  mutating func size<Number: FixedWidthInteger>(_ type: Number.Type) -> Int? {
    integer(type).flatMap { Int(exactly: $0) }
  }

  mutating func slice(_ count: Int) -> UnsafeRawBufferPointer? {
    guard position >= 0, count >= 0, remaining >= count else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

/// Builds little-endian bytes.
struct ByteBuilder {
  var bytes: [UInt8] = []

  mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
