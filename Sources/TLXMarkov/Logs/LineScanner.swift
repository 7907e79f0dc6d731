/// Goes through one line of JSON and notes where the wanted fields stand, without building values.
struct LineScanner {
  /// A value as it stands in the text: strings without their quotes.
  struct Slice {
    var start: UnsafePointer<UInt8>
    var count: Int
    var isString: Bool
    var hasEscapes: Bool

    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
    /// `null` and nothing.
    var isNothing: Bool {
      isString ? count == 0 : count == 4 && start[0] == UInt8(ascii: "n")
    }
  }

  private let base: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  private var at: UnsafePointer<UInt8>

  init(_ line: UnsafeBufferPointer<UInt8>, base: UnsafePointer<UInt8>) {
    self.base = base
    at = base
    end = base + line.count
  }

  /// Finds the fields `names` of the object that the line is; `found[k]` stays nil where the k-th is absent. The last
  /// of several values of a field counts.
  @inline(__always)
  mutating func scan(_ names: [[UInt8]], into found: inout [Slice?]) throws(LineFault) {
    for index in found.indices { found[index] = nil }
    skipSpace()
    try expect("{")
    skipSpace()
    if at < end, at.pointee == UInt8(ascii: "}") {
      at += 1
      return try expectEnd()
    }
    while true {
      let key = try string()
      skipSpace()
      try expect(":")
      skipSpace()
      let value = try value()
      for index in names.indices where matches(key, names[index]) { found[index] = value }
      skipSpace()
      guard at < end else { throw fault("the object is not closed") }
      let next = at.pointee
      at += 1
      if next == UInt8(ascii: "}") { return try expectEnd() }
      guard next == UInt8(ascii: ",") else {
        at -= 1
        throw fault("expected , or }")
      }
      skipSpace()
    }
  }

  @inline(__always)
  private func matches(_ key: Slice, _ name: [UInt8]) -> Bool {
    guard key.count == name.count else { return false }
    return name.withUnsafeBufferPointer { name in
      for index in 0..<name.count where key.start[index] != name[index] { return false }
      return true
    }
  }

  @inline(__always)
  private mutating func skipSpace() {
    while at < end, at.pointee == 0x20 || at.pointee == 0x09 || at.pointee == 0x0D { at += 1 }
  }

  private mutating func expectEnd() throws(LineFault) {
    skipSpace()
    if at < end { throw fault("something follows the object") }
  }

  @inline(__always)
  private mutating func expect(_ character: Unicode.Scalar) throws(LineFault) {
    guard at < end, at.pointee == UInt8(ascii: character) else { throw fault("expected \(character)") }
    at += 1
  }

  private func fault(_ message: String) -> LineFault { LineFault(offset: at - base, message: message) }

  @inline(__always)
  private mutating func string() throws(LineFault) -> Slice {
    guard at < end, at.pointee == UInt8(ascii: "\"") else { throw fault("expected a name in quotes") }
    return try stringBody()
  }

  /// From the opening quote on. Eight bytes at a time while none of them is a quote, a backslash or a control character.
  @inline(__always)
  private mutating func stringBody() throws(LineFault) -> Slice {
    at += 1
    let start = at
    var hasEscapes = false
    while true {
      while end - at >= 8 {
        let word = UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)
        if Self.hasMark(word) { break }
        at += 8
      }
      while at < end {
        let byte = at.pointee
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
        at += 1
        if end - at >= 8, Int(bitPattern: at) & 7 == 0 { break }
      }
      guard at < end else { throw fault("a string is not closed") }
      switch at.pointee {
      case UInt8(ascii: "\""):
        let slice = Slice(start: start, count: at - start, isString: true, hasEscapes: hasEscapes)
        at += 1
        return slice
      case UInt8(ascii: "\\"):
        hasEscapes = true
        guard end - at >= 2 else { throw fault("a string is not closed") }
        at += 2
      case ..<0x20: throw fault("a control character in a string")
      default: continue
      }
    }
  }

  /// Whether one of eight bytes is `"`, `\` or below 0x20. May say so for a byte above such a one, never misses.
  @inline(__always)
  private static func hasMark(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    let quotes = (quote &- ones) & ~quote
    let slashes = (slash &- ones) & ~slash
    let controls = (word &- ones &* 0x20) & ~word
    return (quotes | slashes | controls) & highs != 0
  }

  @inline(__always)
  private mutating func value() throws(LineFault) -> Slice {
    guard at < end else { throw fault("a value is missing") }
    switch at.pointee {
    case UInt8(ascii: "\""): return try stringBody()
    case UInt8(ascii: "{"), UInt8(ascii: "["): return try nested()
    default: return try word()
    }
  }

  private mutating func word() throws(LineFault) -> Slice {
    let start = at
    while at < end {
      switch at.pointee {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x09, 0x0D:
        return try checked(start)
      default: at += 1
      }
    }
    return try checked(start)
  }

  /// A number, `true`, `false` or `null`.
  private mutating func checked(_ start: UnsafePointer<UInt8>) throws(LineFault) -> Slice {
    let slice = Slice(start: start, count: at - start, isString: false, hasEscapes: false)
    guard slice.count > 0 else { throw fault("a value is missing") }
    let first = slice.start[0]
    var isGood = first == UInt8(ascii: "-") || (first >= 0x30 && first <= 0x39)
    if isGood {
      for index in 1..<max(1, slice.count) {
        let byte = slice.start[index]
        let isDigit = byte >= 0x30 && byte <= 0x39
        let isMark =
          byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
          || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        if !isDigit && !isMark { isGood = false }
      }
    } else {
      isGood = ["true", "false", "null"].contains(String(decoding: slice.buffer, as: UTF8.self))
    }
    guard isGood else {
      at = start
      throw fault("“\(String(decoding: slice.buffer.prefix(20), as: UTF8.self))” is no value")
    }
    return slice
  }

  /// An object or array, passed over by counting brackets outside of strings.
  private mutating func nested() throws(LineFault) -> Slice {
    let start = at
    var depth = 0
    while at < end {
      switch at.pointee {
      case UInt8(ascii: "\""):
        _ = try stringBody()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 {
          at += 1
          return Slice(start: start, count: at - start, isString: false, hasEscapes: false)
        }
      default: break
      }
      at += 1
    }
    throw fault("an object or array is not closed")
  }

  /// The names of all fields of a line, for messages.
  static func fieldNames(of line: UnsafeBufferPointer<UInt8>) -> [String] {
    guard let base = line.baseAddress else { return [] }
    var scanner = LineScanner(line, base: base)
    var names: [String] = []
    scanner.skipSpace()
    scanner.at += 1
    while true {
      scanner.skipSpace()
      guard let key = try? scanner.string() else { return names }
      names.append(String(decoding: key.buffer, as: UTF8.self))
      scanner.skipSpace()
      guard (try? scanner.expect(":")) != nil else { return names }
      scanner.skipSpace()
      guard (try? scanner.value()) != nil else { return names }
      scanner.skipSpace()
      guard scanner.at < scanner.end, scanner.at.pointee == UInt8(ascii: ",") else { return names }
      scanner.at += 1
    }
  }

  /// The text of a string with escapes.
  static func unescaped(_ slice: Slice) -> [UInt8]? {
    var result: [UInt8] = []
    var index = 0
    let text = slice.buffer
    func unit(at place: Int) -> UInt32? {
      guard place + 4 <= text.count else { return nil }
      return UInt32(String(decoding: text[place..<place + 4], as: UTF8.self), radix: 16)
    }
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\") else {
        result.append(text[index])
        index += 1
        continue
      }
      guard index + 1 < text.count else { return nil }
      index += 2
      switch text[index - 1] {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(text[index - 1])
      case UInt8(ascii: "u"):
        guard var code = unit(at: index) else { return nil }
        index += 4
        if (0xD800..<0xDC00).contains(code), index + 6 <= text.count, let low = unit(at: index + 2),
          (0xDC00..<0xE000).contains(low)
        {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
          index += 6
        }
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        result.append(contentsOf: String(Character(scalar)).utf8)
      default: return nil
      }
    }
    return result
  }
}
