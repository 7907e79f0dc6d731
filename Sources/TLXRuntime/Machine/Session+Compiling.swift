import TLXSource
import TLXSyntax

/// A cell that is ready to run.
struct Unit {
  var cell: Cell
  var prototype: Prototype
}

extension Session {
  /// Finds all that is wrong with a source without running it: errors, or else warnings, both in the order of the text.
  public func check(_ tree: SyntaxTree, mode: Mode) -> [Diagnostic] {
    do {
      return try working { try self.checkHere(tree, mode) }
    } catch let error as Diagnostics {
      return error.items
    } catch {
      return [Diagnostic("E0600", "\(error)")]
    }
  }

  private func checkHere(_ tree: SyntaxTree, _ mode: Mode) throws -> [Diagnostic] {
    try failOnErrors(tree.diagnostics)
    let resolver = Resolver(source: tree.source, mode: mode == .file ? .file : .prompt, session: self)
    _ = resolver.resolve(tree)
    var found = tree.diagnostics + resolver.diagnostics
    found += LiteralShapes(tree, session: self).diagnostics
    if !found.contains(where: { $0.severity == .error }) { found += SourceWarnings.of(tree, mode: mode) }
    // Those of other files that `use` brought in come first.
    let starts = found.map {
      $0.primary.map { $0.location.source === tree.source ? $0.location.span.start : -1 } ?? -1
    }
    return found.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }.map { found[$0] }
  }

  /// Compiles all cells, or throws all that is wrong.
  func compile(_ tree: SyntaxTree, mode: Resolver.Mode) throws -> [Unit] {
    try failOnErrors(tree.diagnostics)
    let resolver = Resolver(source: tree.source, mode: mode, session: self)
    let cells = resolver.resolve(tree)
    try failOnErrors(resolver.diagnostics)
    let new = resolver.newGlobals
    install(new)
    compileErrors = []
    let units = cells.map { cell, steps, scope in
      let generator = Generator(
        session: self, scope: scope, source: tree.source, name: "", definition: cell.span,
        globalCount: variables.count)
      return Unit(cell: cell, prototype: generator.unit(steps))
    }
    try failOnErrors(compileErrors)
    for (name, variable) in resolver.exported { variables.name(variable, name) }
    return units
  }

  func compileModule(path: String, _ source: SourceText) throws -> Module {
    let tree = parse(source)
    try failOnErrors(tree.diagnostics)
    let resolver = Resolver(source: source, mode: .module, session: self)
    let cells = resolver.resolve(tree)
    try failOnErrors(resolver.diagnostics)
    let new = resolver.newGlobals
    for variable in new { variable.isImported = true }
    install(new)
    // A module's cells run as one.
    let scope = FunctionScope(parent: nil, name: "", isTop: true)
    for cell in cells { scope.variables += cell.scope.variables }
    compileErrors = []
    let generator = Generator(
      session: self, scope: scope, source: source, name: "", definition: Span(0, 0), globalCount: nil)
    let prototype = generator.unit(cells.flatMap(\.steps))
    try failOnErrors(compileErrors)
    let latest = Dictionary(new.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let exports = new.filter { latest[$0.name] === $0 }
    return Module(path: path, source: source, prototype: prototype, exports: exports)
  }

  func compile(expression source: SourceText, mode: Resolver.Mode) throws -> Prototype {
    let tree = parse(source)
    try failOnErrors(tree.diagnostics)
    let statements = tree.cells.flatMap(\.statements)
    guard statements.count == 1, case .expression(let expression) = statements[0].kind else {
      throw Diagnostics([Diagnostic("E0200", "one expression is expected", at: Location(source, Span(0, 0)))])
    }
    let resolver = Resolver(source: source, mode: mode, session: self)
    let term = resolver.resolve(expression: expression)
    try failOnErrors(resolver.diagnostics)
    compileErrors = []
    let generator = Generator(
      session: self, scope: term.scope, source: source, name: "", definition: expression.span,
      globalCount: nil)
    let prototype = generator.function(term)
    try failOnErrors(compileErrors)
    return prototype
  }

  private func failOnErrors(_ diagnostics: [Diagnostic]) throws {
    let errors = diagnostics.filter { $0.severity == .error }
    if !errors.isEmpty { throw Diagnostics(errors) }
  }
}
