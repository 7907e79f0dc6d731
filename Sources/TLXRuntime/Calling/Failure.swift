/// What a built-in throws. The machine adds the place: the argument's if it is named, else the call's.
public struct Failure: Error {
  public var code: String
  public var message: String
  public var help: String?
  /// The parameter whose argument is to blame.
  public var parameter: String?
  /// Notes on further parameters: (parameter, text).
  public var notes: [(parameter: String, text: String)]
  /// What stood after a dot and is no field: the machine says how a function of that name is called, if there is one.
  public var method: String?
  /// The error as one JSON object, for a program that runs this one.
  public var json: String?

  public init(
    _ code: String, _ message: String, help: String? = nil, parameter: String? = nil,
    notes: [(parameter: String, text: String)] = []
  ) {
    self.code = code
    self.message = message
    self.help = help
    self.parameter = parameter
    self.notes = notes
  }
}
