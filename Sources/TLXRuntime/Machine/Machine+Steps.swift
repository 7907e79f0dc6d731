import TLXSyntax

extension Machine {
  /// Does the running frame's instruction completely, whatever its operands are, and gives the one to run next. The loop
  /// and native code do the common cases of the common instructions themselves and leave all others to this.
  ///
  /// Jumps back leave counting the turns of loops to the caller. A call may make another frame the running one; the result is then that frame's first instruction. Returning from a
  /// function and ending a unit are the loop's alone.
  @inline(never)
  func step() throws -> UnsafeMutablePointer<Instruction> {
    let pc = frame.pointee.pc
    let base = base
    let instruction = pc.pointee
    let (a, b, c) = (Int(instruction.a), Int(instruction.b), Int(instruction.c))
    switch instruction.opcode {
    case .word, .returnValue, .halt: break

    // MARK: Moves
    case .loadNil: (base + a).setScalar(.nothing)
    case .loadMissing: (base + a).setScalar(.absent)
    case .loadConstant: (base + a).copy(from: header.pointee.constants + b)
    case .copy: (base + a).copy(from: base + b)
    case .move: (base + a).move(from: base + b)
    case .clear: (base + a).clear()
    case .loadGlobal:
      let global = stack + pc[1].word
      if global.pointee.isMissing { throw undefinedGlobal(pc[1].word) }
      (base + a).copy(from: global)
      return pc + 2
    case .storeGlobal:
      (stack + pc[1].word).copy(from: base + b)
      return pc + 2
    case .loadCapture: (base + a).copy(from: captures + b)
    case .loadSelf:
      let closure = running
      closure.retain()
      (base + a).setOwned(closure)
    case .newCell:
      let cell = VariableCell(owning: (base + b).take())
      (base + a).setOwned(Slot(tag: Slot.cell, retaining: cell))
    case .loadCell: (base + a).copy(from: base[b].object(VariableCell.self).contents)
    case .storeCell: base[a].object(VariableCell.self).contents.copy(from: base + b)
    case .loadCapturedCell: (base + a).copy(from: captures[b].object(VariableCell.self).contents)
    case .storeCapturedCell: captures[a].object(VariableCell.self).contents.copy(from: base + b)

    // MARK: Arithmetic and comparison
    case .add: try slowBinary(.add, instruction, constant: false)
    case .subtract: try slowBinary(.subtract, instruction, constant: false)
    case .multiply: try slowBinary(.multiply, instruction, constant: false)
    case .divide: try slowBinary(.divide, instruction, constant: false)
    case .floorDivide: try slowBinary(.floorDivide, instruction, constant: false)
    case .modulo: try slowBinary(.modulo, instruction, constant: false)
    case .power: try slowBinary(.power, instruction, constant: false)
    case .matrixMultiply: try slowBinary(.matrixMultiply, instruction, constant: false)
    case .addConstant: try slowBinary(.add, instruction, constant: true)
    case .subtractConstant, .constantSubtract: try slowBinary(.subtract, instruction, constant: true)
    case .multiplyConstant: try slowBinary(.multiply, instruction, constant: true)
    case .divideConstant, .constantDivide: try slowBinary(.divide, instruction, constant: true)
    case .floorDivideConstant: try slowBinary(.floorDivide, instruction, constant: true)
    case .moduloConstant: try slowBinary(.modulo, instruction, constant: true)
    case .powerConstant: try slowBinary(.power, instruction, constant: true)
    case .negate: try slowUnary(.negate, instruction)
    case .plus: try slowUnary(.plus, instruction)
    case .not: try slowUnary(.not, instruction)
    case .settle: if base[a].tag == Slot.boxed { try settle(base + a) }
    case .equal: try slowCompare(.equal, instruction)
    case .notEqual: try slowCompare(.notEqual, instruction)
    case .less: try slowCompare(.less, instruction)
    case .lessOrEqual: try slowCompare(.lessOrEqual, instruction)
    case .greater: try slowCompare(.greater, instruction)
    case .greaterOrEqual: try slowCompare(.greaterOrEqual, instruction)
    case .contained: try slowCompare(.contained, instruction)
    case .notContained: try slowCompare(.notContained, instruction)

    // MARK: Control
    case .jumpEqual: return try leap(slowCondition(.equal, instruction, constant: false), pc)
    case .jumpLess: return try leap(slowCondition(.less, instruction, constant: false), pc)
    case .jumpLessOrEqual: return try leap(slowCondition(.lessOrEqual, instruction, constant: false), pc)
    case .jumpGreater: return try leap(slowCondition(.greater, instruction, constant: false), pc)
    case .jumpGreaterOrEqual:
      return try leap(slowCondition(.greaterOrEqual, instruction, constant: false), pc)
    case .jumpEqualConstant: return try leap(slowCondition(.equal, instruction, constant: true), pc)
    case .jumpLessConstant: return try leap(slowCondition(.less, instruction, constant: true), pc)
    case .jumpLessOrEqualConstant:
      return try leap(slowCondition(.lessOrEqual, instruction, constant: true), pc)
    case .jumpGreaterConstant: return try leap(slowCondition(.greater, instruction, constant: true), pc)
    case .jumpGreaterOrEqualConstant:
      return try leap(slowCondition(.greaterOrEqual, instruction, constant: true), pc)
    case .jumpTruth: return try leap(slowTruth(a), pc)
    case .jump: return pc + pc[1].offset
    case .jumpAnd: return base[a].tag == Slot.bool && !base[a].asBool ? pc + pc[1].offset : pc + 2
    case .jumpOr: return base[a].tag == Slot.bool && base[a].asBool ? pc + pc[1].offset : pc + 2
    case .jumpIfGiven: return base[a].isMissing ? pc + 2 : pc + pc[1].offset
    case .combineAnd: try slowLogical(.and, instruction)
    case .combineOr: try slowLogical(.or, instruction)
    case .iterate: try startIteration(instruction)
    case .next:
      let state = base + a
      let isItem =
        try state.pointee.tag == Slot.int ? count(state, into: base + b) : advance(state, into: base + b)
      if isItem { return pc + pc[1].offset }
      state.clear()
      return pc + 2

    // MARK: Calls
    case .call: return try call(base[pc[1].word], pc)
    case .callGlobal: return try call(stack[pc[1].word], pc)
    case .callCapture: return try call(captures[pc[1].word], pc)
    case .callSelf: return try call(running, pc)
    case .callSite: return try callSite(instruction, pc[1].word) ? frame.pointee.pc : pc + 2
    case .callMath:
      if let result = ScalarArithmetic.math(b, base[a]) {
        (base + a).clear()
        (base + c).setScalar(result)
      } else {
        try callBuiltin(pc[1].word, window: base + a, instruction)
      }
      return pc + 2
    case .callBuiltin:
      try callBuiltin(pc[1].word, window: base + a, instruction)
      return pc + 2
    case .makeClosure:
      makeClosure(pc[1].word, into: base + a)
      return pc + 2

    // MARK: Collections
    case .makeList where instruction.isAppending: try appendNew(instruction)
    case .makeList:
      (base + a).set(.list(takeValues(base + b, c)))
      if instruction.isSettling { try settle(base + a) }
    case .makeBracket: try makeBracket(instruction)
    case .makeRecord:
      try makeRecord(instruction, pc[1].word)
      return pc + 2
    case .interpolate:
      try interpolate(instruction, pc[1].word)
      return pc + 2
    case .newBuilder: (base + a).setOwned(Slot(tag: Slot.internalObject, retaining: ListBuilder()))
    case .append: append(instruction)
    case .finishList, .finishBracket: try finishBuilder(instruction)
    case .index: try index(instruction)
    case .indexSite:
      try indexSite(instruction, pc[1].word)
      return pc + 2
    case .indexPair:
      try indexSite(instruction, Int(pc[1].c))
      return pc + 2
    case .field: try field(instruction)
    case .setIndex: try setIndex(instruction)
    case .setField: try setField(instruction)
    case .setPath:
      try setPath(instruction, pc[1].word)
      return pc + 2
    case .setPair:
      try setPath(instruction, Int(pc[1].c))
      return pc + 2
    case .destructureList:
      try destructureList(instruction, pc[1].word)
      return pc + 2
    case .destructureRecord:
      try destructureRecord(instruction, pc[1].word)
      return pc + 2
    case .checkType:
      try checkType(base + a, pc[1].word)
      return pc + 2

    // MARK: Errors, modules, output
    case .beginAttempt:
      handlers.append(Handler(frame: frame, target: pc + pc[1].offset, register: a, firstTemporary: b))
      return pc + 2
    case .endAttempt: handlers.removeLast()
    case .failAssertion: throw assertionFailure(instruction)
    case .useModule:
      try useModule(instruction, pc[1].word)
      return pc + 2
    case .show:
      session.shown(base[a].value, statement: currentPrototype.statements[pc[1].word])
      (base + a).clear()
      return pc + 2
    }
    return pc + 1
  }

  /// The running function, uncounted.
  private var running: Slot {
    Slot(tag: Slot.closure, bits: UInt64(UInt(bitPattern: frame.pointee.closure.toOpaque())))
  }

  private var captures: Register { frame.pointee.closure._withUnsafeGuaranteedRef { $0.captures } }

  private func call(_ callee: Slot, _ pc: UnsafeMutablePointer<Instruction>) throws
    -> UnsafeMutablePointer<Instruction>
  {
    try slowCall(pc.pointee, callee) ? frame.pointee.pc : pc + 2
  }

  private func leap(
    _ holds: Bool, _ pc: UnsafeMutablePointer<Instruction>
  ) -> UnsafeMutablePointer<Instruction> {
    holds == pc.pointee.sense ? pc + pc[1].offset : pc + 2
  }

  /// The next number of a counted loop into a register; false at its end.
  private func count(_ state: Register, into register: Register) -> Bool {
    let remaining = state[1].asInt
    guard remaining != 0 else { return false }
    let current = state.pointee.asInt
    register.setInt(current)
    state.pointee.bits = UInt64(truncatingIfNeeded: current &+ state[2].asInt)
    state[1].bits = UInt64(truncatingIfNeeded: remaining &- 1)
    return true
  }
}
