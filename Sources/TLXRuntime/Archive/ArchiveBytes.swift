/// Bytes that are written one field after the other: numbers in little-endian order, texts and blocks with their length.
public struct ArchiveWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func add(_ byte: UInt8) { bytes.append(byte) }

  public mutating func add(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }
  public mutating func add(_ number: Double) { add(number.bitPattern) }
  public mutating func add(_ flag: Bool) { add(flag ? UInt8(1) : 0) }

  public mutating func add(_ text: String) {
    add(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  public mutating func add(block: [UInt8]) {
    add(block.count)
    bytes.append(contentsOf: block)
  }

  mutating func add(raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

  public mutating func add(_ texts: [String]) {
    add(texts.count)
    for text in texts { add(text) }
  }
}

/// Reads what `ArchiveWriter` wrote. Every length is checked: damaged bytes give an error, not a crash.
public struct ArchiveReader {
  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { position == bytes.count }

  private mutating func take(_ count: Int) throws -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else { throw DamagedArchive() }
    defer { position += count }
    return position..<position + count
  }

  public mutating func byte() throws -> UInt8 { bytes[try take(1).lowerBound] }

  public mutating func word() throws -> UInt64 {
    let range = try take(8)
    return bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
    }
  }

  public mutating func int() throws -> Int { Int(Int64(bitPattern: try word())) }
  public mutating func float() throws -> Double { Double(bitPattern: try word()) }

  public mutating func flag() throws -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    default: throw DamagedArchive()
    }
  }

  /// A number of items that take at least a byte each.
  public mutating func count() throws -> Int {
    let count = try int()
    guard count >= 0, count <= bytes.count - position else { throw DamagedArchive() }
    return count
  }

  public mutating func text() throws -> String {
    let range = try take(try count())
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw DamagedArchive() }
    return text
  }

  public mutating func block() throws -> [UInt8] { Array(bytes[try take(try count())]) }

  public mutating func texts() throws -> [String] { try (0..<count()).map { _ in try text() } }

  mutating func copy(_ count: Int, to target: UnsafeMutableRawPointer) throws {
    let range = try take(count)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress, count > 0 {
        target.copyMemory(from: base + range.lowerBound, byteCount: count)
      }
    }
  }
}
