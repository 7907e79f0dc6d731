import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import TLXSource

/// Serves one live page to browsers on this machine: the page, a stream of server-sent events with what changes, and two
/// requests by which a reader sets a control or runs a cell. Answers on a thread of its own until the process ends.
///
/// A page of another site must not be able to talk to it: every path starts with a token that only the program's own
/// link holds, and the `Host` header must name this server, which a page that had its name pointed here cannot do.
final class PageServer: Sendable {
  let token: String
  /// Where the page is.
  let link: String
  private let listener: any Channel

  /// - Parameters:
  ///   - address: `127.0.0.1` unless told otherwise.
  ///   - port: 0 for one that is free.
  /// - Throws: E0602 if the port is taken or the address is none of this machine's.
  init(address: String, port: UInt16, events: EventChannel, answers: PageAnswers) throws {
    guard let place = try? SocketAddress(ipAddress: address, port: Int(port)) else {
      throw Diagnostic(
        "E0602", "\(address) is no address of a machine",
        help: "127.0.0.1 is this machine alone, 0.0.0.0 all its networks")
    }
    let site = PageSite(address: address, token: PageServer.makeToken(), events: events, answers: answers)
    token = site.token
    // Signals are for the main thread.
    let group = Signals.deferred { () -> MultiThreadedEventLoopGroup in
      site.workers.start()
      return MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }
    do {
      listener = try ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 16)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(PageConnection(to: site))
          }
        }
        .bind(to: place).wait()
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw Diagnostic(
        "E0602", "cannot serve at port \(port): \(reason)", help: "leave --port out to take a free one")
    }
    link = "http://\(site.host):\(listener.localAddress?.port ?? Int(port))/\(token)/"
  }

  /// 128 bits that nobody guesses.
  private static func makeToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
