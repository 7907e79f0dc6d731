#if arch(x86_64)

  extension NativeCompiler {
    enum Arithmetic { case add, subtract, multiply, divide }

    /// `x op y` of ints or floats.
    mutating func calculate(
      _ operation: Arithmetic, _ x: Operand, _ y: Operand, into target: Int, _ position: Int
    ) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      let (first, second) = (kind(of: x), kind(of: y))
      let areInts = first == .int && second == .int
      let mayBeInts = [first, second].allSatisfy { $0 == nil || $0 == .int }
      free(target, else: slow)
      if mayBeInts && operation != .divide {
        let others = areInts ? slow : assembler.label()
        require(x, .int, else: others)
        require(y, .int, else: others)
        integers(operation, x, y, overflow: slow)
        assembler.store(bits(target), .rax)
        setTag(target, .int)
        if !areInts {
          assembler.jump(done)
          assembler.bind(others)
        }
      }
      if !areInts || operation == .divide {
        load(.xmm0, x, else: slow)
        load(.xmm1, y, else: slow)
        assembler.arithmetic(floating(operation), .xmm0, .xmm1)
        assembler.store(bits(target), .xmm0)
        setTag(target, .float)
      }
      assembler.bind(done)
      note(target, outcome(operation, first, second))
    }

    /// The kind of a result, also of one that `step` has found.
    private func outcome(_ operation: Arithmetic, _ first: Kind?, _ second: Kind?) -> Kind? {
      switch (first, second) {
      case (.int, .int): operation == .divide ? .float : .int
      case (.int, .float), (.float, .int), (.float, .float): .float
      default: nil
      }
    }

    private func floating(_ operation: Arithmetic) -> Assembler.FloatArithmetic {
      switch operation {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: .divide
      }
    }

    /// The result in rax.
    private mutating func integers(_ operation: Arithmetic, _ x: Operand, _ y: Operand, overflow: Label) {
      load(.rax, x)
      let instruction: Assembler.Arithmetic? =
        switch operation {
        case .add: .add
        case .subtract: .subtract
        case .multiply, .divide: nil
        }
      switch (y, instruction) {
      case (.register(let register), let instruction?):
        assembler.arithmetic(instruction, .rax, bits(register))
      case (.register(let register), nil): assembler.multiply(.rax, bits(register))
      case (.constant(let slot), let instruction?):
        if let short = Int32(exactly: slot.asInt) {
          assembler.arithmetic(instruction, .rax, constant: Int(short))
        } else {
          assembler.move(.rcx, constant: slot.bits)
          assembler.arithmetic(instruction, .rax, .rcx)
        }
      case (.constant(let slot), nil):
        assembler.move(.rcx, constant: slot.bits)
        assembler.multiply(.rax, .rcx)
      }
      assembler.jump(overflow, if: .overflow)
    }

    /// The quotient rounded down or the remainder of ints, where the divisor is above 0.
    mutating func divideDown(_ x: Operand, _ y: Operand, into target: Int, _ position: Int, isModulo: Bool) {
      if case .constant(let slot) = y, slot.tag != Slot.int || slot.asInt <= 0 {
        step(position)
        return note(target, nil)
      }
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      let areInts = kind(of: x) == .int && kind(of: y) == .int
      free(target, else: slow)
      require(x, .int, else: slow)
      require(y, .int, else: slow)
      load(.rax, x)
      if case .constant(let slot) = y, slot.asInt & (slot.asInt - 1) == 0, slot.asInt < 1 << 31 {
        // A power of two: both are exact in the lower bits.
        if isModulo {
          assembler.arithmetic(.and, .rax, constant: slot.asInt - 1)
        } else {
          assembler.shift(.rightSigned, .rax, by: UInt8(truncatingIfNeeded: slot.asInt.trailingZeroBitCount))
        }
      } else {
        load(.rcx, y)
        if case .register = y {
          assembler.test(.rcx, .rcx)
          assembler.jump(slow, if: .lessOrEqual)
        }
        assembler.divide(by: .rcx)
        // Below zero the processor rounds up.
        assembler.test(.rdx, .rdx)
        if isModulo {
          assembler.loadAddress(.rax, Address(.rdx, index: .rcx, scale: 1))
          assembler.move(.rdx, .rax, if: .negative)
          assembler.move(.rax, .rdx)
        } else {
          assembler.loadAddress(.rcx, Address(.rax, -1))
          assembler.move(.rax, .rcx, if: .negative)
        }
      }
      assembler.store(bits(target), .rax)
      setTag(target, .int)
      assembler.bind(done)
      note(target, areInts ? .int : nil)
    }

    mutating func negate(_ operand: Int, into target: Int, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      let isFloat = kind(of: operand) == .float
      free(target, else: slow)
      require(operand, .float, else: slow)
      assembler.move(.rax, constant: 1 << 63)
      assembler.arithmetic(.xor, .rax, bits(operand))
      assembler.store(bits(target), .rax)
      setTag(target, .float)
      assembler.bind(done)
      note(target, isFloat ? .float : nil)
    }

    mutating func not(_ operand: Int, into target: Int, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      let isBool = kind(of: operand) == .bool
      free(target, else: slow)
      require(operand, .bool, else: slow)
      assembler.load(.rax, bits(operand))
      assembler.arithmetic(.xor, .rax, constant: 1)
      assembler.store(bits(target), .rax)
      setTag(target, .bool)
      assembler.bind(done)
      note(target, isBool ? .bool : nil)
    }

    mutating func settle(_ register: Int, _ position: Int) {
      guard kind(of: register) == nil else { return }
      let done = assembler.label()
      assembler.arithmetic(.compare, tag(register), constant: Int(Slot.boxed))
      assembler.jump(slowPath(position, then: done), if: .equal)
      assembler.bind(done)
    }

    /// A built-in of one number: square roots here, the others as `step` does them.
    mutating func math(_ function: Int, of operand: Int, into target: Int, _ position: Int) {
      guard ScalarArithmetic.mathNames[function] == "sqrt" else {
        step(position)
        return forgetAll()
      }
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      let isFloat = kind(of: operand) == .float
      free(target, else: slow)
      require(operand, .float, else: slow)
      assembler.load(.xmm0, bits(operand))
      assembler.arithmetic(.squareRoot, .xmm0, .xmm0)
      assembler.store(bits(target), .xmm0)
      setTag(target, .float)
      assembler.bind(done)
      isFloat ? note(target, .float) : forgetAll()
    }

    // MARK: - Operands

    mutating func require(_ operand: Operand, _ kind: Kind, else slow: Label) {
      switch operand {
      case .register(let register): require(register, kind, else: slow)
      case .constant(let slot): if Kind(tag: slot.tag) != kind { assembler.jump(slow) }
      }
    }

    mutating func load(_ target: Assembler.Register, _ operand: Operand) {
      switch operand {
      case .register(let register): assembler.load(target, bits(register))
      case .constant(let slot): assembler.move(target, constant: slot.bits)
      }
    }

    /// A number as a double.
    mutating func load(_ target: Assembler.Vector, _ operand: Operand, else slow: Label) {
      switch operand {
      case .constant(let slot):
        let number = slot.tag == Slot.int ? Double(slot.asInt) : slot.asFloat
        assembler.move(.rax, constant: number.bitPattern)
        assembler.move(target, .rax)
      case .register(let register):
        switch kind(of: register) {
        case .float: assembler.load(target, bits(register))
        case .int: assembler.convert(target, bits(register))
        case .bool, .scalar: assembler.jump(slow)
        case nil:
          let (float, loaded) = (assembler.label(), assembler.label())
          assembler.arithmetic(.compare, tag(register), constant: Int(Slot.float))
          assembler.jump(float, if: .equal)
          assembler.arithmetic(.compare, tag(register), constant: Int(Slot.int))
          assembler.jump(slow, if: .notEqual)
          assembler.convert(target, bits(register))
          assembler.jump(loaded)
          assembler.bind(float)
          assembler.load(target, bits(register))
          assembler.bind(loaded)
        }
      }
    }
  }

#endif
