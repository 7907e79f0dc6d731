/// An error or warning: what happened, where, why, and what would help.
public struct Diagnostic: Error, Sendable {
  public enum Severity: String, Sendable { case error, warning }

  /// A place with a word on it, drawn under the source line.
  public struct Label: Sendable {
    public var location: Location
    public var text: String
    /// Drawn with carets like the primary label: another part of the same mistake.
    public var isPrimary: Bool

    public init(_ location: Location, _ text: String = "", isPrimary: Bool = false) {
      self.location = location
      self.text = text
      self.isPrimary = isPrimary
    }
  }

  /// One call that was active when a runtime error happened, innermost first.
  public struct Frame: Sendable {
    public var function: String
    public var call: Location
    /// How many times in a row the function called itself from this place.
    public var count: Int

    public init(function: String, call: Location, count: Int = 1) {
      self.function = function
      self.call = call
      self.count = count
    }
  }

  public var severity: Severity
  /// `E0402`: E01 lexing, E02 parsing, E03 names, E04 types and shapes, E05 numeric, E06 data and files,
  /// E07 limits and interrupts.
  public var code: String
  public var message: String
  public var primary: Label?
  public var secondary: [Label]
  public var help: String?
  public var callChain: [Frame]
  /// What the error says as one JSON object, for a program that runs this one; a run that it ends writes it to standard
  /// output.
  public var json: String?

  public init(
    _ code: String, _ message: String, at location: Location? = nil, label: String = "",
    secondary: [Label] = [], help: String? = nil, severity: Severity = .error
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.primary = location.map { Label($0, label) }
    self.secondary = secondary
    self.help = help
    self.callChain = []
  }
}
