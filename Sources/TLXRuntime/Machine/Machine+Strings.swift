import TLXSyntax

/// Strings: made of pieces, and growing where they are.
extension Machine {
  func interpolate(_ instruction: Instruction, _ index: Int) throws {
    let pieces = currentPrototype.interpolations[index]
    let first = base + Int(instruction.b)
    let target = base + Int(instruction.a)
    if instruction.isAppending, target.isUniqueBox, var text = target.box.pointee.value.takeString() {
      defer { target.box.pointee.value = .string(text) }
      return try write(pieces, from: first, to: &text)
    }
    var text = ""
    try write(pieces, from: first, to: &text)
    guard instruction.isAppending else { return target.set(.string(text)) }
    first.set(.string(text))
    try slowBinary(
      .add, Instruction(.add, Int(instruction.a), Int(instruction.a), Int(instruction.b)), constant: false)
  }

  private func write(_ pieces: [InterpolationPiece], from first: Register, to text: inout String) throws {
    var register = first
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .value(let format):
        let slot = register.take()
        register += 1
        if slot.tag == Slot.int && format.isEmpty {
          text.append(decimal: slot.asInt)
        } else {
          let value = slot.consumed()
          text += format.isEmpty ? Display.text(of: value) : try Display.format(value, spec: format)
        }
      case .formatted:
        let value = register.takeValue()
        let format = (register + 1).takeValue()
        register += 2
        text += try Display.format(value, spec: Display.text(of: format))
      }
    }
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

extension String {
  /// Adds the digits of a number: what `description` gives, without making a string of them.
  fileprivate mutating func append(decimal number: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var start = buffer.count
      var rest = number.magnitude
      repeat {
        start -= 1
        buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 {
        start -= 1
        buffer[start] = UInt8(ascii: "-")
      }
      self += String(decoding: UnsafeBufferPointer(rebasing: buffer[start...]), as: UTF8.self)
    }
  }
}

extension Value {
  fileprivate mutating func takeString() -> String? {
    guard case .string(let text) = self else { return nil }
    self = .null
    return text
  }
}
