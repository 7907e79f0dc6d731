/// Something that can be called: a built-in, a user's function with what it closes over, or a function made by
/// another (`grad(f)`).
public class Function {
  /// For messages and call chains: `rms`, or `<lambda>`.
  public let name: String

  public init(name: String) { self.name = name }

  /// Calls it. `keywords` are in the order written.
  open func call(_ arguments: [Value], keywords: [(name: String, value: Value)], _ context: CallContext)
    throws
    -> Value
  {
    throw Failure("E0405", "\(name) cannot be called")
  }

  /// `f(x, y=2)`: the signature that help and hints show.
  open var signature: String { name + "(…)" }
  open var documentation: String? { nil }
  /// The object that it stands for in arithmetic and as an option (`cross_entropy` is also a loss), if any.
  open var standsFor: (any LanguageObject)? { nil }
}

/// A function that Swift code gives: what `grad(f)` returns.
public final class NativeFunction: Function {
  public typealias Body = (_ arguments: [Value], _ keywords: [(name: String, value: Value)], CallContext)
    throws -> Value

  private let body: Body
  /// The call of a built-in that made it, from which it can be made again; nil where nobody noted it. An argument that was
  /// left out is nil.
  public var origin: (builtin: String, values: [Value?])?

  public init(name: String, body: @escaping Body) {
    self.body = body
    super.init(name: name)
  }

  public override func call(
    _ arguments: [Value], keywords: [(name: String, value: Value)], _ context: CallContext
  ) throws -> Value {
    try body(arguments, keywords, context)
  }
}
