import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSource
import TLXSyntax

/// An open file: its text, its tree, its names, and the conversion between the protocol's positions (lines and UTF-16
/// units) and bytes.
struct SourceDocument: Sendable {
  let uri: String
  let source: SourceText
  let tree: SyntaxTree
  let names: NameIndex

  init(uri: String, text: String) {
    self.uri = uri
    source = SourceText(name: SourceDocument.path(of: uri), text: text)
    tree = parse(source)
    names = NameIndex(tree)
  }

  // MARK: - Places

  var path: String { source.name }
  var folder: String {
    let folder = TextFile.split(path).folder
    return folder.isEmpty ? "." : folder
  }

  /// `file:///a%20b` is `/a b`; other schemes stay as they are.
  static func path(of uri: String) -> String {
    guard uri.hasPrefix("file://") else { return uri }
    var bytes: [UInt8] = []
    var rest = Array(uri.utf8.dropFirst(7))[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func uri(of path: String) -> String {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
    return "file://"
      + path.utf8.map { byte in
        if allowed.contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.count < 2 ? "0" : "") + digits
      }.joined()
  }

  /// The byte at a position; the nearest there is for one outside of the text.
  func offset(_ position: JSONValue?) -> Int {
    let line = max(position?["line"]?.int ?? 0, 0)
    guard let range = source.byteRange(ofLine: line) else { return source.bytes.count }
    var units = max(position?["character"]?.int ?? 0, 0)
    var offset = range.lowerBound
    for scalar in String(decoding: source.bytes[range], as: UTF8.self).unicodeScalars {
      guard units > 0 else { break }
      units -= scalar.value > 0xffff ? 2 : 1
      offset += String(scalar).utf8.count
    }
    return offset
  }

  func position(_ offset: Int) -> JSONValue {
    let offset = min(max(offset, 0), source.bytes.count)
    let line = source.line(of: offset)
    let text = String(decoding: source.bytes[source.lineStarts[line]..<offset], as: UTF8.self)
    return .fields(["line": .int(line), "character": .int(text.utf16.count)])
  }

  func range(_ span: Span) -> JSONValue {
    .fields(["start": position(span.start), "end": position(span.end)])
  }

  func location(_ span: Span) -> JSONValue { .fields(["uri": .string(uri), "range": range(span)]) }

  /// The name at a byte, with where it stands.
  func word(at offset: Int) -> (text: String, span: Span) {
    let bytes = source.bytes
    var (start, end) = (offset, offset)
    while start > 0, CursorContext.isNameByte(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, CursorContext.isNameByte(bytes[end]) { end += 1 }
    return (source.text(in: Span(start, end)), Span(start, end))
  }

  // MARK: - What is wrong

  func json(_ diagnostic: Diagnostic) -> JSONValue {
    // What is wrong in a file that `use` brought in is shown at the top.
    let own = diagnostic.primary.flatMap { $0.location.source === source ? $0 : nil }
    var message = diagnostic.message
    if let label = own?.text, !label.isEmpty { message += "\n" + label }
    if let help = diagnostic.help { message += "\nhelp: " + help }
    if own == nil, let location = diagnostic.primary?.location { message += "\nin " + location.description }
    var members: [JSONValue.Member] = [
      .init("range", range(own?.location.span ?? Span(0, 0))),
      .init("severity", .int(diagnostic.severity == .error ? 1 : 2)), .init("code", .string(diagnostic.code)),
      .init("source", "tlx"), .init("message", .string(message)),
    ]
    // Names without use and statements that cannot run are drawn faint.
    if ["E0305", "E0306"].contains(diagnostic.code) { members.append(.init("tags", [1])) }
    let related = diagnostic.secondary.filter { $0.location.source === source && !$0.text.isEmpty }
    if !related.isEmpty {
      members.append(
        .init(
          "relatedInformation",
          .array(
            related.map { .fields(["location": location($0.location.span), "message": .string($0.text)]) })))
    }
    return .object(members)
  }

  // MARK: - The file as a whole

  /// One edit that puts the whole text in its usual form; none for a text that does not parse.
  var formatting: JSONValue {
    guard !tree.diagnostics.contains(where: { $0.severity == .error }) else { return [] }
    let formatted = format(tree)
    guard formatted != source.text else { return [] }
    return [.fields(["range": range(Span(0, source.bytes.count)), "newText": .string(formatted)])]
  }

  /// `Run cell` above each cell that has code.
  var lenses: JSONValue {
    .array(
      tree.cells.enumerated().compactMap { position, cell in
        guard let first = cell.statements.first else { return nil }
        let place = cell.markerSpan ?? first.span
        return .fields([
          "range": range(Span(place.start, place.start)),
          "command": .fields([
            "title": "Run cell", "command": .string(CellRunner.command),
            "arguments": [.string(uri), .int(position)],
          ]),
        ])
      })
  }

  /// Cells with what they define.
  var symbols: JSONValue {
    .array(
      tree.cells.flatMap { cell -> [JSONValue] in
        let inner = names.definitions.filter {
          $0.isTopLevel && cell.span.start <= $0.span.start && $0.span.end <= cell.span.end
        }.map(symbol)
        guard let title = cell.title, let marker = cell.markerSpan else { return inner }
        return [
          .fields([
            "name": .string(title), "kind": 3, "range": range(cell.span), "selectionRange": range(marker),
            "children": .array(inner),
          ])
        ]
      })
  }

  private func symbol(_ definition: NameIndex.Definition) -> JSONValue {
    let kind = definition.role == .function ? 12 : definition.role == .fixed ? 14 : 13
    return .fields([
      "name": .string(definition.name), "kind": .int(kind), "range": range(definition.statement),
      "selectionRange": range(definition.span),
    ])
  }
}
