import TLXSyntax

/// Strings: made of pieces, and growing where they are.
extension Machine {
  func interpolate(_ instruction: Instruction, _ index: Int) throws {
    let first = base + Int(instruction.b)
    let target = base + Int(instruction.a)
    let layout = header.pointee.pieceLayouts[index]
    if let length = Machine.length(of: layout, from: first) {
      if !instruction.isAppending {
        let text = String(unsafeUninitializedCapacity: length) { room in
          guard let start = room.baseAddress else { return 0 }
          return Machine.write(layout, from: first, to: start) - start
        }
        return target.set(.string(text))
      }
      let isAdded = try target.withUniqueBox { box in
        try box.append(upTo: length) { Machine.write(layout, from: first, to: $0) }
      }
      if isAdded == true { return }
    }
    let text = try text(of: currentPrototype.interpolations[index], from: first)
    guard instruction.isAppending else { return target.set(.string(text)) }
    if try target.withUniqueBox({ try $0.append(text) }) == true { return }
    first.set(.string(text))
    try slowBinary(
      .add, Instruction(.add, Int(instruction.a), Int(instruction.a), Int(instruction.b)), constant: false)
  }

  /// The bytes that pieces take at most whose values are ints and strings; nil where others are among them.
  private static func length(of layout: PieceLayout, from first: Register) -> Int? {
    guard layout.isComplete else { return nil }
    var length = layout.textLength
    for value in 0..<layout.valueCount {
      if first[value].tag == Slot.int {
        length += Machine.digitRoom
      } else {
        guard let text = first[value].textLength else { return nil }
        length += text
      }
    }
    return length
  }

  /// Writes such pieces and uses their values up; gives the end.
  private static func write(
    _ layout: PieceLayout, from first: Register, to start: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var end = start
    var register = first
    for piece in layout.pieces {
      if let bytes = piece.bytes {
        // Mostly a comma or the like.
        if piece.count == 1 {
          end.pointee = bytes.pointee
        } else {
          end.update(from: bytes, count: piece.count)
        }
        end += piece.count
        continue
      }
      let slot = register.pointee
      if slot.tag == Slot.int {
        end = write(decimal: slot.asInt, to: end)
      } else {
        end = slot.unmanaged(Box.self)._withUnsafeGuaranteedRef { $0.copyText(to: end) }
        register.clear()
      }
      register += 1
    }
    return end
  }

  private func text(of pieces: [InterpolationPiece], from first: Register) throws -> String {
    var text = ""
    var register = first
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .value(let format):
        let value = register.takeValue()
        register += 1
        text += format.isEmpty ? Display.text(of: value) : try Display.format(value, spec: format)
      case .formatted:
        let value = register.takeValue()
        let format = (register + 1).takeValue()
        register += 2
        text += try Display.format(value, spec: Display.text(of: format))
      }
    }
    return text
  }

  /// `a + b` of strings, and `s += t`: copying `s` at each turn would make a loop quadratic. False for other values.
  func joinTexts(_ instruction: Instruction, constant: Bool) throws -> Bool {
    let target = base + Int(instruction.a)
    var left = base + Int(instruction.b)
    var right = constant ? header.pointee.constants + Int(instruction.c) : base + Int(instruction.c)
    guard let leftLength = left.pointee.textLength, let rightLength = right.pointee.textLength else {
      return false
    }
    if constant && instruction.isReversed { swap(&left, &right) }
    if left == target, right.pointee.bits != target.pointee.bits {
      let isAdded = try target.withUniqueBox { box in
        try right.pointee.unmanaged(Box.self)._withUnsafeGuaranteedRef { added in
          if try box.append(upTo: rightLength, { added.copyText(to: $0) }) { return true }
          guard case .string(let text) = added.value else { return false }
          return try box.append(text)
        }
      }
      if isAdded == true {
        if !constant { useUp(instruction.c) }
        return true
      }
    }
    let length = leftLength + rightLength
    try Operations.checkRoom(length, "a string of \(length) bytes")
    let text = String(unsafeUninitializedCapacity: length) { room in
      guard let start = room.baseAddress else { return 0 }
      let middle = left.pointee.object(Box.self).copyText(to: start)
      return right.pointee.object(Box.self).copyText(to: middle) - start
    }
    useUp(instruction.b)
    if !constant { useUp(instruction.c) }
    target.set(.string(text))
    return true
  }

  /// Whether two strings are equal, without taking them out of their boxes; nil for other values.
  func equalTexts(_ a: Register, _ b: Register) -> Bool? {
    guard a.pointee.tag == Slot.boxed, b.pointee.tag == Slot.boxed else { return nil }
    return a.pointee.unmanaged(Box.self)._withUnsafeGuaranteedRef { left in
      b.pointee.unmanaged(Box.self)._withUnsafeGuaranteedRef { left.hasSameText(as: $0) }
    }
  }

  /// Clears a register if it is a temporary.
  func useUp(_ register: UInt16) {
    if Int(register) >= header.pointee.firstTemporary { (base + Int(register)).clear() }
  }
}

// MARK: - Digits

extension Machine {
  /// What an int takes at most.
  private static let digitRoom = 20

  /// Writes the digits of a number, as `description` gives them; gives their end.
  private static func write(decimal number: Int, to target: UnsafeMutablePointer<UInt8>)
    -> UnsafeMutablePointer<UInt8>
  {
    var rest = number.magnitude
    var start = target
    if number >= 0 && number < 10 {
      target.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number)
      return target + 1
    }
    if number < 0 {
      start.pointee = UInt8(ascii: "-")
      start += 1
    }
    var count = 1
    var limit: UInt = 10
    while rest >= limit {
      count += 1
      let (next, overflows) = limit.multipliedReportingOverflow(by: 10)
      if overflows { break }
      limit = next
    }
    var position = start + count
    repeat {
      position -= 1
      position.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    return start + count
  }
}

extension Slot {
  /// The length of a string in bytes; nil for any other value.
  fileprivate var textLength: Int? {
    guard tag == Slot.boxed else { return nil }
    return unmanaged(Box.self)._withUnsafeGuaranteedRef { $0.textLength }
  }
}
