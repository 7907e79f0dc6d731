import Glibc
import Synchronization
import TLXSource

/// Serves one live page to browsers on this machine: the page, a stream of server-sent events with what changes, and two
/// requests by which a reader sets a control or runs a cell.
///
/// A page of another site must not be able to talk to it: every path starts with a token that only the program's own
/// link holds, and the `Host` header must name this server, which a page that had its name pointed here cannot do.
/// (Libraries for HTTP bring Foundation or event loops into a program that starts in 3 ms without them; five requests need
/// neither.)
final class PageServer: Sendable {
  struct Request: Sendable, Equatable {
    var method: String
    /// Below the token.
    var path: String
    var query: [String: String]
  }

  let port: UInt16
  let token: String
  private let socket: Int32
  private let hosts: [String]
  private let page: @Sendable () -> String
  private let receive: @Sendable (Request) -> Bool
  private let rows: @Sendable (Request) -> String?
  private let channel: EventChannel
  private static let headLimit = 16_384
  private let connections = Atomic<Int>(0)

  /// - Parameters:
  ///   - address: `127.0.0.1` unless told otherwise.
  ///   - port: 0 for one that is free.
  ///   - rows: Rows of a large table as HTML; nil if there is no such table.
  ///   - receive: Takes a request of a reader; false if it makes no sense.
  /// - Throws: E0602 if the port is taken.
  init(
    address: String, port: UInt16, channel: EventChannel, page: @escaping @Sendable () -> String,
    rows: @escaping @Sendable (Request) -> String?, receive: @escaping @Sendable (Request) -> Bool
  ) throws {
    self.channel = channel
    self.page = page
    self.rows = rows
    self.receive = receive
    token = PageServer.makeToken()
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else {
      throw Diagnostic("E0602", "cannot open a socket: \(String(cString: strerror(errno)))")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    guard inet_pton(AF_INET, address, &name.sin_addr) == 1 else {
      close(descriptor)
      throw Diagnostic(
        "E0602", "\(address) is no address of a machine",
        help: "127.0.0.1 is this machine alone, 0.0.0.0 all its networks")
    }
    let isBound = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 16) == 0 else {
      let number = errno
      close(descriptor)
      throw Diagnostic(
        "E0602", "cannot serve at port \(port): \(String(cString: strerror(number)))",
        help: "leave --port out to take a free one")
    }
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &name) { pointer in
      _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    socket = descriptor
    let chosen = UInt16(bigEndian: name.sin_port)
    self.port = chosen
    hosts =
      address == "0.0.0.0" ? [] : ["127.0.0.1:\(chosen)", "localhost:\(chosen)", "\(address):\(chosen)"]
  }

  /// 128 bits that nobody guesses.
  private static func makeToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  var link: String { "http://127.0.0.1:\(port)/\(token)/" }

  /// Answers until the process ends, on threads of its own.
  func start() {
    PageServer.detach { [self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else {
          if errno == EINTR || errno == ECONNABORTED { continue }
          usleep(50_000)
          continue
        }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        // A flood of connections must not become a flood of threads.
        guard connections.load(ordering: .relaxed) < 64 else {
          close(connection)
          continue
        }
        connections.add(1, ordering: .relaxed)
        PageServer.detach { [self] in
          answer(connection)
          close(connection)
          connections.subtract(1, ordering: .relaxed)
        }
      }
    }
  }

  /// A thread that takes no signals: those are for the main thread.
  static func detach(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { pointer in
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        if let pointer { Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, box)
    pthread_attr_destroy(&attributes)
    if status != 0 { Unmanaged<ThreadBody>.fromOpaque(box).release() }
  }

  // MARK: - Requests

  private func answer(_ connection: Int32) {
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(connection, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    guard let head = readHead(connection) else { return }
    guard let (request, host) = PageServer.parse(head, token: token) else {
      return send(connection, status: "404 Not Found", "text/plain", "nothing is here\n")
    }
    guard hosts.isEmpty || hosts.contains(host) else {
      return send(
        connection, status: "403 Forbidden", "text/plain", "this server is not \(host.count) bytes of Host\n")
    }
    switch (request.method, request.path) {
    case ("GET", ""): send(connection, status: "200 OK", "text/html; charset=utf-8", page())
    case ("GET", "events"): stream(connection)
    case ("GET", "rows"):
      if let rows = rows(request) {
        send(connection, status: "200 OK", "text/html; charset=utf-8", rows)
      } else {
        send(connection, status: "404 Not Found", "text/plain", "there is no such table\n")
      }
    case ("POST", "set"), ("POST", "run"):
      let isTaken = receive(request)
      send(connection, status: isTaken ? "204 No Content" : "400 Bad Request", "text/plain", "")
    default: send(connection, status: "404 Not Found", "text/plain", "nothing is here\n")
    }
  }

  private func readHead(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while bytes.count < PageServer.headLimit {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
      if let end = bytes.firstRange(of: [13, 10, 13, 10]) {
        return String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      }
    }
    return nil
  }

  /// The request and the host that it names; nil if it is malformed or lacks the token.
  static func parse(_ head: String, token: String) -> (request: Request, host: String)? {
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines[0].split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else { return nil }
    let hosts = lines.dropFirst().filter { $0.lowercased().hasPrefix("host:") }
    guard hosts.count == 1 else { return nil }
    let host = hosts[hosts.startIndex].dropFirst(5).filter { $0 != " " }.lowercased()
    let parts = words[1].dropFirst().split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard path.count == 2, isSame(String(path[0]), token) else { return nil }
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2 { query[decoded(halves[0])] = decoded(halves[1]) }
    }
    return (Request(method: String(words[0]), path: String(path[1]), query: query), host)
  }

  /// In a time that does not tell where they differ.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: - Answers

  private func send(_ connection: Int32, status: String, _ type: String, _ body: String) {
    let bytes = Array(body.utf8)
    let head = """
      HTTP/1.1 \(status)\r
      Content-Type: \(type)\r
      Content-Length: \(bytes.count)\r
      Cache-Control: no-store\r
      X-Content-Type-Options: nosniff\r
      Referrer-Policy: no-referrer\r
      Connection: close\r
      \r

      """
    _ = write(Array(head.utf8) + bytes, to: connection)
  }

  private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var position = 0
    while position < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress.map { $0 + position }, $0.count - position, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        return false
      }
      position += count
    }
    return true
  }

  /// Sends what changes until the browser goes.
  private func stream(_ connection: Int32) {
    let head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: keep-alive\r\n\r\n"
    guard write(Array(head.utf8), to: connection) else { return }
    var sent = EventChannel.Sent()
    while true {
      if let message = channel.next(after: &sent, seconds: 5) {
        guard write(Array("data: \(message)\n\n".utf8), to: connection) else { return }
      } else {
        // Tells a browser that is gone from one that waits.
        guard write(Array(":\n\n".utf8), to: connection) else { return }
      }
    }
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
