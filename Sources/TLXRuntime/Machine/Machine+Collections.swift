import TLXNumerics
import TLXSource

extension Machine {
  func makeBracket(_ instruction: Instruction) throws {
    let items = takeValues(base + Int(instruction.b), Int(instruction.c))
    try store(Operations.bracket(items), in: instruction.a, settling: instruction.isSettling)
  }

  func append(_ instruction: Instruction) {
    base[Int(instruction.a)].object(ListBuilder.self).append(owning: (base + Int(instruction.b)).take())
  }

  /// `xs += ys` of lists: copying `xs` at each turn would make a loop quadratic.
  func appendItems(_ instruction: Instruction, constant: Bool) throws -> Bool {
    let target = base + Int(instruction.a)
    let added = base + Int(instruction.c)
    guard !constant, instruction.a == instruction.b, target.isUniqueBox, added.pointee.tag == Slot.boxed,
      case .list(var more) = added.box.pointee.value
    else { return false }
    if instruction.isSettling, case .list(let settled) = try Operations.settle(.list(more)) { more = settled }
    guard var items = target.box.pointee.value.takeList() else { return false }
    defer { target.box.pointee.value = .list(items) }
    try Operations.checkRoom(
      (items.count + more.count) * MemoryLayout<Value>.stride, "a list of \(items.count + more.count) items")
    items += more
    useUp(instruction.c)
    return true
  }

  /// `xs += (a, b)`: the items join the list without one of their own.
  func appendNew(_ instruction: Instruction) throws {
    let (target, first, count) = (base + Int(instruction.a), base + Int(instruction.b), Int(instruction.c))
    if !(0..<count).contains(where: { first[$0].tag == Slot.boxed }), target.isUniqueBox,
      var items = target.box.pointee.value.takeList()
    {
      defer { target.box.pointee.value = .list(items) }
      let bytes = (items.count + count) * MemoryLayout<Value>.stride
      try Operations.checkRoom(bytes, "a list of \(items.count + count) items")
      for position in 0..<count { items.append((first + position).takeValue()) }
      return
    }
    first.set(.list(takeValues(first, count)))
    try slowBinary(
      .add,
      Instruction(
        .add, Int(instruction.a), Int(instruction.a), Int(instruction.b), flags: Instruction.settles),
      constant: false)
  }

  func finishBuilder(_ instruction: Instruction) throws {
    let register = base + Int(instruction.b)
    let builder = register.pointee.object(ListBuilder.self)
    register.clear()
    let value = instruction.opcode == .finishList ? Value.list(builder.list()) : try builder.bracket()
    try store(value, in: instruction.a, settling: instruction.isSettling)
  }

  func makeRecord(_ instruction: Instruction, _ index: Int) throws {
    let layout = currentPrototype.recordLayouts[index]
    if refill(base + Int(instruction.a), layout, instruction) { return }
    if let template = layout.template {
      var values = takeValues(base + Int(instruction.b), layout.parts.count)
      if instruction.isSettling, !values.allSatisfy(\.isScalar) {
        for position in values.indices { values[position] = try Operations.settle(values[position]) }
      }
      let box = Box(template.replacingValues(values))
      return (base + Int(instruction.a)).setOwned(Slot(tag: Slot.boxed, retaining: box))
    }
    var record = Record()
    for (position, part) in layout.parts.enumerated() {
      let value = (base + Int(instruction.b) + position).takeValue()
      switch part {
      case .field(let name): record[name] = value
      case .spread:
        guard case .record(let other) = value else {
          throw Failure("E0424", "only a record can be spread into a record, not \(value.kindDescription)")
        }
        if record.count == 0 {
          record = other
        } else {
          for (name, value) in zip(other.names, other.values) { record[name] = value }
        }
      }
    }
    try store(.record(record), in: instruction.a, settling: instruction.isSettling)
  }

  /// Puts the fields of a new record into the one that the register holds, if it has the same names and nobody else
  /// has it.
  private func refill(_ target: Register, _ layout: RecordLayout, _ instruction: Instruction) -> Bool {
    guard target.isUniqueBox, let identity = layout.identity, target.pointee.parts.layout == identity else {
      return false
    }
    let first = base + Int(instruction.b)
    if instruction.isSettling {
      for position in layout.parts.indices where first[position].tag == Slot.boxed { return false }
    }
    if !target.pointee.parts.isWritable { target.box.pointee.claimParts() }
    let parts = target.pointee.parts
    guard parts.isWritable else { return false }
    for position in layout.parts.indices {
      _ = parts.replace(at: position, with: (first + position).takeValue())
    }
    return true
  }

  // MARK: - Reading parts

  func index(_ instruction: Instruction) throws {
    if readElement(instruction) { return }
    let value = operand(instruction.b)
    let part = operand(instruction.c)
    do {
      try store(Operations.index(value, [.value(part)]), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [value, part])
    }
  }

  func indexSite(_ instruction: Instruction, _ index: Int) throws {
    let site = currentPrototype.subscriptSites[index]
    if readElement(instruction, site) { return }
    let value = operand(instruction.b)
    let subscripts = try subscripts(site)
    do {
      try store(Operations.index(value, subscripts), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [value])
    }
  }

  private func subscripts(_ site: SubscriptSite) throws -> [SubscriptValue] {
    try site.parts.map { part in
      switch part {
      case .value(let register): .value(operand(UInt16(register)))
      case .slice(let start, let stop, let step): .slice(try bound(start), try bound(stop), try bound(step))
      case .newAxis: .newAxis
      case .ellipsis: .ellipsis
      }
    }
  }

  private func bound(_ register: Int?) throws -> Int? {
    guard let register else { return nil }
    let value = operand(UInt16(register))
    if case .null = value { return nil }
    return try Operations.indexNumber(value)
  }

  func field(_ instruction: Instruction) throws {
    guard case .string(let name) = header.pointee.constants[Int(instruction.c)].value else { return }
    if readField(instruction, name) { return }
    let value = operand(instruction.b)
    do {
      try store(Operations.field(of: value, name), in: instruction.a, settling: instruction.isSettling)
    } catch {
      throw OperandError(error, [value])
    }
  }

  // MARK: - Changing parts

  /// Where a change in place happens.
  private func place(_ instruction: Instruction) throws -> Register {
    switch Place(rawValue: instruction.flags >> Instruction.placeShift) ?? .register {
    case .register: return base + Int(instruction.a)
    case .cell: return base[Int(instruction.a)].object(VariableCell.self).contents
    case .capturedCell:
      let captures = frame.pointee.closure._withUnsafeGuaranteedRef { $0.captures }
      return captures[Int(instruction.a)].object(VariableCell.self).contents
    case .global:
      let global = stack + Int(instruction.a)
      if global.pointee.isMissing { throw undefinedGlobal(Int(instruction.a)) }
      return global
    }
  }

  /// What an instruction puts in the place of a part.
  private func newPart(_ instruction: Instruction) -> Value {
    instruction.takesConstant
      ? header.pointee.constants[Int(instruction.c)].value : operand(instruction.c)
  }

  func setIndex(_ instruction: Instruction) throws {
    let target = try place(instruction)
    if replaceElement(of: target, instruction) { return }
    let part = operand(instruction.b)
    let value = newPart(instruction)
    do {
      try target.mutate { try Operations.assign(into: &$0, [.value(part)], value) }
    } catch {
      throw OperandError(error, [target.pointee.value, part, value])
    }
  }

  func setField(_ instruction: Instruction) throws {
    guard case .string(let name) = header.pointee.constants[Int(instruction.b)].value else { return }
    let target = try place(instruction)
    if replaceField(of: target, name, instruction) { return }
    let value = newPart(instruction)
    do {
      try target.mutate { try Operations.setField(of: &$0, name, value) }
    } catch {
      throw OperandError(error, [target.pointee.value, value])
    }
  }

  func setPath(_ instruction: Instruction, _ index: Int) throws {
    let path = currentPrototype.paths[index]
    let target = try place(instruction)
    if replaceElement(of: target, instruction, path) { return }
    let steps = try path.steps.map { step -> Operations.PathStep in
      switch step {
      case .field(let name): .field(name)
      case .index(let site): .index(try subscripts(site))
      }
    }
    let value = newPart(instruction)
    do {
      try target.mutate { base in
        guard let last = steps.last else { return }
        try Operations.update(&base, Array(steps.dropLast())) { part in
          switch last {
          case .field(let name): try Operations.setField(of: &part, name, value)
          case .index(let subscripts): try Operations.assign(into: &part, subscripts, value)
          }
        }
      }
    } catch {
      throw OperandError(error, [target.pointee.value, value])
    }
  }

  // MARK: - Taking apart

  func destructureList(_ instruction: Instruction, _ index: Int) throws {
    let pattern = currentPrototype.listPatterns[index]
    let value = base[Int(instruction.a)].value
    let items: [Value]
    switch value {
    case .list(let list): items = list
    case .tensor, .range, .table, .object, .string:
      items = try Operations.items(of: value)
    default:
      throw OperandError(
        Failure(
          "E0425", "cannot take \(value.kindDescription) apart into \(Machine.counted(pattern.count, "name"))"
        ),
        [value])
    }
    let fixed = pattern.restIndex == nil ? pattern.count : pattern.count - 1
    guard items.count == fixed || (pattern.restIndex != nil && items.count > fixed) else {
      let wanted = pattern.restIndex == nil ? "\(fixed)" : "at least \(fixed)"
      throw OperandError(
        Failure(
          "E0425",
          "cannot take \(value.kindDescription) apart into \(Machine.counted(fixed, "name")): "
            + "there must be \(wanted) items, not \(items.count)",
          help: items.count > fixed ? "..rest takes what remains, as in (a, ..rest)" : nil), [value])
    }
    let first = base + Int(instruction.b)
    var source = 0
    for position in 0..<pattern.count {
      if position == pattern.restIndex {
        let taken = items.count - fixed
        (first + position).set(.list(Array(items[source..<source + taken])))
        source += taken
      } else {
        (first + position).set(items[source])
        source += 1
      }
    }
  }

  func destructureRecord(_ instruction: Instruction, _ index: Int) throws {
    let names = currentPrototype.namePatterns[index].names
    let value = base[Int(instruction.a)].value
    let first = base + Int(instruction.b)
    for (position, name) in names.enumerated() {
      do {
        (first + position).set(try Operations.field(of: value, name))
      } catch {
        throw OperandError(error, [value])
      }
    }
  }
}

/// Where a variable that is changed in place lives.
enum Place: UInt8 {
  case register = 0
  case cell, capturedCell, global
}
