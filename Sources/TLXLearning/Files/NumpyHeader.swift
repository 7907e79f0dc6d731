import TLXNumerics

/// The header of a `.npy` file: a Python dictionary with the keys `descr`, `fortran_order` and `shape`
/// (numpy.lib.format, versions 1 to 3).
struct NumpyHeader {
  enum Elements: Equatable {
    case numbers(ElementCode, isBigEndian: Bool)
    /// Texts of so many 32-bit characters, filled up with zeros.
    case unicode(length: Int, isBigEndian: Bool)
  }

  var elements: Elements
  var isFortran: Bool
  var sizes: [Int]
  /// Where the elements start.
  var dataOffset: Int

  /// What is wrong with a header.
  struct Problem: Error {
    var message: String
    var help: String?

    init(_ message: String, help: String? = nil) {
      self.message = message
      self.help = help
    }
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    guard bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
      throw Problem("it does not start with \\x93NUMPY, so it is no .npy file")
    }
    var cursor = ByteCursor(bytes, at: 6)
    guard let major = cursor.integer(UInt8.self), cursor.integer(UInt8.self) != nil else {
      throw Problem("it ends within its first 8 bytes")
    }
    guard (1...3).contains(major) else { throw Problem("version \(major) of the format is not known") }
    let length = major == 1 ? cursor.size(UInt16.self) : cursor.size(UInt32.self)
    guard let length, let text = cursor.slice(length) else {
      throw Problem("it ends within its header, after byte \(bytes.count)")
    }
    dataOffset = cursor.position
    var literal = PythonLiteral(text, offset: dataOffset - length)
    let entries = try literal.dictionary()
    func entry(_ name: String) throws(Problem) -> PythonLiteral.Value {
      guard let value = entries.last(where: { $0.0 == name })?.1 else {
        throw Problem("its header has no '\(name)'")
      }
      return value
    }
    guard case .string(let descr) = try entry("descr") else {
      throw Problem(
        "it holds an array of structures, which TLX cannot read",
        help: "save each field as an array of its own")
    }
    elements = try Self.elements(descr)
    guard case .bool(let isFortran) = try entry("fortran_order") else {
      throw Problem("fortran_order must be True or False")
    }
    self.isFortran = isFortran
    guard case .tuple(let items) = try entry("shape") else { throw Problem("shape must be a tuple") }
    sizes = []
    for item in items {
      guard case .int(let size) = item, size >= 0 else { throw Problem("a size in shape is no whole number") }
      sizes.append(size)
    }
    guard sizes.count <= 64 else { throw Problem("it has \(sizes.count) axes; at most 64 are allowed") }
  }

  private static func elements(_ descr: String) throws(Problem) -> Elements {
    let marks: Set<Character> = ["<", ">", "|", "="]
    let mark = descr.first.flatMap { marks.contains($0) ? $0 : nil }
    let code = mark == nil ? descr : String(descr.dropFirst())
    let isBigEndian = mark == ">"
    if code.hasPrefix("U"), let length = Int(code.dropFirst()), (0..<1 << 24).contains(length) {
      return .unicode(length: length, isBigEndian: isBigEndian)
    }
    if let code = codes[code] { return .numbers(code, isBigEndian: isBigEndian) }
    if code.hasPrefix("O") {
      throw Problem(
        "it holds Python objects, which only Python can read",
        help: "save it with a number dtype: a.astype(float)")
    }
    if code.hasPrefix("c") {
      throw Problem("complex numbers (\(descr)) cannot be read", help: "save a.real and a.imag")
    }
    throw Problem("elements of type '\(descr)' cannot be read", help: "convert it first: a.astype(\"f8\")")
  }

  private static let codes: [String: ElementCode] = [
    "b1": .bool, "?": .bool, "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64, "u1": .u8, "u2": .u16, "u4": .u32,
    "u8": .u64, "f2": .f16, "f4": .f32, "f8": .f64,
  ]

  /// The header that describes a tensor, padded so that the elements start at a multiple of 64.
  static func bytes(_ dtype: DType, _ shape: Shape) -> [UInt8] {
    let descr =
      switch dtype {
      case .bool: "|b1"
      case .i64: "<i8"
      case .f32: "<f4"
      case .f64: "<f8"
      }
    return bytes(descr, shape.sizes)
  }

  static func bytes(_ descr: String, _ sizes: [Int]) -> [UInt8] {
    let inner = sizes.map(String.init).joined(separator: ", ") + (sizes.count == 1 ? "," : "")
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(inner)), }"
    let isLong = text.utf8.count + 64 > Int(UInt16.max)
    let prefix = isLong ? 12 : 10
    text += String(repeating: " ", count: 63 - (prefix + text.utf8.count) % 64) + "\n"
    var builder = ByteBuilder()
    builder.bytes = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, isLong ? 2 : 1, 0]
    if isLong { builder.append(UInt32(text.utf8.count)) } else { builder.append(UInt16(text.utf8.count)) }
    builder.append(text)
    return builder.bytes
  }
}

/// Reads the few Python literals that a header is made of.
struct PythonLiteral {
  enum Value {
    case string(String)
    case int(Int)
    case bool(Bool)
    case tuple([Value])
    /// A list: the `descr` of structures.
    case list
  }

  private let bytes: UnsafeRawBufferPointer
  private let offset: Int
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func unexpected(_ expected: String) -> NumpyHeader.Problem {
    NumpyHeader.Problem("expected \(expected) in its header, at byte \(offset + position)")
  }

  mutating func dictionary() throws(NumpyHeader.Problem) -> [(String, Value)] {
    guard take("{") else { throw unexpected("'{'") }
    var entries: [(String, Value)] = []
    while !take("}") {
      guard case .string(let key) = try value() else { throw unexpected("a name in quotes") }
      guard take(":") else { throw unexpected("':'") }
      entries.append((key, try value()))
      if take("}") { break }
      guard take(",") else { throw unexpected("',' or '}'") }
    }
    skipBlanks()
    guard position == bytes.count else { throw unexpected("nothing more") }
    return entries
  }

  private mutating func value() throws(NumpyHeader.Problem) -> Value {
    skipBlanks()
    switch current {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
    case let byte? where byte &- 0x30 < 10: return .int(try int())
    case UInt8(ascii: "("): return .tuple(try tuple())
    case UInt8(ascii: "["):
      try skipList()
      return .list
    case UInt8(ascii: "T") where takeWord("True"): return .bool(true)
    case UInt8(ascii: "F") where takeWord("False"): return .bool(false)
    default: throw unexpected("a value")
    }
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard bytes[position...].starts(with: Array(word.utf8)) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func string() throws(NumpyHeader.Problem) -> String {
    let quote = current
    position += 1
    let start = position
    while let byte = current, byte != quote { position += 1 }
    guard current != nil else { throw unexpected("a closing quote") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func int() throws(NumpyHeader.Problem) -> Int {
    let start = position
    while let byte = current, byte &- 0x30 < 10 { position += 1 }
    guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      position = start
      throw unexpected("a number below 2^63")
    }
    // Python 2 marked long numbers.
    _ = take("L")
    return number
  }

  /// Tuples of numbers only, so that no header can nest.
  private mutating func tuple() throws(NumpyHeader.Problem) -> [Value] {
    position += 1
    var items: [Value] = []
    while !take(")") {
      skipBlanks()
      guard let byte = current, byte &- 0x30 < 10 else { throw unexpected("a number") }
      items.append(.int(try int()))
      if take(")") { break }
      guard take(",") else { throw unexpected("',' or ')'") }
    }
    return items
  }

  private mutating func skipList() throws(NumpyHeader.Problem) {
    var depth = 0
    repeat {
      switch current {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case nil: throw unexpected("']'")
      default: break
      }
      position += 1
    } while depth > 0
  }
}
