extension JSONValue {
  /// The one value that the text holds; nil if it is no JSON.
  public init?(parsing bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    let parsed = bytes.withUnsafeBufferPointer { try? JSONParser.parse($0) }
    guard let parsed else { return nil }
    self = parsed
  }

  public var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// A whole number.
  public var int: Int? {
    switch self {
    case .int(let number): number
    case .float(let number): Int(exactly: number)
    default: nil
    }
  }

  public var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .float(let number): number
    default: nil
    }
  }

  public var bool: Bool? {
    if case .bool(let flag) = self { return flag }
    return nil
  }

  /// Those of an array; empty for anything else.
  public var items: [JSONValue] {
    if case .array(let items) = self { return items }
    return []
  }

  /// Those of an object; empty for anything else.
  public var members: [Member] {
    if case .object(let members) = self { return members }
    return []
  }

  /// The text between quotes as JSON writes it.
  public static func quoted(_ text: String) -> String { JSONValue.string(text).text }

  /// Like `text`, with each member and item on a line of its own; what fits into `width` columns stays on one.
  public func lines(width: Int = 100) -> String { pretty(indent: "", width: width) }

  private func pretty(indent: String, width: Int) -> String {
    let short = text
    if indent.utf8.count + short.utf8.count <= width { return short }
    let inner = indent + "  "
    switch self {
    case .array(let items) where !items.isEmpty:
      let parts = items.map { inner + $0.pretty(indent: inner, width: width) }
      return "[\n" + parts.joined(separator: ",\n") + "\n" + indent + "]"
    case .object(let members) where !members.isEmpty:
      let parts = members.map {
        inner + JSONValue.quoted($0.name) + ": " + $0.value.pretty(indent: inner, width: width)
      }
      return "{\n" + parts.joined(separator: ",\n") + "\n" + indent + "}"
    default: return short
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// An object: `.fields(["name": "x", "size": 3])`. A dictionary literal by itself would give the type a member
  /// `Value`, which other modules mean otherwise.
  public static func fields(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(pairs.map { Member($0.key, $0.value) })
  }
}
