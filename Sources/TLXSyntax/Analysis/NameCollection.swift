import TLXSource

/// The walk behind `NameIndex`: which definition each name means at each point.
struct NameCollection: NameWalk {
  private(set) var definitions: [NameIndex.Definition] = []
  private(set) var free: [Identifier] = []

  private struct Scope {
    var names: [String: Int] = [:]
    var span: Span
  }

  private var scopes: [Scope]
  /// Functions around the present point, which run later and so see what the top level defines below.
  private var functionDepth = 0
  /// What functions read that the top level has not defined yet.
  private var pending: [(name: Identifier, isChange: Bool)] = []
  private var group = 0

  init(_ tree: SyntaxTree) {
    scopes = [Scope(span: Span(0, tree.source.bytes.count))]
    statements(tree.cells.flatMap(\.statements))
    for (name, isChange) in pending {
      if let found = scopes[0].names[name.name] {
        mark(found, name.span, isChange)
      } else if !isChange {
        free.append(name)
      }
    }
  }

  // MARK: NameWalk

  mutating func enterScope(_ span: Span, isFunction: Bool) {
    scopes.append(Scope(span: span))
    if isFunction { functionDepth += 1 }
  }

  mutating func leaveScope(isFunction: Bool) {
    scopes.removeLast()
    if isFunction { functionDepth -= 1 }
  }

  mutating func beginDefinition() { group += 1 }

  mutating func define(_ name: Identifier, _ role: NameIndex.Definition.Role, _ origin: DefinitionOrigin) {
    let last = scopes.count - 1
    let scope = scopes[last].span
    let start = role == .function ? scope.start : name.span.start
    scopes[last].names[name.name] = definitions.count
    definitions.append(
      NameIndex.Definition(
        name: name.name, span: name.span, role: role, statement: origin.statement,
        scope: Span(start, scope.end), isTopLevel: last == 0, group: group,
        documentation: origin.documentation))
  }

  mutating func use(_ name: String, _ span: Span) { meet(name, span, isChange: false) }

  /// A changed variable is not used by that: the change alone would not justify it.
  mutating func change(_ name: String, _ span: Span, isPart: Bool) { meet(name, span, isChange: true) }

  mutating func useAnswer() {}

  mutating func bringIn(_ path: String, isNamed: Bool) {}

  // MARK: Meaning

  private mutating func meet(_ name: String, _ span: Span, isChange: Bool) {
    for index in scopes.indices.reversed() {
      if let found = scopes[index].names[name] { return mark(found, span, isChange) }
    }
    if functionDepth > 0 {
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
}
