/// A piece of source: a file, a prompt input or a `-e` argument, with its lines found once.
public final class SourceText: Sendable {
  /// What error windows show: a path, `prompt:3`, `-e`, `stdin`.
  public let name: String
  public let text: String
  /// The UTF-8 bytes of `text`; spans count in these.
  public let bytes: [UInt8]
  /// Byte offset at which each line starts.
  public let lineStarts: [Int]

  public init(name: String, text: String) {
    self.name = name
    self.text = text
    let bytes = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    self.bytes = bytes
    self.lineStarts = starts
  }
}

/// A half-open range of bytes in one source.
public struct Span: Hashable, Sendable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  public func union(_ other: Span) -> Span { Span(min(start, other.start), max(end, other.end)) }
}

/// A span together with the source that it lies in.
public struct Location: Sendable {
  public var source: SourceText
  public var span: Span

  public init(_ source: SourceText, _ span: Span) {
    self.source = source
    self.span = span
  }
}
