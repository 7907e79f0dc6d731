/// One register of the machine: a tag and 64 bits. Trivial, so that copying registers costs no reference counting;
/// references to the heap are counted by hand, and only by the primitives in this file and `Slot+Value.swift`.
///
/// Ownership: a slot in memory (a register, a global, a capture, a constant) owns one count of the object it refers
/// to. A `Slot` in a Swift variable owns a count only where its docstring says "owned".
struct Slot {
  var tag: UInt
  var bits: UInt64

  // Tags below `firstHeap` are scalars.
  static let null: UInt = 0
  static let bool: UInt = 1
  static let int: UInt = 2
  static let float: UInt = 3
  /// An argument that was left out, or a global that is not defined yet. Never a value of the language.
  static let missing: UInt = 4
  static let firstHeap: UInt = 8
  /// `Box`: a value of any other kind.
  static let boxed: UInt = 8
  /// `Closure`
  static let closure: UInt = 9
  /// `Function`, other than a closure
  static let function: UInt = 10
  /// `VariableCell`: a captured variable that is assigned to. Never a value of the language.
  static let cell: UInt = 11
  /// `Iteration`, `ListBuilder`: what a loop works with. Never values of the language.
  static let internalObject: UInt = 12

  @_transparent init(tag: UInt, bits: UInt64) {
    self.tag = tag
    self.bits = bits
  }

  @_transparent init(int: Int) { self.init(tag: Slot.int, bits: UInt64(bitPattern: Int64(int))) }
  @_transparent init(float: Double) { self.init(tag: Slot.float, bits: reinterpret(float, as: UInt64.self)) }
  @_transparent init(bool: Bool) { self.init(tag: Slot.bool, bits: bool ? 1 : 0) }
  static var nothing: Slot {
    @inline(__always) get { Slot(tag: Slot.null, bits: 0) }
  }
  static var absent: Slot {
    @inline(__always) get { Slot(tag: Slot.missing, bits: 0) }
  }

  @_transparent var isHeap: Bool { tag >= Slot.firstHeap }
  @_transparent var isMissing: Bool { tag == Slot.missing }
  @_transparent var asInt: Int { Int(truncatingIfNeeded: bits) }
  @_transparent var asFloat: Double { reinterpret(bits, as: Double.self) }
  @_transparent var asBool: Bool { bits != 0 }

  /// An owned slot for an object: takes one count.
  @_transparent init(tag: UInt, retaining object: AnyObject) {
    self.init(tag: tag, bits: UInt64(UInt(bitPattern: Unmanaged.passRetained(object).toOpaque())))
    Slot.noteRetain(bits)
  }

  @inline(__always) private var reference: Unmanaged<AnyObject> {
    // A heap slot's bits are never zero.
    Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: UInt(bits)).unsafelyUnwrapped)
  }

  /// The object of a heap slot, uncounted.
  @inline(__always) func unmanaged<Object: AnyObject>(_ type: Object.Type) -> Unmanaged<Object> {
    Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: UInt(bits)).unsafelyUnwrapped)
  }

  /// The object of a heap slot whose tag the caller has checked.
  @inline(__always) func object<Object: AnyObject>(_ type: Object.Type) -> Object {
    unmanaged(type).takeUnretainedValue()
  }

  /// Where the parts of a `boxed` slot's value stand, if that is known.
  @inline(__always) var parts: BoxParts { unmanaged(Box.self)._withUnsafeGuaranteedRef { $0.parts } }

  /// Takes one more count of a heap slot's object.
  @inline(__always) func retain() {
    Slot.noteRetain(bits)
    if tag == Slot.boxed { unmanaged(Box.self)._withUnsafeGuaranteedRef { $0.share() } }
    _ = reference.retain()
  }

  /// Gives one count back.
  @inline(__always) func release() {
    Slot.noteRelease(bits)
    reference.release()
  }

  @inline(__always) static func noteRetain(_ bits: UInt64) {
    #if DEBUG
      SlotLedger.current?.retained(bits)
    #endif
  }

  @inline(__always) static func noteRelease(_ bits: UInt64) {
    #if DEBUG
      SlotLedger.current?.released(bits)
    #endif
  }
}

/// The same bits as another type. `bitPattern` says this as well, but in a function as large as the machine's loop the
/// compiler leaves it a call, which costs more than the arithmetic around it.
@_transparent
private func reinterpret<Source, Target>(_ value: Source, as type: Target.Type) -> Target {
  unsafeBitCast(value, to: type)
}

/// A register's address. Memory that it points to always holds a valid slot that it owns.
typealias Register = UnsafeMutablePointer<Slot>

extension UnsafeMutablePointer where Pointee == Slot {
  /// Replaces the contents by a scalar.
  @_transparent func setScalar(_ slot: Slot) {
    if pointee.isHeap {
      let old = pointee
      pointee = slot
      old.release()
    } else {
      pointee = slot
    }
  }

  @_transparent func setInt(_ value: Int) { setScalar(Slot(int: value)) }
  @_transparent func setFloat(_ value: Double) { setScalar(Slot(float: value)) }
  @_transparent func setBool(_ value: Bool) { setScalar(Slot(bool: value)) }

  /// Replaces the contents by an owned slot, whose count passes to the register.
  @_transparent func setOwned(_ slot: Slot) { setScalar(slot) }

  /// Replaces the contents by a copy of another register's.
  @_transparent func copy(from other: Register) {
    let slot = other.pointee
    if slot.isHeap { slot.retain() }
    setScalar(slot)
  }

  /// Takes the contents out, leaving nil if they were counted. The result is owned.
  @_transparent func take() -> Slot {
    let slot = pointee
    if slot.isHeap { pointee = .nothing }
    return slot
  }

  /// Moves the other register's contents here.
  @_transparent func move(from other: Register) { setScalar(other.take()) }

  /// Leaves nil if the contents were counted. A scalar may stay: nobody reads it.
  @_transparent func clear() {
    if pointee.isHeap {
      let old = pointee
      pointee = .nothing
      old.release()
    }
  }
}

/// A captured variable that is assigned to: shared by the function that declares it and its closures.
final class VariableCell {
  let contents: Register

  /// Takes over an owned slot.
  init(owning slot: Slot) {
    contents = .allocate(capacity: 1)
    contents.initialize(to: slot)
  }

  deinit {
    contents.clear()
    contents.deallocate()
  }
}
