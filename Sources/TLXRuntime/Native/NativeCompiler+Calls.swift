#if arch(x86_64)

  extension NativeCompiler {
    // MARK: - Calls

    /// A plain call of a closure that has native code goes on there. `step` makes the other calls, and where it has pushed
    /// a frame, that frame's code runs next.
    mutating func call(_ instruction: Instruction, _ position: Int) {
      let (resume, done, slow) = (assembler.label(), assembler.label(), assembler.label())
      loadCallee(instruction.opcode, word(position), else: slow)
      assembler.load(.rcx, Address(.rdx, layout.header))
      assembler.arithmetic(.compare, Address(.rcx, HeaderField.arity), constant: Int(instruction.b))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rax, Address(.rcx, HeaderField.native))
      assembler.test(.rax, .rax)
      assembler.jump(slow, if: .equal)
      assembler.loadAddress(.rsi, Address(Fixed.frame, FrameField.size))
      assembler.arithmetic(.compare, .rsi, StateField.framesEnd)
      assembler.jump(slow, if: .aboveOrEqual)
      assembler.loadAddress(.rdi, tag(Int(instruction.a) + 1))
      assembler.load(.r8, Address(.rcx, HeaderField.registerCount))
      assembler.shift(.left, .r8, by: 4)
      assembler.loadAddress(.r8, Address(.r8, 32))
      assembler.arithmetic(.add, .r8, .rdi)
      assembler.arithmetic(.compare, .r8, StateField.stackEnd)
      assembler.jump(slow, if: .aboveOrEqual)
      assembler.arithmetic(.subtract, StateField.budget, constant: 1)
      assembler.jump(slow, if: .lessOrEqual)
      assembler.move(.r9, constant: self.instruction(position))
      assembler.store(Address(Fixed.frame, FrameField.pc), .r9)
      noteResumption(resume)
      assembler.store(Address(.rsi, FrameField.header), .rcx)
      assembler.store(Address(.rsi, FrameField.closure), .rdx)
      assembler.store(Address(.rsi, FrameField.base), .rdi)
      assembler.move(Fixed.frame, .rsi)
      assembler.move(Fixed.base, .rdi)
      assembler.store(StateField.frame, Fixed.frame)
      assembler.jump(to: .rax)
      assembler.bind(resume)
      takeResult(instruction, then: done)
      assembler.bind(done)
      forgetAll()
      later {
        $0.assembler.bind(slow)
        $0.callStepped(position, resume: resume, then: done)
      }
    }

    /// A call that `step` makes.
    mutating func callStepped(_ position: Int) {
      let (resume, done) = (assembler.label(), assembler.label())
      callStepped(position, resume: resume, then: done)
      assembler.bind(resume)
      takeResult(header.pointee.code[position], then: done)
      assembler.bind(done)
      forgetAll()
    }

    private mutating func callStepped(_ position: Int, resume: Label, then done: Label) {
      noteResumption(resume)
      step(position)
      assembler.arithmetic(.compare, Fixed.frame, StateField.frame)
      assembler.jump(done, if: .equal)
      assembler.jump(entering)
    }

    /// Puts numbers into the captures of the closure that the register holds, if nobody else holds it. `step` makes others.
    mutating func makeClosure(_ target: Int, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      defer {
        assembler.bind(done)
        note(target, nil)
      }
      guard let child = header.pointee.prototype?.takeUnretainedValue().children[word(position)],
        !child.captures(target)
      else { return assembler.jump(slow) }
      let sources = child.captures.compactMap {
        if case .register(let register) = $0 { register } else { nil }
      }
      guard sources.count == child.captures.count else { return assembler.jump(slow) }
      assembler.arithmetic(.compare, tag(target), constant: Int(Slot.closure))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rax, bits(target))
      assembler.move(.rcx, constant: layout.uniqueCounts)
      assembler.arithmetic(.compare, .rcx, Address(.rax, ObjectLayout.counts))
      assembler.jump(slow, if: .notEqual)
      assembler.move(.rcx, constant: UInt64(UInt(bitPattern: child.header)))
      assembler.arithmetic(.compare, .rcx, Address(.rax, layout.header))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rsi, Address(.rax, layout.captures))
      for (capture, source) in sources.enumerated() {
        let place = Address(.rsi, capture * 16)
        assembler.arithmetic(.compare, place, constant: Int(Slot.firstHeap))
        assembler.jump(slow, if: .aboveOrEqual)
        assembler.load(.rcx, tag(source))
        assembler.arithmetic(.compare, .rcx, constant: Int(Slot.missing))
        assembler.jump(slow, if: .aboveOrEqual)
        assembler.load(.rdx, bits(source))
        assembler.store(place, .rcx)
        assembler.store(Address(.rsi, capture * 16 + 8), .rdx)
      }
    }

    /// The frame keeps the address at which it takes the result of its call.
    private mutating func noteResumption(_ resume: Label) {
      assembler.loadAddress(.r9, resume)
      assembler.store(Address(Fixed.frame, FrameField.resume), .r9)
    }

    /// The called closure in rdx.
    private mutating func loadCallee(_ opcode: Opcode, _ word: Int, else slow: Label) {
      let slot: Address
      switch opcode {
      case .callSelf: return assembler.load(.rdx, Address(Fixed.frame, FrameField.closure))
      case .callGlobal: slot = Address(Fixed.stack, word * 16)
      case .callCapture:
        loadCaptures(.rsi)
        slot = Address(.rsi, word * 16)
      default: slot = tag(word)
      }
      assembler.arithmetic(.compare, slot, constant: Int(Slot.closure))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rdx, Address(slot.base, slot.displacement + 8))
    }

    /// Stores a call's result, which comes in rax and rdx.
    private mutating func takeResult(_ instruction: Instruction, then done: Label) {
      let target = Int(instruction.c)
      let slow = assembler.label()
      assembler.arithmetic(.compare, tag(target), constant: Int(Slot.firstHeap))
      assembler.jump(slow, if: .aboveOrEqual)
      if instruction.isSettling {
        assembler.arithmetic(.compare, .rax, constant: Int(Slot.boxed))
        assembler.jump(slow, if: .equal)
      }
      assembler.store(tag(target), .rax)
      assembler.store(bits(target), .rdx)
      later {
        $0.assembler.bind(slow)
        $0.assembler.store(StateField.resultTag, .rax)
        $0.assembler.store(StateField.resultBits, .rdx)
        $0.help(NativeHelp.takeResult)
        $0.assembler.test(.rax, .rax)
        $0.assembler.jump($0.failing, if: .equal)
        $0.assembler.jump(done)
      }
    }

    // MARK: - Returning

    mutating func leave(_ register: Int, registerCount: Int) {
      let (taken, counted, cleared, clear) =
        (assembler.label(), assembler.label(), assembler.label(), assembler.label())
      assembler.load(.rax, tag(register))
      assembler.load(.rdx, bits(register))
      if kind(of: register) == nil {
        assembler.arithmetic(.compare, .rax, constant: Int(Slot.firstHeap))
        assembler.jump(counted, if: .aboveOrEqual)
      }
      assembler.bind(taken)
      for other in -1..<registerCount where other != register { free(other, else: clear) }
      assembler.bind(cleared)
      assembler.jump(returning)
      later {
        $0.assembler.bind(counted)
        $0.assembler.store($0.tag(register), constant: Int(Slot.null))
        $0.assembler.jump(taken)
        $0.assembler.bind(clear)
        $0.assembler.store(StateField.resultTag, .rax)
        $0.assembler.store(StateField.resultBits, .rdx)
        $0.assembler.loadAddress(.rdi, $0.tag(-1))
        $0.assembler.move(.rsi, constant: UInt64(registerCount + 1))
        $0.assembler.move(.rax, constant: NativeHelp.clearRegisters)
        $0.assembler.call(.rax)
        $0.assembler.load(.rax, StateField.resultTag)
        $0.assembler.load(.rdx, StateField.resultBits)
        $0.assembler.jump(cleared)
      }
    }

    /// The end of a unit is the loop's.
    mutating func halt(_ position: Int) {
      assembler.move(.rax, constant: instruction(position))
      assembler.store(Address(Fixed.frame, FrameField.pc), .rax)
      assembler.jump(leaving)
    }

    // MARK: - What all functions end with

    mutating func writeExits() {
      writeHelps()
      writeReturn()
      writeEntering()
      assembler.bind(leaving)
      exit(.left)
      assembler.bind(failing)
      exit(.failed)
    }

    /// Calls of `step` and `poll`, with the instruction in rsi.
    private mutating func writeHelps() {
      for (label, function) in [(stepping, NativeHelp.step), (polling, NativeHelp.poll)] {
        let failed = assembler.label()
        assembler.bind(label)
        // Calls keep the stack aligned to 16 bytes.
        assembler.arithmetic(.subtract, .rsp, constant: 8)
        assembler.move(.rdi, Fixed.machine)
        assembler.move(.rax, constant: function)
        assembler.call(.rax)
        assembler.arithmetic(.add, .rsp, constant: 8)
        assembler.test(.rax, .rax)
        assembler.jump(failed, if: .equal)
        assembler.leave()
        assembler.bind(failed)
        assembler.arithmetic(.add, .rsp, constant: 8)
        exit(.failed)
      }
    }

    /// Goes back to the calling frame with a result in rax and rdx.
    private mutating func writeReturn() {
      let (finished, interpreted) = (assembler.label(), assembler.label())
      assembler.bind(returning)
      assembler.arithmetic(.compare, Fixed.frame, Fixed.entry)
      assembler.loadAddress(Fixed.frame, Address(Fixed.frame, -FrameField.size))
      assembler.store(StateField.frame, Fixed.frame)
      assembler.jump(finished, if: .equal)
      assembler.load(.rcx, Address(Fixed.frame, FrameField.resume))
      assembler.test(.rcx, .rcx)
      assembler.jump(interpreted, if: .equal)
      assembler.load(Fixed.base, Address(Fixed.frame, FrameField.base))
      assembler.jump(to: .rcx)
      for (label, reason) in [(finished, NativeExit.finished), (interpreted, .returned)] {
        assembler.bind(label)
        assembler.store(StateField.resultTag, .rax)
        assembler.store(StateField.resultBits, .rdx)
        exit(reason)
      }
    }

    /// Goes on with a frame that `step` has pushed.
    private mutating func writeEntering() {
      assembler.bind(entering)
      assembler.load(Fixed.frame, StateField.frame)
      assembler.load(Fixed.base, Address(Fixed.frame, FrameField.base))
      assembler.load(.rcx, Address(Fixed.frame, FrameField.header))
      assembler.load(.rax, Address(.rcx, HeaderField.native))
      assembler.test(.rax, .rax)
      assembler.jump(leaving, if: .equal)
      assembler.jump(to: .rax)
    }

    private mutating func help(_ function: UInt64) {
      assembler.move(.rdi, Fixed.machine)
      assembler.move(.rax, constant: function)
      assembler.call(.rax)
    }

    private static let saved: [Assembler.Register] = [.rbp, .rbx, .r12, .r13, .r14, .r15]

    /// Returns to the program.
    private mutating func exit(_ reason: NativeExit) {
      assembler.move(.rax, constant: UInt64(reason.rawValue))
      assembler.arithmetic(.add, .rsp, constant: 8)
      for register in NativeCompiler.saved.reversed() { assembler.pop(register) }
      assembler.leave()
    }

    /// The function that enters native code: `(address, state, machine, entry, tag, bits) → reason`.
    static func bridge() -> ExecutableMemory? {
      var assembler = Assembler()
      for register in saved { assembler.push(register) }
      assembler.arithmetic(.subtract, .rsp, constant: 8)
      assembler.move(Fixed.state, .rsi)
      assembler.move(Fixed.machine, .rdx)
      assembler.move(Fixed.entry, .rcx)
      assembler.load(Fixed.frame, StateField.frame)
      assembler.load(Fixed.base, Address(Fixed.frame, FrameField.base))
      assembler.load(Fixed.stack, StateField.stack)
      assembler.move(.rax, .r8)
      assembler.move(.rdx, .r9)
      assembler.jump(to: .rdi)
      return ExecutableMemory(assembler.bytes)
    }
  }

#endif
