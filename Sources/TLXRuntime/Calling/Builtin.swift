/// One built-in function with all that is known of it: checking, help, completion, the reference and the example
/// tests are made from this value.
public final class Builtin: Sendable {
  public struct Parameter: Sendable {
    public var name: String
    /// What help shows as its type, with shapes: `f64[n, d]`, `int`, `model`, `"mean" | "sum"`.
    public var type: String
    /// The default as it is written in the language; nil if it must be given.
    public var defaultText: String?
    /// Keyword-only.
    public var isOption: Bool
    /// Takes all remaining positional arguments.
    public var isVariadic: Bool
    public var summary: String
    /// What a string argument may be, for checking and completion.
    public var choices: [String]

    public init(
      name: String, type: String, defaultText: String?, isOption: Bool, isVariadic: Bool, summary: String,
      choices: [String]
    ) {
      self.name = name
      self.type = type
      self.defaultText = defaultText
      self.isOption = isOption
      self.isVariadic = isVariadic
      self.summary = summary
      self.choices = choices
    }

    /// A positional parameter. With a default it may be left out.
    public static func positional(
      _ name: String, _ type: String, _ summary: String, default text: String? = nil
    )
      -> Parameter
    {
      Parameter(
        name: name, type: type, defaultText: text, isOption: false, isVariadic: false, summary: summary,
        choices: [])
    }

    /// A keyword-only parameter with its default.
    public static func option(
      _ name: String, _ type: String, _ summary: String, default text: String, choices: [String] = []
    ) -> Parameter {
      Parameter(
        name: name, type: type, defaultText: text, isOption: true, isVariadic: false, summary: summary,
        choices: choices)
    }

    /// A keyword-only parameter that must be given.
    public static func required(
      _ name: String, _ type: String, _ summary: String, choices: [String] = []
    ) -> Parameter {
      Parameter(
        name: name, type: type, defaultText: nil, isOption: true, isVariadic: false, summary: summary,
        choices: choices)
    }

    public static func variadic(_ name: String, _ type: String, _ summary: String) -> Parameter {
      Parameter(
        name: name, type: type, defaultText: nil, isOption: false, isVariadic: true, summary: summary,
        choices: [])
    }
  }

  /// A line of code and what showing its value prints.
  public struct Example: Sendable {
    public var code: String
    public var output: String

    public init(_ code: String, _ output: String) {
      self.code = code
      self.output = output
    }
  }

  public let name: String
  /// `create`, `math`, `transfer`, …
  public let family: String
  public let parameters: [Parameter]
  /// The parameters' names, apart: each argument is looked up by its own.
  let parameterNames: [String]
  /// What it gives, with shapes: `f64[n]`, `{values, vectors}`.
  public let result: String
  /// One line, starting with a verb, without a full stop.
  public let summary: String
  /// Formula, shapes, edge cases, cost. Markdown.
  public let details: String
  /// Codes that it can raise, with when.
  public let errors: [String]
  public let examples: [Example]
  /// Paper and equation.
  public let source: String?
  /// The object that the bare name stands for in arithmetic and as an option: `cross_entropy` is a function to call
  /// and a loss to add. Nil for most.
  public let standsFor: (@Sendable () -> any LanguageObject)?
  public let body: @Sendable (Arguments) throws -> Value

  public init(
    _ name: String, family: String, _ parameters: [Parameter], result: String, summary: String,
    details: String = "", errors: [String] = [], examples: [Example] = [], source: String? = nil,
    standsFor: (@Sendable () -> any LanguageObject)? = nil,
    body: @escaping @Sendable (Arguments) throws -> Value
  ) {
    self.name = name
    self.family = family
    self.parameters = parameters
    parameterNames = parameters.map(\.name)
    self.result = result
    self.summary = summary
    self.details = details
    self.errors = errors
    self.examples = examples
    self.source = source
    self.standsFor = standsFor
    self.body = body
  }

  /// The summary as it stands in lists, beside the name.
  public var brief: String { summary.prefix(1).lowercased() + summary.dropFirst() }

  /// `mean(x, *, axis=nil, keepdims=false)`
  public var signature: String {
    var parts: [String] = []
    var sawOption = false
    for parameter in parameters {
      if parameter.isOption && !sawOption {
        sawOption = true
        parts.append("*")
      }
      let prefix = parameter.isVariadic ? ".." : ""
      parts.append(prefix + parameter.name + (parameter.defaultText.map { "=" + $0 } ?? ""))
    }
    return name + "(" + parts.joined(separator: ", ") + ")"
  }
}

/// A named constant of the language (`pi`, `inf`, `nan`).
public struct BuiltinConstant: Sendable {
  public var name: String
  public var summary: String
  public var value: Double

  public init(_ name: String, _ value: Double, summary: String) {
    self.name = name
    self.value = value
    self.summary = summary
  }
}

/// All built-ins by name.
public final class BuiltinTable: Sendable {
  public let builtins: [Builtin]
  public let constants: [BuiltinConstant]
  /// By the kinds that `StoredObject` names.
  public let objectReaders: [String: ObjectReader]
  private let byName: [String: Int]

  public init(
    _ builtins: [Builtin], constants: [BuiltinConstant] = [], objectReaders: [String: ObjectReader] = [:]
  ) {
    self.objectReaders = objectReaders
    self.builtins = builtins
    self.constants = constants
    var byName = [String: Int](minimumCapacity: builtins.count)
    for (position, builtin) in builtins.enumerated() { byName[builtin.name] = position }
    self.byName = byName
  }

  public subscript(name: String) -> Builtin? { byName[name].map { builtins[$0] } }
}
