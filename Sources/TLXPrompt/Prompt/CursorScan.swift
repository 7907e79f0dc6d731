/// One pass over the bytes before the cursor with a stack of what is open: how `CursorContext` is found.
struct CursorScan {
  enum Frame {
    case call(CursorContext.CallSite)
    case bracket
    /// The hole of a string: `{` in `"a {`.
    case hole
    case string(start: Int, isRaw: Bool, quotes: Int)

    var isBracket: Bool {
      switch self {
      case .call, .bracket: true
      case .hole, .string: false
      }
    }
  }

  let bytes: [UInt8]
  private(set) var frames: [Frame]
  private(set) var isInComment = false
  private(set) var position: Int

  /// `frames` are what is open at `position`, the start of a line.
  init(_ bytes: [UInt8], from position: Int = 0, in frames: [Frame] = []) {
    self.bytes = bytes
    self.position = position
    self.frames = frames
  }

  var call: CursorContext.CallSite? {
    for frame in frames.reversed() {
      switch frame {
      case .call(let site): return site
      case .string: continue
      case .bracket, .hole: return nil
      }
    }
    return nil
  }

  mutating func run() {
    while readLine() {}
  }

  /// Reads to behind the next newline. False at the end of the bytes.
  mutating func readLine() -> Bool {
    while position < bytes.count {
      if case .string(_, let isRaw, let quotes)? = frames.last {
        inString(isRaw: isRaw, quotes: quotes)
      } else {
        inCode()
      }
      if position <= bytes.count, bytes[position - 1] == UInt8(ascii: "\n") { return true }
    }
    return false
  }

  private mutating func inString(isRaw: Bool, quotes: Int) {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "\\") where !isRaw: position += 2
    case UInt8(ascii: "{") where !isRaw:
      if position + 1 < bytes.count, bytes[position + 1] == byte {
        position += 2
      } else {
        frames.append(.hole)
        position += 1
      }
    case UInt8(ascii: "\""):
      if quotes == 1 || hasQuotes(at: position, quotes) {
        frames.removeLast()
        position += quotes
      } else {
        position += 1
      }
    case UInt8(ascii: "\n") where quotes == 1:
      frames.removeLast()
      position += 1
    default: position += 1
    }
  }

  private func hasQuotes(at start: Int, _ count: Int) -> Bool {
    start + count <= bytes.count && bytes[start..<(start + count)].allSatisfy { $0 == UInt8(ascii: "\"") }
  }

  private mutating func inCode() {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "#"):
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
      isInComment = end == nil
      position = end ?? bytes.count
      return
    case UInt8(ascii: "\""):
      let isRaw =
        position > 0 && bytes[position - 1] == UInt8(ascii: "r")
        && wordStart(before: position) == position - 1
      let quotes = hasQuotes(at: position, 3) ? 3 : 1
      markText()
      frames.append(.string(start: position + quotes, isRaw: isRaw, quotes: quotes))
      position += quotes
      return
    case UInt8(ascii: "("):
      let callee = path(before: position)
      markText()
      if callee.isEmpty || ["if", "while", "in", "and", "or", "not", "return", "else"].contains(callee) {
        frames.append(.bracket)
      } else {
        frames.append(
          .call(
            CursorContext.CallSite(callee: callee, isPiped: isPiped(before: position - callee.utf8.count))))
      }
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      markText()
      frames.append(.bracket)
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      if !frames.isEmpty { frames.removeLast() }
    case UInt8(ascii: ","): nextArgument()
    case UInt8(ascii: "="): equals()
    case UInt8(ascii: " "), UInt8(ascii: "\n"): break
    default: markText()
    }
    position += 1
  }

  private mutating func update(_ change: (inout CursorContext.CallSite) -> Void) {
    guard case .call(var site)? = frames.last else { return }
    change(&site)
    frames[frames.count - 1] = .call(site)
  }

  private mutating func markText() { update { $0.hasText = true } }

  private mutating func nextArgument() {
    update { site in
      if let keyword = site.keyword { site.keywords.append(keyword) } else { site.positional += 1 }
      site.keyword = nil
      site.hasText = false
    }
  }

  /// `name=` right after `(` or `,` starts a keyword argument; `==`, `<=` and the like do not.
  private mutating func equals() {
    let isDouble = position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "=")
    let before = bytes[..<position].reversed().drop { $0 == UInt8(ascii: " ") }
    let end = before.count
    let start = wordStart(before: end)
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    let opener = bytes[..<start].last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
    if isDouble {
      position += 1
    } else if !name.isEmpty, opener == UInt8(ascii: "(") || opener == UInt8(ascii: ",") {
      update { site in
        site.keyword = name
        site.hasText = false
      }
    }
  }

  private func wordStart(before end: Int) -> Int {
    var start = end
    while start > 0, CursorContext.isNameByte(bytes[start - 1]) { start -= 1 }
    return start
  }

  /// The dotted name that ends at `end`; empty where an expression ends there.
  private func path(before end: Int) -> String {
    var start = wordStart(before: end)
    while start > 0, bytes[start - 1] == UInt8(ascii: "."), start < end {
      let word = wordStart(before: start - 1)
      if word == start - 1 { return "" }
      start = word
    }
    guard start < end, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start]) else { return "" }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  func isPiped(before end: Int) -> Bool {
    let before = bytes[..<end].reversed().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    return before.prefix(2).elementsEqual([UInt8(ascii: ">"), UInt8(ascii: "|")])
  }

  func context() -> CursorContext {
    if isInComment { return .nothing }
    if case .string(let start, _, _)? = frames.last {
      return .string(prefix: String(decoding: bytes[min(start, bytes.count)...], as: UTF8.self), call: call)
    }
    let start = wordStart(before: bytes.count)
    let prefix = String(decoding: bytes[start...], as: UTF8.self)
    if let first = prefix.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
      return .nothing
    }
    guard start > 0, bytes[start - 1] == UInt8(ascii: ".") else { return .name(prefix: prefix, call: call) }
    let owner = path(before: start - 1)
    // `x[0].`, `3.`, `..`: what they are is not known before they run.
    guard !owner.isEmpty else { return .nothing }
    return .field(path: owner.split(separator: ".").map(String.init), prefix: prefix)
  }
}
