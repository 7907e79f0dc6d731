import TLXNumerics

/// Reading and changing single parts where they are, as loops do at each turn. Each answers false where the operands
/// are of other kinds, a part does not exist or has another owner: the complete operations then do it or say why not.
extension Machine {
  /// `x[i]`.
  func readElement(_ instruction: Instruction) -> Bool {
    let container = base + Int(instruction.b)
    let index = base[Int(instruction.c)]
    guard container.pointee.tag == Slot.boxed, index.tag == Slot.int,
      let element = container.box.pointee.value.element(at: index.asInt)
    else { return false }
    storePart(element, instruction)
    return true
  }

  /// `x[i, j]`.
  func readElement(_ instruction: Instruction, _ site: SubscriptSite) -> Bool {
    let container = base + Int(instruction.b)
    guard container.pointee.tag == Slot.boxed, let (row, column) = pair(site),
      case .tensor(let tensor) = container.box.pointee.value, let number = tensor.scalar(at: row, column)
    else { return false }
    storePart(Slot(number), instruction)
    return true
  }

  /// `r.name`.
  func readField(_ instruction: Instruction, _ name: String) -> Bool {
    let container = base + Int(instruction.b)
    guard container.pointee.tag == Slot.boxed, case .record(let record) = container.box.pointee.value,
      let position = record.position(of: name)
    else { return false }
    storePart(Slot(owning: record.values[position]), instruction)
    return true
  }

  /// Stores an owned slot; a container that is a temporary is used up.
  private func storePart(_ part: Slot, _ instruction: Instruction) {
    (base + Int(instruction.a)).setOwned(part)
    if Int(instruction.b) >= header.pointee.firstTemporary, instruction.a != instruction.b {
      (base + Int(instruction.b)).clear()
    }
  }

  /// The two ints of `[i, j]`.
  private func pair(_ site: SubscriptSite) -> (Int, Int)? {
    guard site.parts.count == 2, case .value(let first) = site.parts[0],
      case .value(let second) = site.parts[1]
    else { return nil }
    let (row, column) = (base[first], base[second])
    return row.tag == Slot.int && column.tag == Slot.int ? (row.asInt, column.asInt) : nil
  }

  /// `x[i] = v`.
  func replaceElement(of target: Register, _ instruction: Instruction) -> Bool {
    let index = base[Int(instruction.b)]
    guard index.tag == Slot.int, target.isUniqueBox else { return false }
    let value = base + Int(instruction.c)
    if let number = value.pointee.number {
      return target.box.pointee.value.replaceElement(at: index.asInt, with: number)
    }
    guard target.box.pointee.value.hasItem(at: index.asInt) else { return false }
    target.box.pointee.value.replaceItem(at: index.asInt, with: operand(instruction.c))
    return true
  }

  /// `x[i, j] = v`.
  func replaceElement(of target: Register, _ instruction: Instruction, _ path: PlacePath) -> Bool {
    guard path.steps.count == 1, case .index(let site) = path.steps[0], let (row, column) = pair(site),
      let number = base[Int(instruction.c)].number, target.isUniqueBox,
      var tensor = target.box.pointee.value.takeTensor()
    else { return false }
    defer { target.box.pointee.value = .tensor(tensor) }
    return tensor.replaceScalar(at: row, column, with: number)
  }

  /// `r.name = v` of a field that is there.
  func replaceField(of target: Register, _ name: String, _ instruction: Instruction) -> Bool {
    guard target.isUniqueBox, var record = target.box.pointee.value.takeRecord() else { return false }
    defer { target.box.pointee.value = .record(record) }
    guard let position = record.position(of: name) else { return false }
    record.put(operand(instruction.c), at: position)
    return true
  }

  /// `s += t` of strings: copying `s` at each turn would make a loop quadratic.
  func appendText(_ instruction: Instruction, constant: Bool) -> Bool {
    let target = base + Int(instruction.a)
    let added = constant ? header.pointee.constants + Int(instruction.c) : base + Int(instruction.c)
    guard instruction.a == instruction.b, target.isUniqueBox, added.pointee.tag == Slot.boxed,
      case .string(let more) = added.box.pointee.value, var text = target.box.pointee.value.takeString()
    else { return false }
    text += more
    target.box.pointee.value = .string(text)
    if !constant, Int(instruction.c) >= header.pointee.firstTemporary { added.clear() }
    return true
  }
}

extension Slot {
  /// A scalar of a tensor as a scalar of the language.
  fileprivate init(_ scalar: Scalar) {
    switch scalar {
    case .bool(let flag): self.init(bool: flag)
    case .int(let number): self.init(int: number)
    case .float(let number): self.init(float: number)
    }
  }

  fileprivate var number: Scalar? {
    switch tag {
    case Slot.float: .float(asFloat)
    case Slot.int: .int(asInt)
    case Slot.bool: .bool(asBool)
    default: nil
    }
  }
}

extension Scalar {
  fileprivate var value: Value {
    switch self {
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .float(let number): .float(number)
    }
  }
}

extension Value {
  /// An owned slot with the item of a list or the element of a vector.
  fileprivate func element(at index: Int) -> Slot? {
    switch self {
    case .list(let items):
      let position = index < 0 ? index &+ items.count : index
      guard position >= 0, position < items.count else { return nil }
      return Slot(owning: items[position])
    case .tensor(let tensor): return tensor.scalar(at: index).map { Slot($0) }
    default: return nil
    }
  }

  fileprivate func hasItem(at index: Int) -> Bool {
    guard case .list(let items) = self else { return false }
    return index < items.count && index >= -items.count
  }

  /// Replaces an item of a list that has it.
  fileprivate mutating func replaceItem(at index: Int, with value: Value) {
    guard var items = takeList() else { return }
    items[index < 0 ? index + items.count : index] = value
    self = .list(items)
  }

  /// Replaces an item of a list or an element of a vector by a number.
  fileprivate mutating func replaceElement(at index: Int, with number: Scalar) -> Bool {
    if var items = takeList() {
      defer { self = .list(items) }
      let position = index < 0 ? index &+ items.count : index
      guard position >= 0, position < items.count else { return false }
      items[position] = number.value
      return true
    }
    guard var tensor = takeTensor() else { return false }
    defer { self = .tensor(tensor) }
    return tensor.replaceScalar(at: index, with: number)
  }

  fileprivate mutating func takeString() -> String? {
    guard case .string(let text) = self else { return nil }
    self = .null
    return text
  }
}
