/// The contents of a slot for values that do not fit into 64 bits.
final class Box {
  private(set) var parts = BoxParts()
  private var contents: Value
  /// What has been added to a string and has not joined it yet.
  private var tail = TextTail()

  init(_ value: Value) { contents = value }

  /// A record whose fields will be read soon.
  init(_ record: Record) {
    contents = .record(record)
    parts = BoxParts(of: record)
  }

  deinit { tail.discard() }

  var value: Value {
    get {
      if !tail.isEmpty { joinTail() }
      // Whoever gets it shares the memory of its parts.
      parts.owner = .unknown
      return contents
    }
    _modify {
      if !tail.isEmpty { joinTail() }
      parts = BoxParts()
      yield &contents
    }
    set {
      tail.discard()
      parts = BoxParts()
      contents = newValue
    }
  }

  /// Whoever gets the box as well must find the parts as they are.
  @inline(__always) func share() {
    if parts.owner == .register { parts.owner = .box }
  }

  /// Looks where the parts stand.
  func locateParts() {
    if !tail.isEmpty { joinTail() }
    parts = BoxParts(of: &contents, exclusively: false)
  }

  /// A field's place in a record; nil for other values.
  func position(of name: Box) -> Int? {
    guard case .record(let record) = contents, case .string(let text) = name.contents, name.tail.isEmpty
    else {
      return nil
    }
    return record.position(of: text)
  }

  /// Makes the parts those of the register that holds the only reference to the box.
  func claimParts() {
    if parts.owner == .box {
      parts.owner = .register
    } else {
      parts = BoxParts(of: &contents, exclusively: true)
    }
  }

  /// Where a field of a record stands, noted for the next time.
  func locateField(_ name: String, noting cache: inout FieldCache) -> Int? {
    guard case .record(let record) = contents, let position = record.position(of: name) else { return nil }
    cache.remember(record, at: position)
    return position
  }

  // MARK: - Strings

  /// The length of a string in bytes of UTF-8; nil for any other value.
  var textLength: Int? {
    guard case .string(let text) = contents else { return nil }
    return text.utf8.count + tail.count
  }

  /// Whether two strings are equal; nil if one is no string.
  func hasSameText(as other: Box) -> Bool? {
    if !tail.isEmpty { joinTail() }
    if !other.tail.isEmpty { other.joinTail() }
    guard case .string(let text) = contents, case .string(let otherText) = other.contents else { return nil }
    return text == otherText
  }

  /// The length of a string in characters; nil for any other value.
  var characterCount: Int? {
    guard textLength != nil, case .string(let text) = value else { return nil }
    return text.characterCount
  }

  /// Copies the bytes of a string to where there is room for them, and gives their end.
  func copyText(to target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    guard case .string(var text) = contents else { return target }
    let end = text.withUTF8 { bytes -> UnsafeMutablePointer<UInt8> in
      if let start = bytes.baseAddress { target.update(from: start, count: bytes.count) }
      return target + bytes.count
    }
    return tail.copy(to: end)
  }

  /// Adds bytes to a string: `length` at most, which `write` puts where it is told and whose end it gives. The string is
  /// the register's alone that holds the box. False, and nothing is added, if the value is no string or they are too many.
  /// - Throws: E0702 where a string grows beyond the memory there may be.
  @inline(__always)
  func append(
    upTo length: Int, _ write: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>
  ) throws -> Bool {
    guard length <= TextTail.capacity, let textLength else { return false }
    if !tail.hasRoom(for: length) {
      try Operations.checkRoom(textLength + length, "a string of \(textLength + length) bytes")
      joinTail()
    }
    tail.append(write)
    // A string that grows has its characters nowhere in one place.
    if parts.kind == .characters { parts = BoxParts() }
    return true
  }

  /// Adds a text to a string. False if the value is none.
  func append(_ added: String) throws -> Bool {
    var added = added
    let isShort = try added.withUTF8 { bytes in
      try append(upTo: bytes.count) { target in
        if let start = bytes.baseAddress { target.update(from: start, count: bytes.count) }
        return target + bytes.count
      }
    }
    if isShort { return true }
    guard let textLength else { return false }
    let length = textLength + added.utf8.count
    try Operations.checkRoom(length, "a string of \(length) bytes")
    joinTail()
    join(added)
    return true
  }

  private func joinTail() {
    let added = tail.take()
    join(added)
  }

  /// Taken out meanwhile, so that a string that nobody else holds grows where it is.
  private func join(_ added: String) {
    guard case .string(var text) = contents else { return }
    parts = BoxParts()
    contents = .null
    text += added
    contents = .string(text)
  }
}

/// Bytes that wait to become the end of a string. Adding to a string of Swift costs more than most pieces are long; here
/// a piece is copied, and many join the string at once.
private struct TextTail {
  static let capacity = 512
  private var memory: UnsafeMutablePointer<UInt8>?
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  func hasRoom(for length: Int) -> Bool { count + length <= TextTail.capacity }

  /// Adds what `write` puts into the room that there is; it gives the end of what it wrote.
  @inline(__always)
  mutating func append(_ write: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>) {
    let start = memory ?? .allocate(capacity: TextTail.capacity)
    memory = start
    count = write(start + count) - start
  }

  func copy(to target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    if let memory { target.update(from: memory, count: count) }
    return target + count
  }

  /// What is there, and nothing is left.
  mutating func take() -> String {
    let text = String(decoding: UnsafeBufferPointer(start: memory, count: count), as: UTF8.self)
    count = 0
    return text
  }

  mutating func discard() {
    memory?.deallocate()
    memory = nil
    count = 0
  }
}
