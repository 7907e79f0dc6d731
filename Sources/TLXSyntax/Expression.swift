import TLXSource

/// An expression with its place in the source.
public struct Expression: Sendable {
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind: Sendable {
    case nilLiteral
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(StringLiteral)
    case name(String)
    /// `[a, b]`: a tensor if the items allow it, else a list.
    case bracket([Expression])
    /// `[e for p in xs if c …]`
    case comprehension(element: Expression, clauses: [ComprehensionClause])
    /// `(a, b)`, `(a,)`, `()`: always a list.
    case list([Expression])
    /// `(e)`: kept for the formatter.
    case group(Expression)
    case record([RecordEntry])
    case block(Block)
    case conditional(If)
    case lambda(Lambda)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression, operatorSpan: Span)
    /// `a < b <= c`: `a < b and b <= c` with `b` evaluated once.
    case comparison(first: Expression, rest: [ComparisonLink])
    /// `and` / `or`: short-circuit on scalars, elementwise on bool tensors.
    case logical(LogicalOperator, Expression, Expression, operatorSpan: Span)
    /// `left |> right`. `left` is nil when a prompt line starts with `|>` (continue from `ans`).
    case pipe(Expression?, Expression)
    case call(callee: Expression, arguments: [Argument], argumentsSpan: Span)
    case index(base: Expression, subscripts: [Subscript])
    case field(base: Expression, name: String, nameSpan: Span)
    /// `try e else d`, `try e else err -> d`
    case attempt(Expression, errorName: Identifier?, fallback: Expression)
    /// What recovery leaves where no expression could be read.
    case invalid
  }
}

public struct Identifier: Hashable, Sendable {
  public var name: String
  public var span: Span

  public init(_ name: String, _ span: Span) {
    self.name = name
    self.span = span
  }
}

public enum UnaryOperator: String, Sendable { case negate = "-", plus = "+", not }

public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case matrixMultiply = "@"
  case power = "^"
}

public enum LogicalOperator: String, Sendable { case and, or }

public enum ComparisonOperator: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

public struct ComparisonLink: Sendable {
  public var op: ComparisonOperator
  public var operatorSpan: Span
  public var operand: Expression

  public init(op: ComparisonOperator, operatorSpan: Span, operand: Expression) {
    self.op = op
    self.operatorSpan = operatorSpan
    self.operand = operand
  }
}

/// A string with its `{expr:format}` parts.
public struct StringLiteral: Sendable {
  public enum Segment: Sendable {
    case text(String)
    /// `format` is the text after the colon, which may itself hold `{…}` parts.
    case interpolation(Expression, format: [Segment]?)
  }

  public var segments: [Segment]

  public init(segments: [Segment]) { self.segments = segments }

  /// The text if nothing is interpolated.
  public var plainText: String? {
    var result = ""
    for segment in segments {
      guard case .text(let text) = segment else { return nil }
      result += text
    }
    return result
  }
}

public enum ComprehensionClause: Sendable {
  case each(Pattern, in: Expression)
  case condition(Expression)
}

public enum RecordEntry: Sendable {
  case field(Identifier, Expression)
  case spread(Expression)
}

public struct If: Sendable {
  public enum Else: Sendable {
    case block(Block)
    case conditional(Expression)
  }

  public var condition: Expression
  public var then: Block
  public var otherwise: Else?

  public init(condition: Expression, then: Block, otherwise: Else?) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
  }
}

public struct Lambda: Sendable {
  public var parameters: [Parameter]
  public var body: Expression

  public init(parameters: [Parameter], body: Expression) {
    self.parameters = parameters
    self.body = body
  }
}

public struct Argument: Sendable {
  public var label: Identifier?
  public var value: Expression
  /// `f(..xs)`: a list's items as positional arguments, a record's fields as keyword arguments.
  public var isSpread: Bool

  public init(label: Identifier?, value: Expression, isSpread: Bool = false) {
    self.label = label
    self.value = value
    self.isSpread = isSpread
  }
}

public enum Subscript: Sendable {
  case expression(Expression)
  case slice(start: Expression?, stop: Expression?, step: Expression?, span: Span)
  case newAxis(Span)
  case ellipsis(Span)
}
