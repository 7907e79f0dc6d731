/// What the numerics core throws. It knows nothing of source text; the machine adds the place.
public struct NumericsError: Error, Equatable, Sendable {
  /// A code of the language's error table: E0402, E0501, …
  public var code: String
  public var message: String
  public var help: String?
  /// `help` with `{0}`, `{1}` where the operands' names belong: see `help(naming:)`.
  public var helpTemplate: String?
  /// What to say of each operand, in the order of the operation's arguments: "would stretch to 128×128".
  public var operandNotes: [String]

  public init(_ code: String, _ message: String, help: String? = nil, operandNotes: [String] = []) {
    self.code = code
    self.message = message
    self.help = help
    self.helpTemplate = nil
    self.operandNotes = operandNotes
  }

  /// The help with the operands called as the user wrote them, in the order of the operation's arguments. Where a
  /// name is missing or is not a plain name, the help keeps its own example names.
  public func help(naming names: [String]) -> String? {
    guard let helpTemplate, !names.isEmpty else { return help }
    var text = helpTemplate
    for (position, name) in names.enumerated() {
      if name.isEmpty && text.contains("{\(position)}") { return help }
      text = text.replacing("{\(position)}", with: name)
    }
    return text.contains("{0}") || text.contains("{1}") ? help : text
  }

  mutating func setHelp(template: String, names: [String]) {
    helpTemplate = template
    var text = template
    for (position, name) in names.enumerated() { text = text.replacing("{\(position)}", with: name) }
    help = text
  }
}
