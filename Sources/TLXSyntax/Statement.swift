import TLXSource

public struct Statement: Sendable {
  public var kind: Kind
  public var span: Span
  /// Ended by `;`: its value is not shown.
  public var isHidden: Bool
  /// The `#=>` comments that belong to it, in order.
  public var expectations: [Expectation]

  public init(_ kind: Kind, _ span: Span, isHidden: Bool = false, expectations: [Expectation] = []) {
    self.kind = kind
    self.span = span
    self.isHidden = isHidden
    self.expectations = expectations
  }

  public indirect enum Kind: Sendable {
    case expression(Expression)
    /// `let` (fixed) and `var` (may be reassigned).
    case binding(isMutable: Bool, Pattern, annotation: TypeAnnotation?, value: Expression)
    /// `x = e`, `x += e`, `x[i] = e`, `r.a = e`. `op` is nil for plain `=`.
    case assignment(target: Expression, op: BinaryOperator?, operatorSpan: Span, value: Expression)
    case function(FunctionDeclaration)
    case returning(Expression?)
    case forLoop(Pattern, in: Expression, body: Block)
    case whileLoop(Expression, body: Block)
    case breaking
    case continuing
    case assertion(Expression, message: Expression?)
    case use(path: String, pathSpan: Span, alias: Identifier?)
    /// What recovery leaves where no statement could be read.
    case invalid
  }
}

/// `{ … }`: its value is its last expression statement's.
public struct Block: Sendable {
  public var statements: [Statement]
  public var span: Span

  public init(statements: [Statement], span: Span) {
    self.statements = statements
    self.span = span
  }
}

/// The left side of a binding.
public struct Pattern: Sendable {
  public indirect enum Kind: Sendable {
    case name(String)
    /// `_`
    case wildcard
    /// `(a, b)`, `(a, ..rest)`
    case list([Pattern], rest: Identifier?)
    /// `{train, test}`, `{train: a}`
    case record([(field: Identifier, pattern: Pattern)])
  }

  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

public struct FunctionDeclaration: Sendable {
  public var name: Identifier
  public var parameters: [Parameter]
  public var result: TypeAnnotation?
  /// An expression body (`= e`) or a block expression.
  public var body: Expression
  /// Whether the body was written `= e`.
  public var isExpressionBodied: Bool
  /// The `##` lines above, joined by newlines.
  public var documentation: String?

  public init(
    name: Identifier, parameters: [Parameter], result: TypeAnnotation?, body: Expression,
    isExpressionBodied: Bool, documentation: String?
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.body = body
    self.isExpressionBodied = isExpressionBodied
    self.documentation = documentation
  }
}

public struct Parameter: Sendable {
  /// What an argument binds to: a name, or for lambdas like `((i, x)) -> …` a pattern.
  public var pattern: Pattern
  public var annotation: TypeAnnotation?
  public var defaultValue: Expression?
  /// `..rest`
  public var isRest: Bool

  public init(
    pattern: Pattern, annotation: TypeAnnotation? = nil, defaultValue: Expression? = nil, isRest: Bool = false
  ) {
    self.pattern = pattern
    self.annotation = annotation
    self.defaultValue = defaultValue
    self.isRest = isRest
  }
}

/// `f64[n, 64]`, `f32`, `int`, `list`, …
public struct TypeAnnotation: Sendable {
  public enum Dimension: Sendable {
    case size(Int)
    /// A letter that binds at the call.
    case variable(Identifier)
    /// `_`
    case any
    /// `...`: any number of axes
    case rest
  }

  /// `f64 f32 i64 bool` (tensors or scalars), a kind's name (`int float string list record table fn`), or a
  /// bare letter or `_` that matches anything.
  public var name: Identifier
  /// Nil without brackets: a scalar for a dtype name.
  public var dimensions: [Dimension]?
  public var span: Span

  public init(name: Identifier, dimensions: [Dimension]?, span: Span) {
    self.name = name
    self.dimensions = dimensions
    self.span = span
  }
}

/// `#=> text`, or `#=> ~3.14` for a comparison to the digits shown.
public struct Expectation: Sendable {
  public var text: String
  public var isApproximate: Bool
  public var span: Span

  public init(text: String, isApproximate: Bool, span: Span) {
    self.text = text
    self.isApproximate = isApproximate
    self.span = span
  }
}
