import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A call into a library that cannot be stopped, made so that the caller can leave it.
///
/// The call runs on a thread of its own and the caller looks at the interrupt flag while it waits. Where the user
/// stops the computation, the caller returns at once and the call runs on, unheeded, to its end; so it may touch only
/// memory that it owns.
final class AbandonableCall: @unchecked Sendable {
  private let body: () throws -> Void
  private var failure: (any Error)?
  private var isDone = false
  private let state = UnsafeMutablePointer<(pthread_mutex_t, pthread_cond_t)>.allocate(capacity: 1)

  private init(_ body: @escaping () throws -> Void) {
    self.body = body
    state.initialize(to: (pthread_mutex_t(), pthread_cond_t()))
    pthread_mutex_init(&state.pointee.0, nil)
    pthread_cond_init(&state.pointee.1, nil)
  }

  deinit {
    pthread_mutex_destroy(&state.pointee.0)
    pthread_cond_destroy(&state.pointee.1)
    state.deallocate()
  }

  /// Runs `body` to its end and throws what it throws, or leaves it and throws E0701 where the user interrupts.
  static func run(_ body: @escaping () throws -> Void) throws {
    let call = AbandonableCall(body)
    guard call.start() else { return try body() }
    try call.wait()
  }

  private func start() -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 16 << 20)
    // Signals belong to the main thread.
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      if let context { Unmanaged<AbandonableCall>.fromOpaque(context).takeRetainedValue().perform() }
      return nil
    }
    let context = Unmanaged.passRetained(self)
    if pthread_create(&thread, &attributes, entry, context.toOpaque()) == 0 { return true }
    context.release()
    return false
  }

  private func perform() {
    var caught: (any Error)?
    do { try body() } catch { caught = error }
    pthread_mutex_lock(&state.pointee.0)
    failure = caught
    isDone = true
    pthread_cond_signal(&state.pointee.1)
    pthread_mutex_unlock(&state.pointee.0)
  }

  private func wait() throws {
    pthread_mutex_lock(&state.pointee.0)
    defer { pthread_mutex_unlock(&state.pointee.0) }
    while !isDone {
      try Interrupt.check()
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      time.tv_nsec += 10_000_000
      if time.tv_nsec >= 1_000_000_000 {
        time.tv_nsec -= 1_000_000_000
        time.tv_sec += 1
      }
      pthread_cond_timedwait(&state.pointee.1, &state.pointee.0, &time)
    }
    if let failure { throw failure }
  }
}
