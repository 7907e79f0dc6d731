/// What stands before the cursor, as completion and hints need it. A forgiving scan: half-typed input has no syntax
/// tree.
enum CursorContext: Equatable {
  /// `:ti`: a prompt command's name.
  case command(prefix: String)
  /// What follows a prompt command or `?`.
  case commandArgument(command: String, prefix: String)
  /// Within a string literal: a data set's name, a choice, a file.
  case string(prefix: String, call: CallSite?)
  /// `a.b.pre`
  case field(path: [String], prefix: String)
  case name(prefix: String, call: CallSite?)
  /// In a comment, in a number: nothing to offer.
  case nothing

  /// A call that is open at the cursor.
  struct CallSite: Equatable {
    /// `leep`, `lib.score`
    var callee: String
    /// Whether `|>` gives the first argument.
    var isPiped = false
    /// Positional arguments before the one at the cursor.
    var positional = 0
    var keywords: [String] = []
    /// The keyword whose value the cursor is in.
    var keyword: String?
    /// Whether anything of the current argument has been typed.
    var hasText = false
  }

  /// What stands before byte `cursor` of the text.
  static func at(_ cursor: Int, in text: String) -> CursorContext {
    let bytes = Array(text.utf8.prefix(cursor))
    if let command = promptCommand(bytes) { return command }
    var scan = Scan(bytes)
    scan.run()
    return scan.context()
  }

  /// The innermost call that is open at the end of the text.
  static func call(atEndOf text: String) -> CallSite? { end(of: text).call }

  /// What stands at the end of the text, and the innermost call that is open there, from one look.
  static func end(of text: String) -> (context: CursorContext, call: CallSite?) {
    let bytes = Array(text.utf8)
    var scan = Scan(bytes)
    scan.run()
    return (promptCommand(bytes) ?? scan.context(), scan.isInComment ? nil : scan.call)
  }

  /// Whether `|>` stands before a word at the end of the text.
  static func isPiped(_ text: String, word: String) -> Bool {
    Scan(Array(text.utf8)).isPiped(before: text.utf8.count - word.utf8.count)
  }

  static func openBrackets(in bytes: [UInt8]) -> Int {
    var scan = Scan(bytes)
    scan.run()
    return scan.frames.filter { $0.isBracket }.count
  }

  private static func promptCommand(_ bytes: [UInt8]) -> CursorContext? {
    guard let first = bytes.first else { return nil }
    let rest = String(decoding: bytes.dropFirst(), as: UTF8.self)
    switch first {
    case UInt8(ascii: "?"): return .commandArgument(command: "?", prefix: rest)
    case UInt8(ascii: "!"):
      let word = rest.split(separator: " ", omittingEmptySubsequences: false).last.map(String.init) ?? ""
      return .commandArgument(command: "!", prefix: word)
    case UInt8(ascii: ":"):
      guard let blank = rest.firstIndex(of: " ") else { return .command(prefix: rest) }
      let name = String(rest[..<blank])
      let argument = rest[blank...].drop { $0 == " " }
      // What is timed is an expression.
      guard !["time", "prof"].contains(name) else { return at(argument.utf8.count, in: String(argument)) }
      return .commandArgument(command: name, prefix: String(argument))
    default: return nil
    }
  }

  /// The bytes of an identifier. Whatever is not ASCII counts: names may be Greek.
  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: true
    default: false
    }
  }
}

extension CursorContext {
  /// One pass over the bytes before the cursor with a stack of what is open.
  fileprivate struct Scan {
    enum Frame {
      case call(CallSite)
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
    var frames: [Frame] = []
    var isInComment = false
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var call: CallSite? {
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
      while position < bytes.count {
        if case .string(_, let isRaw, let quotes)? = frames.last {
          inString(isRaw: isRaw, quotes: quotes)
        } else {
          inCode()
        }
      }
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
            .call(CallSite(callee: callee, isPiped: isPiped(before: position - callee.utf8.count))))
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

    private mutating func update(_ change: (inout CallSite) -> Void) {
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
}
