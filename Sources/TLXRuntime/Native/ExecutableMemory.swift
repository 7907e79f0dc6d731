#if canImport(Glibc)
  import Glibc
#endif

/// Pages with machine code. They are written first and can then only be read and run.
final class ExecutableMemory: @unchecked Sendable {
  let start: UnsafeRawPointer
  private let byteCount: Int

  /// Nil where the system gives no memory to run code in.
  init?(_ code: [UInt8]) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let byteCount = (code.count + page - 1) / page * page
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { return nil }
    memory.copyMemory(from: code, byteCount: code.count)
    guard mprotect(memory, byteCount, PROT_READ | PROT_EXEC) == 0 else {
      munmap(memory, byteCount)
      return nil
    }
    start = UnsafeRawPointer(memory)
    self.byteCount = byteCount
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: start), byteCount) }
}
