#if canImport(Glibc)
  import Glibc
#endif

/// Memory that is zero, and taken from the system only where it is touched.
enum ZeroedPages {
  static func map(byteCount: Int) -> UnsafeMutableRawPointer? {
    let memory = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }

  static func unmap(_ memory: UnsafeMutableRawPointer, byteCount: Int) { munmap(memory, byteCount) }
}
