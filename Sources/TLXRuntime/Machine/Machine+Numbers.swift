/// What the loop does with numbers, written once for each kind of instruction. Transparent: each use is as if it stood
/// in the loop, where operator and relation are known. Operands of other kinds are left to `step`.
extension Machine {
  /// `x op y → a`.
  @_transparent
  func calculate(
    _ op: ScalarArithmetic.Operator, _ x: Slot, _ y: Slot, _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    if ScalarArithmetic.apply(op, x, y, into: base + Int(instruction.a)) {
      pc += 1
    } else {
      frame.pointee.pc = pc
      pc = try step()
    }
  }

  /// `b relation c → a`, or that it does not hold.
  @_transparent
  func compare(
    _ relation: ScalarArithmetic.Relation, isTrue: Bool, _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws {
    let outcome = ScalarArithmetic.compare(relation, base[Int(instruction.b)], base[Int(instruction.c)])
    if outcome >= 0 {
      (base + Int(instruction.a)).setBool((outcome != 0) == isTrue)
      pc += 1
    } else {
      frame.pointee.pc = pc
      pc = try step()
    }
  }

  /// Jumps on `a relation y`. True where a jump back has used up the budget.
  @_transparent
  func branch(
    _ relation: ScalarArithmetic.Relation, _ y: Slot, _ instruction: Instruction,
    _ frame: UnsafeMutablePointer<Frame>, _ base: Register, _ pc: inout UnsafeMutablePointer<Instruction>
  ) throws -> Bool {
    let outcome = ScalarArithmetic.compare(relation, base[Int(instruction.a)], y)
    if outcome < 0 {
      frame.pointee.pc = pc
      pc = try step()
      return spend()
    }
    return leap((outcome != 0) == instruction.sense, instruction, frame, &pc)
  }

  /// Takes a conditional jump or goes on behind it. True where a jump back has used up the budget.
  @_transparent
  func leap(
    _ isTaken: Bool, _ instruction: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ pc: inout UnsafeMutablePointer<Instruction>
  ) -> Bool {
    if isTaken {
      let jump = pc
      pc += pc[1].offset
      if instruction.isBackward && spend() {
        frame.pointee.pc = jump
        return true
      }
    } else {
      pc += 2
    }
    return false
  }

  /// Counts a turn of a loop. True where it is time to look whether to stop.
  @_transparent
  func spend() -> Bool {
    state.pointee.budget &-= 1
    return state.pointee.budget <= 0
  }
}
