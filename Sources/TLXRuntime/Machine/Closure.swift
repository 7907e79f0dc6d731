import TLXSource

/// A user's function with what it closes over.
final class Closure: Function {
  let header: UnsafeMutablePointer<Prototype.Header>
  private(set) var captures: Register
  let prototype: Prototype
  unowned let machine: Machine
  /// The captures of most closures: memory of their own would double the cost of making one.
  private var room = (Slot.nothing, Slot.nothing)
  private static let roomCount = 2

  init(_ prototype: Prototype, machine: Machine) {
    self.prototype = prototype
    self.header = prototype.header
    self.machine = machine
    let count = prototype.captures.count
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
    let count = prototype.captures.count
    for position in 0..<count { (captures + position).clear() }
    if count > Closure.roomCount { captures.deallocate() }
  }

  override func call(
    _ arguments: [Value], keywords: [(name: String, value: Value)], _ context: CallContext
  ) throws -> Value {
    try machine.call(.function(self), arguments, keywords: keywords)
  }

  override var signature: String { prototype.signature }
  override var documentation: String? { prototype.documentation }
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
