import CBlas
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Loops over disjoint ranges on a small pool of threads.
///
/// The pool starts with the first loop that is worth it. The caller works along; a loop inside a loop runs on the
/// thread that it is met on. A worker that runs dry spins for a few microseconds (the next step of a program mostly
/// follows at once) and then sleeps.
public enum Parallel {
  /// How many threads loops may use: TLX_THREADS, or else the machine's cores. Settable (`--threads`); a change
  /// holds from the next loop.
  public static var threadCount: Int {
    get {
      let chosen = configured.load(ordering: .relaxed)
      if chosen > 0 { return chosen }
      let initial = initialCount()
      configured.store(initial, ordering: .relaxed)
      return initial
    }
    set { configured.store(Swift.max(1, newValue), ordering: .relaxed) }
  }

  private static let configured = Atomic<Int>(0)

  private static func initialCount() -> Int {
    if let text = getenv("TLX_THREADS"), let count = parse(String(cString: text)) { return count }
    return Swift.max(1, Int(tlx_core_count()))
  }

  /// A number of threads; nil for anything else.
  static func parse(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

  /// Whether this thread is inside a parallel loop, so that a further one would run inline.
  static var isInside: Bool { pthread_getspecific(insideKey) != nil }

  static let insideKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Runs `body` on disjoint ranges that cover `0..<count`, each of about `grain` items (the last may be shorter;
  /// the cuts depend on count and grain only, not on the threads), on as many threads as are worth it.
  ///
  /// Polls `Interrupt` before every range. Throws the first error that a range threw; ranges not yet begun are
  /// then left out.
  public static func forEach(count: Int, grain: Int, _ body: (Range<Int>) throws -> Void) throws {
    guard count > 0 else { return }
    let grain = Swift.max(1, grain)
    let chunks = (count + grain - 1) / grain
    if chunks == 1 || threadCount == 1 || isInside {
      for chunk in 0..<chunks {
        try Interrupt.check()
        let start = chunk * grain
        try body(start..<Swift.min(count, start + grain))
      }
      return
    }
    try withoutActuallyEscaping(body) { body in
      let loop = ParallelLoop(count: count, grain: grain, chunks: chunks, body: body)
      ParallelPool.shared.run(loop)
      if let error = loop.error { throw error }
    }
  }
}
