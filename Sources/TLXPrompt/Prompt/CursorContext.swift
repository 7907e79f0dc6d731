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
    var scan = CursorScan(bytes)
    scan.run()
    return scan.context()
  }

  /// What stands at the end of a text, and the innermost call that is open there.
  typealias End = (context: CursorContext, call: CallSite?)

  /// The innermost call that is open at the end of the text.
  static func call(atEndOf text: String) -> CallSite? {
    var scanner = LiveScanner()
    return scanner.end(of: text).call
  }

  /// Whether `|>` stands before a word at the end of the text.
  static func isPiped(_ text: String, word: String) -> Bool {
    CursorScan(Array(text.utf8)).isPiped(before: text.utf8.count - word.utf8.count)
  }

  static func openBrackets(in bytes: [UInt8]) -> Int {
    var scan = CursorScan(bytes)
    scan.run()
    return scan.frames.filter { $0.isBracket }.count
  }

  static func promptCommand(_ bytes: [UInt8]) -> CursorContext? {
    guard let first = bytes.first, "?!:".utf8.contains(first) else { return nil }
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
