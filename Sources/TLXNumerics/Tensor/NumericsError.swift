/// What the numerics core throws. It knows nothing of source text; the machine adds the place.
public struct NumericsError: Error, Equatable, Sendable {
  /// A code of the language's error table: E0402, E0501, …
  public var code: String
  public var message: String
  public var help: String?
  /// What to say of each operand, in the order of the operation's arguments: "would stretch to 128×128".
  public var operandNotes: [String]

  public init(_ code: String, _ message: String, help: String? = nil, operandNotes: [String] = []) {
    self.code = code
    self.message = message
    self.help = help
    self.operandNotes = operandNotes
  }
}
