import TLXNumerics

/// The items of a collection, computed one at a time, without a list of them.
public struct ValueSequence: Sequence {
  enum Source {
    case list([Value])
    case range(IntegerRange)
    case floats([Double])
    case integers([Int])
    case bools([Bool])
    /// Parts of a tensor by the first axis.
    case rows(Tensor)
    case characters([Character])
    /// A text of which each byte is a character.
    case bytes([UInt8])
    case record(Record)
    case table(Table)
    case labelled([String], Tensor)
    case object(ObjectItems)
  }

  let source: Source
  public let count: Int

  init(_ source: Source, count: Int) {
    self.source = source
    self.count = count
  }

  /// The caller keeps to `0 ..< count`.
  public func element(at index: Int) throws -> Value {
    switch source {
    case .list(let items): return items[index]
    case .range(let range): return .int(range[index])
    case .floats(let numbers): return .float(numbers[index])
    case .integers(let numbers): return .int(numbers[index])
    case .bools(let flags): return .bool(flags[index])
    case .rows(let tensor): return try Operations.element(of: tensor, at: index)
    case .characters(let characters): return .string(String(characters[index]))
    case .bytes(let bytes): return .string(String(plain: bytes[index]))
    case .record(let record): return .list([.string(record.names[index]), record.values[index]])
    case .table(let table): return .record(try table.row(index))
    case .labelled(let names, let tensor):
      return .list([.string(names[index]), try Operations.element(of: tensor, at: index)])
    case .object(let items): return try items.element(index)
    }
  }

  /// Ends early where an element cannot be computed; `element(at:)` throws then.
  public func makeIterator() -> AnyIterator<Value> {
    var position = 0
    return AnyIterator {
      guard position < count else { return nil }
      defer { position += 1 }
      return try? element(at: position)
    }
  }
}

extension Operations {
  /// The items of a list, range, string (characters), tensor (by the first axis), record or labelled value
  /// ((name, value) lists) or table (rows).
  /// - Throws: E0404 for what has no items.
  public static func elements(of value: Value) throws -> ValueSequence {
    switch value {
    case .list(let items): return ValueSequence(.list(items), count: items.count)
    case .range(let range): return ValueSequence(.range(range), count: range.count)
    case .string(let text):
      if let bytes = text.withPlainBytes({ Array($0) }) {
        return ValueSequence(.bytes(bytes), count: bytes.count)
      }
      let characters = Array(text)
      return ValueSequence(.characters(characters), count: characters.count)
    case .record(let record): return ValueSequence(.record(record), count: record.count)
    case .table(let table): return ValueSequence(.table(table), count: table.rowCount)
    case .tensor(let tensor): return try elements(of: tensor)
    case .object(let labelled as Labelled):
      return ValueSequence(.labelled(labelled.names, labelled.tensor), count: labelled.names.count)
    case .object(let object):
      if let items = object.items { return ValueSequence(.object(items), count: items.count) }
      if let tensor = object.tensorValue { return try elements(of: tensor) }
    case .int(let count): throw notIterable(value, help: "count with range(\(count))")
    default: break
    }
    throw notIterable(value, help: nil)
  }

  private static func notIterable(_ value: Value, help: String?) -> Failure {
    Failure("E0404", "\(value.kindDescription) has no items to go through", help: help)
  }

  private static func elements(of tensor: Tensor) throws -> ValueSequence {
    guard tensor.rank > 0 else { throw notIterable(.tensor(tensor), help: nil) }
    let count = tensor.shape[0]
    guard tensor.rank == 1, tensor.isPlain else { return ValueSequence(.rows(tensor), count: count) }
    switch tensor.dtype {
    case .f64: return ValueSequence(.floats(try tensor.elements(of: Double.self)), count: count)
    case .i64: return ValueSequence(.integers(try tensor.elements(of: Int.self)), count: count)
    case .bool: return ValueSequence(.bools(try tensor.elements(of: Bool.self)), count: count)
    case .f32: return ValueSequence(.rows(tensor), count: count)
    }
  }

  /// The items as a list.
  public static func items(of value: Value) throws -> [Value] {
    if case .list(let items) = value { return items }
    let sequence = try elements(of: value)
    return try (0..<sequence.count).map { try sequence.element(at: $0) }
  }

  /// `x[index]` of a tensor with at least one axis; the caller keeps `index` in range.
  static func element(of tensor: Tensor, at index: Int) throws -> Value {
    guard tensor.isPlain else { return .tensor(try tensor.indexed(by: [.at(index)])) }
    if tensor.rank == 1 {
      switch tensor.dtype {
      case .f64: return .float(try tensor.withElements(of: Double.self) { $0[index] })
      case .i64: return .int(try tensor.withElements(of: Int.self) { $0[index] })
      case .bool: return .bool(try tensor.withElements(of: Bool.self) { $0[index] })
      case .f32: break
      }
    }
    return .tensor(try tensor.leadingView([index]))
  }

  /// The slices of the first axis at these positions; the caller keeps them in range.
  static func elements(of tensor: Tensor, at positions: [Int]) throws -> Tensor {
    try tensor.take(Tensor(positions), axis: 0)
  }
}
