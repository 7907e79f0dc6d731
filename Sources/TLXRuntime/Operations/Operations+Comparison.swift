import TLXNumerics
import TLXSyntax

/// `== != < <= > >= in`.
extension Operations {
  /// One comparison. Gives a bool, or a bool tensor where an operand is a tensor of rank 1 or more.
  /// - Throws: E0404 for an order of kinds that have none; what comparing the shapes throws.
  public static func compare(_ op: ComparisonOperator, _ a: Value, _ b: Value) throws -> Value {
    switch op {
    case .contained: return .bool(try contains(b, a))
    case .notContained: return .bool(!(try contains(b, a)))
    default: break
    }
    switch (a, b) {
    case (.int(let x), .int(let y)): return .bool(holds(op, x, y))
    case (.float(let x), .float(let y)): return .bool(holds(op, x, y))
    default: break
    }
    switch op {
    case .equal, .notEqual:
      if let result = try compareTensors(op, a, b) { return result }
      let areEqual = try equal(a, b)
      return .bool(areEqual == (op == .equal))
    default:
      if let result = try compareTensors(op, a, b) { return result }
      return .bool(try order(op, a, b))
    }
  }

  private static func holds<Item: Comparable>(_ op: ComparisonOperator, _ a: Item, _ b: Item) -> Bool {
    switch op {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .contained, .notContained: false
    }
  }

  /// Numbers in their order (exact between ints and floats), strings by Unicode scalars, lists item by item.
  private static func order(_ op: ComparisonOperator, _ a: Value, _ b: Value) throws -> Bool {
    switch (a, b) {
    case (.int(let x), .float(let y)):
      guard let sign = exactOrder(x, y) else { return false }
      return holds(op, sign, 0)
    case (.float(let x), .int(let y)):
      guard let sign = exactOrder(y, x) else { return false }
      return holds(op, 0, sign)
    case (.bool(let x), _) where b.isScalar: return try bool(compare(op, .int(x ? 1 : 0), b))
    case (_, .bool(let y)) where a.isScalar: return try bool(compare(op, a, .int(y ? 1 : 0)))
    case (.string(let x), .string(let y)): return holds(op, precedence(x, y), 0)
    case (.list(let x), .list(let y)):
      for (left, right) in zip(x, y) where !(try equal(left, right)) {
        let strict: ComparisonOperator = op == .less || op == .lessOrEqual ? .less : .greater
        return try truth(of: compare(strict, left, right))
      }
      return holds(op, x.count, y.count)
    default:
      throw Failure(
        "E0404", "\(a.kindDescription) and \(b.kindDescription) have no order",
        help: a.kindName == "nil" || b.kindName == "nil" ? "check for x == nil first" : nil)
    }
  }

  private static func bool(_ value: Value) throws -> Bool { try truth(of: value) }

  private static func precedence(_ a: String, _ b: String) -> Int {
    a == b ? 0 : a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? -1 : 1
  }

  /// -1, 0, 1 as the int is less than, equal to or above the float; nil for NaN.
  static func exactOrder(_ a: Int, _ b: Double) -> Int? {
    if b.isNaN { return nil }
    if b >= 0x1p63 { return -1 }
    if b < -0x1p63 { return 1 }
    let floor = b.rounded(.down)
    let whole = Int(floor)
    if a != whole { return a < whole ? -1 : 1 }
    return b > floor ? -1 : 0
  }

  /// Structural equality: of numbers by value (`1 == 1.0`), of tensors by shape and elements, of lists, records and
  /// tables by their parts, of functions and objects by identity. Values of different kinds are not equal.
  public static func equal(_ a: Value, _ b: Value) throws -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.float(let x), .float(let y)): return x == y
    case (.int(let x), .float(let y)), (.float(let y), .int(let x)): return exactOrder(x, y) == 0
    case (.bool(let x), .int), (.bool(let x), .float): return try equal(.int(x ? 1 : 0), b)
    case (.int, .bool(let y)), (.float, .bool(let y)): return try equal(a, .int(y ? 1 : 0))
    case (.string(let x), .string(let y)): return x == y
    case (.range(let x), .range(let y)): return x == y || x.count == 0 && y.count == 0
    case (.list(let x), .list(let y)): return try equal(x, y)
    case (.record(let x), .record(let y)):
      guard x.count == y.count else { return false }
      for (name, value) in zip(x.names, x.values) {
        guard let other = y[name], try equal(value, other) else { return false }
      }
      return true
    case (.table(let x), .table(let y)):
      return try x.names == y.names && x.rowCount == y.rowCount && equal(x.columns, y.columns)
    case (.function(let x), .function(let y)): return x === y
    case (.object(let x), .object(let y)) where x.tensorValue == nil || y.tensorValue == nil:
      return x.equals(y)
    case (.object(let x), .function(let y)), (.function(let y), .object(let x)):
      return (x as? ElementType)?.dtype.name == y.name
    default:
      guard let x = a.tensorOperand, let y = b.tensorOperand else { return false }
      return try sameElements(x, y)
    }
  }

  private static func equal(_ a: [Value], _ b: [Value]) throws -> Bool {
    guard a.count == b.count else { return false }
    for (x, y) in zip(a, b) where !(try equal(x, y)) { return false }
    return true
  }

  private static func sameElements(_ a: Tensor, _ b: Tensor) throws -> Bool {
    guard a.shape == b.shape else { return false }
    if a.dtype == .i64 && b.dtype == .i64 { return try a.elements(of: Int.self) == b.elements(of: Int.self) }
    return try a.doubles() == b.doubles()
  }

  /// `item in collection`.
  static func contains(_ collection: Value, _ item: Value) throws -> Bool {
    switch (collection, item) {
    case (.list(let items), _):
      for other in items where try equal(other, item) { return true }
      return false
    case (.string(let text), .string(let part)): return Text.contains(text, part)
    case (.string, _): throw Failure("E0404", "only a string can be in a string, not \(item.kindDescription)")
    case (.record(let record), .string(let name)): return record.position(of: name) != nil
    case (.record, _): return false
    case (.table(let table), .string(let name)): return table.names.contains(name)
    case (.range(let range), .int(let number)): return range.contains(number)
    case (.range(let range), .float(let number)):
      guard let whole = Int(exactly: number) else { return false }
      return range.contains(whole)
    case (.object(let labelled as Labelled), .string(let name)): return labelled.position(of: name) != nil
    case (.tensor(let tensor), _): return try contains(tensor, item)
    default:
      if let tensor = collection.tensorOperand, !collection.isScalar { return try contains(tensor, item) }
      throw Failure(
        "E0404", "\(collection.kindDescription) has no items to look in",
        help: "`in` looks in lists, strings, tensors, ranges and the names of records")
    }
  }

  private static func contains(_ tensor: Tensor, _ item: Value) throws -> Bool {
    guard let other = item.tensorOperand, other.rank == 0 else { return false }
    if tensor.dtype == .i64, case .int(let number) = item {
      return try tensor.withElements(of: Int.self) { $0.contains(number) }
    }
    let number = try other.doubles()[0]
    return try tensor.doubles().contains(number)
  }
}

/// Searches in strings.
public enum Text {
  public static func contains(_ text: String, _ part: String) -> Bool {
    part.isEmpty || firstRange(of: Array(part.utf8), in: Array(text.utf8), from: 0) != nil
  }

  /// Where `part` begins at or after `start`, in bytes. Byte by byte: UTF-8 needs no more.
  public static func firstRange(of part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard !part.isEmpty, text.count >= part.count, start <= text.count - part.count else { return nil }
    search: for position in start...(text.count - part.count) {
      for offset in part.indices where text[position + offset] != part[offset] { continue search }
      return position
    }
    return nil
  }
}
