import NIOHTTP1
import NIOPosix
import Synchronization

/// What readers of a live page get.
struct PageAnswers: Sendable {
  /// The whole page.
  let page: @Sendable () -> String
  /// Rows of a large table as HTML; nil if there is no such table.
  let rows: @Sendable (PageRequest) -> String?
  /// Takes what a reader set or wants to run; false if it makes no sense.
  let receive: @Sendable (PageRequest) -> Bool
}

/// What all connections to a live page share.
final class PageSite: Sendable {
  let token: String
  let events: EventChannel
  let answers: PageAnswers
  /// Where answers are made that may take longer than a moment.
  let workers = NIOThreadPool(numberOfThreads: 2)
  private let address: String
  private let connections = Atomic<Int>(0)
  private static let connectionLimit = 64

  init(address: String, token: String, events: EventChannel, answers: PageAnswers) {
    (self.address, self.token, self.events, self.answers) = (address, token, events, answers)
  }

  /// Whether `Host` headers name this server at a port. One that is open to other machines may be called anything.
  func isNamed(by hosts: [String], port: Int?) -> Bool {
    guard hosts.count == 1, let port else { return false }
    return isOpen || ["127.0.0.1", "localhost", host].contains { "\($0):\(port)" == hosts[0].lowercased() }
  }

  private var isOpen: Bool { ["0.0.0.0", "::"].contains(address) }

  /// What a link on this machine names.
  var host: String {
    if isOpen { return address == "::" ? "[::1]" : "127.0.0.1" }
    return address.contains(":") ? "[\(address)]" : address
  }

  /// Whether there is room for one more reader; `leave` gives the place back.
  func enter() -> Bool {
    connections.add(1, ordering: .relaxed).newValue <= PageSite.connectionLimit
  }

  func leave() { connections.subtract(1, ordering: .relaxed) }
}
