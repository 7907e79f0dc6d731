#if arch(x86_64)

  extension NativeCompiler {
    /// Writes the code of one instruction.
    mutating func write(_ instruction: Instruction, _ position: Int) {
      let (a, b, c) = (Int(instruction.a), Int(instruction.b), Int(instruction.c))
      switch instruction.opcode {
      case .loadNil: load(.nothing, into: a, position)
      case .loadMissing: load(.absent, into: a, position)
      case .loadConstant: load(constant(instruction.b), into: a, position)
      case .copy: copy(from: tag(b), kind(of: b), into: a, position)
      case .move: copy(from: tag(b), kind(of: b), into: a, position)
      case .clear: clear(a, position)
      case .loadGlobal: copy(from: Address(Fixed.stack, word(position) * 16), nil, into: a, position)
      case .storeGlobal: store(b, at: Address(Fixed.stack, word(position) * 16), position)
      case .loadCapture:
        loadCaptures(.rsi)
        copy(from: Address(.rsi, b * 16), nil, into: a, position)
      case .loadCell:
        loadCell(at: bits(b))
        copy(from: Address(.rsi), nil, into: a, position)
      case .storeCell:
        loadCell(at: bits(a))
        store(b, at: Address(.rsi), position)
      case .loadCapturedCell:
        loadCaptures(.rsi)
        loadCell(at: Address(.rsi, b * 16 + 8))
        copy(from: Address(.rsi), nil, into: a, position)
      case .storeCapturedCell:
        loadCaptures(.rsi)
        loadCell(at: Address(.rsi, a * 16 + 8))
        store(b, at: Address(.rsi), position)

      case .add: calculate(.add, .register(b), .register(c), into: a, position)
      case .addConstant: calculate(.add, .register(b), .constant(constant(instruction.c)), into: a, position)
      case .subtract: calculate(.subtract, .register(b), .register(c), into: a, position)
      case .subtractConstant:
        calculate(.subtract, .register(b), .constant(constant(instruction.c)), into: a, position)
      case .constantSubtract:
        calculate(.subtract, .constant(constant(instruction.c)), .register(b), into: a, position)
      case .multiply: calculate(.multiply, .register(b), .register(c), into: a, position)
      case .multiplyConstant:
        calculate(.multiply, .register(b), .constant(constant(instruction.c)), into: a, position)
      case .divide: calculate(.divide, .register(b), .register(c), into: a, position)
      case .divideConstant:
        calculate(.divide, .register(b), .constant(constant(instruction.c)), into: a, position)
      case .constantDivide:
        calculate(.divide, .constant(constant(instruction.c)), .register(b), into: a, position)
      case .floorDivide: divideDown(.register(b), .register(c), into: a, position, isModulo: false)
      case .floorDivideConstant:
        divideDown(.register(b), .constant(constant(instruction.c)), into: a, position, isModulo: false)
      case .modulo: divideDown(.register(b), .register(c), into: a, position, isModulo: true)
      case .moduloConstant:
        divideDown(.register(b), .constant(constant(instruction.c)), into: a, position, isModulo: true)
      case .powerConstant where isTwo(constant(instruction.c)):
        calculate(.multiply, .register(b), .register(b), into: a, position)
      case .negate: negate(b, into: a, position)
      case .not: not(b, into: a, position)
      case .settle: settle(a, position)

      case .equal: compare(.equal, isTrue: true, b, c, into: a, position)
      case .notEqual: compare(.equal, isTrue: false, b, c, into: a, position)
      case .less: compare(.less, isTrue: true, b, c, into: a, position)
      case .lessOrEqual: compare(.lessOrEqual, isTrue: true, b, c, into: a, position)
      case .greater: compare(.greater, isTrue: true, b, c, into: a, position)
      case .greaterOrEqual: compare(.greaterOrEqual, isTrue: true, b, c, into: a, position)
      case .jumpEqual: branch(.equal, a, .register(b), position)
      case .jumpLess: branch(.less, a, .register(b), position)
      case .jumpLessOrEqual: branch(.lessOrEqual, a, .register(b), position)
      case .jumpGreater: branch(.greater, a, .register(b), position)
      case .jumpGreaterOrEqual: branch(.greaterOrEqual, a, .register(b), position)
      case .jumpEqualConstant: branch(.equal, a, .constant(constant(instruction.b)), position)
      case .jumpLessConstant: branch(.less, a, .constant(constant(instruction.b)), position)
      case .jumpLessOrEqualConstant: branch(.lessOrEqual, a, .constant(constant(instruction.b)), position)
      case .jumpGreaterConstant: branch(.greater, a, .constant(constant(instruction.b)), position)
      case .jumpGreaterOrEqualConstant:
        branch(.greaterOrEqual, a, .constant(constant(instruction.b)), position)

      case .jump: jump(position)
      case .jumpTruth: jumpTruth(a, instruction.sense, position)
      case .jumpAnd: jumpDecided(a, by: false, position)
      case .jumpOr: jumpDecided(a, by: true, position)
      case .jumpIfGiven: jumpIfGiven(a, position)
      case .combineAnd, .combineOr: combine(b, c, into: a, position)
      case .next: next(a, into: b, position)

      case .call, .callGlobal, .callCapture, .callSelf: call(instruction, position)
      case .callSite: callStepped(position)
      case .callMath: math(b, of: a, into: c, position)
      case .returnValue: leave(a, registerCount: c)
      case .halt: halt(position)

      case .makeClosure: makeClosure(a, position)
      case .append: append(a, b, position)
      case .index: index(instruction, position)
      case .indexPair: indexPair(instruction, position)
      case .field: field(instruction, position)
      case .setIndex where instruction.changesRegister: setIndex(instruction, position)
      case .setPair where instruction.changesRegister: setPair(instruction, position)
      case .setField where instruction.changesRegister: setField(instruction, position)

      default:
        step(position)
        forgetAll()
      }
    }

    /// The number in an instruction's second word.
    func word(_ position: Int) -> Int { header.pointee.code[position + 1].word }

    private func isTwo(_ slot: Slot) -> Bool { slot.tag == Slot.int && slot.asInt == 2 }

    // MARK: - Moves

    /// Jumps to `slow` if the register may hold a reference, which would have to be given back.
    mutating func free(_ register: Int, else slow: Label) {
      guard kind(of: register) == nil else { return }
      assembler.arithmetic(.compare, tag(register), constant: Int(Slot.firstHeap))
      assembler.jump(slow, if: .aboveOrEqual)
    }

    /// Jumps to `slow` unless the register's tag is as given.
    mutating func require(_ register: Int, _ kind: Kind, else slow: Label) {
      guard self.kind(of: register) != kind else { return }
      assembler.arithmetic(.compare, tag(register), constant: Int(kind.tag))
      assembler.jump(slow, if: .notEqual)
    }

    /// Sets the tag of a register that holds no reference.
    mutating func setTag(_ register: Int, _ kind: Kind) {
      if self.kind(of: register) == kind { return }
      assembler.store(tag(register), constant: Int(kind.tag))
    }

    private mutating func load(_ slot: Slot, into register: Int, _ position: Int) {
      guard let kind = Kind(tag: slot.tag) else {
        step(position)
        return note(register, nil)
      }
      let done = assembler.label()
      free(register, else: slowPath(position, then: done))
      assembler.store(tag(register), constant: Int(slot.tag))
      if let short = Int32(exactly: Int64(bitPattern: slot.bits)) {
        assembler.store(bits(register), constant: Int(short))
      } else {
        assembler.move(.rax, constant: slot.bits)
        assembler.store(bits(register), .rax)
      }
      assembler.bind(done)
      note(register, kind)
    }

    /// Copies the slot at an address that is no reference. A missing one is `step`'s as well.
    private mutating func copy(from source: Address, _ kind: Kind?, into register: Int, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      assembler.load(.rax, source)
      if kind == nil {
        assembler.arithmetic(.compare, .rax, constant: Int(Slot.missing))
        assembler.jump(slow, if: .aboveOrEqual)
      }
      free(register, else: slow)
      assembler.load(.rdx, Address(source.base, source.displacement + 8))
      assembler.store(tag(register), .rax)
      assembler.store(bits(register), .rdx)
      assembler.bind(done)
      note(register, kind)
    }

    /// Stores a register that holds no reference at an address where none stands.
    private mutating func store(_ register: Int, at target: Address, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      free(register, else: slow)
      assembler.arithmetic(.compare, target, constant: Int(Slot.firstHeap))
      assembler.jump(slow, if: .aboveOrEqual)
      assembler.load(.rax, tag(register))
      assembler.load(.rdx, bits(register))
      assembler.store(target, .rax)
      assembler.store(Address(target.base, target.displacement + 8), .rdx)
      assembler.bind(done)
    }

    private mutating func clear(_ register: Int, _ position: Int) {
      guard kind(of: register) == nil else { return }
      let done = assembler.label()
      free(register, else: slowPath(position, then: done))
      assembler.bind(done)
      note(register, .scalar)
    }

    /// The address of the running function's captures.
    mutating func loadCaptures(_ target: Assembler.Register) {
      assembler.load(target, Address(Fixed.frame, FrameField.closure))
      assembler.load(target, Address(target, layout.captures))
    }

    /// The address of the contents of the cell that a slot refers to, in rsi.
    private mutating func loadCell(at address: Address) {
      assembler.load(.rsi, address)
      assembler.load(.rsi, Address(.rsi, layout.contents))
    }
  }

#endif
