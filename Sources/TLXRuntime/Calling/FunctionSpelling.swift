import TLXSource

/// How a call that was written in the manner of another language is written here. Works on the text, and gives up
/// where that is long or goes over several lines.
enum FunctionSpelling {
  private static let longest = 60

  /// `mean(x, axis=0)` for `x.mean(axis=0)`, where the location is that of `x.mean`. Nil if the receiver is unknown.
  static func call(of name: String, at location: Location) -> String? {
    guard let field = text(location.source, location.span.start, location.span.end),
      field.hasSuffix("." + name)
    else { return nil }
    let receiver = trimmed(field.dropLast(name.utf8.count + 1))
    guard !receiver.isEmpty else { return nil }
    let arguments = arguments(
      in: Array(location.source.text.utf8.dropFirst(location.span.end).prefix(longest)))
    return arguments.isEmpty ? "\(name)(\(receiver))" : "\(name)(\(receiver), \(arguments))"
  }

  /// The callee and the arguments of the call at a location: `x` and `0` of `x(0)`.
  static func parts(at location: Location) -> (callee: String, arguments: String)? {
    guard let call = text(location.source, location.span.start, location.span.end), call.hasSuffix(")"),
      let open = call.firstIndex(of: "("), open > call.startIndex
    else { return nil }
    return (trimmed(call[..<open]), trimmed(call[call.index(after: open)...].dropLast()))
  }

  private static func text(_ source: SourceText, _ start: Int, _ end: Int) -> String? {
    guard start >= 0, start < end, end <= source.text.utf8.count, end - start <= longest else { return nil }
    let text = String(decoding: source.text.utf8.dropFirst(start).prefix(end - start), as: UTF8.self)
    return text.contains("\n") ? nil : text
  }

  /// What stands between the brackets that follow; empty where none do or they do not close on the line.
  private static func arguments(in bytes: [UInt8]) -> String {
    guard bytes.first == UInt8(ascii: "(") else { return "" }
    var depth = 0
    var isInString = false
    for (position, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\n"): return ""
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += isInString ? 0 : 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= isInString ? 0 : 1
        if depth == 0 { return trimmed(Substring(String(decoding: bytes[1..<position], as: UTF8.self))) }
      default: break
      }
    }
    return ""
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}
