#if arch(x86_64)

  /// Writes a function's machine code, instruction by instruction: the cases that the loop does itself, on the same
  /// registers in memory, without finding out each time what comes next. All else is left to `Machine.step`, after which
  /// the code goes on. Within a run of instructions that nothing jumps into it knows the kinds of numbers that it has put
  /// into registers itself, and does not look again.
  struct NativeCompiler {
    typealias Address = Assembler.Address
    typealias Label = Assembler.Label

    /// The processor's registers that hold the same throughout. Helpers leave them as they are.
    enum Fixed {
      static let base = Assembler.Register.rbx
      static let frame = Assembler.Register.r12
      static let state = Assembler.Register.r13
      static let entry = Assembler.Register.r14
      static let stack = Assembler.Register.r15
      static let machine = Assembler.Register.rbp
    }

    /// What is known of a register's contents.
    enum Kind {
      case int, float, bool
      /// No reference.
      case scalar

      init?(tag: UInt) {
        switch tag {
        case Slot.int: self = .int
        case Slot.float: self = .float
        case Slot.bool: self = .bool
        case ..<Slot.firstHeap: self = .scalar
        default: return nil
        }
      }

      var tag: UInt {
        switch self {
        case .int: Slot.int
        case .float: Slot.float
        case .bool: Slot.bool
        case .scalar: Slot.null
        }
      }
    }

    /// What an instruction works on.
    enum Operand {
      case register(Int)
      case constant(Slot)
    }

    /// More than any function that a person writes.
    private static let instructionLimit = 20_000

    let header: UnsafeMutablePointer<Prototype.Header>
    let count: Int
    let layout: ObjectLayout
    /// In a unit's code the first registers are globals, which any call may change.
    let globalCount: Int
    var assembler = Assembler()
    /// Where each instruction's code begins.
    var places: [Label] = []
    private var known: [Int: Kind] = [:]
    /// What is written behind the code proper, as it seldom runs.
    private var afterwards: [(inout NativeCompiler) -> Void] = []
    let stepping: Label
    let polling: Label
    let failing: Label
    let leaving: Label
    let returning: Label
    let entering: Label

    /// Nil where there is none: for other processors, or where the system gives no memory for code.
    static func compile(_ prototype: Prototype, layout: ObjectLayout, globalCount: Int) -> NativeCode? {
      guard prototype.instructionCount <= instructionLimit else { return nil }
      var compiler = NativeCompiler(prototype, layout, globalCount: globalCount)
      return compiler.compile()
    }

    private init(_ prototype: Prototype, _ layout: ObjectLayout, globalCount: Int) {
      header = prototype.header
      count = prototype.instructionCount
      self.layout = layout
      self.globalCount = globalCount
      stepping = assembler.label()
      polling = assembler.label()
      failing = assembler.label()
      leaving = assembler.label()
      returning = assembler.label()
      entering = assembler.label()
      places = (0..<count).map { _ in assembler.label() }
    }

    private mutating func compile() -> NativeCode? {
      let code = header.pointee.code
      var isTarget = [Bool](repeating: false, count: count)
      for position in 0..<count where code[position].opcode.isJump {
        isTarget[position + code[position + 1].offset] = true
      }
      var position = 0
      while position < count {
        if isTarget[position] { forgetAll() }
        assembler.bind(places[position])
        write(code[position], position)
        position += code[position].opcode.hasWord ? 2 : 1
      }
      while let last = afterwards.popLast() { last(&self) }
      writeExits()
      assembler.resolve()
      guard let memory = ExecutableMemory(assembler.bytes) else { return nil }
      let offsets = (0..<count).map { position in
        position == 0 || isTarget[position] ? Int32(assembler.position(of: places[position])) : -1
      }
      return NativeCode(memory, offsets: offsets)
    }

    /// Writes code that seldom runs behind the rest.
    mutating func later(_ write: @escaping (inout NativeCompiler) -> Void) { afterwards.append(write) }

    // MARK: - What is known

    func kind(of register: Int) -> Kind? { known[register] }

    mutating func note(_ register: Int, _ kind: Kind?) {
      known[register] = register < globalCount ? nil : kind
    }

    mutating func forgetAll() { known.removeAll(keepingCapacity: true) }

    func kind(of operand: Operand) -> Kind? {
      switch operand {
      case .register(let register): known[register]
      case .constant(let slot): Kind(tag: slot.tag)
      }
    }

    // MARK: - Addresses

    func tag(_ register: Int) -> Address { Address(Fixed.base, register * 16) }
    func bits(_ register: Int) -> Address { Address(Fixed.base, register * 16 + 8) }
    func instruction(_ position: Int) -> UInt64 { UInt64(UInt(bitPattern: header.pointee.code + position)) }
    func constant(_ index: UInt16) -> Slot { header.pointee.constants[Int(index)] }

    // MARK: - Leaving work to others

    /// Does the instruction by `step`, and goes on behind it.
    mutating func step(_ position: Int) {
      assembler.move(.rsi, constant: instruction(position))
      assembler.call(stepping)
    }

    /// A place to jump to where the instruction is left to `step`; the code then goes on at `next`.
    mutating func slowPath(_ position: Int, then next: Label) -> Label {
      let label = assembler.label()
      later {
        $0.assembler.bind(label)
        $0.step(position)
        $0.assembler.jump(next)
      }
      return label
    }

    /// As `slowPath` for a jump, which is taken or not as `step` finds.
    mutating func slowJump(_ position: Int, taken: Label, next: Label) -> Label {
      let label = assembler.label()
      let target = instruction(position + header.pointee.code[position + 1].offset)
      later {
        $0.assembler.bind(label)
        $0.step(position)
        $0.assembler.move(.rcx, constant: target)
        $0.assembler.arithmetic(.compare, .rax, .rcx)
        $0.assembler.jump(taken, if: .equal)
        $0.assembler.jump(next)
      }
      return label
    }

    /// Where an instruction's jump leads: for a jump back by way of counting a turn.
    mutating func target(_ position: Int) -> Label {
      let code = header.pointee.code
      let target = places[position + code[position + 1].offset]
      guard code[position].isBackward else { return target }
      let label = assembler.label()
      later {
        $0.assembler.bind(label)
        $0.turn(position)
        $0.assembler.jump(target)
      }
      return label
    }

    /// Counts a turn of a loop and now and then looks whether to stop.
    mutating func turn(_ position: Int) {
      let poll = assembler.label()
      let goOn = assembler.label()
      assembler.arithmetic(.subtract, StateField.budget, constant: 1)
      assembler.jump(poll, if: .lessOrEqual)
      assembler.bind(goOn)
      later {
        $0.assembler.bind(poll)
        $0.assembler.move(.rsi, constant: $0.instruction(position))
        $0.assembler.call($0.polling)
        $0.assembler.jump(goOn)
      }
    }
  }

  /// The fields of the machine's state, from the register that holds its address.
  enum StateField {
    static let budget = field(\.budget)
    static let frame = field(\.frame)
    static let stack = field(\.stack)
    static let stackEnd = field(\.stackEnd)
    static let framesEnd = field(\.framesEnd)
    static let resultTag = field(\.result.tag)
    static let resultBits = field(\.result.bits)

    private static func field(_ path: PartialKeyPath<MachineState>) -> Assembler.Address {
      Assembler.Address(NativeCompiler.Fixed.state, MemoryLayout<MachineState>.offset(of: path) ?? 0)
    }
  }

  /// The fields of a frame, from a register that holds its address.
  enum FrameField {
    static let size = MemoryLayout<Frame>.stride
    static let header = MemoryLayout<Frame>.offset(of: \.header) ?? 0
    static let closure = MemoryLayout<Frame>.offset(of: \.closure) ?? 0
    static let base = MemoryLayout<Frame>.offset(of: \.base) ?? 0
    static let pc = MemoryLayout<Frame>.offset(of: \.pc) ?? 0
    static let resume = MemoryLayout<Frame>.offset(of: \.resume) ?? 0
  }

  /// The fields of a prototype's header.
  enum HeaderField {
    static let arity = MemoryLayout<Prototype.Header>.offset(of: \.arity) ?? 0
    static let native = MemoryLayout<Prototype.Header>.offset(of: \.native) ?? 0
    static let registerCount = MemoryLayout<Prototype.Header>.offset(of: \.registerCount) ?? 0
  }

#endif

extension Opcode {
  /// Whether the second word is the distance of a place in the code.
  var isJump: Bool {
    switch self {
    case .jump, .jumpTruth, .jumpAnd, .jumpOr, .jumpIfGiven, .next, .beginAttempt, .jumpEqual, .jumpLess,
      .jumpLessOrEqual, .jumpGreater, .jumpGreaterOrEqual, .jumpEqualConstant, .jumpLessConstant,
      .jumpLessOrEqualConstant, .jumpGreaterConstant, .jumpGreaterOrEqualConstant:
      true
    default: false
    }
  }

  /// Whether a second word follows.
  var hasWord: Bool {
    switch self {
    case .loadGlobal, .storeGlobal, .call, .callGlobal, .callCapture, .callSelf, .callSite, .callBuiltin,
      .callMath,
      .makeClosure, .makeRecord, .interpolate, .indexSite, .indexPair, .setPath, .setPair, .destructureList,
      .destructureRecord, .checkType, .useModule, .show:
      true
    default: isJump
    }
  }
}
