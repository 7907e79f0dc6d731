import TLXSyntax

/// What the loop does with numbers, written once for each kind of instruction. Transparent: each use is as if it stood
/// in the loop, where operator and relation are known.
extension Machine {
  /// `b op c → a`.
  @_transparent
  func calculate(
    _ op: ScalarArithmetic.Operator, _ instruction: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    if !ScalarArithmetic.apply(
      op, base[Int(instruction.b)], base[Int(instruction.c)], into: base + Int(instruction.a))
    {
      frame.pointee.pc = pc
      try slowBinary(op.complete, instruction, constant: false)
    }
    pc += 1
  }

  /// `b op constant → a`.
  @_transparent
  func calculate(
    _ op: ScalarArithmetic.Operator, constant constants: Register, _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    if !ScalarArithmetic.apply(
      op, base[Int(instruction.b)], constants[Int(instruction.c)], into: base + Int(instruction.a))
    {
      frame.pointee.pc = pc
      try slowBinary(op.complete, instruction, constant: true)
    }
    pc += 1
  }

  /// `constant op b → a`.
  @_transparent
  func calculate(
    constant constants: Register, _ op: ScalarArithmetic.Operator, _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    if !ScalarArithmetic.apply(
      op, constants[Int(instruction.c)], base[Int(instruction.b)], into: base + Int(instruction.a))
    {
      frame.pointee.pc = pc
      try slowBinary(op.complete, instruction, constant: true)
    }
    pc += 1
  }

  /// `b relation c → a`, or that it does not hold.
  @_transparent
  func compare(
    _ relation: ScalarArithmetic.Relation, isTrue: Bool, as op: ComparisonOperator,
    _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    let outcome = ScalarArithmetic.compare(relation, base[Int(instruction.b)], base[Int(instruction.c)])
    if outcome >= 0 {
      (base + Int(instruction.a)).setBool((outcome != 0) == isTrue)
    } else {
      frame.pointee.pc = pc
      try slowCompare(op, instruction)
    }
    pc += 1
  }

  /// Jumps on `a relation b`.
  @_transparent
  func branch(
    _ relation: ScalarArithmetic.Relation, _ instruction: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    var outcome = ScalarArithmetic.compare(relation, base[Int(instruction.a)], base[Int(instruction.b)])
    if outcome < 0 {
      frame.pointee.pc = pc
      outcome = try slowCondition(relation, instruction, constant: false)
    }
    try leap((outcome != 0) == instruction.sense, instruction, frame, &pc)
  }

  /// Jumps on `a relation constant`.
  @_transparent
  func branch(
    _ relation: ScalarArithmetic.Relation, constant constants: Register, _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    var outcome = ScalarArithmetic.compare(relation, base[Int(instruction.a)], constants[Int(instruction.b)])
    if outcome < 0 {
      frame.pointee.pc = pc
      outcome = try slowCondition(relation, instruction, constant: true)
    }
    try leap((outcome != 0) == instruction.sense, instruction, frame, &pc)
  }

  /// Takes a conditional jump or goes on behind it. A jump back looks now and then whether to stop.
  @_transparent
  func leap(
    _ isTaken: Bool, _ instruction: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    if isTaken {
      if instruction.isBackward {
        budget &-= 1
        if budget <= 0 {
          frame.pointee.pc = pc
          try poll()
        }
      }
      pc += pc[1].offset
    } else {
      pc += 2
    }
  }
}

extension ScalarArithmetic.Operator {
  /// The operator of the complete operations.
  var complete: BinaryOperator {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .modulo: .modulo
    case .power: .power
    }
  }
}
