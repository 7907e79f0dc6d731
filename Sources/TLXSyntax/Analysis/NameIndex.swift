import TLXSource

/// Every name that a source defines, with the places that read and change it: what editors ask for, and what tells of
/// names without use. It needs no session: names of built-ins and of other files are `free`.
public struct NameIndex: Sendable {
  public struct Definition: Sendable {
    public enum Role: String, Sendable {
      case fixed = "let"
      case changeable = "var"
      case function = "function"
      case parameter = "parameter"
      case loopVariable = "loop variable"
      case module = "module"
      case error = "error"
    }

    public var name: String
    /// Of the name itself.
    public var span: Span
    public var role: Role
    /// The statement or clause that defines it.
    public var statement: Span
    /// Where the name means this definition.
    public var scope: Span
    public var isTopLevel: Bool
    /// The names that one pattern defines have the same group.
    public var group: Int
    /// The `##` lines of a function.
    public var documentation: String?
    public var uses: [Span] = []
    /// Assignments after the definition.
    public var changes: [Span] = []
  }

  /// In the order of the text.
  public internal(set) var definitions: [Definition] = []
  /// Names that are read and defined nowhere in the source.
  public internal(set) var free: [Identifier] = []

  /// Cost: linear in the tree, with a look through the open scopes for each name.
  public init(_ tree: SyntaxTree) {
    let walk = NameCollection(tree)
    let order = walk.definitions.indices.sorted {
      walk.definitions[$0].span.start < walk.definitions[$1].span.start
    }
    definitions = order.map { walk.definitions[$0] }
    free = walk.free
  }

  /// What the name at a byte means: the definition that stands there or is read or changed there.
  public func definition(at offset: Int) -> Definition? {
    definitions.first { definition in
      ([definition.span] + definition.uses + definition.changes).contains {
        $0.start <= offset && offset <= $0.end
      }
    }
  }

  /// What an expression at a byte could read, the innermost last.
  public func visible(at offset: Int) -> [Definition] {
    definitions.filter { definition in
      guard definition.scope.start <= offset, offset <= definition.scope.end else { return false }
      return definition.role == .function || definition.statement.end <= offset || !definition.isTopLevel
    }
  }

  /// Definitions that nothing reads. A pattern counts as a whole; names that start with `_`, parameters, loop
  /// variables and the functions of the top level are meant to be there.
  public var unused: [Definition] {
    let read = Set(definitions.filter { !$0.uses.isEmpty }.map(\.group))
    return definitions.filter { definition in
      guard !read.contains(definition.group), !definition.name.hasPrefix("_") else { return false }
      switch definition.role {
      case .fixed, .changeable, .module: return true
      case .function: return !definition.isTopLevel
      case .parameter, .loopVariable, .error: return false
      }
    }
  }
}
