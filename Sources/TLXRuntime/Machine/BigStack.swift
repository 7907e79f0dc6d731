#if canImport(Glibc)
  import Glibc
#endif

/// Runs work on a thread with a stack deep enough for calls from built-ins back into the language, so that the
/// depth limit is met before the stack ends.
enum BigStack {
  static let byteCount = 512 << 20

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  /// Runs `body` to its end on a thread of its own; on this one if there is none to be had.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    var outcome: Swift.Result<Result, any Error>?
    withoutActuallyEscaping(body) { body in
      let work = Work { outcome = Swift.Result { try body() } }
      if !start(work) { work.body() }
    }
    switch outcome {
    case .success(let result): return result
    case .failure(let error): throw error
    case nil: throw Failure("E0703", "the thread of the machine ended early")
    }
  }

  private static func start(_ work: Work) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, byteCount) == 0 else { return false }
    let argument = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
        return nil
      }, argument.toOpaque())
    if status != 0 {
      argument.release()
      return false
    }
    pthread_join(thread, nil)
    return true
  }
}
