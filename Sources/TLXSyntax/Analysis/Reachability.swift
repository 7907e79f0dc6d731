import TLXSource

/// Finds statements that cannot run: what stands before them in their block always leaves it.
public struct Reachability {
  /// The first unreachable statement of each block to the block's last, and what keeps it from running.
  public private(set) var unreachable: [(span: Span, cause: Span)] = []

  /// Cost: linear in the tree.
  public init(_ tree: SyntaxTree) {
    for cell in tree.cells { _ = leaves(cell.statements) }
  }

  /// Whether the end of the statements is never come to. Reports what stands behind the statement that leaves.
  private mutating func leaves(_ statements: [Statement]) -> Bool {
    var isLeft = false
    for (position, statement) in statements.enumerated() {
      let leaves = leaves(statement)
      // A function may stand behind `return`: it is defined all the same.
      let rest = statements[(position + 1)...].filter { if case .function = $0.kind { false } else { true } }
      if leaves, !isLeft, let first = rest.first, let last = rest.last {
        unreachable.append((first.span.union(last.span), statement.span))
      }
      isLeft = isLeft || leaves
    }
    return isLeft
  }

  private mutating func leaves(_ statement: Statement) -> Bool {
    switch statement.kind {
    case .returning, .breaking, .continuing: return true
    case .expression(let value): return leaves(value)
    case .binding(_, _, _, let value), .assignment(_, _, _, let value): return leaves(value)
    case .function(let function):
      _ = leaves(function.body)
      return false
    case .forLoop(_, _, let body):
      _ = leaves(body.statements)
      return false
    case .whileLoop(let condition, let body):
      _ = leaves(body.statements)
      guard case .bool(true) = condition.kind else { return false }
      return !Reachability.breaks(body.statements)
    case .assertion, .use, .invalid: return false
    }
  }

  private mutating func leaves(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .group(let inner): return leaves(inner)
    case .block(let block): return leaves(block.statements)
    case .conditional(let conditional):
      let then = leaves(conditional.then.statements)
      switch conditional.otherwise {
      case nil: return false
      case .block(let block)?: return leaves(block.statements) && then
      case .conditional(let inner)?: return leaves(inner) && then
      }
    case .call(let callee, let arguments, _):
      for argument in arguments { _ = leaves(argument.value) }
      if case .name("error") = callee.kind { return true }
      return false
    case .lambda(let lambda):
      _ = leaves(lambda.body)
      return false
    default: return false
    }
  }

  /// Whether a `break` of this loop is in its body: not one of an inner loop.
  private static func breaks(_ statements: [Statement]) -> Bool {
    statements.contains { statement in
      switch statement.kind {
      case .breaking: true
      case .expression(let value), .binding(_, _, _, let value), .assignment(_, _, _, let value):
        breaks(value)
      default: false
      }
    }
  }

  private static func breaks(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .group(let inner): return breaks(inner)
    case .block(let block): return breaks(block.statements)
    case .conditional(let conditional):
      if breaks(conditional.then.statements) { return true }
      switch conditional.otherwise {
      case nil: return false
      case .block(let block)?: return breaks(block.statements)
      case .conditional(let inner)?: return breaks(inner)
      }
    case .attempt(let tried, _, let fallback): return breaks(tried) || breaks(fallback)
    default: return false
    }
  }
}
