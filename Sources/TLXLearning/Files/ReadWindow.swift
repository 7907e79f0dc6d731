import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A window that slides over a file, decompressing it if need be: readers that go through a file once hold no
/// more of it than their longest record.
public final class ReadWindow {
  public let file: FileName
  private let descriptor: Int32
  private var inflater: Inflater?
  /// Compressed bytes that wait for the inflater.
  private var packed: [UInt8] = []
  private var packedStart = 0
  private var packedIsFinished = false
  private let memory: GrowingMemory
  /// Where the unread part starts.
  private var start = 0
  /// Whether the window holds the last of the file.
  public private(set) var isAtEnd = false

  /// Opens the file and reads its beginning. A UTF-8 byte order mark is passed over. E0601, E0602, E0608.
  public init(_ file: FileName) throws {
    self.file = file
    memory = try GrowingMemory(capacity: 1 << 18)
    descriptor = try FileContents.open(file)
    try more()
    if count >= 2, base[0] == 0x1f, base[1] == 0x8b {
      packed = Array(UnsafeBufferPointer(start: base, count: count))
      inflater = try Inflater(.gzip)
      memory.count = 0
      isAtEnd = false
      try more()
    }
    if count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { consume(3) }
  }

  deinit { close(descriptor) }

  /// The unread bytes at hand; valid until the next `more`.
  public var base: UnsafeMutablePointer<UInt8> { memory.base.assumingMemoryBound(to: UInt8.self) + start }
  public var count: Int { memory.count - start }

  /// Marks the first `count` bytes as read.
  public func consume(_ count: Int) { start += count }

  /// Reads on, keeping what is unread.
  public func more() throws {
    try Interrupt.check()
    if start > 0 {
      memmove(memory.base, base, count)
      memory.count -= start
      start = 0
    }
    try memory.reserve(max(1 << 17, memory.count / 2))
    let room = UnsafeMutableRawBufferPointer(
      start: memory.base + memory.count, count: memory.capacity - memory.count)
    let got = try inflater.map { try unpack($0, into: room) } ?? load(into: room)
    if got == 0 { isAtEnd = true }
    memory.count += got
  }

  private func load(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let got = read(descriptor, room.baseAddress, room.count)
      if got >= 0 { return got }
      if errno != EINTR { throw file.systemFailure("read", errno) }
      try Interrupt.check()
    }
  }

  private func unpack(_ inflater: Inflater, into room: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      if packedStart == packed.count {
        packed = try Array(unsafeUninitializedCapacity: 1 << 17) { buffer, count in
          count = try load(into: UnsafeMutableRawBufferPointer(buffer))
        }
        packedStart = 0
        if packed.isEmpty {
          guard packedIsFinished else {
            throw file.failure(
              "E0608", "the compressed data ends early", help: "the file was cut off: copy it again")
          }
          return 0
        }
      }
      if packedIsFinished {
        // Zeros after the last member are padding.
        guard packed[packedStart] == 0x1f else { return 0 }
        inflater.restart()
        packedIsFinished = false
      }
      let step = packed.withUnsafeBytes {
        inflater.step(UnsafeRawBufferPointer(rebasing: $0[packedStart...]), into: room)
      }
      guard let step else { throw file.failure("E0608", "the compressed data is damaged") }
      packedStart += step.consumed
      packedIsFinished = step.isFinished
      if step.produced > 0 { return step.produced }
    }
  }
}
