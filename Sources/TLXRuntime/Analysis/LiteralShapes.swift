import TLXNumerics
import TLXSource
import TLXSyntax

/// Finds operations on literals that cannot work, without running anything: `[1, 2] + [1, 2, 3]`, and `x @ w` where both
/// were defined by literals or by `zeros(3, 4)`. Tensors know their shapes before their contents are computed, so the
/// shape rules are the machine's own; what is not known (parameters, `var`, results of functions) is passed over.
struct LiteralShapes {
  private(set) var diagnostics: [Diagnostic] = []
  private let source: SourceText
  private let session: Session

  private struct Known {
    var value: Value
    var definition: Span
  }
  /// Nil for a name whose value is not known here.
  private var scopes: [[String: Known?]] = [[:]]

  /// Built-ins whose result has a shape before anything is computed, and which draw no random numbers.
  private static let creators: Set<String> = [
    "zeros", "ones", "full", "reshape", "transpose", "squeeze", "flatten", "concat", "stack", "exp", "log",
    "sqrt", "abs", "tanh", "sigmoid", "relu", "softplus", "sin", "cos", "sum", "mean", "softmax",
  ]
  private static let reported: Set<String> = [
    "E0401", "E0402", "E0403", "E0404", "E0405", "E0406", "E0408", "E0418",
  ]
  /// Literals beyond this are data, and rarely shapes gone wrong.
  private static let mostItems = 10_000

  init(_ tree: SyntaxTree, session: Session) {
    source = tree.source
    self.session = session
    for cell in tree.cells { statements(cell.statements) }
  }

  // MARK: - Statements

  private mutating func statements(_ list: [Statement]) {
    for case .function(let function) in list.map(\.kind) { forget(function.name.name) }
    for statement in list { self.statement(statement) }
  }

  private mutating func scoped(_ body: (inout LiteralShapes) -> Void) {
    scopes.append([:])
    body(&self)
    scopes.removeLast()
  }

  private mutating func statement(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value): _ = self.value(value)
    case .binding(let isMutable, let pattern, let annotation, let value):
      let known = self.value(value)
      if case .name(let name) = pattern.kind, !isMutable, annotation == nil, let known {
        scopes[scopes.count - 1][name] = .some(Known(value: known, definition: pattern.span))
      } else {
        forget(pattern)
      }
    case .assignment(_, _, _, let value): _ = self.value(value)
    case .function(let function): self.function(function.parameters, function.body)
    case .returning(let value): if let value { _ = self.value(value) }
    case .forLoop(let pattern, let items, let body):
      _ = value(items)
      scoped { walk in
        walk.forget(pattern)
        walk.block(body)
      }
    case .whileLoop(let condition, let body):
      _ = value(condition)
      block(body)
    case .assertion(let condition, let message):
      _ = value(condition)
      if let message { _ = value(message) }
    case .use(_, _, let alias): if let alias { forget(alias.name) }
    case .breaking, .continuing, .invalid: break
    }
  }

  private mutating func block(_ block: Block) { scoped { $0.statements(block.statements) } }

  private mutating func function(_ parameters: [Parameter], _ body: Expression) {
    scoped { walk in
      for parameter in parameters { walk.forget(parameter.pattern) }
      _ = walk.value(body)
    }
  }

  private mutating func forget(_ name: String) { scopes[scopes.count - 1].updateValue(nil, forKey: name) }

  private mutating func forget(_ pattern: Pattern) {
    switch pattern.kind {
    case .name(let name): forget(name)
    case .wildcard: break
    case .list(let items, let rest):
      for item in items { forget(item) }
      if let rest { forget(rest.name) }
    case .record(let fields): for field in fields { forget(field.pattern) }
    }
  }

  private func known(_ name: String) -> Known? {
    for scope in scopes.reversed() {
      if let found = scope[name] { return found }
    }
    return nil
  }

  private func isDefined(_ name: String) -> Bool { scopes.contains { $0.keys.contains(name) } }

  // MARK: - Expressions

  private mutating func value(_ expression: Expression) -> Value? {
    switch expression.kind {
    case .nilLiteral, .invalid: return nil
    case .bool(let flag): return .bool(flag)
    case .int(let number): return .int(number)
    case .float(let number): return .float(number)
    case .string(let literal):
      visit(literal.segments)
      return literal.plainText.map { .string($0) }
    case .name(let name): return known(name)?.value
    case .group(let inner): return value(inner)
    case .bracket(let items): return bracket(items)
    case .unary(let op, let operand):
      guard let operand = value(operand) else { return nil }
      return attempt(expression.span, []) { try Operations.unary(op, operand) }
    case .binary(let op, let left, let right, let operatorSpan):
      return binary(op, left, right, operatorSpan)
    case .call(let callee, let arguments, _): return call(callee, arguments, expression.span)
    case .field(let base, let name, let nameSpan):
      guard let base = value(base), case .tensor = base else { return nil }
      return attempt(nameSpan, []) { try Operations.field(of: base, name) }
    case .index(let base, let subscripts): return index(base, subscripts, expression.span)
    default:
      visitParts(of: expression)
      return nil
    }
  }

  private mutating func visitParts(of expression: Expression) {
    switch expression.kind {
    case .comprehension(let element, let clauses): comprehension(element, clauses)
    case .list(let items): for item in items { _ = value(item) }
    case .record(let entries):
      for entry in entries {
        switch entry {
        case .field(_, let inner), .spread(let inner): _ = value(inner)
        }
      }
    case .block(let block): self.block(block)
    case .conditional(let conditional): self.conditional(conditional)
    case .lambda(let lambda): function(lambda.parameters, lambda.body)
    case .comparison(let first, let rest):
      _ = value(first)
      for link in rest { _ = value(link.operand) }
    case .logical(_, let left, let right, _):
      _ = value(left)
      _ = value(right)
    case .pipe(let left, let right):
      if let left { _ = value(left) }
      // The right side is a call that lacks its first argument.
      if case .call(_, let arguments, _) = right.kind {
        for argument in arguments { _ = value(argument.value) }
      }
    // What `try` stands before is meant to fail.
    case .attempt(_, _, let fallback): _ = value(fallback)
    default: break
    }
  }

  private mutating func visit(_ segments: [StringLiteral.Segment]) {
    for case .interpolation(let inner, _) in segments { _ = value(inner) }
  }

  private mutating func comprehension(_ element: Expression, _ clauses: [ComprehensionClause]) {
    scoped { walk in
      for clause in clauses {
        switch clause {
        case .each(let pattern, let items):
          _ = walk.value(items)
          walk.forget(pattern)
        case .condition(let condition): _ = walk.value(condition)
        }
      }
      _ = walk.value(element)
    }
  }

  private mutating func conditional(_ conditional: If) {
    _ = value(conditional.condition)
    block(conditional.then)
    switch conditional.otherwise {
    case nil: break
    case .block(let block)?: self.block(block)
    case .conditional(let inner)?: _ = value(inner)
    }
  }

  private mutating func bracket(_ items: [Expression]) -> Value? {
    let values = items.map { value($0) }
    guard items.count <= LiteralShapes.mostItems, !values.contains(where: { $0 == nil }) else { return nil }
    return try? Operations.bracket(values.compactMap { $0 })
  }

  private mutating func binary(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, _ operatorSpan: Span
  ) -> Value? {
    let (a, b) = (value(left), value(right))
    guard let a, let b else { return nil }
    return attempt(operatorSpan, [left, right]) { try Operations.binary(op, a, b) }
  }

  private mutating func call(_ callee: Expression, _ arguments: [Argument], _ span: Span) -> Value? {
    let values = arguments.map { value($0.value) }
    guard case .name(let name) = callee.kind else {
      _ = value(callee)
      return nil
    }
    guard LiteralShapes.creators.contains(name), !isDefined(name), let builtin = session.builtins[name],
      !arguments.contains(where: \.isSpread), !values.contains(where: { $0 == nil })
    else { return nil }
    var positional: [Value] = []
    var keywords: [(name: String, value: Value)] = []
    for (argument, value) in zip(arguments, values) {
      guard let value else { return nil }
      if let label = argument.label { keywords.append((label.name, value)) } else { positional.append(value) }
    }
    let session = session
    return attempt(span, []) {
      try session.call(.function(session.function(of: builtin)), positional, keywords: keywords)
    }
  }

  private mutating func index(_ base: Expression, _ subscripts: [Subscript], _ span: Span) -> Value? {
    let whole = value(base)
    var items: [SubscriptValue?] = []
    for item in subscripts {
      switch item {
      case .expression(let inner): items.append(value(inner).map { .value($0) })
      case .slice(let start, let stop, let step, _):
        let bounds = [start, stop, step].map { $0.flatMap { value($0)?.exactInt } }
        let isKnown = zip([start, stop, step], bounds).allSatisfy { $0 == nil || $1 != nil }
        items.append(isKnown ? .slice(bounds[0], bounds[1], bounds[2]) : nil)
      case .newAxis: items.append(.newAxis)
      case .ellipsis: items.append(.ellipsis)
      }
    }
    guard let whole, case .tensor = whole, !items.contains(where: { $0 == nil }) else { return nil }
    return attempt(span, [base]) { try Operations.index(whole, items.compactMap { $0 }) }
  }

  // MARK: - Reports

  /// The result, or nil with a report if it can have none.
  private mutating func attempt(_ span: Span, _ operands: [Expression], _ body: () throws -> Value) -> Value?
  {
    do {
      return try body()
    } catch let error as NumericsError {
      report(error, span, operands)
    } catch let failure as Failure {
      report(Diagnostic(failure.code, failure.message, at: at(span), help: failure.help), operands)
    } catch let error as Diagnostics {
      for item in error.items {
        report(Diagnostic(item.code, item.message, at: at(span), help: item.help), [])
      }
    } catch let item as Diagnostic {
      report(Diagnostic(item.code, item.message, at: at(span), help: item.help), [])
    } catch {}
    return nil
  }

  private func at(_ span: Span) -> Location { Location(source, span) }

  private mutating func report(_ error: NumericsError, _ span: Span, _ operands: [Expression]) {
    let names = operands.map { operand in
      if case .name(let name) = operand.kind { name } else { "" }
    }
    var diagnostic = Diagnostic(error.code, error.message, at: at(span), help: error.help(naming: names))
    if error.operandNotes.count == 2, operands.count == 2 {
      diagnostic.primary = .init(at(operands[0].span), error.operandNotes[0])
      diagnostic.secondary.append(.init(at(operands[1].span), error.operandNotes[1]))
    }
    report(diagnostic, operands)
  }

  private mutating func report(_ diagnostic: Diagnostic, _ operands: [Expression]) {
    guard LiteralShapes.reported.contains(diagnostic.code) else { return }
    var diagnostic = diagnostic
    for case .name(let name) in operands.map(\.kind) {
      guard let known = known(name) else { continue }
      diagnostic.secondary.append(.init(at(known.definition), "\(name) is \(known.value.kindDescription)"))
    }
    diagnostics.append(diagnostic)
  }
}
