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
private struct DependencyWalk: NameWalk {
  var result = CellDependencies()
  /// Bound names, innermost scope last; the first is the cell's top level.
  private var scopes: [Set<String>] = [[]]
  /// Functions and lambdas around the present point.
  private var functionDepth = 0

  mutating func enterScope(_ span: Span, isFunction: Bool) {
    scopes.append([])
    guard isFunction else { return }
    functionDepth += 1
    result.makesFunctions = true
  }

  mutating func leaveScope(isFunction: Bool) {
    scopes.removeLast()
    if isFunction { functionDepth -= 1 }
  }

  mutating func beginDefinition() {}

  mutating func define(_ name: Identifier, _ role: NameIndex.Definition.Role, _ origin: DefinitionOrigin) {
    scopes[scopes.count - 1].insert(name.name)
    if scopes.count == 1 { result.defined.insert(name.name) }
  }

  mutating func use(_ name: String, _ span: Span) {
    if !isBound(name) { result.used.insert(name) }
  }

  mutating func change(_ name: String, _ span: Span, isPart: Bool) {
    if isPart { use(name, span) }
    if !isBound(name) { result.changed.insert(name) }
    if functionDepth > 0, !scopes.dropFirst().contains(where: { $0.contains(name) }) {
      result.changedByFunctions.insert(name)
    }
  }

  mutating func useAnswer() {
    if !isBound("ans") { result.used.insert("ans") }
  }

  mutating func bringIn(_ path: String, isNamed: Bool) {
    result.makesFunctions = true
    if !isNamed { result.imports.append(path) }
  }

  private func isBound(_ name: String) -> Bool { scopes.contains { $0.contains(name) } }
}
