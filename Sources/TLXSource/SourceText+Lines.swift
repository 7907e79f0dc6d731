extension SourceText {
  /// The 0-based line that holds a byte offset. Cost: a binary search.
  public func line(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The bytes of a 0-based line, without its newline; nil past the end.
  public func byteRange(ofLine line: Int) -> Range<Int>? {
    guard lineStarts.indices.contains(line) else { return nil }
    let start = lineStarts[line]
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// The 1-based line and column of a byte offset, as editors count them: columns in characters.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    let line = line(of: offset)
    let prefix = String(decoding: bytes[lineStarts[line]..<offset], as: UTF8.self)
    return (line + 1, prefix.count + 1)
  }

  /// The text of a span, cut to what lies in the source.
  public func text(in span: Span) -> String {
    let start = min(max(span.start, 0), bytes.count)
    return String(decoding: bytes[start..<min(max(span.end, start), bytes.count)], as: UTF8.self)
  }
}

extension Location {
  /// `f.tlx:9:3`
  public var description: String {
    let position = source.position(of: span.start)
    return "\(source.name):\(position.line):\(position.column)"
  }
}
