import TLXSource

/// Goes through statements as names are bound and read in them: scopes open and close, patterns define, expressions use.
/// Who conforms says what each of these is to mean; the order and the scoping rules of the language stand here alone.
protocol NameWalk {
  /// A block, loop, comprehension, `else err ->`, or with `isFunction` the parameters and body of a function, begins.
  mutating func enterScope(_ span: Span, isFunction: Bool)
  mutating func leaveScope(isFunction: Bool)
  /// The names defined until the next call of this come from one pattern or declaration.
  mutating func beginDefinition()
  mutating func define(_ name: Identifier, _ role: NameIndex.Definition.Role, _ origin: DefinitionOrigin)
  mutating func use(_ name: String, _ span: Span)
  /// An assignment: `x = …`, or with `isPart` one that keeps something of the old value, `x += …` and `x[0] = …`.
  mutating func change(_ name: String, _ span: Span, isPart: Bool)
  /// A line that begins with `|>` goes on from the last value.
  mutating func useAnswer()
  /// `use "path"`, before its alias is defined.
  mutating func bringIn(_ path: String, isNamed: Bool)
}

/// Where a definition stands.
struct DefinitionOrigin {
  /// The statement or clause.
  var statement: Span
  /// The `##` lines of a function.
  var documentation: String?
}

// MARK: - Statements

extension NameWalk {
  mutating func statements(_ list: [Statement]) {
    // Functions see each other whatever their order.
    for statement in list {
      guard case .function(let function) = statement.kind else { continue }
      let origin = DefinitionOrigin(statement: statement.span, documentation: function.documentation)
      beginDefinition()
      define(function.name, .function, origin)
    }
    for statement in list { self.statement(statement) }
  }

  mutating func scoped(_ span: Span, isFunction: Bool = false, _ body: (inout Self) -> Void) {
    enterScope(span, isFunction: isFunction)
    body(&self)
    leaveScope(isFunction: isFunction)
  }

  mutating func block(_ block: Block) {
    scoped(block.span) { $0.statements(block.statements) }
  }

  private mutating func statement(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value): expression(value)
    case .binding(let isMutable, let pattern, _, let value):
      expression(value)
      define(pattern, isMutable ? .changeable : .fixed, statement.span)
    case .assignment(let target, let op, _, let value):
      expression(value)
      assign(to: target, isPart: op != nil)
    case .function(let function): self.function(function.parameters, function.body, statement.span)
    case .returning(let value): if let value { expression(value) }
    case .forLoop(let pattern, let source, let body): loop(pattern, source, body)
    case .whileLoop(let condition, let body):
      expression(condition)
      block(body)
    case .assertion(let condition, let message):
      expression(condition)
      if let message { expression(message) }
    case .use(let path, _, let alias):
      bringIn(path, isNamed: alias != nil)
      if let alias { define(alias, .module, statement.span) }
    case .breaking, .continuing, .invalid: break
    }
  }

  private mutating func loop(_ pattern: Pattern, _ source: Expression, _ body: Block) {
    expression(source)
    scoped(body.span) { walk in
      walk.define(pattern, .loopVariable, pattern.span)
      walk.block(body)
    }
  }

  private mutating func assign(to target: Expression, isPart: Bool) {
    switch target.kind {
    case .name(let name): change(name, target.span, isPart: isPart)
    case .group(let inner): assign(to: inner, isPart: isPart)
    case .field(let base, _, _): assign(to: base, isPart: true)
    case .index(let base, let items):
      for item in items { self.subscript(item) }
      assign(to: base, isPart: true)
    default: expression(target)
    }
  }

  mutating func function(_ parameters: [Parameter], _ body: Expression, _ span: Span) {
    scoped(span, isFunction: true) { walk in
      for parameter in parameters {
        if let value = parameter.defaultValue { walk.expression(value) }
        walk.define(parameter.pattern, .parameter, parameter.pattern.span)
      }
      walk.expression(body)
    }
  }

  // MARK: Patterns

  mutating func define(_ name: Identifier, _ role: NameIndex.Definition.Role, _ statement: Span) {
    beginDefinition()
    define(name, role, DefinitionOrigin(statement: statement))
  }

  mutating func define(_ pattern: Pattern, _ role: NameIndex.Definition.Role, _ statement: Span) {
    beginDefinition()
    bind(pattern, role, DefinitionOrigin(statement: statement))
  }

  private mutating func bind(
    _ pattern: Pattern, _ role: NameIndex.Definition.Role, _ origin: DefinitionOrigin
  ) {
    switch pattern.kind {
    case .name(let name): define(Identifier(name, pattern.span), role, origin)
    case .wildcard: break
    case .list(let items, let rest):
      for item in items { bind(item, role, origin) }
      if let rest { define(rest, role, origin) }
    case .record(let fields): for field in fields { bind(field.pattern, role, origin) }
    }
  }
}
