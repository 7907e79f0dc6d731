import TLXSource
import TLXSyntax

/// A syntax tree as S-expressions, one statement a line: what the golden files compare.
struct Dump {
  static func tree(_ tree: SyntaxTree) -> String {
    var lines: [String] = []
    for cell in tree.cells {
      if cell.markerSpan != nil { lines.append(header(cell)) }
      if !cell.prose.isEmpty { lines += cell.prose.split(separator: "\n").map { "  | \($0)" } }
      lines += cell.hints.map { "  ? \($0)" }
      lines += cell.statements.map(statement)
    }
    return lines.joined(separator: "\n")
  }

  private static func header(_ cell: Cell) -> String {
    let flags = cell.flags.map(\.rawValue).sorted().joined(separator: " ")
    return "%% \(cell.title ?? "-")\(flags.isEmpty ? "" : " [\(flags)]")"
  }

  static func statement(_ statement: Statement) -> String {
    let expectations = statement.expectations.map { " => \($0.isApproximate ? "~" : "")\($0.text)" }
    return kind(statement.kind) + (statement.isHidden ? " hidden" : "") + expectations.joined()
  }

  private static func kind(_ kind: Statement.Kind) -> String {
    switch kind {
    case .expression(let value): expression(value)
    case .binding(let isMutable, let pattern, let annotation, let value):
      "(\(isMutable ? "var" : "let") \(self.pattern(pattern))\(self.annotation(annotation)) \(expression(value)))"
    case .assignment(let target, let op, _, let value):
      "(set\(op.map { " \($0.rawValue)" } ?? "") \(expression(target)) \(expression(value)))"
    case .function(let function): declaration(function)
    case .returning(let value): "(return\(value.map { " " + expression($0) } ?? ""))"
    case .forLoop(let pattern, let source, let body):
      "(for \(self.pattern(pattern)) \(expression(source)) \(block(body)))"
    case .whileLoop(let condition, let body): "(while \(expression(condition)) \(block(body)))"
    case .breaking: "(break)"
    case .continuing: "(continue)"
    case .assertion(let condition, let message):
      "(assert \(expression(condition))\(message.map { " " + expression($0) } ?? ""))"
    case .use(let path, _, let alias): "(use \(path.debugDescription)\(alias.map { " " + $0.name } ?? ""))"
    case .invalid: "<invalid>"
    }
  }

  private static func declaration(_ function: FunctionDeclaration) -> String {
    let documentation = function.documentation.map { " \($0.debugDescription)" } ?? ""
    let result = function.result.map { " ->\(annotation($0))" } ?? ""
    let form = function.isExpressionBodied ? " = " : " "
    return "(fn \(function.name.name)\(documentation) \(parameters(function.parameters))\(result)\(form)"
      + "\(expression(function.body)))"
  }

  private static func parameters(_ parameters: [Parameter]) -> String {
    let items = parameters.map { parameter in
      (parameter.isRest ? ".." : "") + pattern(parameter.pattern) + annotation(parameter.annotation)
        + (parameter.defaultValue.map { "=" + expression($0) } ?? "")
    }
    return "(" + items.joined(separator: " ") + ")"
  }

  private static func annotation(_ annotation: TypeAnnotation?) -> String {
    guard let annotation else { return "" }
    guard let dimensions = annotation.dimensions else { return ":\(annotation.name.name)" }
    let sizes = dimensions.map { dimension in
      switch dimension {
      case .size(let size): String(size)
      case .variable(let name): name.name
      case .any: "_"
      case .rest: "..."
      }
    }
    return ":\(annotation.name.name)[\(sizes.joined(separator: " "))]"
  }

  private static func pattern(_ pattern: Pattern) -> String {
    switch pattern.kind {
    case .name(let name): name
    case .wildcard: "_"
    case .list(let items, let rest):
      "(" + (items.map(self.pattern) + (rest.map { ["..\($0.name)"] } ?? [])).joined(separator: " ") + ")"
    case .record(let fields):
      "{" + fields.map { "\($0.field.name):\(self.pattern($0.pattern))" }.joined(separator: " ") + "}"
    }
  }

  private static func block(_ block: Block) -> String {
    "{" + block.statements.map(statement).joined(separator: "; ") + "}"
  }

  private static func list(_ head: String, _ items: [String]) -> String {
    "(" + ([head] + items).joined(separator: " ") + ")"
  }

  static func expression(_ expression: Expression) -> String {
    switch expression.kind {
    case .nilLiteral: "nil"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .float(let value): "\(value)"
    case .string(let literal): string(literal.segments)
    case .name(let name): name
    case .bracket(let items): list("bracket", items.map(self.expression))
    case .comprehension(let element, let clauses):
      list("each", [self.expression(element)] + clauses.map(clause))
    case .list(let items): list("list", items.map(self.expression))
    case .group(let inner): list("group", [self.expression(inner)])
    case .record(let entries): list("record", entries.map(entry))
    case .block(let block): self.block(block)
    case .conditional(let conditional): self.conditional(conditional)
    case .lambda(let lambda): "(\(parameters(lambda.parameters)) -> \(self.expression(lambda.body)))"
    case .unary(let op, let operand): list(op.rawValue, [self.expression(operand)])
    case .binary(let op, let left, let right, _):
      list(op.rawValue, [self.expression(left), self.expression(right)])
    case .comparison(let first, let rest):
      list(
        "compare",
        [self.expression(first)] + rest.map { "\($0.op.rawValue) \(self.expression($0.operand))" })
    case .logical(let op, let left, let right, _):
      list(op.rawValue, [self.expression(left), self.expression(right)])
    case .pipe(let left, let right):
      list("|>", [left.map(self.expression) ?? "ans", self.expression(right)])
    case .call(let callee, let arguments, _):
      list("call", [self.expression(callee)] + arguments.map(argument))
    case .index(let base, let subscripts):
      list("index", [self.expression(base)] + subscripts.map(self.subscript))
    case .field(let base, let name, _): "\(self.expression(base)).\(name)"
    case .attempt(let tried, let name, let fallback):
      list(
        "try", [self.expression(tried)] + (name.map { [$0.name + " ->"] } ?? []) + [self.expression(fallback)]
      )
    case .invalid: "<invalid>"
    }
  }

  private static func string(_ segments: [StringLiteral.Segment]) -> String {
    let parts = segments.map { segment in
      switch segment {
      case .text(let text): text.debugDescription
      case .interpolation(let value, let format):
        "{\(expression(value))\(format.map { ":" + string($0) } ?? "")}"
      }
    }
    return parts.isEmpty ? "\"\"" : parts.joined(separator: "+")
  }

  private static func clause(_ clause: ComprehensionClause) -> String {
    switch clause {
    case .each(let pattern, let source): "for \(self.pattern(pattern)) \(expression(source))"
    case .condition(let condition): "if \(expression(condition))"
    }
  }

  private static func entry(_ entry: RecordEntry) -> String {
    switch entry {
    case .field(let name, let value): "\(name.name):\(expression(value))"
    case .spread(let value): "..\(expression(value))"
    }
  }

  private static func conditional(_ conditional: If) -> String {
    let otherwise: String
    switch conditional.otherwise {
    case .none: otherwise = ""
    case .block(let block): otherwise = " \(self.block(block))"
    case .conditional(let inner): otherwise = " \(expression(inner))"
    }
    return "(if \(expression(conditional.condition)) \(block(conditional.then))\(otherwise))"
  }

  private static func argument(_ argument: Argument) -> String {
    (argument.isSpread ? ".." : "") + (argument.label.map { "\($0.name)=" } ?? "")
      + expression(argument.value)
  }

  private static func `subscript`(_ item: Subscript) -> String {
    switch item {
    case .expression(let value): expression(value)
    case .slice(let start, let stop, let step, _):
      "[" + [start, stop, step].map { $0.map(expression) ?? "" }.joined(separator: ":") + "]"
    case .newAxis: "new"
    case .ellipsis: "..."
    }
  }
}
