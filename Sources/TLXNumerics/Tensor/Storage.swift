#if canImport(Glibc)
  import Glibc
#endif

/// A block of memory that tensors' contents live in, aligned to a cache line.
public final class Storage: @unchecked Sendable {
  public let pointer: UnsafeMutableRawPointer
  public let byteCount: Int
  private let release: (UnsafeMutableRawPointer) -> Void

  /// Uninitialised memory. Throws E0702 where it cannot be had.
  public init(byteCount: Int) throws {
    var memory: UnsafeMutableRawPointer?
    guard byteCount >= 0, posix_memalign(&memory, 64, max(byteCount, 64)) == 0, let memory else {
      throw NumericsError("E0702", "cannot allocate \(byteCount) bytes", help: "use fewer rows or f32 instead of f64")
    }
    self.pointer = memory
    self.byteCount = byteCount
    self.release = { free($0) }
  }

  /// Memory that belongs to somebody else (a mapped file), given back by `release`.
  public init(
    borrowing pointer: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping (UnsafeMutableRawPointer) -> Void
  ) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.release = release
  }

  deinit { release(pointer) }
}
