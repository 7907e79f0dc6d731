import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The bytes of a file in memory: mapped where it is large, so that only the pages that are read cost anything.
public final class FileContents: @unchecked Sendable {
  /// Valid only while this object lives, which the optimiser may end after its last use: see `withBytes`.
  let bytes: UnsafeRawBufferPointer
  /// Whether tensors may lie in these bytes instead of copying them.
  let isMapped: Bool
  private let release: (UnsafeMutableRawPointer) -> Void

  private init(
    _ pointer: UnsafeMutableRawPointer, count: Int, isMapped: Bool,
    release: @escaping (UnsafeMutableRawPointer) -> Void
  ) {
    bytes = UnsafeRawBufferPointer(start: pointer, count: count)
    self.isMapped = isMapped
    self.release = release
  }

  deinit {
    if let base = bytes.baseAddress { release(UnsafeMutableRawPointer(mutating: base)) }
  }

  /// From this size on a file is mapped.
  static let mappingThreshold = 1 << 18

  /// Reads or maps a whole file; pipes are read to their end. E0601, E0602.
  public convenience init(of file: FileName) throws {
    let descriptor = try FileContents.open(file)
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw file.systemFailure("read", errno) }
    let size = Int(status.st_size)
    if status.st_mode & S_IFMT == S_IFREG, size >= Self.mappingThreshold {
      // Private and writable: should a kernel ever write in place, the file is not touched.
      let pointer = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
      guard let pointer, Int(bitPattern: pointer) != -1 else { throw file.systemFailure("map", errno) }
      self.init(pointer, count: size, isMapped: true) { munmap($0, size) }
    } else {
      try self.init(readingToEnd: descriptor, of: file, expecting: size)
    }
  }

  /// The bytes, kept alive for as long as `body` runs.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  /// Uninitialised memory of `count` bytes that `fill` writes.
  convenience init(count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    guard let pointer = malloc(max(count, 1)) else {
      throw NumericsError("E0702", "cannot allocate \(count) bytes")
    }
    do {
      try fill(UnsafeMutableRawBufferPointer(start: pointer, count: count))
    } catch {
      free(pointer)
      throw error
    }
    self.init(pointer, count: count, isMapped: false) { free($0) }
  }

  private convenience init(readingToEnd descriptor: Int32, of file: FileName, expecting size: Int) throws {
    let memory = try GrowingMemory(capacity: max(size + 1, 4096))
    while true {
      try memory.reserve(max(memory.count / 2, 4096))
      let got = read(descriptor, memory.base + memory.count, memory.capacity - memory.count)
      if got == 0 { break }
      if got > 0 {
        memory.count += got
      } else if errno != EINTR {
        throw file.systemFailure("read", errno)
      }
      try Interrupt.check()
    }
    self.init(adopting: memory)
  }

  /// Takes the memory over.
  convenience init(adopting memory: GrowingMemory) {
    let count = memory.count
    self.init(memory.release(), count: count, isMapped: false) { free($0) }
  }

  /// A descriptor for reading; a folder is refused.
  static func open(_ file: FileName) throws -> Int32 {
    try FileAccess.willRead(file.path, shown: file.shown)
    let descriptor = Glibc.open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw file.systemFailure("read", errno) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw file.systemFailure("read", EISDIR)
    }
    return descriptor
  }

  /// These bytes, decompressed if they are a gzip file. E0608 if that is damaged.
  func decompressed(of file: FileName) throws -> FileContents {
    guard bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else { return self }
    return try withBytes { FileContents(adopting: try Inflater.gunzip($0, of: file)) }
  }

  /// `count` bytes from `offset` on as storage that keeps the file mapped.
  func storage(at offset: Int, count: Int) -> Storage? {
    guard isMapped, offset >= 0, count >= 0, offset <= bytes.count - count,
      let base = bytes.baseAddress
    else { return nil }
    return Storage(borrowing: UnsafeMutableRawPointer(mutating: base + offset), byteCount: count) { _ in
      withExtendedLifetime(self) {}
    }
  }
}

/// A block of memory that grows as it is filled.
final class GrowingMemory {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  /// Bytes filled.
  var count = 0
  private var isOwned = true

  init(capacity: Int) throws {
    guard let memory = malloc(max(capacity, 64)) else {
      throw NumericsError("E0702", "cannot allocate \(capacity) bytes")
    }
    base = memory
    self.capacity = max(capacity, 64)
  }

  deinit { if isOwned { free(base) } }

  /// Makes room for `more` bytes after those filled. E0702.
  func reserve(_ more: Int) throws {
    guard capacity - count < more else { return }
    let wanted = max(count + more, capacity * 2)
    guard let memory = realloc(base, wanted) else {
      throw NumericsError("E0702", "cannot allocate \(wanted) bytes")
    }
    base = memory
    capacity = wanted
  }

  /// Hands the memory over; the caller frees it.
  func release() -> UnsafeMutableRawPointer {
    isOwned = false
    return base
  }
}
