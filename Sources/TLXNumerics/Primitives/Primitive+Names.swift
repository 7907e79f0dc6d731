extension BinaryKernel {
  var operationName: OperationName {
    switch self {
    case .add: "add"
    case .subtract: "subtract"
    case .multiply: "multiply"
    case .divide: "divide"
    case .floorDivide: "floor-divide"
    case .modulo: OperationName("take the remainder of", "by")
    case .power: OperationName("raise", "to the power of")
    case .maximum: OperationName("take the maximum of")
    case .minimum: OperationName("take the minimum of")
    case .atan2: OperationName("take the angle of")
    case .and: OperationName("combine", "and")
    case .or: OperationName("combine", "or")
    case .xor: OperationName("combine", "xor")
    }
  }

  /// Works on bools only.
  var isLogical: Bool { self == .and || self == .or || self == .xor }

  /// Has float operands only.
  var isFloatOnly: Bool { self == .divide || self == .atan2 }
}

extension UnaryKernel {
  /// Numbers of any kind, keeping the dtype (bool counts as i64).
  var keepsIntegers: Bool {
    switch self {
    case .negate, .abs, .sign, .floor, .ceil, .round, .trunc: true
    default: false
    }
  }

  /// Changes nothing on whole numbers.
  var isIdentityOnIntegers: Bool {
    switch self {
    case .floor, .ceil, .round, .trunc: true
    default: false
    }
  }
}

extension Primitive {
  /// The step as errors name it: `argmax`, `conversion to i64`.
  func stepName(_ dtype: DType) -> String {
    switch self {
    case .unary(let kernel): "\(kernel)"
    case .binary(let kernel): "\(kernel)"
    case .compare(let comparison): "comparison (\(comparison))"
    case .cast: "the conversion to \(dtype.name)"
    case .reduce(let reduction, _): "\(reduction)"
    case .argReduce(let reduction, _): "\(reduction)"
    case .cumulative(let cumulation, _, _): "cumulative \(cumulation)"
    case .argsort: "argsort"
    case .sort: "sort"
    case .linearAlgebra(let operation): "\(operation)"
    case .window(let operation): "\(operation.kind)"
    case .select: "where"
    default: "\(self)"
    }
  }
}
