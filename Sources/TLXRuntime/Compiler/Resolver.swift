import TLXSource
import TLXSyntax

/// Finds what every name of a unit means, undoes the sugar, and reports all that is wrong before anything runs.
final class Resolver {
  enum Mode {
    /// A name may be defined in one cell only.
    case file
    /// Names may be defined again.
    case prompt
    /// A file brought in by `use`: sees nothing of the session.
    case module
  }

  let source: SourceText
  let mode: Mode
  let session: Session
  var diagnostics: [Diagnostic] = []
  var scope: FunctionScope

  /// Top-level names that are defined at the place that is being resolved.
  var defined: [String: GlobalVariable]
  /// Functions and other names that the unit defines further below.
  var functionsAhead: [String: GlobalVariable] = [:]
  var namesAhead: [String: GlobalVariable] = [:]
  /// Unknown names that were assigned to, as other languages define names.
  var takenForDefined: Set<String> = []
  /// By where the name stands.
  var definitions: [Int: GlobalVariable] = [:]
  /// Names in scope after the unit.
  var exported: [(name: String, variable: GlobalVariable)] = []
  /// By where their path stands.
  var modules: [Int: Result<Module, any Error>] = [:]
  private var nextIndex: Int

  init(source: SourceText, mode: Mode, session: Session) {
    self.source = source
    self.mode = mode
    self.session = session
    self.scope = FunctionScope(parent: nil, name: "", isTop: true)
    self.defined = session.variables.names
    if mode == .module { defined = defined.filter { $0.key == "args" } }
    self.nextIndex = 0
  }

  /// The resolved statements of each cell.
  func resolve(_ tree: SyntaxTree) -> [(cell: Cell, steps: [Step], scope: FunctionScope)] {
    loadModules(tree)
    nextIndex = session.variables.count
    collectDefinitions(tree)
    return tree.cells.map { cell in
      scope = FunctionScope(parent: nil, name: cell.title ?? "", isTop: true)
      let steps = cell.statements.flatMap { statement($0) }
      return (cell, steps, scope)
    }
  }

  /// Modules come first: their variables take indices of their own.
  private func loadModules(_ tree: SyntaxTree) {
    for statement in tree.cells.flatMap(\.statements) {
      if case .use(let path, let pathSpan, _) = statement.kind {
        modules[pathSpan.start] = Result { try session.modules.load(path, from: source, session) }
      }
    }
  }

  /// An expression that is evaluated by itself: a function without parameters.
  func resolve(expression: Expression) -> FunctionTerm {
    scope = FunctionScope(parent: nil, name: "")
    let term = self.expression(expression)
    return FunctionTerm(scope: scope, parameters: [], body: term, documentation: nil, span: expression.span)
  }

  // MARK: - Definitions

  private func collectDefinitions(_ tree: SyntaxTree) {
    var firstCell: [String: (cell: Int, span: Span)] = [:]
    for (position, cell) in tree.cells.enumerated() {
      for statement in cell.statements {
        for name in topLevelNames(statement) {
          if mode != .prompt, let first = firstCell[name.name], first.cell != position {
            report(
              "E0303", "`\(name.name)` is defined in two cells", name.span, label: "defined again here",
              secondary: [.init(location(first.span), "first defined here")],
              help: "give one of them another name, or define it with `var` and assign to it")
          }
          if firstCell[name.name] == nil { firstCell[name.name] = (position, name.span) }
          collect(name, statement)
        }
      }
    }
  }

  private func collect(_ name: Identifier, _ statement: Statement) {
    var isMutable = false
    var isFunction = false
    if case .binding(let mutable, _, _, _) = statement.kind { isMutable = mutable }
    if case .function = statement.kind { isFunction = true }
    let ahead = functionsAhead[name.name] ?? namesAhead[name.name]
    let own = mode == .module ? nil : session.variables.names[name.name].flatMap { $0.isImported ? nil : $0 }
    let index: Int
    if let earlier = ahead ?? own {
      index = earlier.index
    } else {
      index = nextIndex
      nextIndex += 1
      if index == Machine.globalLimit {
        report("E0706", "a session can have \(Machine.globalLimit) top-level names", name.span)
      }
    }
    let variable = GlobalVariable(
      name: name.name, index: index, isMutable: isMutable, isFunction: isFunction,
      definition: location(name.span))
    definitions[name.span.start] = variable
    if isFunction {
      if functionsAhead[name.name] == nil { functionsAhead[name.name] = variable }
    } else if namesAhead[name.name] == nil {
      namesAhead[name.name] = variable
    }
  }

  private func topLevelNames(_ statement: Statement) -> [Identifier] {
    switch statement.kind {
    case .binding(_, let pattern, _, _): Resolver.names(in: pattern)
    case .function(let declaration): [declaration.name]
    case .use(_, _, let alias?): [alias]
    default: []
    }
  }

  static func names(in pattern: Pattern) -> [Identifier] {
    switch pattern.kind {
    case .name(let name): [Identifier(name, pattern.span)]
    case .wildcard: []
    case .list(let parts, let rest): parts.flatMap { names(in: $0) } + (rest.map { [$0] } ?? [])
    case .record(let fields): fields.flatMap { names(in: $0.pattern) }
    }
  }

  /// All variables that the unit defines, the last definition of each.
  var newGlobals: [GlobalVariable] {
    definitions.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Makes a top-level name visible from here on.
  func define(_ variable: GlobalVariable, as name: String? = nil) {
    let name = name ?? variable.name
    defined[name] = variable
    if functionsAhead[name] === variable { functionsAhead[name] = nil }
    if namesAhead[name] === variable { namesAhead[name] = nil }
    exported.append((name, variable))
  }

  /// Whether a definition here is a top-level one.
  var isTopLevel: Bool { scope.isTop && scope.blocks.count == 1 }

  /// Declares a name; the caller has resolved what it is bound to.
  func define(_ name: String, _ span: Span, isMutable: Bool, role: String) -> StorageTerm {
    if isTopLevel, let global = definitions[span.start] {
      define(global)
      return .global(global)
    }
    let variable = Variable(name: name, definition: location(span), isMutable: isMutable, role: role)
    scope.declare(variable)
    return .local(variable)
  }

  func hidden(width: Int = 1) -> Variable {
    let variable = Variable(
      name: "", definition: location(Span(0, 0)), isMutable: false, role: "hidden", width: width)
    scope.declare(variable)
    return variable
  }

  func inBlock<Result>(_ body: () -> Result) -> Result {
    scope.blocks.append([:])
    defer { scope.blocks.removeLast() }
    return body()
  }

  // MARK: - Reports

  func location(_ span: Span) -> Location { Location(source, span) }

  func report(
    _ code: String, _ message: String, _ span: Span, label: String = "", secondary: [Diagnostic.Label] = [],
    help: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(code, message, at: location(span), label: label, secondary: secondary, help: help))
  }

  func text(_ span: Span) -> String {
    let bytes = source.bytes
    let start = min(max(0, span.start), bytes.count)
    return String(decoding: bytes[start..<min(max(start, span.end), bytes.count)], as: UTF8.self)
  }
}
