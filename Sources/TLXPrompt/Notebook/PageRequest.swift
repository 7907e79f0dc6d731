import NIOHTTP1

/// A request to a live page that came with the token in the page's link.
struct PageRequest: Sendable, Equatable {
  var method: HTTPMethod
  /// Below the token.
  var path: String
  var query: [String: String]

  /// Nil if the head does not hold the token.
  init?(_ head: HTTPRequestHead, token: String) {
    guard head.uri.hasPrefix("/") else { return nil }
    let parts = head.uri.dropFirst().split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard path.count == 2, PageRequest.isSame(path[0], token) else { return nil }
    self.init(method: head.method, path: String(path[1]), query: [:])
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2 { query[PageRequest.decoded(halves[0])] = PageRequest.decoded(halves[1]) }
    }
  }

  init(method: HTTPMethod, path: String, query: [String: String]) {
    self.method = method
    self.path = path
    self.query = query
  }

  /// In a time that does not tell where they differ.
  private static func isSame(_ a: Substring, _ b: String) -> Bool {
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
}
