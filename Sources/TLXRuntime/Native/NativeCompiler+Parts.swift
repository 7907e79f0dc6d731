#if arch(x86_64)

  /// Elements of vectors and matrices, items of lists, fields of records: read and changed where they are.
  extension NativeCompiler {
    /// `b[c] → a`.
    mutating func index(_ instruction: Instruction, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      loadBox(Int(instruction.b), else: slow)
      loadPosition(Int(instruction.c), BoxParts.Offset.count, .rcx, else: slow)
      readPart(instruction, fields: false, slow, done)
    }

    /// `b[c, column] → a`.
    mutating func indexPair(_ instruction: Instruction, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      loadBox(Int(instruction.b), else: slow)
      loadPosition(Int(instruction.c), column: Int(header.pointee.code[position + 1].b), else: slow)
      readPart(instruction, fields: false, slow, done)
    }

    /// `b.name → a`.
    mutating func field(_ instruction: Instruction, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      loadBox(Int(instruction.b), else: slow)
      loadField(Int(instruction.c), else: slow)
      readPart(instruction, fields: true, slow, done)
    }

    /// `a[b] = c`.
    mutating func setIndex(_ instruction: Instruction, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      loadBox(Int(instruction.a), else: slow)
      loadPosition(Int(instruction.b), BoxParts.Offset.count, .rcx, else: slow)
      writePart(instruction, fields: false, slow, done)
    }

    /// `a[b, column] = c`.
    mutating func setPair(_ instruction: Instruction, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      loadBox(Int(instruction.a), else: slow)
      loadPosition(Int(instruction.b), column: Int(header.pointee.code[position + 1].b), else: slow)
      writePart(instruction, fields: false, slow, done)
    }

    /// `a.name = c`.
    mutating func setField(_ instruction: Instruction, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      loadBox(Int(instruction.a), else: slow)
      loadField(Int(instruction.b), else: slow)
      writePart(instruction, fields: true, slow, done)
    }

    /// Adds b to the builder in a, if it is a number like those before it.
    mutating func append(_ builder: Int, _ item: Int, _ position: Int) {
      let done = assembler.label()
      let slow = slowPath(position, then: done)
      assembler.load(.rax, bits(builder))
      assembler.load(.rcx, Address(.rax, ObjectLayout.Builder.count))
      assembler.arithmetic(.compare, .rcx, Address(.rax, ObjectLayout.Builder.capacity))
      assembler.jump(slow, if: .aboveOrEqual)
      assembler.load(.rdx, tag(item))
      assembler.arithmetic(.compare, .rdx, Address(.rax, ObjectLayout.Builder.kind))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rdx, bits(item))
      assembler.load(.rsi, Address(.rax, ObjectLayout.Builder.numbers))
      assembler.store(Address(.rsi, index: .rcx, scale: 8), .rdx)
      assembler.arithmetic(.add, Address(.rax, ObjectLayout.Builder.count), constant: 1)
      assembler.bind(done)
    }

    // MARK: - Places

    /// The register's box in rax.
    private mutating func loadBox(_ register: Int, else slow: Label) {
      assembler.arithmetic(.compare, tag(register), constant: Int(Slot.boxed))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rax, bits(register))
    }

    private func part(_ offset: Int) -> Address { Address(.rax, layout.parts + offset) }

    /// Where an index leads that counts from the end if it is below 0, of as many places as a field of the parts says.
    private mutating func loadPosition(
      _ register: Int, _ limit: Int, _ target: Assembler.Register, else slow: Label
    ) {
      require(register, .int, else: slow)
      assembler.load(target, bits(register))
      assembler.load(.rdx, part(limit))
      assembler.loadAddress(.rsi, Address(target, index: .rdx, scale: 1))
      assembler.test(target, target)
      assembler.move(target, .rsi, if: .negative)
      assembler.arithmetic(.compare, target, .rdx)
      assembler.jump(slow, if: .aboveOrEqual)
    }

    /// Where a row and column lead, in rcx.
    private mutating func loadPosition(_ row: Int, column: Int, else slow: Label) {
      loadPosition(row, BoxParts.Offset.rows, .rcx, else: slow)
      loadPosition(column, BoxParts.Offset.columns, .r8, else: slow)
      assembler.multiply(.rcx, .rdx)
      assembler.arithmetic(.add, .rcx, .r8)
    }

    /// Where a field stands in records like the last one, in rcx.
    private mutating func loadField(_ name: Int, else slow: Label) {
      assembler.move(.rdi, constant: UInt64(UInt(bitPattern: header.pointee.fieldCaches + name)))
      assembler.load(.rsi, Address(.rdi, FieldCache.layoutOffset))
      assembler.arithmetic(.compare, .rsi, part(BoxParts.Offset.layout))
      assembler.jump(slow, if: .notEqual)
      assembler.load(.rcx, Address(.rdi, FieldCache.positionOffset))
    }

    // MARK: - Reading

    /// The part at rcx of the box in rax into register a.
    private mutating func readPart(_ instruction: Instruction, fields: Bool, _ slow: Label, _ done: Label) {
      let target = Int(instruction.a)
      let isUsedUp = Int(instruction.b) >= header.pointee.firstTemporary && instruction.a != instruction.b
      // A temporary container has to be given back.
      if isUsedUp { assembler.jump(slow) }
      free(target, else: slow)
      if fields {
        let found = assembler.label()
        assembler.load(.rdi, part(BoxParts.Offset.memory))
        readValue(found, slow)
        assembler.bind(found)
      } else {
        readItem(of: .rax, else: slow)
      }
      assembler.store(tag(target), .r9)
      assembler.store(bits(target), .rdx)
      assembler.bind(done)
      note(target, nil)
    }

    /// The element or item at rcx of the parts of an object, if it is a number or bool: tag and bits in r9 and rdx.
    mutating func readItem(of object: Assembler.Register, else slow: Label) {
      let (found, values) = (assembler.label(), assembler.label())
      assembler.load(.rdi, Address(object, layout.parts + BoxParts.Offset.memory))
      assembler.loadByte(.rsi, Address(object, layout.parts + BoxParts.Offset.kind))
      assembler.arithmetic(.compare, .rsi, constant: Int(BoxParts.Kind.items.rawValue))
      assembler.jump(values, if: .equal)
      readElement(found, slow)
      assembler.bind(values)
      readValue(found, slow)
      assembler.bind(found)
    }

    /// The element at rcx of the memory at rdi, of the kind in rsi: tag and bits in r9 and rdx.
    private mutating func readElement(_ found: Label, _ slow: Label) {
      for (kind, tag) in [(BoxParts.Kind.floats, Slot.float), (.ints, Slot.int), (.bools, Slot.bool)] {
        let other = assembler.label()
        assembler.arithmetic(.compare, .rsi, constant: Int(kind.rawValue))
        assembler.jump(other, if: .notEqual)
        if kind == .bools {
          assembler.loadByte(.rdx, Address(.rdi, index: .rcx, scale: 1))
        } else {
          assembler.load(.rdx, Address(.rdi, index: .rcx, scale: 8))
        }
        assembler.move(.r9, constant: UInt64(tag))
        assembler.jump(found)
        assembler.bind(other)
      }
      assembler.jump(slow)
    }

    /// The last byte of a value and the tag of a register, for each kind of number.
    private var valueTags: [(byte: UInt8, tag: UInt)] {
      [(layout.intTag, Slot.int), (layout.floatTag, Slot.float), (layout.boolTag, Slot.bool)]
    }

    /// The value at rcx of the memory at rdi, if it is a number or bool: tag and bits in r9 and rdx.
    private mutating func readValue(_ found: Label, _ slow: Label) {
      loadValueAddress()
      assembler.loadByte(.rax, valueTag)
      assembler.load(.rdx, Address(.rdi))
      for (byte, tag) in valueTags {
        let other = assembler.label()
        assembler.arithmetic(.compare, .rax, constant: Int(byte))
        assembler.jump(other, if: .notEqual)
        if tag == Slot.bool { assembler.arithmetic(.and, .rdx, constant: 1) }
        assembler.move(.r9, constant: UInt64(tag))
        assembler.jump(found)
        assembler.bind(other)
      }
      assembler.jump(slow)
    }

    /// The address of the value at rcx of the memory at rdi, in rdi.
    private mutating func loadValueAddress() {
      assembler.multiply(.rcx, .rcx, constant: ObjectLayout.valueStride)
      assembler.arithmetic(.add, .rdi, .rcx)
    }

    private var valueTag: Address { Address(.rdi, ObjectLayout.valueSize - 1) }

    // MARK: - Changing

    /// Puts operand c at rcx of the box in rax, whose register alone owns the memory.
    private mutating func writePart(_ instruction: Instruction, fields: Bool, _ slow: Label, _ done: Label) {
      let operand: Operand =
        instruction.takesConstant ? .constant(constant(instruction.c)) : .register(Int(instruction.c))
      assembler.compareByte(part(BoxParts.Offset.owner), constant: BoxParts.Owner.register.rawValue)
      assembler.jump(slow, if: .notEqual)
      loadTag(.r9, operand)
      load(.rdx, operand)
      assembler.load(.rdi, part(BoxParts.Offset.memory))
      if !fields {
        let values = assembler.label()
        assembler.loadByte(.rsi, part(BoxParts.Offset.kind))
        assembler.arithmetic(.compare, .rsi, constant: Int(BoxParts.Kind.items.rawValue))
        assembler.jump(values, if: .equal)
        writeElement(operand, slow, done)
        assembler.bind(values)
      }
      writeValue(operand, slow)
      assembler.bind(done)
    }

    private mutating func loadTag(_ target: Assembler.Register, _ operand: Operand) {
      switch operand {
      case .register(let register): assembler.load(target, tag(register))
      case .constant(let slot): assembler.move(target, constant: UInt64(slot.tag))
      }
    }

    /// Puts tag and bits in r9 and rdx at rcx of the memory at rdi, whose elements are of the kind in rsi.
    private mutating func writeElement(_ operand: Operand, _ slow: Label, _ done: Label) {
      for (kind, tag) in [(BoxParts.Kind.floats, Slot.float), (.ints, Slot.int), (.bools, Slot.bool)] {
        let known = self.kind(of: operand)?.tag
        guard known == nil || known == tag || kind == .floats && known == Slot.int else { continue }
        let other = assembler.label()
        assembler.arithmetic(.compare, .rsi, constant: Int(kind.rawValue))
        assembler.jump(other, if: .notEqual)
        if kind == .floats {
          makeDouble(operand, slow)
        } else if known == nil {
          assembler.arithmetic(.compare, .r9, constant: Int(tag))
          assembler.jump(slow, if: .notEqual)
        }
        if kind == .bools {
          assembler.storeByte(Address(.rdi, index: .rcx, scale: 1), .rdx)
        } else {
          assembler.store(Address(.rdi, index: .rcx, scale: 8), .rdx)
        }
        assembler.jump(done)
        assembler.bind(other)
      }
      assembler.jump(slow)
    }

    /// Makes the number with its tag and bits in r9 and rdx a double, in rdx.
    private mutating func makeDouble(_ operand: Operand, _ slow: Label) {
      switch (operand, kind(of: operand)) {
      case (_, .float): return
      case (.constant(let slot), _):
        assembler.move(.rdx, constant: Double(slot.asInt).bitPattern)
      case (.register(let register), let kind):
        let isDouble = assembler.label()
        if kind == nil {
          assembler.arithmetic(.compare, .r9, constant: Int(Slot.float))
          assembler.jump(isDouble, if: .equal)
          assembler.arithmetic(.compare, .r9, constant: Int(Slot.int))
          assembler.jump(slow, if: .notEqual)
        }
        assembler.convert(.xmm0, bits(register))
        assembler.move(.rdx, .xmm0)
        assembler.bind(isDouble)
      }
    }

    /// Puts tag and bits in r9 and rdx as a value at rcx of the memory at rdi, in the place of another number or bool.
    private mutating func writeValue(_ operand: Operand, _ slow: Label) {
      let (isNumber, store) = (assembler.label(), assembler.label())
      loadValueAddress()
      assembler.loadByte(.rax, valueTag)
      for (byte, _) in valueTags {
        assembler.arithmetic(.compare, .rax, constant: Int(byte))
        assembler.jump(isNumber, if: .equal)
      }
      assembler.jump(slow)
      assembler.bind(isNumber)
      for (byte, tag) in valueTags {
        if let known = kind(of: operand), known.tag != tag { continue }
        let other = assembler.label()
        assembler.arithmetic(.compare, .r9, constant: Int(tag))
        assembler.jump(other, if: .notEqual)
        assembler.storeByte(valueTag, constant: byte)
        assembler.jump(store)
        assembler.bind(other)
      }
      assembler.jump(slow)
      assembler.bind(store)
      assembler.store(Address(.rdi), .rdx)
    }
  }

  extension FieldCache {
    static let layoutOffset = MemoryLayout<FieldCache>.offset(of: \.layout) ?? 0
    static let positionOffset = MemoryLayout<FieldCache>.offset(of: \.position) ?? 0
  }

#endif
