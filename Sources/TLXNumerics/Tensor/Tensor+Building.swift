/// What the builders are made of: each checks shapes, inserts conversions and makes one node.
extension Tensor {
  /// A node with a shape that is known to be in bounds or is checked here.
  static func make(_ primitive: Primitive, _ inputs: [Tensor], _ shape: Shape, _ dtype: DType) throws
    -> Tensor
  {
    try shape.checkedCount(dtype)
    return Tensor(Node(primitive, inputs.map(\.node), shape: shape, dtype: dtype))
  }

  /// The number that fills the tensor, if that is how it was made.
  var filling: Scalar? {
    if case .fill(let scalar) = node.primitive { scalar } else { nil }
  }

  static func filled(_ scalar: Scalar, _ shape: Shape, _ dtype: DType) throws -> Tensor {
    try make(.fill(scalar), [], shape, dtype)
  }

  /// The dtype two operands meet in. A rank-0 tensor is weak: it never changes the dtype of a float tensor of higher
  /// rank; a plain number (a rank-0 fill) does not change that of a scalar tensor either.
  static func commonDType(_ a: Tensor, _ b: Tensor) -> DType {
    if a.dtype == b.dtype { return a.dtype }
    if a.isWeak(beside: b), b.dtype.isFloat { return b.dtype }
    if b.isWeak(beside: a), a.dtype.isFloat { return a.dtype }
    return a.dtype.promoted(with: b.dtype)
  }

  private func isWeak(beside other: Tensor) -> Bool {
    guard rank == 0 else { return false }
    return other.rank > 0 || (filling != nil && (other.filling == nil || other.dtype == .f32))
  }

  /// Float tensors as they are, others as f64.
  func asFloat() throws -> Tensor { dtype.isFloat ? self : try cast(to: .f64) }

  /// Bools count as 0 and 1 where arithmetic is done on them.
  func asNumber() throws -> Tensor { dtype == .bool ? try cast(to: .i64) : self }

  /// The operand stretched without a check of the guard; `shape` is known to be in bounds.
  func stretched(to target: Shape) throws -> Tensor {
    if shape == target { return self }
    if let filling { return try Tensor.filled(filling, target, dtype) }
    return try Tensor.make(.broadcast, [self], target, dtype)
  }

  static func unary(_ kernel: UnaryKernel, _ x: Tensor) throws -> Tensor {
    if let result = ImmediateStep.unary(kernel, x.node) { return result }
    let operand: Tensor
    if kernel == .not {
      try x.requireBool("not")
      operand = x
    } else if kernel.keepsIntegers {
      operand = try x.asNumber()
      if kernel.isIdentityOnIntegers && operand.dtype == .i64 { return operand }
    } else {
      operand = try x.asFloat()
    }
    if let filling = operand.filling, let folded = kernel.folded(filling, operand.dtype) {
      return try filled(folded, operand.shape, operand.dtype)
    }
    let isTest = kernel == .isnan || kernel == .isfinite
    return try make(.unary(kernel), [operand], operand.shape, isTest ? .bool : operand.dtype)
  }

  static func binary(_ kernel: BinaryKernel, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.dtype.isFloat, let result = ImmediateStep.binary(kernel, a.node, b.node) { return result }
    let name = kernel.operationName
    let shape = try commonShape(a, b, name)
    if kernel.isLogical {
      guard a.dtype == .bool, b.dtype == .bool else {
        throw NumericsError(
          "E0404", name.refusal(a, b) + ": \(kernel) works on bools",
          help: "compare first, as in x > 0")
      }
    }
    var dtype = commonDType(a, b)
    if dtype == .bool && !kernel.isLogical { dtype = .i64 }
    if kernel.isFloatOnly && !dtype.isFloat { dtype = .f64 }
    if kernel == .power, dtype == .i64, let exponent = b.filling, exponent.double < 0 { dtype = .f64 }
    let left = try a.cast(to: dtype)
    let right = try b.cast(to: dtype)
    if let number = right.filling {
      if kernel.isIdentity(onRight: number), left.shape == shape { return left }
      if let other = left.filling, let folded = kernel.folded(other, number, dtype) {
        return try filled(folded, shape, dtype)
      }
    } else if let number = left.filling, kernel.isIdentity(onLeft: number), right.shape == shape {
      return right
    }
    return try make(.binary(kernel), [left.stretched(to: shape), right.stretched(to: shape)], shape, dtype)
  }

  static func compare(_ comparison: Comparison, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let shape = try commonShape(a, b, "compare")
    let dtype = commonDType(a, b)
    let left = try a.cast(to: dtype).stretched(to: shape)
    let right = try b.cast(to: dtype).stretched(to: shape)
    return try make(.compare(comparison), [left, right], shape, .bool)
  }

  func requireBool(_ operation: String) throws {
    guard dtype == .bool else {
      throw NumericsError(
        "E0404", "\(operation) works on bools, and this is \(typeDescription)",
        help: "compare first, as in x > 0")
    }
  }
}
