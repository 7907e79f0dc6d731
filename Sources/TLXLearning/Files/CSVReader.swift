import TLXNumerics

/// Reads a CSV file record by record, holding no more of it than one record and a buffer.
///
/// RFC 4180: fields may be quoted, quotes are doubled inside, quoted fields may hold line breaks. Also taken: a
/// byte order mark, LF, CR LF or CR line ends, gzip compression. Blank lines are passed over.
public final class CSVReader {
  private struct Field {
    var start: Int
    var end: Int
    var hasEscapes: Bool
    var isQuoted: Bool
  }

  public let file: FileName
  private let window: ReadWindow
  private let delimiter: UInt8
  private let comment: UInt8?
  private var fields: [Field] = []
  /// Bytes of the current record, which go with the next.
  private var length = 0
  /// The line on which the current record starts, from 1.
  public private(set) var line = 0
  private var nextLine = 1

  private static let quote: UInt8 = 0x22
  private static let lineFeed: UInt8 = 0x0A
  private static let carriageReturn: UInt8 = 0x0D

  /// - Parameter comment: Lines that start with it are passed over.
  /// - Throws: E0601, E0602, E0608; E0603 for a file in UTF-16.
  public init(_ file: FileName, delimiter: UInt8 = 0x2C, comment: UInt8? = nil) throws {
    self.file = file
    self.delimiter = delimiter
    self.comment = comment
    window = try ReadWindow(file)
    if window.count >= 2, Set([window.base[0], window.base[1]]) == [0xFE, 0xFF] {
      throw file.failure(
        "E0603", "the text is in UTF-16", help: "convert it: iconv -f utf-16 -t utf-8 in.csv > out.csv")
    }
  }

  /// The number of fields of the current record.
  public var fieldCount: Int { fields.count }

  /// Goes to the next record; false at the end of the file. E0603 with the line for a quote that is never closed
  /// or followed by something else than a delimiter.
  public func next() throws -> Bool {
    while true {
      window.consume(length)
      length = 0
      line = nextLine
      while !(try scan()) { try window.more() }
      if length == 0 { return false }
      if !isBlank && !isComment { return true }
    }
  }

  private var isBlank: Bool {
    fields.count == 1 && fields[0].start == fields[0].end && !fields[0].isQuoted
  }

  private var isComment: Bool { comment.map { window.base[0] == $0 } ?? false }

  /// Finds the fields of the record at the window's start; false if more of the file is needed.
  private func scan() throws -> Bool {
    fields.removeAll(keepingCapacity: true)
    nextLine = line
    let (base, count, isAtEnd) = (window.base, window.count, window.isAtEnd)
    var position = 0
    if count == 0 { return isAtEnd }
    let skipsLine = isComment
    while true {
      guard var cursor = try field(at: position, base, count, isAtEnd, isLiteral: skipsLine) else {
        return false
      }
      if cursor == count {
        length = cursor
        return isAtEnd
      }
      if base[cursor] == delimiter && !skipsLine {
        position = cursor + 1
        continue
      }
      if base[cursor] == Self.carriageReturn {
        if cursor + 1 == count && !isAtEnd { return false }
        if cursor + 1 < count && base[cursor + 1] == Self.lineFeed { cursor += 1 }
      }
      nextLine += 1
      length = cursor + 1
      return true
    }
  }

  /// Records the field that starts at `position` and gives where it ends; nil if more is needed.
  @inline(__always)
  private func field(
    at position: Int, _ base: UnsafeMutablePointer<UInt8>, _ count: Int, _ isAtEnd: Bool, isLiteral: Bool
  ) throws -> Int? {
    if position < count, base[position] == Self.quote, !isLiteral {
      return try quotedField(at: position, base, count, isAtEnd)
    }
    var cursor = position
    while cursor < count {
      let byte = base[cursor]
      if byte == Self.lineFeed || byte == Self.carriageReturn || (byte == delimiter && !isLiteral) { break }
      cursor += 1
    }
    if cursor == count && !isAtEnd { return nil }
    fields.append(Field(start: position, end: cursor, hasEscapes: false, isQuoted: false))
    return cursor
  }

  private func quotedField(
    at position: Int, _ base: UnsafeMutablePointer<UInt8>, _ count: Int, _ isAtEnd: Bool
  ) throws -> Int? {
    let openedOn = nextLine
    var cursor = position + 1
    var hasEscapes = false
    while true {
      guard cursor < count else {
        if !isAtEnd { return nil }
        throw file.failure(
          "E0603", "line \(openedOn): a quote is opened but never closed",
          help: "inside a quoted field, write a quote as \"\"")
      }
      if base[cursor] == Self.lineFeed { nextLine += 1 }
      if base[cursor] == Self.quote {
        if cursor + 1 == count && !isAtEnd { return nil }
        guard cursor + 1 < count, base[cursor + 1] == Self.quote else { break }
        hasEscapes = true
        cursor += 1
      }
      cursor += 1
    }
    fields.append(Field(start: position + 1, end: cursor, hasEscapes: hasEscapes, isQuoted: true))
    cursor += 1
    if cursor < count {
      let byte = base[cursor]
      guard byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn else {
        throw file.failure(
          "E0603",
          "line \(nextLine): expected a delimiter or the end of the line after a closing quote, found "
            + Self.quoted(byte), help: "inside a quoted field, write a quote as \"\"")
      }
    }
    return cursor
  }

  private static func quoted(_ byte: UInt8) -> String {
    byte >= 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
  }

  /// The bytes of a field as they stand, doubled quotes included; valid until `next`.
  @inline(__always)
  func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let field = fields[index]
    return UnsafeBufferPointer(start: window.base + field.start, count: field.end - field.start)
  }

  /// A field's text. E0603 if it is not UTF-8.
  public func text(_ index: Int) throws -> String {
    let raw = bytes(index)
    let text: String?
    if fields[index].hasEscapes {
      var plain: [UInt8] = []
      var afterQuote = false
      for byte in raw {
        afterQuote = byte == Self.quote && !afterQuote
        if !afterQuote { plain.append(byte) }
      }
      text = String(validating: plain, as: UTF8.self)
    } else {
      text = String(validating: raw, as: UTF8.self)
    }
    guard let text else {
      throw file.failure(
        "E0603", "line \(line): field \(index + 1) is not UTF-8",
        help: "if it is Latin-1, convert it: iconv -f latin1 -t utf-8 in.csv > out.csv")
    }
    return text
  }
}
