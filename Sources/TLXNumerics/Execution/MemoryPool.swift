import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Blocks of memory from the system, large ones kept for the next tensor of about the same size.
///
/// The system hands out large blocks as pages that do not exist yet, and making one exist costs about as much as
/// filling it three times; so a tensor program would mostly wait for pages. Kept blocks are bounded, and go back
/// to the system oldest first.
enum MemoryPool {
  /// Blocks from this size on are kept.
  private static let smallest = 1 << 16
  /// Blocks from this size on ask for large pages.
  private static let huge = 1 << 21
  /// How many bytes are kept at most.
  private static let mostKept = 1 << 29

  private struct Kept: @unchecked Sendable {
    var blocks: [(pointer: UnsafeMutableRawPointer, size: Int)] = []
    var bytes = 0
  }

  private static let kept = Mutex(Kept())

  /// Sizes in steps of an eighth of a power of two, so that blocks fit again.
  static func rounded(_ byteCount: Int) -> Int {
    let step = max(4096, 1 << (Int.bitWidth - 1 - byteCount.leadingZeroBitCount - 3))
    return (byteCount + step - 1) & ~(step - 1)
  }

  /// nil where the system has none.
  static func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    if byteCount < smallest { return malloc(max(byteCount, 64)) }
    let size = rounded(byteCount)
    let found = kept.withLock { kept -> UInt in
      guard let place = kept.blocks.lastIndex(where: { $0.size == size }) else { return 0 }
      kept.bytes -= size
      return UInt(bitPattern: kept.blocks.remove(at: place).pointer)
    }
    if let pointer = UnsafeMutableRawPointer(bitPattern: found) { return pointer }
    var memory: UnsafeMutableRawPointer?
    let isHuge = size >= huge
    guard posix_memalign(&memory, isHuge ? 1 << 21 : 64, size) == 0, let memory else { return nil }
    if isHuge { madvise(memory, size, MADV_HUGEPAGE) }
    return memory
  }

  static func give(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    if byteCount < smallest { return free(pointer) }
    let size = rounded(byteCount)
    if size > mostKept / 2 { return free(pointer) }
    let address = UInt(bitPattern: pointer)
    kept.withLock { kept in
      guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else { return }
      kept.blocks.append((pointer, size))
      kept.bytes += size
      while kept.bytes > mostKept {
        let oldest = kept.blocks.removeFirst()
        kept.bytes -= oldest.size
        free(oldest.pointer)
      }
    }
  }

  /// Gives everything kept back to the system.
  static func empty() {
    kept.withLock { kept in
      for block in kept.blocks { free(block.pointer) }
      kept = Kept()
    }
  }
}
