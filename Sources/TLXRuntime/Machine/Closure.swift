import TLXSource

/// A user's function with what it closes over.
final class Closure: Function {
  let header: UnsafeMutablePointer<Prototype.Header>
  private(set) var captures: Register
  let prototype: Prototype
  /// What closures run on outlives them; to count that would cost as much as making one.
  unowned(unsafe) let machine: Machine
  private let captureCount: Int
  /// The captures of most closures: memory of their own would double the cost of making one.
  private var room = (Slot.nothing, Slot.nothing)
  private static let roomCount = 2

  init(_ prototype: Prototype, machine: Machine) {
    self.prototype = prototype
    self.header = prototype.header
    self.machine = machine
    let count = prototype.header.pointee.captureCount
    captureCount = count
    // Any address, until the object that has the room is there.
    captures = prototype.header.pointee.constants
    super.init(name: prototype.name)
    if count > Closure.roomCount {
      captures = .allocate(capacity: count)
      captures.initialize(repeating: .nothing, count: count)
    } else {
      // A stored property of an object stays where it is for the object's life.
      captures = withUnsafeMutableBytes(of: &room) {
        $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Slot.self)
      }
    }
  }

  deinit {
    for position in 0..<captureCount { (captures + position).clear() }
    if captureCount > Closure.roomCount { captures.deallocate() }
  }

  override func call(
    _ arguments: [Value], keywords: [(name: String, value: Value)], _ context: CallContext
  ) throws -> Value {
    try machine.call(.function(self), arguments, keywords: keywords)
  }

  override var signature: String { prototype.signature }
  override var documentation: String? { prototype.documentation }
}

extension UnsafeMutablePointer where Pointee == Slot {
  /// Whether the register holds the only reference to a closure of the function with this header.
  func isUniqueClosure(of header: UnsafeMutablePointer<Prototype.Header>) -> Bool {
    guard pointee.tag == Slot.closure else { return false }
    let reference = (UnsafeMutableRawPointer(self) + MemoryLayout<UInt>.stride).assumingMemoryBound(
      to: Closure.self)
    return isKnownUniquelyReferenced(&reference.pointee) && reference.pointee.header == header
  }
}

extension Prototype {
  /// Whether a closure takes over what this register holds when it is made.
  func captures(_ register: Int) -> Bool {
    captures.contains { if case .register(register) = $0 { true } else { false } }
  }
}

/// A built-in as a value: `map(xs, sqrt)`, `dtype=f32`, `activation=relu`.
public final class BuiltinFunction: Function {
  public let builtin: Builtin

  public init(_ builtin: Builtin) {
    self.builtin = builtin
    super.init(name: builtin.name)
  }

  public override func call(
    _ arguments: [Value], keywords: [(name: String, value: Value)], _ context: CallContext
  ) throws -> Value {
    try builtin.body(
      Arguments(
        builtin: builtin, values: try builtin.bind(arguments, keywords: keywords, context), context: context))
  }

  public override var signature: String { builtin.signature }
  public override var documentation: String? { builtin.summary }
  public override var standsFor: (any LanguageObject)? { builtin.standsFor?() }
}
