import Glibc
import Synchronization
import TLXLearning

/// Messages of the Language Server Protocol on two descriptors: a `Content-Length` header, an empty line, JSON.
final class LanguageServerConnection: Sendable {
  private let input: Int32
  private let output: Int32
  private let pending = Mutex<[UInt8]>([])
  private let writing = Mutex(())

  init(input: Int32 = 0, output: Int32 = 1) {
    self.input = input
    self.output = output
  }

  enum Message {
    case json(JSONValue)
    /// A message whose body is no JSON.
    case damaged
    case end
  }

  /// Waits for a message.
  func read() -> Message {
    guard let length = header() else { return .end }
    guard length >= 0, length < 1 << 28 else { return .damaged }
    var body: [UInt8] = []
    let isWhole = pending.withLock { pending in
      while pending.count < length { guard fill(&pending) else { return false } }
      body = Array(pending.prefix(length))
      pending.removeFirst(length)
      return true
    }
    guard isWhole else { return .end }
    return JSONValue(parsing: body).map { .json($0) } ?? .damaged
  }

  /// The length that a header names; -1 if it names none. Nil at the end.
  private func header() -> Int? {
    pending.withLock { pending in
      var length = -1
      while true {
        guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else {
          // No header is this long.
          if pending.count > 1 << 16 { pending = [] }
          guard fill(&pending) else { return nil }
          continue
        }
        var line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        if line.hasSuffix("\r") { line.removeLast() }
        if line.isEmpty { return length }
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0].lowercased() == "content-length" {
          length = Int(parts[1].drop { $0 == " " }) ?? -1
        }
      }
    }
  }

  private func fill(_ pending: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(input, &buffer, buffer.count)
      if count > 0 {
        pending += buffer[..<count]
        return true
      }
      if count < 0 && errno == EINTR && Signals.ending == 0 { continue }
      return false
    }
  }

  func send(_ message: JSONValue) {
    let body = message.text
    writing.withLock { _ in
      _ = Terminal.write("Content-Length: \(body.utf8.count)\r\n\r\n" + body, to: output)
    }
  }

  func notify(_ method: String, _ parameters: JSONValue) {
    send(.fields(["jsonrpc": "2.0", "method": .string(method), "params": parameters]))
  }

  func answer(_ id: JSONValue, _ result: JSONValue) {
    send(.fields(["jsonrpc": "2.0", "id": id, "result": result]))
  }

  func refuse(_ id: JSONValue, _ code: Int, _ message: String) {
    send(
      .fields([
        "jsonrpc": "2.0", "id": id, "error": .fields(["code": .int(code), "message": .string(message)]),
      ]))
  }
}
