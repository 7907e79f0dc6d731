import TLXNumerics

/// Reading and changing single parts where they are, as loops do at each turn. Each answers false where the operands
/// are of other kinds, a part does not exist or has another owner: the complete operations then do it or say why not.
extension Machine {
  /// `x[i]`.
  func readElement(_ instruction: Instruction) -> Bool {
    let container = base + Int(instruction.b)
    let index = base[Int(instruction.c)]
    guard index.tag == Slot.int else { return readNamed(container, base + Int(instruction.c), instruction) }
    guard let parts = locateParts(container) else { return false }
    let position = parts.position(index.asInt)
    return position >= 0 && readPart(parts, position, instruction)
  }

  /// `r["name"]`.
  private func readNamed(_ container: Register, _ name: Register, _ instruction: Instruction) -> Bool {
    guard let position = namedPosition(container, name), let parts = locateParts(container),
      parts.kind == .fields,
      readPart(parts, position, instruction)
    else { return false }
    if instruction.a != instruction.c { useUp(instruction.c) }
    return true
  }

  /// Where the field stands whose name a register holds; nil if the other holds no record that has it.
  private func namedPosition(_ container: Register, _ name: Register) -> Int? {
    guard container.pointee.tag == Slot.boxed, name.pointee.tag == Slot.boxed else { return nil }
    return container.pointee.unmanaged(Box.self)._withUnsafeGuaranteedRef { box in
      name.pointee.unmanaged(Box.self)._withUnsafeGuaranteedRef { box.position(of: $0) }
    }
  }

  /// `x[i, j]`.
  func readElement(_ instruction: Instruction, _ site: SubscriptSite) -> Bool {
    guard let pair = site.pair, let parts = locateParts(base + Int(instruction.b)) else { return false }
    let position = position(pair, parts)
    return position >= 0 && readPart(parts, position, instruction)
  }

  /// `r.name`.
  func readField(_ instruction: Instruction, _ name: String) -> Bool {
    let container = base + Int(instruction.b)
    guard let parts = locateParts(container), parts.kind == .fields,
      let position = container.box.pointee.locateField(
        name, noting: &header.pointee.fieldCaches[Int(instruction.c)])
    else { return false }
    return readPart(parts, position, instruction)
  }

  /// Where the parts of a register's value stand; nil if they have no place.
  private func locateParts(_ container: Register) -> BoxParts? {
    guard container.pointee.tag == Slot.boxed else { return nil }
    if container.pointee.parts.kind == .unknown { container.box.pointee.locateParts() }
    return container.pointee.parts
  }

  private func readPart(_ parts: BoxParts, _ position: Int, _ instruction: Instruction) -> Bool {
    let target = base + Int(instruction.a)
    if let character = parts.character(at: position) {
      target.set(character: character)
    } else if !parts.read(position, into: target) {
      guard let value = parts.value(at: position) else { return false }
      target.set(value)
    }
    useUpContainer(instruction, base)
    return true
  }

  /// Clears the container of an instruction that reads a part, if it is a temporary.
  @inline(__always)
  func useUpContainer(_ instruction: Instruction, _ base: Register) {
    if Int(instruction.b) >= header.pointee.firstTemporary, instruction.a != instruction.b {
      (base + Int(instruction.b)).clear()
    }
  }

  /// Where the element stands whose row and column two registers hold; -1 if there is none.
  private func position(_ pair: (row: Int, column: Int), _ parts: BoxParts) -> Int {
    let (row, column) = (base[pair.row], base[pair.column])
    guard row.tag == Slot.int, column.tag == Slot.int else { return -1 }
    return parts.position(row.asInt, column.asInt)
  }

  // MARK: - Changing

  /// `x[i] = v`.
  func replaceElement(of target: Register, _ instruction: Instruction) -> Bool {
    let index = base[Int(instruction.b)]
    if index.tag == Slot.boxed {
      guard let position = namedPosition(target, base + Int(instruction.b)),
        replacePart(of: target, instruction, { _ in position })
      else { return false }
      useUp(instruction.b)
      return true
    }
    guard index.tag == Slot.int else { return false }
    return replacePart(of: target, instruction) { $0.parts.position(index.asInt) }
  }

  /// `x[i, j] = v`.
  func replaceElement(of target: Register, _ instruction: Instruction, _ path: PlacePath) -> Bool {
    guard path.steps.count == 1, case .index(let site) = path.steps[0], let pair = site.pair else {
      return false
    }
    return replacePart(of: target, instruction) { position(pair, $0.parts) }
  }

  /// `r.name = v` of a field that is there.
  func replaceField(of target: Register, _ name: String, _ instruction: Instruction) -> Bool {
    let cache = header.pointee.fieldCaches + Int(instruction.b)
    return replacePart(of: target, instruction) { $0.locateField(name, noting: &cache.pointee) ?? -1 }
  }

  /// Replaces the part at the place that `find` gives, if it is not negative, by the instruction's last operand.
  private func replacePart(of target: Register, _ instruction: Instruction, _ find: (Box) -> Int) -> Bool {
    guard target.isUniqueBox else { return false }
    let constants = header.pointee.constants
    let operand = (instruction.takesConstant ? constants : base) + Int(instruction.c)
    // Taken before looking who owns the memory: it may be the changed value itself, as in `xs[0] = xs`.
    let value = operand.pointee.isHeap ? operand.pointee.value : nil
    if !target.pointee.parts.isWritable { target.box.pointee.claimParts() }
    let parts = target.pointee.parts
    let position = find(target.box.pointee)
    guard parts.isWritable, position >= 0 else { return false }
    guard let value else { return parts.write(operand.pointee, at: position) }
    guard parts.replace(at: position, with: value) else { return false }
    if !instruction.takesConstant { useUp(instruction.c) }
    return true
  }

  /// Whether parts may be changed where they are; a register that has become their only holder takes them over.
  @inline(__always)
  func mayWrite(_ parts: BoxParts, _ register: Register) -> Bool {
    parts.isWritable || parts.owner == .box && claim(register)
  }

  @inline(never)
  private func claim(_ register: Register) -> Bool {
    guard register.isUniqueBox else { return false }
    register.box.pointee.claimParts()
    return true
  }

  /// In the tests: what was changed in place because `isWritable` said so had one owner.
  @inline(__always)
  func checkOwner(_ register: Register) {
    #if DEBUG
      precondition(register.isUniqueBox, "a shared value was changed")
    #endif
  }
}
