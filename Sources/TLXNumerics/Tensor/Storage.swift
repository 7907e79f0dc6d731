#if canImport(Glibc)
  import Glibc
#endif

/// A block of memory that tensors' contents live in.
///
/// Blocks of a page or more are aligned to a cache line; smaller ones to 16 bytes.
public final class Storage: @unchecked Sendable {
  public let pointer: UnsafeMutableRawPointer
  public let byteCount: Int
  private let origin: Origin

  private enum Origin {
    case allocated
    case borrowed((UnsafeMutableRawPointer) -> Void)
  }

  /// Uninitialised memory. Throws E0702 where it cannot be had: beyond `MemoryLimit` or refused by the system.
  public init(byteCount: Int) throws {
    self.pointer = try MemoryLimit.allocate(byteCount) { "\(MemoryLimit.describe(byteCount))" }
    self.byteCount = byteCount
    self.origin = .allocated
  }

  /// Uninitialised memory for the elements of a tensor. Throws E0702 naming the tensor's type and its size in
  /// bytes, also where the number of elements overflows.
  public init(shape: Shape, dtype: DType) throws {
    let byteCount = Storage.byteCount(shape, dtype)
    self.pointer = try MemoryLimit.allocate(byteCount) {
      "\(dtype.describing(shape)), \(MemoryLimit.describe(byteCount))"
    }
    self.byteCount = byteCount
    self.origin = .allocated
  }

  /// Memory that belongs to somebody else (a mapped file), given back by `release`.
  public init(
    borrowing pointer: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping (UnsafeMutableRawPointer) -> Void
  ) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.origin = .borrowed(release)
  }

  deinit {
    switch origin {
    case .allocated: MemoryLimit.free(pointer, byteCount)
    case .borrowed(let release): release(pointer)
    }
  }

  /// The bytes of a tensor's elements; `Int.max` for what no address space holds.
  static func byteCount(_ shape: Shape, _ dtype: DType) -> Int {
    let (bytes, overflow) = shape.elementCount.multipliedReportingOverflow(by: dtype.stride)
    return overflow ? Int.max : bytes
  }
}
