import TLXLearning
import TLXNumerics
import TLXRuntime

extension Value {
  /// Arrays of numbers become tensors, other arrays lists, objects records.
  init(json: JSONValue) throws {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .float(let number): self = .float(number)
    case .string(let text): self = .string(text)
    case .array(let items):
      self = items.isEmpty ? .list([]) : try Operations.bracket(items.map(Value.init(json:)))
    case .object(let members):
      self = .record(Record(try members.map { ($0.name, try Value(json: $0.value)) }))
    }
  }
}

extension JSONValue {
  /// Data of any kind. E0615 for functions and objects.
  init(_ value: Value, for file: FileName) throws {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .float(let number): self = .float(number)
    case .string(let text): self = .string(text)
    case .tensor(let tensor): self = try JSONValue(tensor)
    case .list(let items): self = .array(try items.map { try JSONValue($0, for: file) })
    case .range(let range): self = .array(range.map { .int($0) })
    case .record(let record):
      self = .object(try zip(record.names, record.values).map { .init($0, try JSONValue($1, for: file)) })
    case .table(let table): self = .array(try DataFrame(table, for: file).objects)
    case .object(let object as Labelled):
      let values = try Operations.items(of: .tensor(object.tensor))
      self = .object(try zip(object.names, values).map { .init($0, try JSONValue($1, for: file)) })
    case .function, .object:
      throw StoredValue.unfit(Value.withArticle(value.kindName), file)
    }
  }

  /// Nested arrays; f32 as the shortest text that reads back as the same f32.
  private init(_ tensor: Tensor) throws {
    let numbers: [JSONValue] =
      switch tensor.dtype {
      case .bool: try tensor.elements(of: Bool.self).map { .bool($0) }
      case .i64: try tensor.elements(of: Int.self).map { .int($0) }
      case .f32: try tensor.elements(of: Float.self).map { .float(Double(shortest: $0)) }
      case .f64: try tensor.elements(of: Double.self).map { .float($0) }
      }
    self = JSONValue.nested(numbers[...], Array(tensor.shape))
  }

  private static func nested(_ numbers: ArraySlice<JSONValue>, _ sizes: [Int]) -> JSONValue {
    guard let size = sizes.first else { return numbers.first ?? .null }
    let rest = Array(sizes.dropFirst())
    let width = rest.reduce(1, *)
    return .array(
      (0..<size).map { index in
        let start = numbers.startIndex + index * width
        return nested(numbers[start..<start + width], rest)
      })
  }
}

extension Double {
  /// The double with the same shortest decimal text: 0.1, not 0.10000000149011612.
  init(shortest value: Float) { self = Double(value.description) ?? Double(value) }
}
