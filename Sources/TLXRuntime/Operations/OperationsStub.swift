import TLXNumerics
import TLXSyntax

// Stands in until the operations on values land.

/// The items of a collection, computed one at a time.
public struct ValueSequence: Sequence {
  public let count: Int
  private let element: (Int) throws -> Value

  public init(count: Int, element: @escaping (Int) throws -> Value) {
    self.count = count
    self.element = element
  }

  public func element(at position: Int) throws -> Value { try element(position) }

  public func makeIterator() -> AnyIterator<Value> {
    var position = 0
    return AnyIterator {
      guard position < count else { return nil }
      defer { position += 1 }
      return try? element(position)
    }
  }
}

public enum Operations {
  public static func bracket(_ items: [Value]) throws -> Value {
    let ints = items.compactMap { item -> Int? in if case .int(let i) = item { i } else { nil } }
    if ints.count == items.count, !items.isEmpty { return .tensor(try Tensor(ints)) }
    let bools = items.compactMap { item -> Bool? in if case .bool(let i) = item { i } else { nil } }
    if bools.count == items.count, !items.isEmpty { return .tensor(try Tensor(bools)) }
    let floats = items.compactMap { item -> Double? in
      switch item {
      case .int(let i): Double(i)
      case .float(let d): d
      default: nil
      }
    }
    if floats.count == items.count { return .tensor(try Tensor(floats)) }
    return .list(items)
  }

  public static func elements(of value: Value) throws -> ValueSequence {
    switch value {
    case .list(let items): return ValueSequence(count: items.count) { items[$0] }
    case .range(let range): return ValueSequence(count: range.count) { .int(range.start + $0 * range.step) }
    case .tensor(let tensor) where tensor.rank == 1:
      switch tensor.dtype {
      case .i64:
        let items = try tensor.elements(of: Int.self)
        return ValueSequence(count: items.count) { .int(items[$0]) }
      case .bool:
        let items = try tensor.elements(of: Bool.self)
        return ValueSequence(count: items.count) { .bool(items[$0]) }
      default:
        let items = try tensor.doubles()
        return ValueSequence(count: items.count) { .float(items[$0]) }
      }
    case .record(let record):
      return ValueSequence(count: record.count) { .list([.string(record.names[$0]), record.values[$0]]) }
    default: throw Failure("E0415", "cannot iterate over \(value.kindDescription)")
    }
  }
}
