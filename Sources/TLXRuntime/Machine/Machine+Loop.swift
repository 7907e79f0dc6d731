import TLXNumerics

extension Machine {
  /// Runs instructions until the frame at `entry` returns: the common cases of the common instructions; `step` does the
  /// others. Everything that the loop needs is in local variables; what can throw first notes in the frame which
  /// instruction runs. It is one function, however long: a call of another for each instruction would cost more than most
  /// instructions do. What several of them share is in `Machine+Numbers`, which the compiler puts in their places.
  func loop(entry: UnsafeMutablePointer<Frame>) throws {
    let state = self.state
    var frame = state.pointee.frame
    var pc = frame.pointee.pc
    var base = frame.pointee.base
    var constants = frame.pointee.header.pointee.constants
    let stack = self.stack
    let stackEnd = self.stackEnd
    let framesEnd = self.framesEnd
    // Where native code is to go on, and with the result of which call.
    var address = functionCode
    var value = Slot.nothing
    if let native = address {
      address = nil
      if try run(native, value, entry: entry) { return }
      frame = state.pointee.frame
      pc = frame.pointee.pc
      base = frame.pointee.base
      constants = frame.pointee.header.pointee.constants
    }

    while true {
      turn: do {
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
            pc = try step()
          } else {
            (base + Int(instruction.a)).copy(from: global)
            pc += 2
          }
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
          captures[Int(instruction.a)].object(VariableCell.self).contents.copy(
            from: base + Int(instruction.b))
          pc += 1
          continue

        // MARK: Arithmetic
        case .add:
          try calculate(
            .add, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .addConstant:
          try calculate(
            .add, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .subtract:
          try calculate(
            .subtract, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .subtractConstant:
          try calculate(
            .subtract, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .multiply:
          try calculate(
            .multiply, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .multiplyConstant:
          try calculate(
            .multiply, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .divide:
          try calculate(
            .divide, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .divideConstant:
          try calculate(
            .divide, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .floorDivide:
          try calculate(
            .floorDivide, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .floorDivideConstant:
          try calculate(
            .floorDivide, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base,
            &pc)
          continue
        case .modulo:
          try calculate(
            .modulo, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .moduloConstant:
          try calculate(
            .modulo, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .power:
          try calculate(
            .power, base[Int(instruction.b)], base[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .powerConstant:
          try calculate(
            .power, base[Int(instruction.b)], constants[Int(instruction.c)], instruction, frame, base, &pc)
          continue
        case .constantSubtract:
          try calculate(
            .subtract, constants[Int(instruction.c)], base[Int(instruction.b)], instruction, frame, base, &pc)
          continue
        case .constantDivide:
          try calculate(
            .divide, constants[Int(instruction.c)], base[Int(instruction.b)], instruction, frame, base, &pc)
          continue
        case .negate:
          let operand = base[Int(instruction.b)]
          if operand.tag == Slot.float {
            (base + Int(instruction.a)).setFloat(-operand.asFloat)
            pc += 1
          } else {
            frame.pointee.pc = pc
            pc = try step()
          }
          continue
        case .not:
          let operand = base[Int(instruction.b)]
          if operand.tag == Slot.bool {
            (base + Int(instruction.a)).setBool(!operand.asBool)
            pc += 1
          } else {
            frame.pointee.pc = pc
            pc = try step()
          }
          continue
        case .settle:
          if base[Int(instruction.a)].tag == Slot.boxed {
            frame.pointee.pc = pc
            pc = try step()
          } else {
            pc += 1
          }
          continue

        // MARK: Comparison
        case .equal:
          try compare(.equal, isTrue: true, instruction, frame, base, &pc)
          continue
        case .notEqual:
          try compare(.equal, isTrue: false, instruction, frame, base, &pc)
          continue
        case .less:
          try compare(.less, isTrue: true, instruction, frame, base, &pc)
          continue
        case .lessOrEqual:
          try compare(.lessOrEqual, isTrue: true, instruction, frame, base, &pc)
          continue
        case .greater:
          try compare(.greater, isTrue: true, instruction, frame, base, &pc)
          continue
        case .greaterOrEqual:
          try compare(.greaterOrEqual, isTrue: true, instruction, frame, base, &pc)
          continue
        case .jumpEqual:
          if try branch(.equal, base[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpLess:
          if try branch(.less, base[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpLessOrEqual:
          if try branch(.lessOrEqual, base[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpGreater:
          if try branch(.greater, base[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpGreaterOrEqual:
          if try branch(.greaterOrEqual, base[Int(instruction.b)], instruction, frame, base, &pc) {
            break turn
          }
          continue
        case .jumpEqualConstant:
          if try branch(.equal, constants[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpLessConstant:
          if try branch(.less, constants[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpLessOrEqualConstant:
          if try branch(.lessOrEqual, constants[Int(instruction.b)], instruction, frame, base, &pc) {
            break turn
          }
          continue
        case .jumpGreaterConstant:
          if try branch(.greater, constants[Int(instruction.b)], instruction, frame, base, &pc) { break turn }
          continue
        case .jumpGreaterOrEqualConstant:
          if try branch(.greaterOrEqual, constants[Int(instruction.b)], instruction, frame, base, &pc) {
            break turn
          }
          continue

        // MARK: Control
        case .jump:
          if leap(true, instruction, frame, &pc) { break turn }
          continue
        case .jumpTruth:
          let condition = base[Int(instruction.a)]
          if condition.tag == Slot.bool {
            if leap(condition.asBool == instruction.sense, instruction, frame, &pc) { break turn }
          } else {
            frame.pointee.pc = pc
            pc = try step()
            if spend() { break turn }
          }
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
            pc += 1
          } else {
            frame.pointee.pc = pc
            pc = try step()
          }
          continue
        case .jumpIfGiven:
          if !base[Int(instruction.a)].isMissing {
            pc += pc[1].offset
            continue
          }
          pc += 2
          continue
        case .next:
          let registers = base + Int(instruction.a)
          guard registers.pointee.tag == Slot.int else {
            frame.pointee.pc = pc
            pc = try step()
            if spend() { break turn }
            continue
          }
          let remaining = registers[1].asInt
          if remaining == 0 {
            pc += 2
            continue
          }
          let current = registers.pointee.asInt
          (base + Int(instruction.b)).setInt(current)
          registers.pointee.bits = UInt64(truncatingIfNeeded: current &+ registers[2].asInt)
          registers[1].bits = UInt64(truncatingIfNeeded: remaining &- 1)
          if leap(true, instruction, frame, &pc) { break turn }
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
          // Not a closure: the common part leaves the call to `step`.
          callee = .absent
        case .callMath:
          if let result = ScalarArithmetic.math(Int(instruction.b), base[Int(instruction.a)]) {
            (base + Int(instruction.a)).clear()
            (base + Int(instruction.c)).setScalar(result)
            pc += 2
          } else {
            frame.pointee.pc = pc
            pc = try step()
          }
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
            state.pointee.frame = frame - 1
            state.pointee.result = result
            return
          }
          frame -= 1
          state.pointee.frame = frame
          pc = frame.pointee.pc
          base = frame.pointee.base
          constants = frame.pointee.header.pointee.constants
          if let resume = frame.pointee.resume {
            (address, value) = (resume, result)
            break turn
          }
          let destination = base + Int(pc.pointee.c)
          destination.setOwned(result)
          if result.tag == Slot.boxed && pc.pointee.isSettling { try settle(destination) }
          pc += 2
          continue
        case .halt:
          let first = base + Int(instruction.a)
          for position in 0..<Int(instruction.b) { (first + position).clear() }
          state.pointee.frame = frame - 1
          state.pointee.result = .nothing
          return

        // MARK: Collections
        case .append:
          let item = base[Int(instruction.b)]
          let isAppended = base[Int(instruction.a)].unmanaged(ListBuilder.self)._withUnsafeGuaranteedRef {
            $0.appendNumber(item)
          }
          if isAppended {
            pc += 1
          } else {
            frame.pointee.pc = pc
            pc = try step()
          }
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
          pc = try step()
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
          pc = try step()
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
          pc = try step()
          continue
        case .setIndex:
          let index = base[Int(instruction.b)]
          if instruction.changesRegister && index.tag == Slot.int
            && (base + Int(instruction.a)).pointee.tag == Slot.boxed
          {
            let parts = base[Int(instruction.a)].parts
            let position = parts.position(index.asInt)
            let part = (instruction.takesConstant ? constants : base)[Int(instruction.c)]
            if position >= 0 && mayWrite(parts, base + Int(instruction.a)) && parts.write(part, at: position)
            {
              checkOwner(base + Int(instruction.a))
              pc += 1
              continue
            }
          }
          frame.pointee.pc = pc
          pc = try step()
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
          pc = try step()
          continue
        case .setPair:
          let (row, column) = (base[Int(instruction.b)], base[Int(pc[1].b)])
          if instruction.changesRegister && row.tag == Slot.int && column.tag == Slot.int
            && (base + Int(instruction.a)).pointee.tag == Slot.boxed
          {
            let parts = base[Int(instruction.a)].parts
            let position = parts.position(row.asInt, column.asInt)
            let part = (instruction.takesConstant ? constants : base)[Int(instruction.c)]
            if position >= 0 && mayWrite(parts, base + Int(instruction.a)) && parts.write(part, at: position)
            {
              checkOwner(base + Int(instruction.a))
              pc += 2
              continue
            }
          }
          frame.pointee.pc = pc
          pc = try step()
          continue
        // Whatever else there is.
        default:
          frame.pointee.pc = pc
          pc = try step()
          continue
        }

        // The common part of the call instructions: a plain call of a closure is entered here.
        frame.pointee.pc = pc
        frame.pointee.resume = nil
        if callee.tag == Slot.closure {
          let closure = callee.unmanaged(Closure.self)
          let header = closure._withUnsafeGuaranteedRef { $0.header }
          let window = base + (Int(instruction.a) + 1)
          if header.pointee.arity == Int(instruction.b), frame + 1 < framesEnd,
            window + (header.pointee.registerCount + 2) < stackEnd, state.pointee.budget > 0
          {
            state.pointee.budget &-= 1
            frame += 1
            pc = header.pointee.code
            base = window
            constants = header.pointee.constants
            frame.pointee = Frame(header: header, closure: closure, base: window, pc: pc)
            state.pointee.frame = frame
            guard let native = header.pointee.native else { continue }
            address = native
            break turn
          }
        }
        pc = try step()
        frame = state.pointee.frame
        base = frame.pointee.base
        constants = frame.pointee.header.pointee.constants
        continue
      }

      // Native code takes over; without an address, a loop that has made many turns asks for some.
      if address == nil {
        try poll()
        address = hotCode(at: pc)
      }
      if let native = address {
        address = nil
        if try run(native, value, entry: entry) { return }
        frame = state.pointee.frame
        pc = frame.pointee.pc
        base = frame.pointee.base
        constants = frame.pointee.header.pointee.constants
      }
    }
  }
}
