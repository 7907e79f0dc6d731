import Synchronization

/// The one flag that stops a computation: set by Ctrl-C or a time limit, polled at back-edges, calls, kernel tiles
/// and training steps.
public enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  /// Asks the running computation to stop. Safe in a signal handler once `clear` has been called before.
  public static func request() { flag.store(true, ordering: .relaxed) }
  public static func clear() { flag.store(false, ordering: .relaxed) }
  @inlinable public static var isRequested: Bool { isRequestedFlag() }
  @usableFromInline static func isRequestedFlag() -> Bool { flag.load(ordering: .relaxed) }

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

  /// Throws E0701 if the computation is to stop.
  public static func check() throws {
    if flag.load(ordering: .relaxed) { throw NumericsError("E0701", "interrupted") }
  }
}
