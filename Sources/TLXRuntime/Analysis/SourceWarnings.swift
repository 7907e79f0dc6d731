import TLXSource
import TLXSyntax

/// What `tlx check` warns of in a file that is right otherwise: names without use, statements that cannot run.
enum SourceWarnings {
  static func of(_ tree: SyntaxTree, mode: Session.Mode) -> [Diagnostic] {
    guard mode == .file else { return unreachable(tree) }
    return unused(tree) + unreachable(tree)
  }

  private static func unused(_ tree: SyntaxTree) -> [Diagnostic] {
    let isModule = !tree.cells.flatMap(\.statements).contains(where: isVisible)
    return NameIndex(tree).unused.compactMap { definition in
      if definition.isTopLevel && isModule { return nil }
      return Diagnostic(
        "E0305", "`\(definition.name)` is never used", at: Location(tree.source, definition.span),
        help: "remove it, or name it `_\(definition.name)` if that is meant", severity: .warning)
    }
  }

  /// Whether running the statement may show or check something.
  private static func isVisible(_ statement: Statement) -> Bool {
    switch statement.kind {
    case .expression, .assertion, .forLoop, .whileLoop: true
    default: false
    }
  }

  private static func unreachable(_ tree: SyntaxTree) -> [Diagnostic] {
    Reachability(tree).unreachable.map { span, cause in
      Diagnostic(
        "E0306", "this is never reached", at: Location(tree.source, span),
        secondary: [.init(Location(tree.source, cause), "nothing goes on behind this")], severity: .warning)
    }
  }
}
