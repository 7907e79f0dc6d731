import Synchronization
import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Writes a file so that it appears whole or not at all: into a temporary sibling, which is flushed to the disk and
/// then renamed over the target. Compresses if the name ends in `.gz`.
public final class AtomicFile {
  public let file: FileName
  private let target: String
  /// Nil where the target is no regular file (a pipe, a terminal) and is written to directly.
  private let temporary: String?
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var deflater: Deflater?
  private var isCommitted = false

  private static let serial = Atomic<Int>(0)

  private init(_ file: FileName) throws {
    try FileAccess.willWrite(file.shown)
    self.file = file
    var status = stat()
    let exists = stat(file.path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR { throw file.systemFailure("write", EISDIR) }
    if exists && status.st_mode & S_IFMT != S_IFREG {
      target = file.path
      temporary = nil
      descriptor = open(target, O_WRONLY | O_CLOEXEC)
    } else {
      target = exists ? Self.resolved(file.path) : file.path
      let number = Self.serial.wrappingAdd(1, ordering: .relaxed).newValue
      let name = "\(target).tmp-\(getpid())-\(number)"
      temporary = name
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 && exists { fchmod(descriptor, status.st_mode & 0o7777) }
    }
    guard descriptor >= 0 else {
      isCommitted = true
      throw file.systemFailure("write", errno)
    }
    pending.reserveCapacity(1 << 16)
    if file.isGzip { deflater = try Deflater() }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted, let temporary { unlink(temporary) }
  }

  /// Replaces the file by what `body` writes; if it throws, the file stays as it was. E0601, E0602.
  public static func write(_ file: FileName, _ body: (AtomicFile) throws -> Void) throws {
    let output = try AtomicFile(file)
    try body(output)
    try output.commit()
  }

  /// The file that a symbolic link stands for, so that the link stays.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  public func write(_ text: String) throws {
    pending.append(contentsOf: text.utf8)
    if pending.count >= 1 << 16 { try flush() }
  }

  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.count < 1 << 15 {
      pending.append(contentsOf: bytes)
      if pending.count >= 1 << 16 { try flush() }
    } else {
      try flush()
      try pass(bytes, isLast: false)
    }
  }

  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  private func flush(isLast: Bool = false) throws {
    try Interrupt.check()
    try pending.withUnsafeBytes { try pass($0, isLast: isLast) }
    pending.removeAll(keepingCapacity: true)
  }

  private func pass(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws {
    if let deflater {
      try deflater.compress(bytes, isLast: isLast) { try put($0) }
    } else {
      try put(bytes)
    }
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws {
    var position = 0
    while position < bytes.count {
      let written = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: position), min(bytes.count - position, 1 << 30))
      if written >= 0 {
        position += written
      } else if errno != EINTR {
        throw file.systemFailure("write", errno)
      }
    }
  }

  private func commit() throws {
    try flush(isLast: true)
    guard let temporary else { return isCommitted = true }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw file.systemFailure("write", errno) }
    guard rename(temporary, target) == 0 else { throw file.systemFailure("write", errno) }
    isCommitted = true
    syncFolder()
  }

  /// Makes the new name last; where the system cannot, the file is whole all the same.
  private func syncFolder() {
    let end = target.lastIndex(of: "/")
    let folder = end.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
    let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }
}
