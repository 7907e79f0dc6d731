#if arch(x86_64)

  extension NativeCompiler {
    typealias Relation = ScalarArithmetic.Relation

    // MARK: - Comparison

    /// `b relation c → a`, or that it does not hold.
    mutating func compare(
      _ relation: Relation, isTrue: Bool, _ b: Int, _ c: Int, into target: Int, _ position: Int
    ) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      let (x, y) = (Operand.register(b), Operand.register(c))
      let areNumbers = [kind(of: b), kind(of: c)].allSatisfy { $0 == .int || $0 == .float }
      let store = assembler.label()
      free(target, else: slow)
      let others = assembler.label()
      if let condition = compareIntegers(relation, x, y, else: others) {
        assembler.set(.rax, if: condition)
        assembler.jump(store)
      }
      assembler.bind(others)
      if let condition = compareFloats(relation, x, y, else: slow) {
        assembler.set(.rax, if: condition)
        if relation == .equal {
          // Not a number equals nothing.
          assembler.set(.rcx, if: .noParity)
          assembler.arithmetic(.and, .rax, .rcx)
        }
      }
      assembler.bind(store)
      if !isTrue { assembler.arithmetic(.xor, .rax, constant: 1) }
      assembler.store(bits(target), .rax)
      setTag(target, .bool)
      assembler.bind(done)
      note(target, areNumbers ? .bool : nil)
    }

    /// Compares ints; nil where they cannot be ints. The condition holds where the relation does.
    private mutating func compareIntegers(
      _ relation: Relation, _ x: Operand, _ y: Operand, else others: Label
    ) -> Assembler.Condition? {
      guard [kind(of: x), kind(of: y)].allSatisfy({ $0 == nil || $0 == .int }) else { return nil }
      require(x, .int, else: others)
      require(y, .int, else: others)
      load(.rax, x)
      switch y {
      case .register(let register): assembler.arithmetic(.compare, .rax, bits(register))
      case .constant(let slot):
        if let short = Int32(exactly: slot.asInt) {
          assembler.arithmetic(.compare, .rax, constant: Int(short))
        } else {
          assembler.move(.rcx, constant: slot.bits)
          assembler.arithmetic(.compare, .rax, .rcx)
        }
      }
      switch relation {
      case .equal: return .equal
      case .less: return .less
      case .lessOrEqual: return .lessOrEqual
      case .greater: return .greater
      case .greaterOrEqual: return .greaterOrEqual
      }
    }

    /// Compares floats; an int only where it is a constant that a double holds exactly. For `equal` parity says as well
    /// that they differ. Nil where they cannot be floats: it has then jumped to `slow`.
    private mutating func compareFloats(
      _ relation: Relation, _ x: Operand, _ y: Operand, else slow: Label
    ) -> Assembler.Condition? {
      guard isFloat(x), isFloat(y) else {
        assembler.jump(slow)
        return nil
      }
      for operand in [x, y] {
        if case .register = operand { require(operand, .float, else: slow) }
      }
      // Below and above are the conditions that hold of no number.
      let isSwapped = relation == .less || relation == .lessOrEqual
      load(.xmm0, isSwapped ? y : x, else: slow, isFloat: true)
      load(.xmm1, isSwapped ? x : y, else: slow, isFloat: true)
      assembler.compare(.xmm0, .xmm1)
      switch relation {
      case .equal: return .equal
      case .less, .greater: return .above
      case .lessOrEqual, .greaterOrEqual: return .aboveOrEqual
      }
    }

    private func isFloat(_ operand: Operand) -> Bool {
      switch operand {
      case .register(let register): kind(of: register) == nil || kind(of: register) == .float
      case .constant(let slot):
        slot.tag == Slot.float || slot.tag == Slot.int && slot.asInt.magnitude < 1 << 53
      }
    }

    private mutating func load(
      _ target: Assembler.Vector, _ operand: Operand, else slow: Label, isFloat: Bool
    ) {
      if case .register(let register) = operand {
        assembler.load(target, bits(register))
      } else {
        load(target, operand, else: slow)
      }
    }

    // MARK: - Jumps

    /// Jumps on `x relation y`.
    mutating func branch(_ relation: Relation, _ x: Int, _ y: Operand, _ position: Int) {
      let next = assembler.label()
      let taken = target(position)
      let slow = slowJump(position, taken: taken, next: next)
      let sense = header.pointee.code[position].sense
      let others = assembler.label()
      if let condition = compareIntegers(relation, .register(x), y, else: others) {
        jump(taken, if: condition, holds: sense)
        assembler.jump(next)
      }
      assembler.bind(others)
      if let condition = compareFloats(relation, .register(x), y, else: slow) {
        if relation == .equal { assembler.jump(sense ? next : taken, if: .parity) }
        jump(taken, if: condition, holds: sense)
      }
      assembler.bind(next)
    }

    private mutating func jump(_ label: Label, if condition: Assembler.Condition, holds: Bool) {
      if holds {
        assembler.jump(label, if: condition)
      } else if let negated = condition.negated {
        assembler.jump(label, if: negated)
      }
    }

    mutating func jump(_ position: Int) {
      let code = header.pointee.code
      if code[position].isBackward { turn(position) }
      assembler.jump(places[position + code[position + 1].offset])
    }

    mutating func jumpTruth(_ register: Int, _ sense: Bool, _ position: Int) {
      let next = assembler.label()
      let taken = target(position)
      require(register, .bool, else: slowJump(position, taken: taken, next: next))
      assembler.arithmetic(.compare, bits(register), constant: 0)
      assembler.jump(taken, if: sense ? .notEqual : .equal)
      assembler.bind(next)
    }

    /// Jumps if the register is the plain bool that decides.
    mutating func jumpDecided(_ register: Int, by deciding: Bool, _ position: Int) {
      let next = assembler.label()
      require(register, .bool, else: next)
      assembler.arithmetic(.compare, bits(register), constant: 0)
      assembler.jump(target(position), if: deciding ? .notEqual : .equal)
      assembler.bind(next)
    }

    mutating func jumpIfGiven(_ register: Int, _ position: Int) {
      assembler.arithmetic(.compare, tag(register), constant: Int(Slot.missing))
      assembler.jump(target(position), if: .notEqual)
    }

    /// `and` and `or` of bools that are known not to be decided by the left one.
    mutating func combine(_ left: Int, _ right: Int, into target: Int, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      free(target, else: slow)
      require(left, .bool, else: slow)
      require(right, .bool, else: slow)
      assembler.load(.rax, bits(right))
      assembler.store(bits(target), .rax)
      setTag(target, .bool)
      assembler.bind(done)
      note(target, nil)
    }

    /// The next item of a loop over numbers: counted, or those of a vector or list.
    mutating func next(_ state: Int, into target: Int, _ position: Int) {
      let done = assembler.label()
      let again = self.target(position)
      let slow = slowJump(position, taken: again, next: done)
      let collection = assembler.label()
      require(state, .int, else: collection)
      assembler.load(.rcx, bits(state + 1))
      assembler.test(.rcx, .rcx)
      assembler.jump(done, if: .equal)
      free(target, else: slow)
      assembler.load(.rax, bits(state))
      assembler.arithmetic(.subtract, .rcx, constant: 1)
      assembler.store(bits(state + 1), .rcx)
      assembler.load(.rdx, bits(state + 2))
      assembler.arithmetic(.add, .rdx, .rax)
      assembler.store(bits(state), .rdx)
      assembler.store(bits(target), .rax)
      assembler.store(tag(target), constant: Int(Slot.int))
      assembler.jump(again)
      let isFree = kind(of: target) != nil
      later { $0.nextItem(at: collection, state, into: target, again, isFree: isFree, else: slow) }
      assembler.bind(done)
      note(target, nil)
      note(state, nil)
    }

    private mutating func nextItem(
      at label: Label, _ state: Int, into target: Int, _ again: Label, isFree: Bool, else slow: Label
    ) {
      assembler.bind(label)
      assembler.arithmetic(.compare, tag(state), constant: Int(Slot.internalObject))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.r10, bits(state))
      let position = Address(.r10, ObjectLayout.iterationPosition)
      assembler.load(.rcx, position)
      assembler.arithmetic(.compare, .rcx, Address(.r10, layout.parts + BoxParts.Offset.count))
      assembler.jump(slow, if: .aboveOrEqual)
      if !isFree {
        assembler.arithmetic(.compare, tag(target), constant: Int(Slot.firstHeap))
        assembler.jump(slow, if: .aboveOrEqual)
      }
      readItem(of: .r10, else: slow)
      assembler.arithmetic(.add, position, constant: 1)
      assembler.store(tag(target), .r9)
      assembler.store(bits(target), .rdx)
      assembler.jump(again)
    }
  }

#endif
