extension Tensor {
  /// The quotient rounded down. i64 by 0 is E0507.
  public func floorDivide(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.binary(.floorDivide, self, other.asTensor)
  }
  /// `x − floor(x / y) · y`: the remainder with the divisor's sign. i64 by 0 is E0507.
  public func modulo(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.binary(.modulo, self, other.asTensor)
  }
  /// The angle of the point (x: `other`, y: this), in −π … π.
  public func atan2(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.binary(.atan2, self, other.asTensor)
  }

  /// `x^y`. i64 to a whole power stays i64 (overflow is E0502) unless the exponent is a negative number; a negative
  /// float to a fraction is NaN.
  public func power(_ exponent: some TensorOperand) throws -> Tensor {
    let exponent = exponent.asTensor
    if exponent.rank == 0, let number = exponent.filling, let result = try power(of: number) { return result }
    return try Tensor.binary(.power, self, exponent)
  }

  /// Small powers as products: cheaper, exact derivatives, and no logarithm at 0.
  private func power(of number: Scalar) throws -> Tensor? {
    let isWhole = if case .float = number { false } else { true }
    let x = try isWhole ? asNumber() : asFloat()
    switch number.double {
    case 0: return try x.onesLike()
    case 1: return x
    case 2: return try x * x
    case 3: return try x * x * x
    case 4:
      let square = try x * x
      return try square * square
    case -1: return try x.asFloat().reciprocal()
    case 0.5: return try x.sqrt()
    default: return nil
    }
  }

  /// The greater of two, elementwise; NaN wins. At ties the derivative is shared equally.
  public static func maximum(_ a: some TensorOperand, _ b: some TensorOperand) throws -> Tensor {
    try binary(.maximum, a.asTensor, b.asTensor)
  }
  /// The smaller of two, elementwise; NaN wins. At ties the derivative is shared equally.
  public static func minimum(_ a: some TensorOperand, _ b: some TensorOperand) throws -> Tensor {
    try binary(.minimum, a.asTensor, b.asTensor)
  }

  /// `x == y`, elementwise, as bools.
  public func equal(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.compare(.equal, self, other.asTensor)
  }
  /// `x != y`, elementwise, as bools.
  public func notEqual(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.compare(.notEqual, self, other.asTensor)
  }
  /// `x < y`, elementwise, as bools.
  public func less(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.compare(.less, self, other.asTensor)
  }
  /// `x <= y`, elementwise, as bools.
  public func lessOrEqual(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.compare(.lessOrEqual, self, other.asTensor)
  }
  /// `x > y`, elementwise, as bools.
  public func greater(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.compare(.greater, self, other.asTensor)
  }
  /// `x >= y`, elementwise, as bools.
  public func greaterOrEqual(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.compare(.greaterOrEqual, self, other.asTensor)
  }
  /// `and` of two bool tensors, elementwise (E0404 for others).
  public func and(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.binary(.and, self, other.asTensor)
  }
  /// `or` of two bool tensors, elementwise (E0404 for others).
  public func or(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.binary(.or, self, other.asTensor)
  }
  /// `xor` of two bool tensors, elementwise (E0404 for others).
  public func xor(_ other: some TensorOperand) throws -> Tensor {
    try Tensor.binary(.xor, self, other.asTensor)
  }

  /// `a` where the condition holds, else `b`; all three broadcast. What is not chosen passes a derivative of exactly 0
  /// on, even where it is NaN. (An infinite slope further back still makes 0 · ∞ of it: choose a harmless argument
  /// there with a second `where`.)
  public static func `where`(_ condition: Tensor, _ a: some TensorOperand, _ b: some TensorOperand) throws
    -> Tensor
  {
    try condition.requireBool("the condition of where")
    let (a, b) = (a.asTensor, b.asTensor)
    let name = OperationName("choose between")
    let choices = try commonShape(a, b, name)
    let dtype = commonDType(a, b)
    // The condition counts like an operand of the chosen shape.
    let probe = a.shape == choices ? a : b.shape == choices ? b : try filled(.bool(false), choices, dtype)
    let shape = try commonShape(condition, probe, OperationName("choose by", "from"))
    let operands = try [condition, a.cast(to: dtype), b.cast(to: dtype)].map { try $0.stretched(to: shape) }
    if let fill = operands[0].filling { return operands[fill == .bool(true) ? 1 : 2] }
    return try make(.select, operands, shape, dtype)
  }
}
