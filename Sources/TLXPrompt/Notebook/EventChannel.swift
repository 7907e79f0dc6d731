import Glibc
import TLXLearning

/// The state of a live page, and who waits for a new one.
final class EventChannel: @unchecked Sendable {
  /// What a browser has already.
  struct Sent {
    var version = -1
    var cells: [String: String] = [:]
    var contents = ""
    var foot = ""
  }

  struct State {
    var version = 0
    var cells: [(anchor: String, html: String)] = []
    var contents = ""
    var foot = ""
    /// What concerns the file as a whole: it is gone, or cannot be read.
    var problem = ""
    /// The whole page, for a browser that opens it.
    var page = ""
  }

  private var state = State()
  /// Whether cells have changed that no browser has been told of yet, and when there was last something new.
  private var isStaged = false
  private var began = 0.0
  private var lastTold = 0.0
  // Guard `state`: a condition is what waiting threads need, and a mutex of the library has none.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  var page: String {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return state.page
  }

  func update(_ change: (inout State) -> Void) {
    pthread_mutex_lock(mutex)
    change(&state)
    tell()
    pthread_mutex_unlock(mutex)
  }

  /// With the lock held.
  private func tell() {
    state.version += 1
    isStaged = false
    lastTold = ConsoleOutput.seconds()
    pthread_cond_broadcast(condition)
  }

  /// A run begins: what is over at once is not worth a picture of its middle.
  func begin() {
    pthread_mutex_lock(mutex)
    began = ConsoleOutput.seconds()
    pthread_mutex_unlock(mutex)
  }

  /// Cells as they are while others run; `flush` tells of them when it is time.
  func stage(_ cells: [(anchor: String, html: String)]) {
    pthread_mutex_lock(mutex)
    state.cells = cells
    isStaged = true
    pthread_mutex_unlock(mutex)
  }

  /// Called every few milliseconds.
  func flush() {
    let now = ConsoleOutput.seconds()
    pthread_mutex_lock(mutex)
    if isStaged, now > began + 0.15, now > lastTold + 0.1 {
      state.problem = ""
      tell()
    }
    pthread_mutex_unlock(mutex)
  }

  /// The changes since what was sent, as JSON; nil if nothing changed for so long.
  func next(after sent: inout Sent, seconds: Int) -> String? {
    var end = timespec()
    clock_gettime(CLOCK_REALTIME, &end)
    end.tv_sec += seconds
    pthread_mutex_lock(mutex)
    while state.version == sent.version {
      if pthread_cond_timedwait(condition, mutex, &end) != 0 { break }
    }
    let now = state
    pthread_mutex_unlock(mutex)
    guard now.version != sent.version else { return nil }
    return EventChannel.message(now, after: &sent)
  }

  static func message(_ now: State, after sent: inout Sent) -> String {
    let changed = now.cells.filter { sent.cells[$0.anchor] != $0.html }
    let cells = changed.map { "\(JSONValue.quoted($0.anchor)): \(JSONValue.quoted($0.html))" }
    var fields = [
      "\"version\": \(now.version)",
      "\"order\": [\(now.cells.map { JSONValue.quoted($0.anchor) }.joined(separator: ", "))]",
      "\"cells\": {\(cells.joined(separator: ", "))}", "\"problem\": \(JSONValue.quoted(now.problem))",
    ]
    if now.contents != sent.contents { fields.append("\"contents\": \(JSONValue.quoted(now.contents))") }
    if now.foot != sent.foot { fields.append("\"foot\": \(JSONValue.quoted(now.foot))") }
    sent.version = now.version
    sent.cells = Dictionary(now.cells.map { ($0.anchor, $0.html) }, uniquingKeysWith: { first, _ in first })
    (sent.contents, sent.foot) = (now.contents, now.foot)
    return "{" + fields.joined(separator: ", ") + "}"
  }
}
