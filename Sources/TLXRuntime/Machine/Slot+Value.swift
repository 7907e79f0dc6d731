extension Slot {
  /// An owned slot that holds a value.
  init(owning value: Value) {
    switch value {
    case .null: self = .nothing
    case .bool(let flag): self.init(bool: flag)
    case .int(let number): self.init(int: number)
    case .float(let number): self.init(float: number)
    case .function(let function):
      self.init(tag: function is Closure ? Slot.closure : Slot.function, retaining: function)
    default: self.init(tag: Slot.boxed, retaining: Box(value))
    }
  }

  /// The value, counted by the caller as any Swift value; the slot keeps its own count.
  var value: Value {
    switch tag {
    case Slot.bool: .bool(asBool)
    case Slot.int: .int(asInt)
    case Slot.float: .float(asFloat)
    case Slot.boxed: object(Box.self).value
    case Slot.closure, Slot.function: .function(object(Function.self))
    default: .null
    }
  }

  /// The value of an owned slot, whose count is given up.
  func consumed() -> Value {
    let value = value
    if isHeap { release() }
    return value
  }
}

extension UnsafeMutablePointer where Pointee == Slot {
  /// Replaces the contents by a value. A box that nobody else holds takes the next value in.
  func set(_ value: Value) {
    switch value {
    case .null, .bool, .int, .float, .function: setOwned(Slot(owning: value))
    default:
      if isUniqueBox {
        box.pointee.value = value
      } else {
        setOwned(Slot(tag: Slot.boxed, retaining: Box(value)))
      }
    }
  }

  /// Replaces the contents by a string of one character.
  func set(character: UInt8) { set(.string(String(plain: character))) }

  /// Takes the contents out as a value.
  func takeValue() -> Value { take().consumed() }

  /// The reference of a `boxed` register where it is: using it so takes no count.
  @inline(__always) var box: UnsafeMutablePointer<Box> {
    (UnsafeMutableRawPointer(self) + MemoryLayout<UInt>.stride).assumingMemoryBound(to: Box.self)
  }

  /// Whether the register holds the only reference to a box.
  @inline(__always) var isUniqueBox: Bool {
    pointee.tag == Slot.boxed && isKnownUniquelyReferenced(&box.pointee)
  }

  /// What `change` gives of the box to which the register holds the only reference; nil if there is none.
  @inline(__always)
  func withUniqueBox<Result>(_ change: (Box) throws -> Result) rethrows -> Result? {
    guard isUniqueBox else { return nil }
    return try pointee.unmanaged(Box.self)._withUnsafeGuaranteedRef(change)
  }

  /// The value for a change in place: if the register holds the only reference to it, no copy is made.
  func mutate<Result>(_ change: (inout Value) throws -> Result) rethrows -> Result {
    if isUniqueBox { return try change(&box.pointee.value) }
    var copy = pointee.value
    let result = try change(&copy)
    set(copy)
    return result
  }
}
