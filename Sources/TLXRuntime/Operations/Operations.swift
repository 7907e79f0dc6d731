import TLXNumerics
import TLXSyntax

/// What the operators, indices and fields of the language do with values. The machine keeps its own fast paths for
/// numbers; these are complete.
public enum Operations {
  /// `a op b`. Numbers stay numbers, a tensor on either side gives a tensor; strings and lists join with `+`,
  /// `string * int` repeats; objects answer for themselves.
  /// - Throws: E0404 for kinds that do not go together, E0502 overflow, E0507 whole division by zero, and what the
  ///   tensor operation throws (E0401, E0402).
  public static func binary(_ op: BinaryOperator, _ a: Value, _ b: Value) throws -> Value {
    switch (a, b) {
    case (.float(let x), .float(let y)): return try float(op, x, y)
    case (.int(let x), .int(let y)): return try integer(op, x, y)
    case (.int(let x), .float(let y)): return try float(op, Double(x), y)
    case (.float(let x), .int(let y)): return try float(op, x, Double(y))
    case (.tensor, .tensor), (.tensor, .int), (.tensor, .float), (.tensor, .bool),
      (.int, .tensor), (.float, .tensor), (.bool, .tensor):
      return try tensors(op, a, b)
    case (.string(let x), .string(let y)) where op == .add:
      let count = x.utf8.count + y.utf8.count
      if count > 1 << 20 { try checkRoom(count, "a string of \(count) bytes") }
      return .string(x + y)
    case (.string(let text), .int(let count)) where op == .multiply,
      (.int(let count), .string(let text)) where op == .multiply:
      return try repeated(text, count)
    case (.list(let x), .list(let y)) where op == .add:
      try checkRoom((x.count + y.count) * MemoryLayout<Value>.stride, "a list of \(x.count + y.count) items")
      return .list(x + y)
    case (.bool(let x), _) where b.isScalar: return try binary(op, .int(x ? 1 : 0), b)
    case (_, .bool(let y)) where a.isScalar: return try binary(op, a, .int(y ? 1 : 0))
    default: return try binaryOfObjects(op, a, b)
    }
  }

  /// E0702 for what alone would take more memory than a program may.
  static func checkRoom(_ byteCount: Int, _ what: @autoclosure () -> String) throws {
    guard byteCount > MemoryLimit.bytes else { return }
    throw Failure(
      "E0702", "\(what()) does not fit in memory", help: "does it grow without end? TLX_MEMORY sets the limit"
    )
  }

  private static func binaryOfObjects(_ op: BinaryOperator, _ a: Value, _ b: Value) throws -> Value {
    if let object = a.objectOperand {
      if let result = try object.combine(op.rawValue, with: b, reversed: false) { return result }
    }
    if let object = b.objectOperand {
      if let result = try object.combine(op.rawValue, with: a, reversed: true) { return result }
    }
    if a.tensorOperand != nil && b.tensorOperand != nil { return try tensors(op, a, b) }
    throw mismatch(op, a, b)
  }

  /// `-x`, `+x`, `not x`.
  public static func unary(_ op: UnaryOperator, _ value: Value) throws -> Value {
    switch (op, value) {
    case (.not, _): return try negation(value)
    case (.plus, .int), (.plus, .float): return value
    case (.negate, .float(let x)): return .float(-x)
    case (.negate, .int(let x)):
      let (result, overflow) = (0).subtractingReportingOverflow(x)
      if overflow { throw overflowed("-(\(x))") }
      return .int(result)
    case (_, .bool(let flag)): return try unary(op, .int(flag ? 1 : 0))
    case (_, .object(let object)):
      if let result = try object.combine("*", with: .int(op == .negate ? -1 : 1), reversed: true) {
        return result
      }
      if let tensor = object.tensorValue { return try unary(op, .tensor(tensor)) }
    case (.plus, .tensor): return value
    case (.negate, .tensor(let tensor)): return .tensor(try -tensor)
    default: break
    }
    throw Failure("E0404", "cannot negate \(value.kindDescription)")
  }

  private static func repeated(_ text: String, _ count: Int) throws -> Value {
    guard count >= 0 else { throw Failure("E0404", "cannot repeat a string \(count) times") }
    guard text.utf8.count.multipliedReportingOverflow(by: count).partialValue <= 1 << 30, count <= 1 << 30
    else {
      throw Failure("E0702", "a string repeated \(count) times is too long")
    }
    return .string(String(repeating: text, count: count))
  }

  static func mismatch(_ op: BinaryOperator, _ a: Value, _ b: Value) -> Failure {
    let (left, right) = (a.kindDescription, b.kindDescription)
    let message =
      switch op {
      case .add: "cannot add \(left) and \(right)"
      case .subtract: "cannot subtract \(right) from \(left)"
      case .multiply: "cannot multiply \(left) by \(right)"
      case .matrixMultiply: "cannot multiply \(left) by \(right) with @"
      case .divide, .floorDivide: "cannot divide \(left) by \(right)"
      case .modulo: "cannot take the remainder of \(left) by \(right)"
      case .power: "cannot raise \(left) to \(right)"
      }
    return Failure("E0404", message, help: mismatchHelp(op, a, b))
  }

  private static func mismatchHelp(_ op: BinaryOperator, _ a: Value, _ b: Value) -> String? {
    switch (a, b) {
    case (.string, _) where op == .add, (_, .string) where op == .add:
      return "put the value into the string, as in \"text {x}\", or convert it with str(x)"
    case (.string, _) where op == .modulo: return "strings format by themselves: \"text {x:.2f}\""
    case (.string, .string) where op == .multiply: return "strings are joined with `+`"
    case (.list, _) where op == .add: return "a list grows by a list: xs + (x,)"
    case (.list, _), (_, .list):
      return "lists do not calculate; tensor(xs) makes a tensor of a list of numbers"
    case (.range, _), (_, .range): return "tensor(r) makes a tensor of a range"
    case (.null, _), (_, .null):
      return "nil stands for a missing value; does a function lack its last expression?"
    case (.function(let function), _), (_, .function(let function)):
      return "did you mean to call it, as in \(function.name)(…)?"
    case (.record, _), (_, .record): return "map_values(r, f) applies a function to each field"
    default: return nil
    }
  }
}
