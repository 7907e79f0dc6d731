import TLXNumerics
import TLXSyntax

/// `and or not`, and what `if` and `while` ask.
extension Operations {
  /// Both operands are known: the machine short-circuits before it asks. Bool tensors go elementwise.
  public static func logical(_ op: LogicalOperator, _ a: Value, _ b: Value) throws -> Value {
    if case .bool(let x) = a, case .bool(let y) = b { return .bool(op == .and ? x && y : x || y) }
    let (x, y) = (try boolTensor(a, op.rawValue), try boolTensor(b, op.rawValue))
    return try settled(op == .and ? x.and(y) : x.or(y), a, b)
  }

  static func negation(_ value: Value) throws -> Value {
    if case .bool(let flag) = value { return .bool(!flag) }
    return .tensor(try boolTensor(value, "not").not())
  }

  private static func boolTensor(_ value: Value, _ word: String) throws -> Tensor {
    if let tensor = value.tensorOperand, tensor.dtype == .bool { return tensor }
    throw Failure(
      "E0410", "`\(word)` needs bools, not \(value.kindDescription)", help: conditionHelp(value))
  }

  /// Whether a condition holds: a bool, or a bool tensor of one element and rank 0.
  /// - Throws: E0410, naming `any` and `all` for a tensor of several.
  public static func truth(of value: Value) throws -> Bool {
    if case .bool(let flag) = value { return flag }
    if let tensor = value.tensorOperand, tensor.dtype == .bool {
      if tensor.rank == 0 { return try tensor.elements(of: Bool.self)[0] }
      throw Failure(
        "E0410", "a condition needs one bool, and this is \(tensor.typeDescription)",
        help: "say which: any(…) or all(…)")
    }
    throw Failure(
      "E0410", "a condition needs a bool, not \(value.kindDescription)", help: conditionHelp(value))
  }

  private static func conditionHelp(_ value: Value) -> String? {
    switch value {
    case .int, .float: "compare it, as in x != 0"
    case .tensor(let tensor) where tensor.rank == 0: "compare it, as in x != 0"
    case .tensor: "compare it elementwise, as in x != 0"
    case .string: "compare it, as in s != \"\""
    case .list: "compare its length, as in len(xs) > 0"
    case .null: "compare it, as in x == nil"
    default: nil
    }
  }
}
