import TLXSource

/// Walks a tree with the definitions that each name means at each point.
struct NameWalk {
  private(set) var definitions: [NameIndex.Definition] = []
  private(set) var free: [Identifier] = []

  private struct Scope {
    var names: [String: Int] = [:]
    var span: Span
    /// Whether it is a function's, which runs later and so sees what the top level defines below.
    var isFunction: Bool
  }

  private var scopes: [Scope]
  /// What functions read that the top level has not defined yet.
  private var pending: [(name: Identifier, isChange: Bool)] = []
  private var group = 0

  init(end: Int) { scopes = [Scope(span: Span(0, end), isFunction: false)] }

  mutating func run(_ tree: SyntaxTree) {
    statements(tree.cells.flatMap(\.statements))
    for (name, isChange) in pending {
      if let found = scopes[0].names[name.name] {
        mark(found, name.span, isChange)
      } else if !isChange {
        free.append(name)
      }
    }
  }

  private mutating func scoped(_ span: Span, isFunction: Bool = false, _ body: (inout NameWalk) -> Void) {
    scopes.append(Scope(span: span, isFunction: isFunction))
    body(&self)
    scopes.removeLast()
  }

  // MARK: Names

  private mutating func define(
    _ name: String, _ span: Span, _ role: NameIndex.Definition.Role, _ statement: Span,
    documentation: String? = nil
  ) {
    let scope = scopes[scopes.count - 1]
    let start = role == .function ? scope.span.start : span.start
    scopes[scopes.count - 1].names[name] = definitions.count
    definitions.append(
      NameIndex.Definition(
        name: name, span: span, role: role, statement: statement, scope: Span(start, scope.span.end),
        isTopLevel: scopes.count == 1, group: group, documentation: documentation))
  }

  private mutating func define(_ pattern: Pattern, _ role: NameIndex.Definition.Role, _ statement: Span) {
    group += 1
    bind(pattern, role, statement)
  }

  private mutating func bind(_ pattern: Pattern, _ role: NameIndex.Definition.Role, _ statement: Span) {
    switch pattern.kind {
    case .name(let name): define(name, pattern.span, role, statement)
    case .wildcard: break
    case .list(let items, let rest):
      for item in items { bind(item, role, statement) }
      if let rest { define(rest.name, rest.span, role, statement) }
    case .record(let fields): for field in fields { bind(field.pattern, role, statement) }
    }
  }

  private mutating func use(_ name: String, _ span: Span, isChange: Bool = false) {
    for scope in scopes.reversed() {
      if let found = scope.names[name] { return mark(found, span, isChange) }
    }
    if scopes.contains(where: { $0.isFunction }) {
      pending.append((Identifier(name, span), isChange))
    } else if !isChange {
      free.append(Identifier(name, span))
    }
  }

  private mutating func mark(_ definition: Int, _ span: Span, _ isChange: Bool) {
    if isChange {
      definitions[definition].changes.append(span)
    } else {
      definitions[definition].uses.append(span)
    }
  }

  // MARK: Statements

  private mutating func statements(_ list: [Statement]) {
    for statement in list {
      guard case .function(let function) = statement.kind else { continue }
      group += 1
      define(
        function.name.name, function.name.span, .function, statement.span,
        documentation: function.documentation)
    }
    for statement in list { self.statement(statement) }
  }

  private mutating func block(_ block: Block) {
    scoped(block.span) { $0.statements(block.statements) }
  }

  private mutating func statement(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value): expression(value)
    case .binding(let isMutable, let pattern, _, let value):
      // A local function that is bound by `let` may call itself.
      expression(value)
      define(pattern, isMutable ? .changeable : .fixed, statement.span)
    case .assignment(let target, let op, _, let value): assignment(target, op, value)
    case .function(let function):
      self.function(function.parameters, function.body, statement.span)
    case .returning(let value): if let value { expression(value) }
    case .forLoop(let pattern, let source, let body):
      expression(source)
      scoped(body.span) { walk in
        walk.define(pattern, .loopVariable, pattern.span)
        walk.block(body)
      }
    case .whileLoop(let condition, let body):
      expression(condition)
      block(body)
    case .assertion(let condition, let message):
      expression(condition)
      if let message { expression(message) }
    case .use(_, _, let alias):
      guard let alias else { return }
      group += 1
      define(alias.name, alias.span, .module, statement.span)
    case .breaking, .continuing, .invalid: break
    }
  }

  /// `x = …` changes; `x += …` and `x[0] = …` do too, without being a use that would justify the variable.
  private mutating func assignment(_ target: Expression, _ op: BinaryOperator?, _ value: Expression) {
    expression(value)
    switch target.kind {
    case .name(let name): use(name, target.span, isChange: true)
    case .group(let inner): assignment(inner, op, Expression(.nilLiteral, value.span))
    case .field(let base, _, _): assignment(base, op, Expression(.nilLiteral, value.span))
    case .index(let base, let subscripts):
      for item in subscripts { self.subscript(item) }
      assignment(base, op, Expression(.nilLiteral, value.span))
    default: expression(target)
    }
  }

  private mutating func function(_ parameters: [Parameter], _ body: Expression, _ span: Span) {
    scoped(span, isFunction: true) { walk in
      for parameter in parameters {
        if let value = parameter.defaultValue { walk.expression(value) }
        walk.define(parameter.pattern, .parameter, parameter.pattern.span)
      }
      walk.expression(body)
    }
  }

  // MARK: Expressions

  private mutating func expression(_ expression: Expression) {
    switch expression.kind {
    case .name(let name): use(name, expression.span)
    case .nilLiteral, .bool, .int, .float, .invalid: break
    case .string(let literal): segments(literal.segments)
    case .bracket(let items), .list(let items): for item in items { self.expression(item) }
    case .comprehension(let element, let clauses): comprehension(element, clauses, expression.span)
    case .group(let inner), .unary(_, let inner), .field(let inner, _, _): self.expression(inner)
    case .record(let entries): for entry in entries { self.entry(entry) }
    case .block(let block): self.block(block)
    case .conditional(let conditional): self.conditional(conditional)
    case .lambda(let lambda): function(lambda.parameters, lambda.body, expression.span)
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _):
      self.expression(left)
      self.expression(right)
    case .comparison(let first, let rest):
      self.expression(first)
      for link in rest { self.expression(link.operand) }
    case .pipe(let left, let right):
      if let left { self.expression(left) }
      self.expression(right)
    case .call(let callee, let arguments, _):
      self.expression(callee)
      for argument in arguments { self.expression(argument.value) }
    case .index(let base, let subscripts):
      self.expression(base)
      for item in subscripts { self.subscript(item) }
    case .attempt(let tried, let errorName, let fallback):
      self.expression(tried)
      scoped(fallback.span) { walk in
        if let errorName {
          walk.group += 1
          walk.define(errorName.name, errorName.span, .error, errorName.span)
        }
        walk.expression(fallback)
      }
    }
  }

  private mutating func segments(_ segments: [StringLiteral.Segment]) {
    for case .interpolation(let value, let format) in segments {
      expression(value)
      if let format { self.segments(format) }
    }
  }

  private mutating func comprehension(
    _ element: Expression, _ clauses: [ComprehensionClause], _ span: Span
  ) {
    scoped(span) { walk in
      for clause in clauses {
        switch clause {
        case .each(let pattern, let source):
          walk.expression(source)
          walk.define(pattern, .loopVariable, pattern.span)
        case .condition(let condition): walk.expression(condition)
        }
      }
      walk.expression(element)
    }
  }

  private mutating func entry(_ entry: RecordEntry) {
    switch entry {
    case .field(_, let value), .spread(let value): expression(value)
    }
  }

  private mutating func conditional(_ conditional: If) {
    expression(conditional.condition)
    block(conditional.then)
    switch conditional.otherwise {
    case .none: break
    case .block(let block): self.block(block)
    case .conditional(let inner): expression(inner)
    }
  }

  private mutating func `subscript`(_ item: Subscript) {
    switch item {
    case .expression(let value): expression(value)
    case .slice(let start, let stop, let step, _):
      for part in [start, stop, step] { if let part { expression(part) } }
    case .newAxis, .ellipsis: break
    }
  }
}
