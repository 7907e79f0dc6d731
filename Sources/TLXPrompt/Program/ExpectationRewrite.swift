import TLXSource
import TLXSyntax

/// `tlx test --update`: puts what is shown now into the `#=>` comments.
enum ExpectationRewrite {
  /// The source with new expectations. The first comment of a statement keeps its place; further lines stand below
  /// it, and comments that are left over go.
  static func text(of source: SourceText, with rewrites: [(statement: Statement, lines: [String])]) -> String
  {
    var edits: [(span: Span, text: String)] = []
    for (statement, lines) in rewrites {
      guard let first = statement.expectations.first else { continue }
      let margin = "\n" + String(repeating: " ", count: column(of: first.span.start, in: source))
      edits.append((first.span, lines.map { "#=> " + $0 }.joined(separator: margin)))
      for other in statement.expectations.dropFirst() {
        edits.append((wholeLine(other.span, in: source), ""))
      }
    }
    var result: [UInt8] = []
    var position = 0
    for edit in edits.sorted(by: { $0.span.start < $1.span.start }) where edit.span.start >= position {
      result += source.bytes[position..<edit.span.start]
      result += Array(edit.text.utf8)
      position = edit.span.end
    }
    return String(decoding: result + source.bytes[position...], as: UTF8.self)
  }

  /// Characters before a byte on its line.
  private static func column(of offset: Int, in source: SourceText) -> Int {
    let start = source.lineStarts.last { $0 <= offset } ?? 0
    return String(decoding: source.bytes[start..<offset], as: UTF8.self).count
  }

  /// From the end of the line before to the comment's end: what goes with it.
  private static func wholeLine(_ span: Span, in source: SourceText) -> Span {
    var start = span.start
    while start > 0, source.bytes[start - 1] == UInt8(ascii: " ") { start -= 1 }
    if start > 0, source.bytes[start - 1] == UInt8(ascii: "\n") { start -= 1 }
    return Span(start, span.end)
  }
}
