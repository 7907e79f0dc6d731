import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection of a reader: answers its requests one after the other, or sends it what changes until it goes.
final class PageConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private struct Answer: Sendable {
    var status = HTTPResponseStatus.ok
    var type = "text/plain; charset=utf-8"
    var body = ""

    static func html(_ body: String) -> Answer { Answer(type: "text/html; charset=utf-8", body: body) }
    static func refusal(_ status: HTTPResponseStatus, _ text: String) -> Answer {
      Answer(status: status, body: text + "\n")
    }
  }

  private let site: PageSite
  private var head: HTTPRequestHead?
  /// Ends a connection that asks for nothing.
  private var deadline: Scheduled<Void>?
  /// What a reader of the stream has already; nil for other connections.
  private var sent: EventChannel.Sent?
  private var subscription: Int?
  private var pulse: RepeatedTask?
  private static let patience = TimeAmount.seconds(10)

  init(to site: PageSite) { self.site = site }

  // MARK: - A connection's life

  func channelActive(context: ChannelHandlerContext) {
    // A flood of readers must not use up the process's files.
    guard site.enter() else { return context.close(promise: nil) }
    awaitRequest(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    pulse?.cancel()
    if let subscription { site.events.unsubscribe(subscription) }
    site.leave()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func awaitRequest(_ context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: PageConnection.patience) {
      context.close(promise: nil)
    }
  }

  // MARK: - Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    // What a reader sets stands in the request's address.
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      deadline?.cancel()
      answer(head, context)
    }
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard let request = PageRequest(head, token: site.token) else {
      return send(.refusal(.notFound, "nothing is here"), to: head, context)
    }
    guard site.isNamed(by: head.headers["host"], port: context.localAddress?.port) else {
      return send(.refusal(.forbidden, "this server has another name"), to: head, context)
    }
    switch (request.method, request.path) {
    case (.GET, ""): make(for: head, context) { .html($0.page()) }
    case (.GET, "events"): stream(to: head, context)
    case (.GET, "rows"):
      make(for: head, context) {
        $0.rows(request).map(Answer.html) ?? .refusal(.notFound, "there is no such table")
      }
    case (.POST, "set"), (.POST, "run"):
      let isTaken = site.answers.receive(request)
      send(Answer(status: isTaken ? .noContent : .badRequest), to: head, context)
    default: send(.refusal(.notFound, "nothing is here"), to: head, context)
    }
  }

  /// Makes an answer without keeping the other connections waiting.
  private func make(
    for head: HTTPRequestHead, _ context: ChannelHandlerContext,
    _ body: @escaping @Sendable (PageAnswers) -> Answer
  ) {
    site.workers.runIfActive(eventLoop: context.eventLoop) { [answers = site.answers] in body(answers) }
      .assumeIsolated().whenComplete { result in
        guard case .success(let answer) = result, context.channel.isActive else { return }
        self.send(answer, to: head, context)
      }
  }

  private func send(_ answer: Answer, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = PageConnection.headers(type: answer.type)
    headers.add(name: "X-Content-Type-Options", value: "nosniff")
    headers.add(name: "Referrer-Policy", value: "no-referrer")
    if answer.status != .noContent { headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)") }
    let start = HTTPResponseHead(version: head.version, status: answer.status, headers: headers)
    context.write(wrapOutboundOut(.head(start)), promise: nil)
    write(answer.body, context)
    let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if head.isKeepAlive {
      awaitRequest(context)
    } else {
      end.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
  }

  private static func headers(type: String) -> HTTPHeaders {
    ["Content-Type": type, "Cache-Control": "no-store"]
  }

  private func write(_ text: String, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
  }

  // MARK: - The stream

  private func stream(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let headers = PageConnection.headers(type: "text/event-stream")
    let start = HTTPResponseHead(version: head.version, status: .ok, headers: headers)
    context.writeAndFlush(wrapOutboundOut(.head(start)), promise: nil)
    sent = EventChannel.Sent()
    let loop = context.eventLoop
    let reader = NIOLoopBound((self, context), eventLoop: loop)
    subscription = site.events.subscribe {
      loop.execute {
        let (connection, context) = reader.value
        connection.push(context)
      }
    }
    // Tells a browser that is gone from one that waits.
    pulse = loop.scheduleRepeatedTask(initialDelay: .seconds(5), delay: .seconds(5)) { _ in
      let (connection, context) = reader.value
      connection.write(":\n\n", context)
      context.flush()
    }
    push(context)
  }

  /// Sends what has changed since the last time. A browser that does not keep up gets the newest state when it can take it.
  private func push(_ context: ChannelHandlerContext) {
    guard var sent, context.channel.isWritable, let message = site.events.changes(after: &sent) else {
      return
    }
    self.sent = sent
    write("data: \(message)\n\n", context)
    context.flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    push(context)
    context.fireChannelWritabilityChanged()
  }
}
