/// One line of the history file: a flat JSON object of strings and bools.
enum HistoryLine {
  static func encode(_ fields: [(String, Field)]) -> String {
    "{" + fields.map { quote($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}\n"
  }

  enum Field: Equatable {
    case string(String)
    case bool(Bool)

    fileprivate var text: String {
      switch self {
      case .string(let value): quote(value)
      case .bool(let value): value ? "true" : "false"
      }
    }
  }

  private static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Nil for a line that is no such object: one cut off by a full disk, or another program's.
  static func decode(_ line: ArraySlice<UInt8>) -> [String: Field]? {
    var reader = Reader(rest: line)
    guard reader.take("{") else { return nil }
    var fields: [String: Field] = [:]
    while true {
      guard let name = reader.string(), reader.take(":"), let value = reader.field() else { return nil }
      fields[name] = value
      if reader.take(",") { continue }
      return reader.take("}") && reader.rest.isEmpty ? fields : nil
    }
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard rest.first == UInt8(truncatingIfNeeded: character.value) else { return false }
      rest.removeFirst()
      skipBlanks()
      return true
    }

    private mutating func skipBlanks() {
      while let byte = rest.first, byte == 0x20 || byte == 0x0d { rest.removeFirst() }
    }

    mutating func field() -> Field? {
      if rest.starts(with: "true".utf8) {
        rest.removeFirst(4)
        return .bool(true)
      }
      if rest.starts(with: "false".utf8) {
        rest.removeFirst(5)
        return .bool(false)
      }
      return string().map { .string($0) }
    }

    mutating func string() -> String? {
      guard take("\"") else { return nil }
      var bytes: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\"") { return String(validating: bytes, as: UTF8.self) }
        guard byte == UInt8(ascii: "\\") else {
          bytes.append(byte)
          continue
        }
        guard let escaped = rest.popFirst() else { return nil }
        switch escaped {
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
          guard let value = UInt32(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
          else { return nil }
          rest.removeFirst(4)
          bytes += Array(String(scalar).utf8)
        default: bytes.append(escaped)
        }
      }
      return nil
    }
  }
}
