import Glibc
import TLXNumerics

/// Looks at the clock and at the size of the process while something runs, and stops it at a limit.
enum Watch {
  private static let period = timespec(tv_sec: 0, tv_nsec: 25_000_000)
  /// Seconds after which a computation that does not hear that its time is over ends with the process.
  private static let patience = 5.0
  /// What libraries take besides: buffers of OpenBLAS, stacks.
  private static let slack = 64 << 20
  // Written before the thread starts.
  nonisolated(unsafe) private static var deadline = Double.infinity
  nonisolated(unsafe) private static var isRunning = false
  /// What the process took before it ran anything.
  nonisolated(unsafe) private static var own = 0

  /// Starts to watch. `timeout` is in seconds.
  static func start(timeout: Double? = nil) {
    guard !isRunning else { return }
    isRunning = true
    own = memoryInUse()
    if let timeout { deadline = ConsoleOutput.seconds() + timeout }
    Workers.detach(loop)
  }

  private static func loop() {
    while true {
      var rest = period
      nanosleep(&rest, nil)
      let now = ConsoleOutput.seconds()
      if now > deadline { Interrupt.request(.timeLimit) }
      if now > deadline + patience { _exit(ExitStatus.interrupted.rawValue) }
      guard memoryInUse() - own > MemoryLimit.bytes + slack else { continue }
      // What is only kept for later does not count.
      MemoryLimit.releaseUnused()
      let used = memoryInUse() - own
      if used > MemoryLimit.bytes + slack { Interrupt.request(.memoryLimit) }
      // What grows this fast must not take the machine with it.
      if used / 2 > MemoryLimit.bytes + slack {
        Terminal.write("error[E0702]: stopped: the program takes twice the memory that it may\n", to: 2)
        _exit(ExitStatus.runtimeError.rawValue)
      }
    }
  }

  /// Bytes of memory that are the process's own: mapped files do not count.
  private static func memoryInUse() -> Int {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    // Without the heap: allocations would give this thread a heap of its own.
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { buffer in
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { return 0 }
      // Pages: all, in memory, of those shared, …
      let pages = number(1, in: buffer[..<count]) - number(2, in: buffer[..<count])
      return pages * sysconf(Int32(_SC_PAGESIZE))
    }
  }

  /// The number at a place among numbers with a space between; 0 where there is none.
  private static func number(_ place: Int, in text: Slice<UnsafeMutableBufferPointer<UInt8>>) -> Int {
    var (field, number) = (0, 0)
    for byte in text {
      if byte == UInt8(ascii: " ") {
        if field == place { return number }
        (field, number) = (field + 1, 0)
      } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), number < 1 << 48 {
        number = number * 10 + Int(byte & 15)
      }
    }
    return field == place ? number : 0
  }
}
