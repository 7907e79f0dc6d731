import TLXNumerics
import TLXSyntax

extension Machine {
  /// Runs instructions until the frame at `entry` returns. Everything that the loop needs is in local variables;
  /// what can throw first notes in the frame which instruction runs. It is one function, however long: a call of
  /// another for each instruction would cost more than most instructions do. What several of them share is in
  /// `Machine+Numbers`, which the compiler puts in their places.
  func loop(entry: UnsafeMutablePointer<Frame>) throws {
    var frame = self.frame
    var pc = frame.pointee.pc
    var base = frame.pointee.base
    var constants = frame.pointee.header.pointee.constants
    let stack = self.stack
    let stackEnd = self.stackEnd
    let framesEnd = self.framesEnd

    while true {
      let instruction = pc.pointee
      // Set by the call instructions, for the common part after the switch.
      let callee: Slot
      switch instruction.opcode {
      case .word:
        pc += 1
        continue

      // MARK: Moves
      case .loadNil:
        (base + Int(instruction.a)).setScalar(.nothing)
        pc += 1
        continue
      case .loadMissing:
        (base + Int(instruction.a)).setScalar(.absent)
        pc += 1
        continue
      case .loadConstant:
        (base + Int(instruction.a)).copy(from: constants + Int(instruction.b))
        pc += 1
        continue
      case .copy:
        (base + Int(instruction.a)).copy(from: base + Int(instruction.b))
        pc += 1
        continue
      case .move:
        (base + Int(instruction.a)).move(from: base + Int(instruction.b))
        pc += 1
        continue
      case .clear:
        (base + Int(instruction.a)).clear()
        pc += 1
        continue
      case .loadGlobal:
        let global = stack + pc[1].word
        if global.pointee.isMissing {
          frame.pointee.pc = pc
          throw undefinedGlobal(pc[1].word)
        }
        (base + Int(instruction.a)).copy(from: global)
        pc += 2
        continue
      case .storeGlobal:
        (stack + pc[1].word).copy(from: base + Int(instruction.b))
        pc += 2
        continue
      case .loadCapture:
        let captures = frame.pointee.closure._withUnsafeGuaranteedRef { $0.captures }
        (base + Int(instruction.a)).copy(from: captures + Int(instruction.b))
        pc += 1
        continue
      case .loadSelf:
        let closure = Slot(
          tag: Slot.closure, bits: UInt64(UInt(bitPattern: frame.pointee.closure.toOpaque())))
        closure.retain()
        (base + Int(instruction.a)).setOwned(closure)
        pc += 1
        continue
      case .newCell:
        let cell = VariableCell(owning: (base + Int(instruction.b)).take())
        (base + Int(instruction.a)).setOwned(Slot(tag: Slot.cell, retaining: cell))
        pc += 1
        continue
      case .loadCell:
        (base + Int(instruction.a)).copy(from: base[Int(instruction.b)].object(VariableCell.self).contents)
        pc += 1
        continue
      case .storeCell:
        base[Int(instruction.a)].object(VariableCell.self).contents.copy(from: base + Int(instruction.b))
        pc += 1
        continue
      case .loadCapturedCell:
        let captures = frame.pointee.closure._withUnsafeGuaranteedRef { $0.captures }
        (base + Int(instruction.a)).copy(
          from: captures[Int(instruction.b)].object(VariableCell.self).contents)
        pc += 1
        continue
      case .storeCapturedCell:
        let captures = frame.pointee.closure._withUnsafeGuaranteedRef { $0.captures }
        captures[Int(instruction.a)].object(VariableCell.self).contents.copy(from: base + Int(instruction.b))
        pc += 1
        continue

      // MARK: Arithmetic
      case .add:
        try calculate(.add, instruction, frame, base, &pc)
        continue
      case .addConstant:
        try calculate(.add, constant: constants, instruction, frame, base, &pc)
        continue
      case .subtract:
        try calculate(.subtract, instruction, frame, base, &pc)
        continue
      case .subtractConstant:
        try calculate(.subtract, constant: constants, instruction, frame, base, &pc)
        continue
      case .multiply:
        try calculate(.multiply, instruction, frame, base, &pc)
        continue
      case .multiplyConstant:
        try calculate(.multiply, constant: constants, instruction, frame, base, &pc)
        continue
      case .divide:
        try calculate(.divide, instruction, frame, base, &pc)
        continue
      case .divideConstant:
        try calculate(.divide, constant: constants, instruction, frame, base, &pc)
        continue
      case .floorDivide:
        try calculate(.floorDivide, instruction, frame, base, &pc)
        continue
      case .floorDivideConstant:
        try calculate(.floorDivide, constant: constants, instruction, frame, base, &pc)
        continue
      case .modulo:
        try calculate(.modulo, instruction, frame, base, &pc)
        continue
      case .moduloConstant:
        try calculate(.modulo, constant: constants, instruction, frame, base, &pc)
        continue
      case .power:
        try calculate(.power, instruction, frame, base, &pc)
        continue
      case .powerConstant:
        try calculate(.power, constant: constants, instruction, frame, base, &pc)
        continue
      case .constantSubtract:
        try calculate(constant: constants, .subtract, instruction, frame, base, &pc)
        continue
      case .constantDivide:
        try calculate(constant: constants, .divide, instruction, frame, base, &pc)
        continue
      case .matrixMultiply:
        frame.pointee.pc = pc
        try slowBinary(.matrixMultiply, instruction, constant: false)
        pc += 1
        continue
      case .negate:
        let operand = base[Int(instruction.b)]
        if operand.tag == Slot.float {
          (base + Int(instruction.a)).setFloat(-operand.asFloat)
        } else {
          frame.pointee.pc = pc
          try slowUnary(.negate, instruction)
        }
        pc += 1
        continue
      case .plus:
        frame.pointee.pc = pc
        try slowUnary(.plus, instruction)
        pc += 1
        continue
      case .not:
        let operand = base[Int(instruction.b)]
        if operand.tag == Slot.bool {
          (base + Int(instruction.a)).setBool(!operand.asBool)
        } else {
          frame.pointee.pc = pc
          try slowUnary(.not, instruction)
        }
        pc += 1
        continue
      case .settle:
        if base[Int(instruction.a)].tag == Slot.boxed {
          frame.pointee.pc = pc
          try settle(base + Int(instruction.a))
        }
        pc += 1
        continue

      // MARK: Comparison
      case .equal:
        try compare(.equal, isTrue: true, as: .equal, instruction, frame, base, &pc)
        continue
      case .notEqual:
        try compare(.equal, isTrue: false, as: .notEqual, instruction, frame, base, &pc)
        continue
      case .less:
        try compare(.less, isTrue: true, as: .less, instruction, frame, base, &pc)
        continue
      case .lessOrEqual:
        try compare(.lessOrEqual, isTrue: true, as: .lessOrEqual, instruction, frame, base, &pc)
        continue
      case .greater:
        try compare(.greater, isTrue: true, as: .greater, instruction, frame, base, &pc)
        continue
      case .greaterOrEqual:
        try compare(.greaterOrEqual, isTrue: true, as: .greaterOrEqual, instruction, frame, base, &pc)
        continue
      case .contained:
        frame.pointee.pc = pc
        try slowCompare(.contained, instruction)
        pc += 1
        continue
      case .notContained:
        frame.pointee.pc = pc
        try slowCompare(.notContained, instruction)
        pc += 1
        continue
      case .jumpEqual:
        try branch(.equal, instruction, frame, base, &pc)
        continue
      case .jumpLess:
        try branch(.less, instruction, frame, base, &pc)
        continue
      case .jumpLessOrEqual:
        try branch(.lessOrEqual, instruction, frame, base, &pc)
        continue
      case .jumpGreater:
        try branch(.greater, instruction, frame, base, &pc)
        continue
      case .jumpGreaterOrEqual:
        try branch(.greaterOrEqual, instruction, frame, base, &pc)
        continue
      case .jumpEqualConstant:
        try branch(.equal, constant: constants, instruction, frame, base, &pc)
        continue
      case .jumpLessConstant:
        try branch(.less, constant: constants, instruction, frame, base, &pc)
        continue
      case .jumpLessOrEqualConstant:
        try branch(.lessOrEqual, constant: constants, instruction, frame, base, &pc)
        continue
      case .jumpGreaterConstant:
        try branch(.greater, constant: constants, instruction, frame, base, &pc)
        continue
      case .jumpGreaterOrEqualConstant:
        try branch(.greaterOrEqual, constant: constants, instruction, frame, base, &pc)
        continue

      // MARK: Control
      case .jump:
        let target = pc + pc[1].offset
        if instruction.isBackward {
          budget &-= 1
          if budget <= 0 {
            frame.pointee.pc = pc
            try poll()
          }
        }
        pc = target
        continue
      case .jumpTruth:
        let condition = base[Int(instruction.a)]
        let holds: Bool
        if condition.tag == Slot.bool {
          holds = condition.asBool
        } else {
          frame.pointee.pc = pc
          holds = try slowTruth(Int(instruction.a))
        }
        try leap(holds == instruction.sense, instruction, frame, &pc)
        continue
      case .jumpAnd:
        let condition = base[Int(instruction.a)]
        if condition.tag == Slot.bool && !condition.asBool {
          pc += pc[1].offset
          continue
        }
        pc += 2
        continue
      case .jumpOr:
        let condition = base[Int(instruction.a)]
        if condition.tag == Slot.bool && condition.asBool {
          pc += pc[1].offset
          continue
        }
        pc += 2
        continue
      case .combineAnd, .combineOr:
        let left = base[Int(instruction.b)]
        let right = base[Int(instruction.c)]
        if left.tag == Slot.bool && right.tag == Slot.bool {
          (base + Int(instruction.a)).setBool(right.asBool)
        } else {
          frame.pointee.pc = pc
          try slowLogical(instruction.opcode == .combineAnd ? .and : .or, instruction)
        }
        pc += 1
        continue
      case .jumpIfGiven:
        if !base[Int(instruction.a)].isMissing {
          pc += pc[1].offset
          continue
        }
        pc += 2
        continue
      case .iterate:
        frame.pointee.pc = pc
        try startIteration(instruction)
        pc += 1
        continue
      case .next:
        budget &-= 1
        if budget <= 0 {
          frame.pointee.pc = pc
          try poll()
        }
        let state = base + Int(instruction.a)
        if state.pointee.tag == Slot.int {
          let remaining = state[1].asInt
          if remaining == 0 {
            pc += 2
            continue
          }
          let current = state.pointee.asInt
          (base + Int(instruction.b)).setInt(current)
          state.pointee.bits = UInt64(truncatingIfNeeded: current &+ state[2].asInt)
          state[1].bits = UInt64(truncatingIfNeeded: remaining &- 1)
        } else {
          frame.pointee.pc = pc
          if try !advance(state, into: base + Int(instruction.b)) {
            state.clear()
            pc += 2
            continue
          }
        }
        pc += pc[1].offset
        continue

      // MARK: Calls
      case .call:
        callee = base[pc[1].word]
      case .callGlobal:
        callee = stack[pc[1].word]
      case .callCapture:
        callee = frame.pointee.closure._withUnsafeGuaranteedRef { $0.captures }[pc[1].word]
      case .callSelf:
        callee = Slot(tag: Slot.closure, bits: UInt64(UInt(bitPattern: frame.pointee.closure.toOpaque())))
      case .callSite:
        frame.pointee.pc = pc
        if try callSite(instruction, pc[1].word) {
          frame = self.frame
          pc = frame.pointee.pc
          base = frame.pointee.base
          constants = frame.pointee.header.pointee.constants
          continue
        }
        pc += 2
        continue
      case .callBuiltin:
        frame.pointee.pc = pc
        try callBuiltin(pc[1].word, window: base + Int(instruction.a), instruction)
        pc += 2
        continue
      case .callMath:
        if let result = ScalarArithmetic.math(Int(instruction.b), base[Int(instruction.a)]) {
          (base + Int(instruction.c)).setScalar(result)
        } else {
          frame.pointee.pc = pc
          try callBuiltin(pc[1].word, window: base + Int(instruction.a), instruction)
        }
        pc += 2
        continue
      case .makeClosure:
        makeClosure(pc[1].word, into: base + Int(instruction.a))
        pc += 2
        continue
      case .returnValue:
        // The frame's registers are cleared below, so a counted result moves out of its register.
        let result = (base + Int(instruction.a)).take()
        var register = base - 1
        let end = base + Int(instruction.c)
        while register < end {
          register.clear()
          register += 1
        }
        if frame == entry {
          self.frame = frame - 1
          self.result = result
          return
        }
        frame -= 1
        self.frame = frame
        pc = frame.pointee.pc
        base = frame.pointee.base
        constants = frame.pointee.header.pointee.constants
        let destination = base + Int(pc.pointee.c)
        destination.setOwned(result)
        if result.tag == Slot.boxed && pc.pointee.isSettling { try settle(destination) }
        pc += 2
        continue
      case .halt:
        let first = base + Int(instruction.a)
        for position in 0..<Int(instruction.b) { (first + position).clear() }
        self.frame = frame - 1
        self.result = .nothing
        return

      // MARK: Collections
      case .makeList:
        (base + Int(instruction.a)).set(.list(takeValues(base + Int(instruction.b), Int(instruction.c))))
        if instruction.isSettling {
          frame.pointee.pc = pc
          try settle(base + Int(instruction.a))
        }
        pc += 1
        continue
      case .makeBracket:
        frame.pointee.pc = pc
        try makeBracket(instruction)
        pc += 1
        continue
      case .makeRecord:
        frame.pointee.pc = pc
        try makeRecord(instruction, pc[1].word)
        pc += 2
        continue
      case .interpolate:
        frame.pointee.pc = pc
        try interpolate(instruction, pc[1].word)
        pc += 2
        continue
      case .newBuilder:
        (base + Int(instruction.a)).setOwned(Slot(tag: Slot.internalObject, retaining: ListBuilder()))
        pc += 1
        continue
      case .append:
        let item = base[Int(instruction.b)]
        let isAppended = base[Int(instruction.a)].unmanaged(ListBuilder.self)._withUnsafeGuaranteedRef {
          $0.appendNumber(item)
        }
        if !isAppended { append(instruction) }
        pc += 1
        continue
      case .finishList, .finishBracket:
        frame.pointee.pc = pc
        try finishBuilder(instruction)
        pc += 1
        continue
      case .index:
        let container = base[Int(instruction.b)]
        let index = base[Int(instruction.c)]
        if container.tag == Slot.boxed && index.tag == Slot.int {
          let parts = container.parts
          let position = parts.position(index.asInt)
          if position >= 0 && parts.read(position, into: base + Int(instruction.a)) {
            useUpContainer(instruction, base)
            pc += 1
            continue
          }
        }
        frame.pointee.pc = pc
        try self.index(instruction)
        pc += 1
        continue
      case .indexSite:
        frame.pointee.pc = pc
        try indexSite(instruction, pc[1].word)
        pc += 2
        continue
      case .indexPair:
        let container = base[Int(instruction.b)]
        let (row, column) = (base[Int(instruction.c)], base[Int(pc[1].b)])
        if container.tag == Slot.boxed && row.tag == Slot.int && column.tag == Slot.int {
          let parts = container.parts
          let position = parts.position(row.asInt, column.asInt)
          if position >= 0 && parts.read(position, into: base + Int(instruction.a)) {
            useUpContainer(instruction, base)
            pc += 2
            continue
          }
        }
        frame.pointee.pc = pc
        try indexSite(instruction, Int(pc[1].c))
        pc += 2
        continue
      case .field:
        let container = base[Int(instruction.b)]
        if container.tag == Slot.boxed {
          let parts = container.parts
          let cache = frame.pointee.header.pointee.fieldCaches + Int(instruction.c)
          if cache.pointee.layout == parts.layout
            && parts.read(cache.pointee.position, into: base + Int(instruction.a))
          {
            useUpContainer(instruction, base)
            pc += 1
            continue
          }
        }
        frame.pointee.pc = pc
        try field(instruction)
        pc += 1
        continue
      case .setIndex:
        let index = base[Int(instruction.b)]
        if instruction.changesRegister && index.tag == Slot.int
          && (base + Int(instruction.a)).pointee.tag == Slot.boxed
        {
          let parts = base[Int(instruction.a)].parts
          let position = parts.position(index.asInt)
          let part = (instruction.takesConstant ? constants : base)[Int(instruction.c)]
          if position >= 0 && mayWrite(parts, base + Int(instruction.a)) && parts.write(part, at: position) {
            checkOwner(base + Int(instruction.a))
            pc += 1
            continue
          }
        }
        frame.pointee.pc = pc
        try setIndex(instruction)
        pc += 1
        continue
      case .setField:
        if instruction.changesRegister && (base + Int(instruction.a)).pointee.tag == Slot.boxed {
          let parts = base[Int(instruction.a)].parts
          let cache = frame.pointee.header.pointee.fieldCaches + Int(instruction.b)
          let part = (instruction.takesConstant ? constants : base)[Int(instruction.c)]
          if cache.pointee.layout == parts.layout && mayWrite(parts, base + Int(instruction.a))
            && parts.write(part, at: cache.pointee.position)
          {
            checkOwner(base + Int(instruction.a))
            pc += 1
            continue
          }
        }
        frame.pointee.pc = pc
        try setField(instruction)
        pc += 1
        continue
      case .setPath:
        frame.pointee.pc = pc
        try setPath(instruction, pc[1].word)
        pc += 2
        continue
      case .setPair:
        let (row, column) = (base[Int(instruction.b)], base[Int(pc[1].b)])
        if instruction.changesRegister && row.tag == Slot.int && column.tag == Slot.int
          && (base + Int(instruction.a)).pointee.tag == Slot.boxed
        {
          let parts = base[Int(instruction.a)].parts
          let position = parts.position(row.asInt, column.asInt)
          let part = (instruction.takesConstant ? constants : base)[Int(instruction.c)]
          if position >= 0 && mayWrite(parts, base + Int(instruction.a)) && parts.write(part, at: position) {
            checkOwner(base + Int(instruction.a))
            pc += 2
            continue
          }
        }
        frame.pointee.pc = pc
        try setPath(instruction, Int(pc[1].c))
        pc += 2
        continue
      case .destructureList:
        frame.pointee.pc = pc
        try destructureList(instruction, pc[1].word)
        pc += 2
        continue
      case .destructureRecord:
        frame.pointee.pc = pc
        try destructureRecord(instruction, pc[1].word)
        pc += 2
        continue
      case .checkType:
        frame.pointee.pc = pc
        try checkType(base + Int(instruction.a), pc[1].word)
        pc += 2
        continue

      // MARK: Errors, modules, output
      case .beginAttempt:
        handlers.append(
          Handler(
            frame: frame, target: pc + pc[1].offset,
            register: Int(instruction.a),
            firstTemporary: Int(instruction.b)))
        pc += 2
        continue
      case .endAttempt:
        handlers.removeLast()
        pc += 1
        continue
      case .failAssertion:
        frame.pointee.pc = pc
        throw assertionFailure(instruction)
      case .useModule:
        frame.pointee.pc = pc
        try useModule(instruction, pc[1].word)
        pc += 2
        continue
      case .show:
        frame.pointee.pc = pc
        session.shown(base[Int(instruction.a)].value, statement: currentPrototype.statements[pc[1].word])
        (base + Int(instruction.a)).clear()
        pc += 2
        continue

      }

      // The common part of the four call instructions: a plain call of a closure is entered here.
      if callee.tag == Slot.closure {
        let closure = callee.unmanaged(Closure.self)
        let header = closure._withUnsafeGuaranteedRef { $0.header }
        let window = base + (Int(instruction.a) + 1)
        if header.pointee.arity == Int(instruction.b), frame + 1 < framesEnd,
          window + (header.pointee.registerCount + 2) < stackEnd, budget > 0
        {
          budget &-= 1
          frame.pointee.pc = pc
          frame += 1
          pc = header.pointee.code
          base = window
          constants = header.pointee.constants
          frame.pointee = Frame(
            header: header, closure: closure, base: window, pc: pc)
          self.frame = frame
          continue
        }
      }
      frame.pointee.pc = pc
      if try slowCall(instruction, callee) {
        frame = self.frame
        pc = frame.pointee.pc
        base = frame.pointee.base
        constants = frame.pointee.header.pointee.constants
      } else {
        pc += 2
      }
    }
  }
}
