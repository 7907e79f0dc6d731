#if arch(x86_64)

  /// Writes instructions of x86-64 with 64-bit operands, as its manual encodes them.
  struct Assembler {
    enum Register: UInt8 {
      case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
    }

    /// A register of doubles.
    enum Vector: UInt8 { case xmm0, xmm1, xmm2 }

    /// `base + displacement`, or `base + index·scale + displacement`.
    struct Address {
      var base: Register
      var displacement: Int
      var index: Register?
      /// 1, 2, 4 or 8.
      var scale = 1

      init(_ base: Register, _ displacement: Int = 0) {
        self.base = base
        self.displacement = displacement
      }

      init(_ base: Register, index: Register, scale: Int) {
        self.base = base
        self.index = index
        self.scale = scale
        displacement = 0
      }
    }

    /// The conditions that jumps and conditional moves look at, with their codes.
    enum Condition: UInt8 {
      case overflow = 0, below = 2, aboveOrEqual, equal, notEqual, belowOrEqual, above, negative
      case parity = 10, noParity, less, greaterOrEqual, lessOrEqual, greater

      var negated: Condition? { Condition(rawValue: rawValue ^ 1) }
    }

    enum Arithmetic: UInt8 { case add = 0, or, and = 4, subtract, xor, compare }
    enum FloatArithmetic: UInt8 {
      case squareRoot = 0x51, add = 0x58, multiply, subtract = 0x5C, divide = 0x5E
    }
    enum Shift: UInt8 { case left = 4, right = 5, rightSigned = 7 }

    /// A place in the code, which may be jumped to before it is known.
    struct Label { fileprivate var number: Int }

    private(set) var bytes: [UInt8] = []
    private var positions: [Int] = []
    private var uses: [(position: Int, label: Int)] = []

    init() { bytes.reserveCapacity(4096) }

    // MARK: - Labels

    mutating func label() -> Label {
      positions.append(-1)
      return Label(number: positions.count - 1)
    }

    mutating func bind(_ label: Label) { positions[label.number] = bytes.count }

    func position(of label: Label) -> Int { positions[label.number] }

    /// Fills in the distances of all jumps.
    mutating func resolve() {
      for use in uses {
        let distance = Int32(truncatingIfNeeded: positions[use.label] - (use.position + 4))
        withUnsafeBytes(of: distance.littleEndian) {
          bytes.replaceSubrange(use.position..<use.position + 4, with: $0)
        }
      }
      uses = []
    }

    // MARK: - Moves

    mutating func move(_ target: Register, _ source: Register) { encode([0x8B], target.rawValue, source) }
    mutating func load(_ target: Register, _ address: Address) { encode([0x8B], target.rawValue, address) }
    mutating func store(_ address: Address, _ source: Register) { encode([0x89], source.rawValue, address) }

    /// The constant is one of 32 bits, with its sign.
    mutating func store(_ address: Address, constant: Int) {
      encode([0xC7], 0, address)
      immediate32(constant)
    }

    mutating func storeByte(_ address: Address, constant: UInt8) {
      encode([0xC6], 0, address, isWide: false)
      bytes.append(constant)
    }

    mutating func storeByte(_ address: Address, _ source: Register) {
      // With a prefix the lowest byte of every register can be named.
      encode([0x88], source.rawValue, address)
    }

    mutating func loadByte(_ target: Register, _ address: Address) {
      encode([0x0F, 0xB6], target.rawValue, address)
    }

    mutating func move(_ target: Register, constant: UInt64) {
      if constant <= UInt64(UInt32.max) {
        // A move of 32 bits clears the upper half.
        if target.rawValue >= 8 { bytes.append(0x41) }
        bytes.append(0xB8 + (target.rawValue & 7))
        immediate32(Int(truncatingIfNeeded: constant))
      } else {
        bytes.append(0x48 | (target.rawValue >> 3))
        bytes.append(0xB8 + (target.rawValue & 7))
        withUnsafeBytes(of: constant.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }

    mutating func loadAddress(_ target: Register, _ address: Address) {
      encode([0x8D], target.rawValue, address)
    }

    mutating func loadAddress(_ target: Register, _ label: Label) {
      bytes += [0x48 | (target.rawValue >> 3) << 2, 0x8D, (target.rawValue & 7) << 3 | 5]
      use(label)
    }

    mutating func move(_ target: Register, _ source: Register, if condition: Condition) {
      encode([0x0F, 0x40 + condition.rawValue], target.rawValue, source)
    }

    /// 1 in the register if the condition holds, else 0.
    mutating func set(_ target: Register, if condition: Condition) {
      prefix(0, nil, target, isWide: true)
      bytes += [0x0F, 0x90 + condition.rawValue, 0xC0 | (target.rawValue & 7)]
      encode([0x0F, 0xB6], target.rawValue, target)
    }

    mutating func push(_ register: Register) {
      if register.rawValue >= 8 { bytes.append(0x41) }
      bytes.append(0x50 + (register.rawValue & 7))
    }

    mutating func pop(_ register: Register) {
      if register.rawValue >= 8 { bytes.append(0x41) }
      bytes.append(0x58 + (register.rawValue & 7))
    }

    // MARK: - Integers

    mutating func arithmetic(_ operation: Arithmetic, _ target: Register, _ source: Register) {
      encode([operation.rawValue << 3 | 3], target.rawValue, source)
    }

    mutating func arithmetic(_ operation: Arithmetic, _ target: Register, _ source: Address) {
      encode([operation.rawValue << 3 | 3], target.rawValue, source)
    }

    /// The constant is one of 32 bits, with its sign.
    mutating func arithmetic(_ operation: Arithmetic, _ target: Register, constant: Int) {
      if let short = Int8(exactly: constant) {
        encode([0x83], operation.rawValue, target)
        bytes.append(UInt8(bitPattern: short))
      } else {
        encode([0x81], operation.rawValue, target)
        immediate32(constant)
      }
    }

    mutating func arithmetic(_ operation: Arithmetic, _ target: Address, constant: Int) {
      if let short = Int8(exactly: constant) {
        encode([0x83], operation.rawValue, target)
        bytes.append(UInt8(bitPattern: short))
      } else {
        encode([0x81], operation.rawValue, target)
        immediate32(constant)
      }
    }

    mutating func compareByte(_ address: Address, constant: UInt8) {
      encode([0x80], Arithmetic.compare.rawValue, address, isWide: false)
      bytes.append(constant)
    }

    mutating func multiply(_ target: Register, _ source: Register) {
      encode([0x0F, 0xAF], target.rawValue, source)
    }

    mutating func multiply(_ target: Register, _ source: Address) {
      encode([0x0F, 0xAF], target.rawValue, source)
    }

    /// The constant is one of 32 bits, with its sign.
    mutating func multiply(_ target: Register, _ source: Register, constant: Int) {
      encode([0x69], target.rawValue, source)
      immediate32(constant)
    }

    mutating func test(_ first: Register, _ second: Register) { encode([0x85], first.rawValue, second) }

    /// rdx:rax / divisor: the quotient in rax, the remainder in rdx.
    mutating func divide(by divisor: Register) {
      bytes += [0x48, 0x99]
      encode([0xF7], 7, divisor)
    }

    mutating func shift(_ direction: Shift, _ target: Register, by count: UInt8) {
      encode([0xC1], direction.rawValue, target)
      bytes.append(count)
    }

    // MARK: - Doubles

    mutating func load(_ target: Vector, _ address: Address) {
      encode([0x0F, 0x10], target.rawValue, address, prefix: 0xF2, isWide: false)
    }

    mutating func store(_ address: Address, _ source: Vector) {
      encode([0x0F, 0x11], source.rawValue, address, prefix: 0xF2, isWide: false)
    }

    mutating func move(_ target: Vector, _ source: Register) {
      encode([0x0F, 0x6E], target.rawValue, source, prefix: 0x66)
    }

    mutating func move(_ target: Register, _ source: Vector) {
      encode([0x0F, 0x7E], source.rawValue, target, prefix: 0x66)
    }

    mutating func arithmetic(_ operation: FloatArithmetic, _ target: Vector, _ source: Vector) {
      bytes += [0xF2, 0x0F, operation.rawValue, 0xC0 | target.rawValue << 3 | source.rawValue]
    }

    /// Sets the flags as an unsigned comparison does, and parity where one is no number.
    mutating func compare(_ first: Vector, _ second: Vector) {
      bytes += [0x66, 0x0F, 0x2E, 0xC0 | first.rawValue << 3 | second.rawValue]
    }

    /// The integer at an address as a double.
    mutating func convert(_ target: Vector, _ source: Address) {
      // Cleared first, or it would wait for what the register held before.
      bytes += [0x0F, 0x57, 0xC0 | target.rawValue << 3 | target.rawValue]
      encode([0x0F, 0x2A], target.rawValue, source, prefix: 0xF2)
    }

    // MARK: - Control

    mutating func jump(_ label: Label) {
      bytes.append(0xE9)
      use(label)
    }

    mutating func jump(_ label: Label, if condition: Condition) {
      bytes += [0x0F, 0x80 + condition.rawValue]
      use(label)
    }

    mutating func jump(to register: Register) { encode([0xFF], 4, register, isWide: false) }

    mutating func call(_ label: Label) {
      bytes.append(0xE8)
      use(label)
    }

    mutating func call(_ register: Register) { encode([0xFF], 2, register, isWide: false) }
    mutating func leave() { bytes.append(0xC3) }

    // MARK: - Encoding

    private mutating func use(_ label: Label) {
      uses.append((bytes.count, label.number))
      bytes += [0, 0, 0, 0]
    }

    private mutating func immediate32(_ value: Int) {
      withUnsafeBytes(of: Int32(truncatingIfNeeded: value).littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// The prefix that names the upper eight registers, and the width.
    private mutating func prefix(_ field: UInt8, _ index: Register?, _ base: Register, isWide: Bool) {
      let extended = (field >> 3) << 2 | ((index?.rawValue ?? 0) >> 3) << 1 | base.rawValue >> 3
      if isWide || extended != 0 { bytes.append(0x40 | (isWide ? 8 : 0) | extended) }
    }

    private mutating func encode(
      _ opcode: [UInt8], _ field: UInt8, _ register: Register, prefix: UInt8? = nil, isWide: Bool = true
    ) {
      if let prefix { bytes.append(prefix) }
      self.prefix(field, nil, register, isWide: isWide)
      bytes += opcode
      bytes.append(0xC0 | (field & 7) << 3 | (register.rawValue & 7))
    }

    private mutating func encode(
      _ opcode: [UInt8], _ field: UInt8, _ address: Address, prefix: UInt8? = nil, isWide: Bool = true
    ) {
      if let prefix { bytes.append(prefix) }
      self.prefix(field, address.index, address.base, isWide: isWide)
      bytes += opcode
      let short = Int8(exactly: address.displacement)
      let mode: UInt8 = short == nil ? 0x80 : 0x40
      if let index = address.index {
        bytes.append(mode | (field & 7) << 3 | 4)
        let scale = UInt8(truncatingIfNeeded: address.scale.trailingZeroBitCount)
        bytes.append(scale << 6 | (index.rawValue & 7) << 3 | (address.base.rawValue & 7))
      } else if address.base.rawValue & 7 == 4 {
        // rsp and r12 are named by a second byte.
        bytes += [mode | (field & 7) << 3 | 4, 0x24]
      } else {
        bytes.append(mode | (field & 7) << 3 | (address.base.rawValue & 7))
      }
      if let short {
        bytes.append(UInt8(bitPattern: short))
      } else {
        immediate32(address.displacement)
      }
    }
  }

#endif
