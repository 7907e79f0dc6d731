import TLXNumerics

/// The arguments of one call of a built-in, already matched to its parameters, with typed accessors that name the
/// parameter in their errors.
public struct Arguments {
  public let builtin: Builtin
  /// By parameter, nil where it was left out. A variadic parameter holds a list.
  public let values: [Value?]
  public let context: any CallContext

  public init(builtin: Builtin, values: [Value?], context: any CallContext) {
    self.builtin = builtin
    self.values = values
    self.context = context
  }

  /// The argument, or nil if it was left out or is `nil`.
  public func optional(_ name: String) -> Value? {
    guard let position = builtin.parameters.firstIndex(where: { $0.name == name }), let value = values[position]
    else { return nil }
    if case .null = value { return nil }
    return value
  }

  public func has(_ name: String) -> Bool { optional(name) != nil }
}
