import Glibc
import Synchronization

/// Threads for whole pieces of work, like files to test or a cell to run.
enum Workers {
  private final class Task: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` for 0 ..< count on at most `jobs` threads, each piece once, and waits for all.
  static func run(_ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let next = Counter()
    let worker: @Sendable () -> Void = {
      while true {
        let index = next.take()
        guard index < count else { return }
        body(index)
      }
    }
    // The caller works as well.
    let threads = (1..<max(1, min(jobs, count))).compactMap { _ in start(worker) }
    worker()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// The results for all items in their order, computed on as many threads as there are processors.
  static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) -> Result
  ) -> [Result] {
    let results = Results<Result>(count: items.count)
    run(items.count, jobs: processorCount) { index in results.set(body(items[index]), at: index) }
    return results.all
  }

  private final class Results<Result: Sendable>: Sendable {
    private let values: Mutex<[Result?]>
    init(count: Int) { values = Mutex(Array(repeating: nil, count: count)) }
    func set(_ value: Result, at index: Int) { values.withLock { $0[index] = value } }
    var all: [Result] { values.withLock { $0.compactMap { $0 } } }
  }

  /// Starts a thread; nil if there is none to be had.
  @discardableResult
  static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let argument = Unmanaged.passRetained(Task(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Task>.fromOpaque(raw).takeRetainedValue().body()
        return nil
      }, argument.toOpaque())
    if status != 0 {
      argument.release()
      return nil
    }
    return thread
  }

  /// Starts a thread that runs beside the program until one of the two ends, and takes no signals.
  static func detach(_ body: @escaping @Sendable () -> Void) {
    if let thread = Signals.deferred({ start(body) }) { pthread_detach(thread) }
  }

  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
  }
}
