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

  /// Starts to watch. `timeout` is in seconds.
  static func start(timeout: Double? = nil) {
    guard !isRunning else { return }
    isRunning = true
    if let timeout { deadline = ConsoleOutput.seconds() + timeout }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 256 << 10)
    var thread = pthread_t()
    pthread_create(&thread, &attributes, { _ in Watch.loop() }, nil)
    pthread_attr_destroy(&attributes)
  }

  private static func loop() -> UnsafeMutableRawPointer? {
    // Signals are for the main thread.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    let own = memoryInUse()
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
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return 0 }
    let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ").compactMap {
      Int($0)
    }
    guard fields.count > 2 else { return 0 }
    return (fields[1] - fields[2]) * sysconf(Int32(_SC_PAGESIZE))
  }
}
