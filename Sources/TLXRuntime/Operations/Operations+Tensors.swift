import TLXNumerics
import TLXSyntax

/// Operators where a tensor takes part.
extension Operations {
  /// The elementwise result, or the product for `@`. Numbers are weak: `f32 tensor * 0.5` is f32.
  static func tensors(_ op: BinaryOperator, _ a: Value, _ b: Value) throws -> Value {
    if let result = immediate(op, a, b) { return .tensor(result) }
    guard let first = a.tensorOperand, let second = b.tensorOperand else { throw mismatch(op, a, b) }
    if op == .matrixMultiply {
      if a.isScalar || b.isScalar {
        throw Failure(
          "E0404", "@ needs two tensors, not \(a.kindDescription) and \(b.kindDescription)",
          help: "numbers multiply with *")
      }
      return .tensor(try first.matmul(second))
    }
    let x = try a.isScalar ? beside(first, second) : first
    let y = try b.isScalar ? beside(second, first) : second
    let result = try elementwise(op, x, y)
    return try labelled(result, like: a, b)
  }

  /// The result on small known tensors, which a graph of one step would cost more than it takes.
  private static func immediate(_ op: BinaryOperator, _ a: Value, _ b: Value) -> Tensor? {
    let operation: ImmediateOperation
    switch op {
    case .add: operation = .add
    case .subtract: operation = .subtract
    case .multiply: operation = .multiply
    case .divide: operation = .divide
    default: return nil
    }
    switch (a, b) {
    case (.tensor(let x), .tensor(let y)): return .immediate(operation, x, y)
    case (.tensor(let x), .float(let number)): return .immediate(operation, x, number, isLeft: false)
    case (.float(let number), .tensor(let x)): return .immediate(operation, x, number, isLeft: true)
    case (.tensor(let x), .int(let number)) where number.magnitude < 1 << 53:
      return .immediate(operation, x, Double(number), isLeft: false)
    case (.int(let number), .tensor(let x)) where number.magnitude < 1 << 53:
      return .immediate(operation, x, Double(number), isLeft: true)
    default: return nil
    }
  }

  /// A float beside an f32 tensor of rank 0 takes its dtype: between two tensors of rank 0 neither is the weak one.
  private static func beside(_ scalar: Tensor, _ other: Tensor) throws -> Tensor {
    scalar.dtype == .f64 && other.dtype == .f32 && other.rank == 0 ? try scalar.cast(to: .f32) : scalar
  }

  private static func elementwise(_ op: BinaryOperator, _ x: Tensor, _ y: Tensor) throws -> Tensor {
    switch op {
    case .add: try x + y
    case .subtract: try x - y
    case .multiply: try x * y
    case .divide: try x / y
    case .floorDivide: try x.floorDivide(y)
    case .modulo: try x.modulo(y)
    case .power: try power(x, y)
    case .matrixMultiply: try x.matmul(y)
    }
  }

  /// Whole numbers to a negative whole power are floats, as for single numbers.
  private static func power(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    if x.dtype == .i64, y.dtype == .i64, y.rank == 0, y.isPlain, try y.elements(of: Int.self)[0] < 0 {
      return try x.cast(to: .f64).power(y.cast(to: .f64))
    }
    return try x.power(y)
  }

  /// A labelled operand keeps its labels beside a scalar or the same labels; else the result is a plain tensor.
  private static func labelled(_ result: Tensor, like a: Value, _ b: Value) throws -> Value {
    guard result.rank == 1 else { return .tensor(result) }
    switch (a, b) {
    case (.object(let x as Labelled), .object(let y as Labelled)) where x.names == y.names:
      return .object(x.replacing(result))
    case (.object(let x as Labelled), _) where b.isScalar && result.count == x.names.count:
      return .object(x.replacing(result))
    case (_, .object(let y as Labelled)) where a.isScalar && result.count == y.names.count:
      return .object(y.replacing(result))
    default: return .tensor(result)
    }
  }

  /// The elementwise comparison where an operand is a tensor or labelled value and both are numeric; else nil.
  static func compareTensors(_ op: ComparisonOperator, _ a: Value, _ b: Value) throws -> Value? {
    if a.isScalar && b.isScalar { return nil }
    guard let x = a.tensorOperand, let y = b.tensorOperand else { return nil }
    let result =
      switch op {
      case .equal: try x.equal(y)
      case .notEqual: try x.notEqual(y)
      case .less: try x.less(y)
      case .lessOrEqual: try x.lessOrEqual(y)
      case .greater: try x.greater(y)
      case .greaterOrEqual: try x.greaterOrEqual(y)
      case .contained, .notContained: x
      }
    return try settled(result, a, b)
  }

  /// A result of rank 0 that no transform follows becomes a plain value at once, since conditions ask for it.
  static func settled(_ tensor: Tensor, _ a: Value, _ b: Value) throws -> Value {
    tensor.rank == 0 && tensor.isPlain ? try settle(.tensor(tensor)) : .tensor(tensor)
  }

  /// Computes what is lazy in a value; scalars of dtype f64, i64 and bool become numbers and bools. What a running
  /// transform follows, or a program's tracing, stays as it is.
  public static func settle(_ value: Value) throws -> Value { try change(settling: value) ?? value }

  /// The settled value, or nil if it is settled already (or was settled without becoming another value).
  private static func change(settling value: Value) throws -> Value? {
    switch value {
    case .tensor(let tensor):
      guard tensor.isPlain else { return nil }
      try tensor.settle()
      return tensor.rank == 0 && tensor.dtype != .f32 ? try scalar(tensor) : nil
    case .list(let items): return try change(settling: items).map { .list($0) }
    case .record(let record):
      return try change(settling: record.values).map { .record(record.replacingValues($0)) }
    case .object(let object):
      if let tensor = object.tensorValue, tensor.isPlain { try tensor.settle() }
      return nil
    default: return nil
    }
  }

  /// A settled list costs one look at each item and no memory.
  private static func change(settling items: [Value]) throws -> [Value]? {
    var changed: [Value]?
    for (position, item) in items.enumerated() {
      switch item {
      case .tensor, .list, .record, .object:
        guard let settled = try change(settling: item) else { continue }
        if changed == nil { changed = items }
        changed?[position] = settled
      default: continue
      }
    }
    return changed
  }

  /// The number in a tensor of rank 0; f32 stays a tensor, so that its dtype is not lost.
  static func scalar(_ tensor: Tensor) throws -> Value {
    switch tensor.dtype {
    case .f64: .float(try tensor.withElements(of: Double.self) { $0[0] })
    case .i64: .int(try tensor.withElements(of: Int.self) { $0[0] })
    case .bool: .bool(try tensor.withElements(of: Bool.self) { $0[0] })
    case .f32: .tensor(tensor)
    }
  }
}
