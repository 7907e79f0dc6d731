import Synchronization

/// The one flag that stops a computation: set by Ctrl-C, a limit or a signal, polled at back-edges, calls, kernel tiles
/// and training steps.
public enum Interrupt {
  /// Why a computation is to stop.
  public enum Reason: UInt8, Sendable {
    case keyboard = 1
    /// The time that the program was given has passed.
    case timeLimit
    /// The process has grown beyond `MemoryLimit`.
    case memoryLimit
    /// The process was asked to end.
    case termination
  }

  private static let flag = Atomic<UInt8>(0)

  /// Asks the running computation to stop. The first reason holds. Safe in a signal handler once `clear` has been
  /// called before.
  public static func request(_ reason: Reason = .keyboard) {
    _ = flag.compareExchange(expected: 0, desired: reason.rawValue, ordering: .relaxed)
  }

  /// Forgets Ctrl-C; limits and signals hold until `reset`.
  public static func clear() { forget(.keyboard) }

  /// Forgets one reason, where other work goes on that it does not concern.
  public static func forget(_ reason: Reason) {
    _ = flag.compareExchange(expected: reason.rawValue, desired: 0, ordering: .relaxed)
  }

  /// Forgets every request: a new input begins.
  public static func reset() { flag.store(0, ordering: .relaxed) }

  @inlinable public static var isRequested: Bool { isRequestedFlag() }
  @usableFromInline static func isRequestedFlag() -> Bool { flag.load(ordering: .relaxed) != 0 }

  public static var reason: Reason? { Reason(rawValue: flag.load(ordering: .relaxed)) }

  /// Calls `body` on the parts of `0..<count`, about a million at a time, and looks at the flag before each.
  @inline(__always)
  static func forEachPart(of count: Int, _ body: (Range<Int>) throws -> Void) throws {
    var start = 0
    while start < count {
      try check()
      let end = min(count, start &+ 1 << 20)
      try body(start..<end)
      start = end
    }
  }

  /// Throws E0701 if the computation is to stop; E0702 where it has grown too large.
  public static func check() throws {
    if flag.load(ordering: .relaxed) != 0 { throw error }
  }

  private static var error: NumericsError {
    switch reason {
    case .timeLimit: NumericsError("E0701", "stopped: the time limit has passed")
    case .memoryLimit:
      NumericsError(
        "E0702", "stopped: the program takes more than \(MemoryLimit.describe(MemoryLimit.bytes))",
        help: "does a list or string grow without end? TLX_MEMORY sets the limit")
    case .termination: NumericsError("E0701", "stopped: the process was asked to end")
    case .keyboard, nil: NumericsError("E0701", "interrupted")
    }
  }
}
