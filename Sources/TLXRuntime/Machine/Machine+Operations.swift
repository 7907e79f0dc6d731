import TLXNumerics
import TLXSyntax

/// What goes through the complete operations on values.
extension Machine {
  var base: Register { frame.pointee.base }
  var header: UnsafeMutablePointer<Prototype.Header> { frame.pointee.header }

  /// The running function's prototype.
  var currentPrototype: Prototype {
    // Set when the prototype is made, and for its whole life.
    header.pointee.prototype.unsafelyUnwrapped.takeUnretainedValue()
  }

  /// An operand; a temporary is used up.
  func operand(_ register: UInt16) -> Value {
    let address = base + Int(register)
    return Int(register) >= header.pointee.firstTemporary ? address.takeValue() : address.pointee.value
  }

  /// Stores a result, computed first if it is a statement's value.
  func store(_ value: Value, in register: UInt16, settling: Bool) throws {
    if settling {
      switch value {
      case .tensor, .list, .record, .object:
        (base + Int(register)).set(try Operations.settle(value))
        return
      default: break
      }
    }
    (base + Int(register)).set(value)
  }

  func settle(_ register: Register) throws {
    switch register.pointee.object(Box.self).value {
    case .tensor, .list, .record, .object:
      register.set(try Operations.settle(register.takeValue()))
    default: break
    }
  }

  /// Takes consecutive registers' contents.
  func takeValues(_ first: Register, _ count: Int) -> [Value] {
    guard count > 0 else { return [] }
    return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      for position in 0..<count {
        if let target = buffer.baseAddress {
          (target + position).initialize(to: (first + position).takeValue())
        }
      }
      filled = count
    }
  }

  @inline(never)
  func slowBinary(_ op: BinaryOperator, _ instruction: Instruction, constant: Bool) throws {
    if op == .add,
      try joinTexts(instruction, constant: constant) || appendItems(instruction, constant: constant)
    {
      return
    }
    var left = operand(instruction.b)
    var right = constant ? header.pointee.constants[Int(instruction.c)].value : operand(instruction.c)
    if constant && instruction.isReversed { swap(&left, &right) }
    // Tensors take longer than numbers: the next look at the interrupt flag comes sooner.
    budget &-= 16
    do {
      try store(Operations.binary(op, left, right), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [left, right])
    }
  }

  @inline(never)
  func slowUnary(_ op: UnaryOperator, _ instruction: Instruction) throws {
    let value = operand(instruction.b)
    do {
      try store(Operations.unary(op, value), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [value])
    }
  }

  @inline(never)
  func slowCompare(_ op: ComparisonOperator, _ instruction: Instruction) throws {
    if op == .equal || op == .notEqual {
      let (a, b) = (base + Int(instruction.b), base + Int(instruction.c))
      if let areEqual = equalTexts(a, b) {
        useUp(instruction.b)
        useUp(instruction.c)
        return (base + Int(instruction.a)).setBool(areEqual == (op == .equal))
      }
    }
    let left = operand(instruction.b)
    let right = operand(instruction.c)
    do {
      try store(Operations.compare(op, left, right), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [left, right])
    }
  }

  /// A comparison in a condition.
  @inline(never)
  func slowCondition(
    _ relation: ScalarArithmetic.Relation, _ instruction: Instruction, constant: Bool
  ) throws -> Bool {
    if relation == .equal {
      let other = (constant ? header.pointee.constants : base) + Int(instruction.b)
      if let areEqual = equalTexts(base + Int(instruction.a), other) {
        useUp(instruction.a)
        if !constant { useUp(instruction.b) }
        return areEqual
      }
    }
    let left = operand(instruction.a)
    let right = constant ? header.pointee.constants[Int(instruction.b)].value : operand(instruction.b)
    let op: ComparisonOperator =
      switch relation {
      case .equal: .equal
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .greater: .greater
      case .greaterOrEqual: .greaterOrEqual
      }
    do {
      return try Operations.truth(of: Operations.compare(op, left, right))
    } catch {
      throw OperandError(error, [left, right])
    }
  }

  @inline(never)
  func slowTruth(_ register: Int) throws -> Bool {
    let value = operand(UInt16(register))
    do {
      return try Operations.truth(of: value)
    } catch {
      throw OperandError(error, [value])
    }
  }

  @inline(never)
  func slowLogical(_ op: LogicalOperator, _ instruction: Instruction) throws {
    let left = operand(instruction.b)
    let right = operand(instruction.c)
    do {
      try store(Operations.logical(op, left, right), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [left, right])
    }
  }

  // MARK: - Iteration

  func startIteration(_ instruction: Instruction) throws {
    let value = operand(instruction.b)
    let state = base + Int(instruction.a)
    if case .range(let range) = value {
      state.setInt(range.start)
      (state + 1).setInt(range.count)
      (state + 2).setInt(range.step)
      return
    }
    do {
      let iteration = Iteration(try Operations.elements(of: value))
      state.setOwned(Slot(tag: Slot.internalObject, retaining: iteration))
    } catch {
      throw OperandError(error, [value])
    }
  }

  /// The next item into a register; false when there is none.
  func advance(_ state: Register, into register: Register) throws -> Bool {
    try state.pointee.unmanaged(Iteration.self)._withUnsafeGuaranteedRef { iteration in
      let position = iteration.position
      guard position < iteration.parts.count else { return false }
      if let character = iteration.parts.character(at: position) {
        register.set(character: character)
      } else if !iteration.parts.read(position, into: register) {
        register.set(try iteration.sequence.element(at: position))
      }
      iteration.position = position + 1
      return true
    }
  }
}

/// Where a loop over a collection stands.
final class Iteration {
  /// Where the items are, if they stand in memory; their number in any case.
  let parts: BoxParts
  var position = 0
  let sequence: ValueSequence

  init(_ sequence: ValueSequence) {
    self.sequence = sequence
    parts = BoxParts(of: sequence)
  }
}

/// An error of an operation together with the operands, whose types its report shows.
struct OperandError: Error, @unchecked Sendable {
  var underlying: any Error
  var values: [Value]

  init(_ underlying: any Error, _ values: [Value]) {
    self.underlying = underlying
    self.values = values
  }
}

/// An error of a built-in with its call.
struct BuiltinError: Error, @unchecked Sendable {
  var underlying: any Error
  var site: BuiltinSite
  var values: [Value?]
}
