import TLXSource

/// What a cell gives to others and takes from them: the edges of a notebook's graph.
public struct CellDependencies: Sendable, Equatable {
  /// Names that its top level binds: `let`, `var`, `fn`, `use … as`.
  public var defined: Set<String>
  /// Names of other cells (or built-ins) that it reads, also inside functions, which may run later.
  public var used: Set<String>
  /// Names of other cells that it assigns to: `x = …`, `x[0] = …`.
  public var changed: Set<String>
  /// Top-level names, its own or those of others, that its functions assign to whenever they are called.
  public var changedByFunctions: Set<String>
  /// Whether it makes functions, which others may call: `fn`, `->`, `use`.
  public var makesFunctions: Bool
  /// Files whose names it brings in by `use "lib.tlx"`.
  public var imports: [String]

  public init(
    defined: Set<String> = [], used: Set<String> = [], changed: Set<String> = [],
    changedByFunctions: Set<String> = [], makesFunctions: Bool = false, imports: [String] = []
  ) {
    self.defined = defined
    self.used = used
    self.changed = changed
    self.changedByFunctions = changedByFunctions
    self.makesFunctions = makesFunctions
    self.imports = imports
  }
}

extension Cell {
  /// The names that the cell defines and uses. Parameters, loop variables and names bound in blocks and
  /// functions are its own affair. Cost: linear in the cell.
  public var dependencies: CellDependencies {
    var walk = DependencyWalk()
    walk.statements(statements)
    // A function may read what its cell binds further down.
    walk.result.used.subtract(walk.result.defined)
    return walk.result
  }
}

/// Walks a cell with the names that are bound at each point.
private struct DependencyWalk {
  var result = CellDependencies()
  /// Bound names, innermost scope last; the first is the cell's top level.
  private var scopes: [Set<String>] = [[]]
  /// Functions and lambdas around the present point.
  private var functionDepth = 0

  private mutating func scoped(_ body: (inout DependencyWalk) -> Void) {
    scopes.append([])
    body(&self)
    scopes.removeLast()
  }

  private mutating func bind(_ name: String) {
    scopes[scopes.count - 1].insert(name)
    if scopes.count == 1 { result.defined.insert(name) }
  }

  private func isBound(_ name: String) -> Bool { scopes.contains { $0.contains(name) } }

  private mutating func use(_ name: String) {
    if !isBound(name) { result.used.insert(name) }
  }

  // MARK: Statements

  mutating func statements(_ list: [Statement]) {
    // Functions see each other whatever their order.
    for case .function(let function) in list.map(\.kind) { bind(function.name.name) }
    for statement in list { self.statement(statement.kind) }
  }

  private mutating func block(_ block: Block) {
    scoped { $0.statements(block.statements) }
  }

  private mutating func statement(_ kind: Statement.Kind) {
    switch kind {
    case .expression(let value): expression(value)
    case .binding(_, let pattern, _, let value):
      expression(value)
      bind(pattern)
    case .assignment(let target, let op, _, let value): assignment(target, op, value)
    case .function(let function): self.function(function)
    case .returning(let value): if let value { expression(value) }
    case .forLoop(let pattern, let source, let body):
      expression(source)
      scoped { walk in
        walk.bind(pattern)
        walk.block(body)
      }
    case .whileLoop(let condition, let body):
      expression(condition)
      block(body)
    case .assertion(let condition, let message):
      expression(condition)
      if let message { expression(message) }
    case .use(let path, _, let alias):
      result.makesFunctions = true
      if let alias { bind(alias.name) } else { result.imports.append(path) }
    case .breaking, .continuing, .invalid: break
    }
  }

  private mutating func assignment(_ target: Expression, _ op: BinaryOperator?, _ value: Expression) {
    expression(value)
    let isWhole = if case .name = target.kind, op == nil { true } else { false }
    if !isWhole { expression(target) }
    guard let root = root(of: target) else { return }
    if !isBound(root) { result.changed.insert(root) }
    if functionDepth > 0, !scopes.dropFirst().contains(where: { $0.contains(root) }) {
      result.changedByFunctions.insert(root)
    }
  }

  /// `x` of `x[0].a`
  private func root(of target: Expression) -> String? {
    switch target.kind {
    case .name(let name): name
    case .index(let base, _), .field(let base, _, _), .group(let base): root(of: base)
    default: nil
    }
  }

  private mutating func function(_ function: FunctionDeclaration) {
    scoped { walk in
      walk.functionDepth += 1
      walk.result.makesFunctions = true
      walk.parameters(function.parameters)
      walk.expression(function.body)
      walk.functionDepth -= 1
    }
  }

  private mutating func parameters(_ parameters: [Parameter]) {
    for parameter in parameters {
      if let value = parameter.defaultValue { expression(value) }
      bind(parameter.pattern)
    }
  }

  private mutating func bind(_ pattern: Pattern) {
    switch pattern.kind {
    case .name(let name): bind(name)
    case .wildcard: break
    case .list(let items, let rest):
      for item in items { bind(item) }
      if let rest { bind(rest.name) }
    case .record(let fields): for field in fields { bind(field.pattern) }
    }
  }

  // MARK: Expressions

  private mutating func expression(_ expression: Expression) {
    switch expression.kind {
    case .name(let name): use(name)
    case .nilLiteral, .bool, .int, .float, .invalid: break
    case .string(let literal): segments(literal.segments)
    case .bracket(let items), .list(let items): for item in items { self.expression(item) }
    case .comprehension(let element, let clauses): comprehension(element, clauses)
    case .group(let inner), .unary(_, let inner), .field(let inner, _, _): self.expression(inner)
    case .record(let entries): for entry in entries { self.entry(entry) }
    case .block(let block): self.block(block)
    case .conditional(let conditional): self.conditional(conditional)
    case .lambda(let lambda):
      scoped { walk in
        walk.functionDepth += 1
        walk.result.makesFunctions = true
        walk.parameters(lambda.parameters)
        walk.expression(lambda.body)
        walk.functionDepth -= 1
      }
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _):
      self.expression(left)
      self.expression(right)
    case .comparison(let first, let rest):
      self.expression(first)
      for link in rest { self.expression(link.operand) }
    case .pipe(let left, let right):
      if let left { self.expression(left) } else { use("ans") }
      self.expression(right)
    case .call(let callee, let arguments, _):
      self.expression(callee)
      for argument in arguments { self.expression(argument.value) }
    case .index(let base, let subscripts):
      self.expression(base)
      for item in subscripts { self.subscript(item) }
    case .attempt(let tried, let errorName, let fallback): attempt(tried, errorName, fallback)
    }
  }

  private mutating func segments(_ segments: [StringLiteral.Segment]) {
    for case .interpolation(let value, let format) in segments {
      expression(value)
      if let format { self.segments(format) }
    }
  }

  private mutating func comprehension(_ element: Expression, _ clauses: [ComprehensionClause]) {
    scoped { walk in
      for clause in clauses {
        switch clause {
        case .each(let pattern, let source):
          walk.expression(source)
          walk.bind(pattern)
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

  private mutating func attempt(_ tried: Expression, _ errorName: Identifier?, _ fallback: Expression) {
    expression(tried)
    scoped { walk in
      if let errorName { walk.bind(errorName.name) }
      walk.expression(fallback)
    }
  }
}
