import CZlib
import TLXNumerics

/// Undoes deflate compression, of `.gz` files and of zip members.
final class Inflater {
  enum Format: Int32 {
    /// Without header or checksum: zip members.
    case raw = -15
    case gzip = 31
    /// What PNG files hold.
    case zlib = 15
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let format: Format

  init(_ format: Format) throws {
    // zlib remembers the address of its stream, so it must not move.
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.format = format
    guard tlx_inflate_begin(stream, format.rawValue) == Z_OK else {
      stream.deallocate()
      throw NumericsError("E0702", "no memory to decompress")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  struct Step {
    var consumed: Int
    var produced: Int
    /// Whether the compressed stream has ended.
    var isFinished: Bool
  }

  /// Decompresses what fits. Nil if the data is damaged.
  func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Step? {
    let taken = min(input.count, 1 << 30)
    let room = min(output.count, 1 << 30)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(taken)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    let status = inflate(stream, Z_NO_FLUSH)
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
    return Step(
      consumed: taken - Int(stream.pointee.avail_in), produced: room - Int(stream.pointee.avail_out),
      isFinished: status == Z_STREAM_END)
  }

  /// Starts on a further gzip member.
  func restart() { inflateReset(stream) }

  /// A whole gzip file of one or more members. E0608.
  static func gunzip(_ bytes: UnsafeRawBufferPointer, of file: FileName) throws -> GrowingMemory {
    let memory = try GrowingMemory(capacity: max(bytes.count &* 4, 4096))
    let inflater = try Inflater(.gzip)
    var position = 0
    var isFinished = false
    while position < bytes.count || !isFinished {
      if isFinished {
        // Zeros after the last member are padding.
        guard bytes[position] == 0x1f else { break }
        inflater.restart()
      }
      try memory.reserve(1 << 16)
      let room = UnsafeMutableRawBufferPointer(
        start: memory.base + memory.count, count: memory.capacity - memory.count)
      let input = UnsafeRawBufferPointer(rebasing: bytes[position...])
      guard let step = inflater.step(input, into: room) else {
        throw file.failure("E0608", "the compressed data is damaged near byte \(position)")
      }
      if step.consumed == 0 && step.produced == 0 && !step.isFinished {
        throw file.failure(
          "E0608", "the compressed data ends early, after byte \(bytes.count)",
          help: "the file was cut off: copy it again")
      }
      position += step.consumed
      memory.count += step.produced
      isFinished = step.isFinished
      try Interrupt.check()
    }
    return memory
  }

  /// A zip member whose size is known. False if it is damaged or of another size.
  static func expand(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ format: Format = .raw
  ) throws -> Bool {
    let inflater = try Inflater(format)
    var (read, written) = (0, 0)
    while true {
      let step = inflater.step(
        UnsafeRawBufferPointer(rebasing: bytes[read...]),
        into: UnsafeMutableRawBufferPointer(rebasing: output[written...]))
      guard let step else { return false }
      read += step.consumed
      written += step.produced
      if step.isFinished { return written == output.count }
      if step.consumed == 0 && step.produced == 0 { return false }
      try Interrupt.check()
    }
  }
}

/// Undoes zlib's compression (RFC 1950) of what has a known size. Nil if it is damaged or of another size.
public func zlibInflated(_ bytes: [UInt8], count: Int) -> [UInt8]? {
  var output = [UInt8](repeating: 0, count: count)
  let isWhole = bytes.withUnsafeBytes { input in
    output.withUnsafeMutableBytes { (try? Inflater.expand(input, into: $0, .zlib)) ?? false }
  }
  return isWhole ? output : nil
}

/// Compresses to a gzip file.
final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard tlx_deflate_gzip_begin(stream) == Z_OK else {
      stream.deallocate()
      throw NumericsError("E0702", "no memory to compress")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses all of `input` and passes on what comes out; `isLast` ends the file.
  func compress(
    _ input: UnsafeRawBufferPointer, isLast: Bool, _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var position = 0
    try withUnsafeTemporaryAllocation(byteCount: 1 << 15, alignment: 16) { output in
      repeat {
        let taken = min(input.count - position, 1 << 30)
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: position))
        stream.pointee.avail_in = UInt32(taken)
        let isEnd = isLast && position + taken == input.count
        repeat {
          stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.pointee.avail_out = UInt32(output.count)
          _ = deflate(stream, isEnd ? Z_FINISH : Z_NO_FLUSH)
          let produced = output.count - Int(stream.pointee.avail_out)
          try emit(UnsafeRawBufferPointer(rebasing: output[..<produced]))
        } while stream.pointee.avail_out == 0
        position += taken
      } while position < input.count
    }
  }
}
