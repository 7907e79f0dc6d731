import CBlas
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// One loop in flight: its ranges are handed out by a counter.
final class ParallelLoop: @unchecked Sendable {
  let count: Int
  let grain: Int
  let chunks: Int
  let body: (Range<Int>) throws -> Void
  private let next = Atomic<Int>(0)
  private let failed = Atomic<Bool>(false)
  private var failure: Error?

  init(count: Int, grain: Int, chunks: Int, body: @escaping (Range<Int>) throws -> Void) {
    self.count = count
    self.grain = grain
    self.chunks = chunks
    self.body = body
  }

  /// The first error of a range. To be read when every participant has left.
  var error: Error? { failure }

  /// Takes ranges until none is left.
  func participate() {
    pthread_setspecific(Parallel.insideKey, UnsafeRawPointer(bitPattern: 1))
    defer { pthread_setspecific(Parallel.insideKey, nil) }
    while !failed.load(ordering: .relaxed) {
      let chunk = next.add(1, ordering: .relaxed).oldValue
      guard chunk < chunks else { return }
      let start = chunk * grain
      do {
        try Interrupt.check()
        try body(start..<min(count, start + grain))
      } catch {
        if !failed.exchange(true, ordering: .acquiringAndReleasing) { failure = error }
      }
    }
  }
}

/// The threads that help the caller of a parallel loop.
final class ParallelPool: @unchecked Sendable {
  static let shared = ParallelPool()

  /// One loop at a time; a second caller meanwhile runs its loop alone.
  private let busy = Atomic<Bool>(false)
  /// Counts loops; a worker watches it.
  private let generation = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private var loop: ParallelLoop?
  /// Workers that may still touch `loop`.
  private let active = Atomic<Int>(0)
  private let wanted = Atomic<Int>(0)
  private var workers = 0
  private let state = UnsafeMutablePointer<(pthread_mutex_t, pthread_cond_t)>.allocate(capacity: 1)

  private init() {
    state.initialize(to: (pthread_mutex_t(), pthread_cond_t()))
    pthread_mutex_init(&state.pointee.0, nil)
    pthread_cond_init(&state.pointee.1, nil)
  }

  /// Runs the loop to its end, with the workers' help if they are free.
  func run(_ work: ParallelLoop) {
    guard !busy.exchange(true, ordering: .acquiring) else { return work.participate() }
    defer { busy.store(false, ordering: .releasing) }
    let helpers = min(Parallel.threadCount, work.chunks) - 1
    while workers < helpers, start(index: workers) { workers += 1 }
    loop = work
    let invited = min(helpers, workers)
    active.store(invited, ordering: .relaxed)
    wanted.store(invited, ordering: .releasing)
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(&state.pointee.0)
      pthread_cond_broadcast(&state.pointee.1)
      pthread_mutex_unlock(&state.pointee.0)
    }
    work.participate()
    // A worker that has not woken up yet is sent back rather than waited for.
    let late = wanted.exchange(0, ordering: .acquiringAndReleasing)
    if late > 0 { active.subtract(late, ordering: .acquiringAndReleasing) }
    var spins = 0
    while active.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins > 4000 { sched_yield() } else { pause() }
    }
    loop = nil
  }

  private func start(index: Int) -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 1 << 20)
    // Signals belong to the main thread: a worker blocks them all.
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { _ in
      ParallelPool.shared.work()
      return nil
    }
    return pthread_create(&thread, &attributes, entry, nil) == 0
  }

  private func work() {
    var seen = 0
    while true {
      seen = awaitGeneration(after: seen)
      guard claim() else { continue }
      help()
      active.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  /// Not inlined: its hold on the loop must end before the caller is told so, whose closure may not outlive it.
  @inline(never)
  private func help() { loop?.participate() }

  /// Takes one of the invitations of the loop in flight.
  private func claim() -> Bool {
    var open = wanted.load(ordering: .acquiring)
    while open > 0 {
      let (exchanged, current) = wanted.compareExchange(
        expected: open, desired: open - 1, ordering: .acquiringAndReleasing)
      if exchanged { return true }
      open = current
    }
    return false
  }

  private func awaitGeneration(after seen: Int) -> Int {
    for _ in 0..<8000 {
      let current = generation.load(ordering: .acquiring)
      if current != seen { return current }
      pause()
    }
    pthread_mutex_lock(&state.pointee.0)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen {
      pthread_cond_wait(&state.pointee.1, &state.pointee.0)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(&state.pointee.0)
    return generation.load(ordering: .acquiring)
  }

  @inline(__always) private func pause() { tlx_pause() }
}
