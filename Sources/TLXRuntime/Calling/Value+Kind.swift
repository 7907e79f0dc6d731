import TLXNumerics

extension Value {
  /// The kind with its size, as messages name what came: `a string`, `f32[128, 1]`, `a list of 3`.
  public var kindDescription: String {
    switch self {
    case .null: "nil"
    case .bool(let value): "the bool \(value)"
    case .int(let value): "the int \(value)"
    case .float(let value): "the float \(value)"
    case .string(let text): text.utf8.count <= 24 ? "the string \"\(text)\"" : "a string"
    case .tensor(let tensor): tensor.typeDescription
    case .list(let items): items.isEmpty ? "an empty list" : "a list of \(items.count)"
    case .record(let record): record.count == 0 ? "an empty record" : "a record of \(record.count)"
    case .table(let table): "a table of \(table.rowCount) rows"
    case .function(let function): "the function \(function.name)"
    case .range(let range): "a range of \(range.count)"
    case .object(let object): Value.withArticle(object.kindName)
    }
  }

  /// The kind alone: `string`, `tensor`, `model`.
  public var kindName: String {
    switch self {
    case .null: "nil"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "string"
    case .tensor: "tensor"
    case .list: "list"
    case .record: "record"
    case .table: "table"
    case .function: "function"
    case .range: "range"
    case .object(let object): object.kindName
    }
  }

  /// `a model`, `an optimizer`
  public static func withArticle(_ noun: String) -> String {
    guard let first = noun.first else { return noun }
    return ("aeioAEIO".contains(first) ? "an " : "a ") + noun
  }

  /// The scalar as a whole number, if it is one exactly: an int, `3.0`, or a scalar tensor of either.
  public var exactInt: Int? {
    switch self {
    case .int(let value): return value
    case .float(let value): return Int(exactly: value)
    case .tensor(let tensor) where tensor.rank == 0 && tensor.dtype != .bool && !tensor.isAbstract:
      if tensor.dtype == .i64 { return try? tensor.elements(of: Int.self).first }
      return (try? tensor.doubles().first).flatMap { Int(exactly: $0) }
    default: return nil
    }
  }

  /// The scalar as a float, if it is a number (no bool): an int, a float, or a scalar tensor of either.
  public var number: Double? {
    switch self {
    case .int(let value): return Double(value)
    case .float(let value): return value
    case .tensor(let tensor) where tensor.rank == 0 && tensor.dtype != .bool && !tensor.isAbstract:
      return try? tensor.doubles().first
    default: return nil
    }
  }

  /// The scalar as a bool, if it is one.
  public var truth: Bool? {
    switch self {
    case .bool(let value): return value
    case .tensor(let tensor) where tensor.rank == 0 && tensor.dtype == .bool && !tensor.isAbstract:
      return try? tensor.elements(of: Bool.self).first
    default: return nil
    }
  }
}
