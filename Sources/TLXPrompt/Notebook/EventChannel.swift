import Synchronization
import TLXLearning

/// The state of a live page, and who is told of a new one.
final class EventChannel: Sendable {
  /// What a browser has already.
  struct Sent: Sendable {
    var version = -1
    var cells: [String: String] = [:]
    var contents = ""
    var foot = ""
  }

  struct State: Sendable {
    var version = 0
    var cells: [(anchor: String, html: String)] = []
    var contents = ""
    var foot = ""
    /// What concerns the file as a whole: it is gone, or cannot be read.
    var problem = ""
    /// The whole page, for a browser that opens it.
    var page = ""
  }

  private struct Content {
    var state = State()
    /// Whether cells have changed that no browser has been told of yet.
    var isStaged = false
    var began = 0.0
    var lastTold = 0.0
    var watchers: [Int: @Sendable () -> Void] = [:]
    var watcherCount = 0

    mutating func advance() {
      state.version += 1
      isStaged = false
      lastTold = ConsoleOutput.seconds()
    }
  }

  private let content = Mutex(Content())

  var page: String { content.withLock { $0.state.page } }

  // MARK: - Who shows the file

  func update(_ change: (inout State) -> Void) {
    let watchers = content.withLock { content in
      change(&content.state)
      content.advance()
      return content.watchers
    }
    for watcher in watchers.values { watcher() }
  }

  /// A run begins: what is over at once is not worth a picture of its middle.
  func begin() { content.withLock { $0.began = ConsoleOutput.seconds() } }

  /// Cells as they are while others run; `flush` tells of them when it is time.
  func stage(_ cells: [(anchor: String, html: String)]) {
    content.withLock { ($0.state.cells, $0.isStaged) = (cells, true) }
  }

  /// Called every few milliseconds.
  func flush() {
    let now = ConsoleOutput.seconds()
    let isDue = content.withLock { $0.isStaged && now > $0.began + 0.15 && now > $0.lastTold + 0.1 }
    if isDue { update { $0.problem = "" } }
  }

  // MARK: - Who watches

  /// Calls `watcher` after each change, on any thread, until `unsubscribe`.
  func subscribe(_ watcher: @escaping @Sendable () -> Void) -> Int {
    content.withLock { content in
      content.watcherCount += 1
      content.watchers[content.watcherCount] = watcher
      return content.watcherCount
    }
  }

  func unsubscribe(_ number: Int) { content.withLock { $0.watchers[number] = nil } }

  /// The changes since what was sent, as JSON; nil if there are none.
  func changes(after sent: inout Sent) -> String? {
    let now = content.withLock { $0.state }
    return now.version == sent.version ? nil : EventChannel.message(now, after: &sent)
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
