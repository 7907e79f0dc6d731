import TLXNumerics

/// Named tensors with notes, as a `.safetensors` file holds them.
public struct NamedTensors: Sendable {
  public var tensors: [(name: String, tensor: Tensor)]
  /// The file's `__metadata__`.
  public var metadata: [(name: String, text: String)]

  public init(_ tensors: [(name: String, tensor: Tensor)], metadata: [(name: String, text: String)] = []) {
    self.tensors = tensors
    self.metadata = metadata
  }

  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  public func note(_ name: String) -> String? { metadata.first { $0.name == name }?.text }
}

/// `.safetensors` files: an 8-byte length, a JSON header, the tensors' bytes.
///
/// Source: the format's description at huggingface/safetensors; the checks are those of its Rust reader.
public enum Safetensors {
  /// Reads all tensors, F16 and BF16 as f32, whole numbers as i64. Large ones that start at a multiple of 64 are
  /// mapped.
  ///
  /// - Throws: E0601, E0602; E0607 with what is wrong: a header that is cut off or no JSON, an unknown dtype, sizes that
  ///   do not match, tensors that overlap, leave gaps or reach beyond the file.
  public static func read(_ file: FileName) throws -> NamedTensors {
    let contents = try FileContents(of: file)
    return try withExtendedLifetime(contents) {
      let header = try SafetensorsHeader(contents.bytes, of: file)
      let tensors = try header.entries.map { entry in
        let array = EncodedArray(
          code: entry.code, shape: Shape(entry.sizes),
          bytes: UnsafeRawBufferPointer(
            rebasing: contents.bytes[header.dataOffset + entry.start..<header.dataOffset + entry.end]))
        let tensor = try array.tensor(in: contents) {
          file.failure("E0607", "\(entry.name): the element \($0) does not fit in i64")
        }
        return (name: entry.name, tensor: tensor)
      }
      return NamedTensors(tensors, metadata: header.metadata)
    }
  }

  /// Writes tensors in their own dtypes. The wider dtypes come first, so that all are aligned, and the first
  /// starts at a multiple of 64. E0602; E0607 for a name that comes twice or is `__metadata__`.
  public static func write(_ contents: NamedTensors, to file: FileName) throws {
    var used: Set<String> = ["__metadata__"]
    for (name, _) in contents.tensors where !used.insert(name).inserted {
      throw file.failure("E0607", "the name \(name) cannot be used twice or for a tensor")
    }
    let order = contents.tensors.indices.sorted {
      let (a, b) = (contents.tensors[$0].tensor.dtype.stride, contents.tensors[$1].tensor.dtype.stride)
      return a != b ? a > b : $0 < $1
    }
    var offsets = [Int](repeating: 0, count: contents.tensors.count)
    var end = 0
    for index in order {
      offsets[index] = end
      end += contents.tensors[index].tensor.count * contents.tensors[index].tensor.dtype.stride
    }
    var members: [JSONValue.Member] = []
    if !contents.metadata.isEmpty {
      members.append(
        .init("__metadata__", .object(contents.metadata.map { .init($0.name, .string($0.text)) })))
    }
    for (index, (name, tensor)) in contents.tensors.enumerated() {
      members.append(.init(name, describe(tensor, at: offsets[index])))
    }
    var header = JSONValue.object(members).text
    header += String(repeating: " ", count: 63 - (8 + header.utf8.count + 63) % 64)
    try AtomicFile.write(file) { output in
      var length = ByteBuilder()
      length.append(UInt64(header.utf8.count))
      try output.write(length.bytes)
      try output.write(header)
      for index in order { try contents.tensors[index].tensor.withBytes { try output.write($0) } }
    }
  }

  private static func describe(_ tensor: Tensor, at offset: Int) -> JSONValue {
    let code = SafetensorsHeader.codes.first { $0.value == ElementCode(tensor.dtype) }?.key ?? ""
    return .object([
      .init("dtype", .string(code)), .init("shape", .array(tensor.shape.map { .int($0) })),
      .init("data_offsets", .array([.int(offset), .int(offset + tensor.count * tensor.dtype.stride)])),
    ])
  }
}

/// The checked header of a `.safetensors` file.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var code: ElementCode
    var sizes: [Int]
    /// Within the tensors' bytes.
    var start: Int
    var end: Int
  }

  var entries: [Entry] = []
  var metadata: [(name: String, text: String)] = []
  var dataOffset = 0

  static let codes: [String: ElementCode] = [
    "BOOL": .bool, "I8": .i8, "I16": .i16, "I32": .i32, "I64": .i64, "U8": .u8, "U16": .u16, "U32": .u32,
    "U64": .u64, "F16": .f16, "BF16": .bf16, "F32": .f32, "F64": .f64,
  ]

  private static let longest = 100_000_000

  init(_ bytes: UnsafeRawBufferPointer, of file: FileName) throws {
    func failure(_ message: String, help: String? = nil) -> NumericsError {
      file.failure("E0607", message, help: help)
    }
    var cursor = ByteCursor(bytes)
    guard let length = cursor.integer(UInt64.self) else {
      throw failure("it has \(bytes.count) bytes, fewer than the 8 of the header's length")
    }
    guard length <= Self.longest, let text = cursor.slice(Int(length)) else {
      throw failure(
        "its header should have \(length) bytes, but \(cursor.remaining) follow",
        help: "it is no safetensors file, or it was cut off")
    }
    dataOffset = cursor.position
    let document: JSONValue
    do throws(JSONSyntaxError) {
      document = try Self.parse(text)
    } catch {
      throw failure("its header is no JSON: \(error.message), at byte \(8 + error.offset)")
    }
    guard case .object(let members) = document else {
      throw failure("its header is \(document.kindName), not an object")
    }
    var names: Set<String> = []
    for member in members {
      guard names.insert(member.name).inserted else {
        throw failure("\(member.name) comes twice in its header")
      }
      if member.name == "__metadata__" {
        metadata = try Self.notes(member.value) { failure($0) }
      } else {
        entries.append(try Self.entry(member) { failure($0) })
      }
    }
    try checkLayout(available: bytes.count - dataOffset) { failure($0, help: $1) }
  }

  private static func parse(_ text: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
    let bytes = UnsafeBufferPointer(
      start: text.baseAddress?.assumingMemoryBound(to: UInt8.self), count: text.count)
    return try JSONParser.parse(bytes)
  }

  private static func notes(_ value: JSONValue, _ failure: (String) -> NumericsError) throws -> [(
    name: String, text: String
  )] {
    guard case .object(let members) = value else {
      throw failure("its __metadata__ is \(value.kindName), not an object")
    }
    return try members.map {
      guard case .string(let text) = $0.value else {
        throw failure("\($0.name) in its __metadata__ is \($0.value.kindName), not a string")
      }
      return ($0.name, text)
    }
  }

  private static func entry(_ member: JSONValue.Member, _ failure: (String) -> NumericsError) throws -> Entry
  {
    let name = member.name
    guard case .string(let dtype)? = member.value["dtype"] else {
      throw failure("\(name): its dtype is missing or no string")
    }
    guard let code = codes[dtype] else { throw failure("\(name): the dtype \(dtype) cannot be read") }
    guard let sizes = member.value["shape"].flatMap(whole), sizes.count <= 64 else {
      throw failure("\(name): its shape is missing or no list of sizes")
    }
    guard let offsets = member.value["data_offsets"].flatMap(whole), offsets.count == 2,
      offsets[0] <= offsets[1]
    else { throw failure("\(name): its data_offsets are missing or no pair start, end") }
    guard let size = EncodedArray.byteCount(code, sizes), size == offsets[1] - offsets[0] else {
      throw failure(
        "\(name): \(dtype)\(sizes) does not take the \(offsets[1] - offsets[0]) bytes of its data_offsets")
    }
    return Entry(name: name, code: code, sizes: sizes, start: offsets[0], end: offsets[1])
  }

  /// A list of numbers, none negative.
  private static func whole(_ value: JSONValue) -> [Int]? {
    guard case .array(let items) = value else { return nil }
    let numbers = items.compactMap { if case .int(let number) = $0, number >= 0 { number } else { nil } }
    return numbers.count == items.count ? numbers : nil
  }

  /// The tensors must fill the rest of the file exactly, without gap or overlap.
  private func checkLayout(available: Int, _ failure: (String, String?) -> NumericsError) throws {
    var end = 0
    for entry in entries.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if entry.start < end {
        throw failure("\(entry.name) overlaps another tensor, at offset \(entry.start)", nil)
      }
      if entry.start > end {
        throw failure(
          "\(entry.name) starts at offset \(entry.start), \(entry.start - end) bytes after the last", nil)
      }
      end = entry.end
    }
    if end > available {
      throw failure("its tensors take \(end) bytes, but \(available) follow the header", "it was cut off")
    }
    if end < available { throw failure("\(available - end) bytes follow its last tensor", nil) }
  }
}
