import TLXSource

/// Where native code finds the fields of objects. The language does not say how classes and enums are laid out, so it is
/// looked up in objects of the program itself; nil, and no native code, where it is not as expected.
struct ObjectLayout {
  /// In a `Closure`.
  let header: Int
  let captures: Int
  /// The word with the counts of an object that has one holder.
  let uniqueCounts: UInt64
  static let counts = 8
  /// In a `VariableCell`.
  let contents: Int
  /// In a `Box`: a `BoxParts`.
  let parts: Int
  /// The last bytes of the values `.float`, `.int`, `.bool`; their first words hold the number.
  let floatTag: UInt8
  let intTag: UInt8
  let boolTag: UInt8
  static let valueSize = MemoryLayout<Value>.size
  static let valueStride = MemoryLayout<Value>.stride

  private static let objectHeader = 16

  /// In an `Iteration`.
  static let iterationPosition = objectHeader + MemoryLayout<BoxParts>.stride

  /// In a `ListBuilder`.
  enum Builder {
    static let kind = objectHeader
    static let count = objectHeader + 8
    static let capacity = objectHeader + 16
    static let numbers = objectHeader + 24
  }

  init?(machine: Machine) {
    guard MemoryLayout<Slot>.size == 16 else { return nil }
    let cell = VariableCell(owning: Slot(int: 1))
    let function = PrototypeParts(name: "", source: SourceText(name: "", text: ""), definition: Span(0, 0))
    let closure = Closure(Prototype(function), machine: machine)
    guard let contents = ObjectLayout.offset(of: cell.contents, in: cell, words: 1),
      let header = ObjectLayout.offset(of: closure.header, in: closure, words: 5),
      let captures = ObjectLayout.offset(of: closure.captures, in: closure, words: 5)
    else { return nil }
    (self.contents, self.header, self.captures) = (contents, header, captures)
    guard let uniqueCounts = ObjectLayout.uniqueCounts else { return nil }
    self.uniqueCounts = uniqueCounts

    // The parts are the first property: their count, memory and kind must be where the struct has them.
    let box = Box(.list([.int(1), .int(2), .int(3)]))
    box.claimParts()
    parts = ObjectLayout.objectHeader
    let copy = box.parts
    let object = UnsafeRawPointer(Unmanaged.passUnretained(box).toOpaque()) + parts
    guard copy.count == 3, copy.kind == .items, copy.owner == .register,
      object.load(fromByteOffset: BoxParts.Offset.count, as: Int.self) == copy.count,
      object.load(fromByteOffset: BoxParts.Offset.memory, as: UnsafeMutableRawPointer?.self) == copy.memory,
      object.load(fromByteOffset: BoxParts.Offset.kind, as: UInt8.self) == copy.kind.rawValue,
      object.load(fromByteOffset: BoxParts.Offset.owner, as: UInt8.self) == copy.owner.rawValue
    else { return nil }

    // So are those of an iteration, which its position follows.
    let iteration = Iteration(ValueSequence(.list([.int(1), .int(2), .int(3)]), count: 3))
    iteration.position = 2
    let state = UnsafeRawPointer(Unmanaged.passUnretained(iteration).toOpaque())
    guard state.load(fromByteOffset: parts + BoxParts.Offset.count, as: Int.self) == 3,
      state.load(fromByteOffset: parts + BoxParts.Offset.kind, as: UInt8.self)
        == BoxParts.Kind.items.rawValue,
      state.load(fromByteOffset: ObjectLayout.iterationPosition, as: Int.self) == 2
    else { return nil }

    // A builder's first words are the kind, the count and the room of its numbers, and where they are.
    let builder = ListBuilder()
    for number in [7, 8, 9] { builder.append(owning: Slot(int: number)) }
    let words = UnsafeRawPointer(Unmanaged.passUnretained(builder).toOpaque()) + Builder.kind
    guard words.load(as: UInt.self) == Slot.int, words.load(fromByteOffset: 8, as: Int.self) == 3,
      words.load(fromByteOffset: 16, as: Int.self) >= 3,
      let numbers = words.load(fromByteOffset: 24, as: UnsafePointer<Int>?.self), numbers[2] == 9
    else { return nil }

    guard let float = ObjectLayout.tag(of: .float(1.5), holding: 1.5.bitPattern),
      let int = ObjectLayout.tag(of: .int(77), holding: 77),
      let bool = ObjectLayout.tag(of: .bool(true), holding: 1),
      ObjectLayout.tag(of: .bool(false), holding: 0) == bool, Set([float, int, bool]).count == 3
    else { return nil }
    (floatTag, intTag, boolTag) = (float, int, bool)
  }

  /// The counts of an object that nobody but one slot holds; nil if they do not tell it from one with two.
  private static var uniqueCounts: UInt64? {
    let (single, shared) = (held(by: 1), held(by: 2))
    defer {
      letGo(single, by: 1)
      letGo(shared, by: 2)
    }
    guard let one = countsWord(single), let two = countsWord(shared), one != two else { return nil }
    return one
  }

  // None of these may be inlined: the optimiser moves counts that it sees past the reading of their word.

  @inline(never)
  private static func held(by count: Int) -> UInt64 {
    let cell = VariableCell(owning: Slot(int: 0))
    return (0..<count).map { _ in Slot(tag: Slot.cell, retaining: cell).bits }.last ?? 0
  }

  @inline(never)
  private static func countsWord(_ object: UInt64) -> UInt64? {
    UnsafeRawPointer(bitPattern: UInt(object))?.load(fromByteOffset: counts, as: UInt64.self)
  }

  @inline(never)
  private static func letGo(_ object: UInt64, by count: Int) {
    for _ in 0..<count { Slot(tag: Slot.cell, bits: object).release() }
  }

  /// Where a pointer stands among the first words of an object.
  private static func offset<Pointee>(
    of pointer: UnsafeMutablePointer<Pointee>, in object: AnyObject, words: Int
  ) -> Int? {
    let memory = Unmanaged.passUnretained(object).toOpaque()
    return stride(from: objectHeader, to: objectHeader + words * 8, by: 8).first {
      memory.load(fromByteOffset: $0, as: UInt.self) == UInt(bitPattern: pointer)
    }
  }

  /// The last byte of a value, if it is the case's own and the first word holds the number.
  private static func tag(of value: Value, holding number: UInt64) -> UInt8? {
    withUnsafeBytes(of: value) { bytes in
      let first = bytes.load(as: UInt64.self)
      // A bool fills one byte.
      guard bytes.count > 16, first == number || UInt64(bytes[0]) == number && number <= 1 else { return nil }
      return bytes[bytes.count - 1]
    }
  }
}

extension BoxParts {
  /// Where the fields stand in the struct.
  enum Offset {
    static let kind = MemoryLayout<BoxParts>.offset(of: \.kind) ?? 0
    static let owner = MemoryLayout<BoxParts>.offset(of: \.owner) ?? 0
    static let count = MemoryLayout<BoxParts>.offset(of: \.count) ?? 0
    static let rows = MemoryLayout<BoxParts>.offset(of: \.rows) ?? 0
    static let columns = MemoryLayout<BoxParts>.offset(of: \.columns) ?? 0
    static let memory = MemoryLayout<BoxParts>.offset(of: \.memory) ?? 0
    static let layout = MemoryLayout<BoxParts>.offset(of: \.layout) ?? 0
  }
}
