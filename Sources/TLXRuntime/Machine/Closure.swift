import TLXSource

/// A user's function with what it closes over.
final class Closure: Function {
  let header: UnsafeMutablePointer<Prototype.Header>
  let captures: Register
  let prototype: Prototype
  unowned let machine: Machine

  init(_ prototype: Prototype, machine: Machine) {
    self.prototype = prototype
    self.header = prototype.header
    self.machine = machine
    self.captures = .allocate(capacity: max(1, prototype.captures.count))
    captures.initialize(repeating: .nothing, count: max(1, prototype.captures.count))
    super.init(name: prototype.name)
  }

  deinit {
    for position in prototype.captures.indices { (captures + position).clear() }
    captures.deallocate()
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
