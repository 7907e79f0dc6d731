import TLXNumerics
import TLXSource

/// The arguments of one call of a built-in, already matched to its parameters, with typed accessors that name the
/// parameter in their errors.
///
/// Every accessor `x("name")` throws `Failure` E0405 where the argument is missing or of another kind;
/// `optionalX("name")` gives nil where it was left out or is `nil`.
public struct Arguments {
  public let builtin: Builtin
  /// By parameter, nil where it was left out and has no default. A variadic parameter holds a list.
  public let values: [Value?]
  public let context: any CallContext

  public init(builtin: Builtin, values: [Value?], context: any CallContext) {
    self.builtin = builtin
    self.values = values
    self.context = context
  }

  /// The argument, or nil if it was left out or is `nil`.
  public func optional(_ name: String) -> Value? {
    guard let position = builtin.parameterNames.firstIndex(of: name),
      position < values.count, let value = values[position]
    else { return nil }
    if case .null = value { return nil }
    return value
  }

  public func has(_ name: String) -> Bool { optional(name) != nil }

  /// The argument, whatever it is; `nil` where it was left out.
  public func value(_ name: String) -> Value { optional(name) ?? .null }

  public func parameter(_ name: String) -> Builtin.Parameter? {
    builtin.parameters.first { $0.name == name }
  }

  /// `mean: axis must be an int, got a string`
  public func failure(_ name: String, mustBe expected: String, help: String? = nil) -> Failure {
    guard let value = optional(name) else {
      let came = hasNil(name) ? "must be \(expected), got nil" : "is missing: it must be \(expected)"
      return Failure(
        "E0405", "\(builtin.name): \(name) \(came)", help: help ?? "write \(builtin.signature)",
        parameter: name)
    }
    var help = help
    if help == nil, expected == "a collection", case .function = value {
      help = "the collection comes first: \(builtin.name)(xs, f)"
    }
    return Failure(
      "E0405", "\(builtin.name): \(name) must be \(expected), got \(value.kindDescription)", help: help,
      parameter: name)
  }

  /// A failure that blames this argument: `Failure(code, "mean: message", parameter: name)`.
  public func failure(_ name: String, _ code: String, _ message: String, help: String? = nil) -> Failure {
    Failure(code, "\(builtin.name): \(message)", help: help, parameter: name)
  }

  private func hasNil(_ name: String) -> Bool {
    guard let position = builtin.parameters.firstIndex(where: { $0.name == name }), position < values.count
    else { return false }
    return values[position] != nil
  }

  /// `read` of the argument; E0405 if it is missing or `read` gives nil.
  func require<Result>(_ name: String, _ expected: String, _ read: (Value) throws -> Result?) throws -> Result
  {
    guard let value = optional(name), let result = try read(value) else {
      throw failure(name, mustBe: expected)
    }
    return result
  }

  func allow<Result>(_ name: String, _ expected: String, _ read: (Value) throws -> Result?) throws -> Result?
  {
    guard let value = optional(name) else { return nil }
    guard let result = try read(value) else { throw failure(name, mustBe: expected) }
    return result
  }
}

// MARK: - Scalars and text

extension Arguments {
  /// A whole number; `3.0` counts as 3.
  public func int(_ name: String) throws -> Int { try require(name, "an int") { $0.exactInt } }
  public func optionalInt(_ name: String) throws -> Int? { try allow(name, "an int") { $0.exactInt } }

  /// A whole number of at least `minimum`.
  public func int(_ name: String, atLeast minimum: Int) throws -> Int {
    let value = try int(name)
    if value < minimum {
      throw failure(name, "E0405", "\(name) must be at least \(minimum), got \(value)")
    }
    return value
  }

  public func float(_ name: String) throws -> Double { try require(name, "a number") { $0.number } }
  public func optionalFloat(_ name: String) throws -> Double? { try allow(name, "a number") { $0.number } }

  /// A number in `range`.
  public func float(_ name: String, in range: ClosedRange<Double>) throws -> Double {
    let value = try float(name)
    if !range.contains(value) {
      throw failure(
        name, "E0405",
        "\(name) must lie between \(range.lowerBound) and \(range.upperBound), got \(value)")
    }
    return value
  }

  public func bool(_ name: String) throws -> Bool { try require(name, "true or false") { $0.truth } }
  public func optionalBool(_ name: String) throws -> Bool? { try allow(name, "true or false") { $0.truth } }

  /// A string, checked against the parameter's choices if it has any.
  public func string(_ name: String) throws -> String {
    let text: String = try require(name, expectedString(name)) {
      if case .string(let text) = $0 { text } else { nil }
    }
    try checkChoice(name, text)
    return text
  }

  public func optionalString(_ name: String) throws -> String? {
    has(name) ? try string(name) : nil
  }

  private func expectedString(_ name: String) -> String {
    guard let choices = parameter(name)?.choices, !choices.isEmpty else { return "a string" }
    return choices.map { "\"\($0)\"" }.joined(separator: " or ")
  }

  private func checkChoice(_ name: String, _ text: String) throws {
    guard let choices = parameter(name)?.choices, !choices.isEmpty, !choices.contains(text) else { return }
    let near = Spelling.nearest(to: text, in: choices)
    throw Failure(
      "E0405", "\(builtin.name): \(name) must be \(expectedString(name)), got \"\(text)\"",
      help: near.map { "did you mean \"\($0)\"?" }, parameter: name)
  }
}

// MARK: - Collections

extension Arguments {
  /// The items of any collection: a list, range, tensor (by its first axis), string, record (as pairs), table
  /// (by row), or a variadic parameter's arguments.
  public func list(_ name: String) throws -> [Value] {
    try require(name, "a list", Self.items)
  }

  public func optionalList(_ name: String) throws -> [Value]? { try allow(name, "a list", Self.items) }

  private static func items(of value: Value) throws -> [Value]? {
    switch value {
    case .list(let items): return items
    case .null, .bool, .int, .float, .function: return nil
    case .tensor(let tensor) where tensor.rank == 0: return nil
    default: return try? Array(Operations.elements(of: value))
    }
  }

  /// The arguments that a variadic parameter took, in order.
  public func variadic(_ name: String) -> [Value] {
    if case .list(let items)? = optional(name) { return items }
    return optional(name).map { [$0] } ?? []
  }

  /// A list of strings; one string counts as a list of one.
  public func strings(_ name: String) throws -> [String] {
    try require(name, "a string or a list of strings", Self.texts)
  }

  public func optionalStrings(_ name: String) throws -> [String]? {
    try allow(name, "a string or a list of strings", Self.texts)
  }

  private static func texts(of value: Value) -> [String]? {
    if case .string(let text) = value { return [text] }
    guard case .list(let items) = value else { return nil }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item else { return nil }
      texts.append(text)
    }
    return texts
  }

  /// A list of whole numbers, or one.
  public func ints(_ name: String) throws -> [Int] {
    try require(name, "an int or a list of ints", Self.integers)
  }
  public func optionalInts(_ name: String) throws -> [Int]? {
    try allow(name, "an int or a list of ints", Self.integers)
  }

  private static func integers(of value: Value) throws -> [Int]? {
    if let single = value.exactInt { return [single] }
    switch value {
    case .range(let range): return (0..<range.count).map { range.start + $0 * range.step }
    case .list(let items):
      let numbers = items.compactMap(\.exactInt)
      return numbers.count == items.count ? numbers : nil
    case .tensor(let tensor) where tensor.rank == 1 && tensor.dtype == .i64:
      return try tensor.elements(of: Int.self)
    case .tensor(let tensor) where tensor.rank == 1 && tensor.dtype != .bool:
      let numbers = try tensor.doubles().compactMap { Int(exactly: $0) }
      return numbers.count == tensor.count ? numbers : nil
    default: return nil
    }
  }

  /// A list of numbers, or one.
  public func floats(_ name: String) throws -> [Double] {
    try require(name, "a number or a list of numbers") { value in
      if let single = value.number { return [single] }
      guard let tensor = try Self.tensor(from: value), tensor.rank <= 1, tensor.dtype != .bool else {
        return nil
      }
      return try tensor.doubles()
    }
  }

  public func record(_ name: String) throws -> Record {
    try require(name, "a record") { if case .record(let record) = $0 { record } else { nil } }
  }
  public func optionalRecord(_ name: String) throws -> Record? { has(name) ? try record(name) : nil }

  public func table(_ name: String) throws -> Table {
    try require(name, "a table") { if case .table(let table) = $0 { table } else { nil } }
  }
  public func optionalTable(_ name: String) throws -> Table? { has(name) ? try table(name) : nil }

  public func range(_ name: String) throws -> IntegerRange {
    try require(name, "a range") { if case .range(let range) = $0 { range } else { nil } }
  }

  /// Something that can be called with `context.call`: a function, or an object such as a model.
  public func callable(_ name: String) throws -> Value {
    try require(name, "a function") {
      switch $0 {
      case .function, .object: $0
      default: nil
      }
    }
  }
  public func optionalCallable(_ name: String) throws -> Value? { has(name) ? try callable(name) : nil }

  /// A function proper.
  public func function(_ name: String) throws -> Function {
    try require(name, "a function") { if case .function(let function) = $0 { function } else { nil } }
  }
  public func optionalFunction(_ name: String) throws -> Function? { has(name) ? try function(name) : nil }

  /// An object of a science: `try arguments.object("model", as: Model.self, kind: "model")`.
  public func object<T>(_ name: String, as type: T.Type = T.self, kind: String) throws -> T {
    try require(name, Value.withArticle(kind)) { $0.objectOperand as? T }
  }
  public func optionalObject<T>(_ name: String, as type: T.Type = T.self, kind: String) throws -> T? {
    has(name) ? try object(name, as: type, kind: kind) : nil
  }
}
