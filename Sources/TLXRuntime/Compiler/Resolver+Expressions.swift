import TLXSource
import TLXSyntax

extension Resolver {
  func expression(_ expression: Expression) -> Term {
    let span = expression.span
    switch expression.kind {
    case .nilLiteral, .invalid: return Term(.constant(.null), span)
    case .bool(let flag): return Term(.constant(.bool(flag)), span)
    case .int(let number): return Term(.constant(.int(number)), span)
    case .float(let number): return Term(.constant(.float(number)), span)
    case .string(let literal): return string(literal, span)
    case .name(let name): return self.name(name, span)
    case .group(let inner): return self.expression(inner)
    case .bracket(let items): return bracket(items.map { self.expression($0) }, span)
    case .list(let items): return Term(.list(items.map { self.expression($0) }), span)
    case .record(let entries): return Term(.record(entries.map(entry)), span)
    case .comprehension(let element, let clauses): return comprehension(element, clauses, span)
    case .block(let block): return Term(.block(self.block(block)), span)
    case .conditional(let conditional): return self.conditional(conditional, span)
    case .lambda(let lambda):
      return Term(.function(function(lambda, name: "<lambda>", selfName: nil, span)), span)
    case .unary(let op, let operand): return unary(op, self.expression(operand), span)
    case .binary(let op, let left, let right, _):
      return Term(.binary(op, self.expression(left), self.expression(right)), span)
    case .comparison(let first, let rest): return comparison(first, rest, span)
    case .logical(let op, let left, let right, _):
      return Term(.logical(op, self.expression(left), self.expression(right)), span)
    case .pipe(let left, let right): return pipe(left, right, span)
    case .call(let callee, let arguments, _): return call(callee, arguments, piped: nil, span)
    case .index(let base, let subscripts):
      return Term(.index(self.expression(base), subscripts.map(self.subscript)), span)
    case .field(let base, let name, _):
      return foreignMember(base, name) ?? Term(.field(self.expression(base), name), span)
    case .attempt(let attempted, let errorName, let fallback):
      return attempt(attempted, errorName, fallback, span)
    }
  }

  private func string(_ literal: StringLiteral, _ span: Span) -> Term {
    if let text = literal.plainText { return Term(.constant(.string(text)), span) }
    return Term(.interpolation(pieces(literal.segments)), span)
  }

  private func pieces(_ segments: [StringLiteral.Segment]) -> [Term.Piece] {
    segments.map { segment in
      switch segment {
      case .text(let text): return .text(text)
      case .interpolation(let inner, let format):
        let term = expression(inner)
        guard let format else { return .value(term, format: nil) }
        return .value(term, format: string(StringLiteral(segments: format), inner.span))
      }
    }
  }

  /// Literals of numbers become one constant.
  private func bracket(_ items: [Term], _ span: Span) -> Term {
    var values: [Value] = []
    for item in items {
      guard case .constant(let value) = item.kind else { return Term(.bracket(items), span) }
      switch value {
      case .int, .float, .bool, .tensor: values.append(value)
      default: return Term(.bracket(items), span)
      }
    }
    guard !values.isEmpty, let value = try? Operations.bracket(values), case .tensor(let tensor) = value,
      (try? tensor.realize()) != nil
    else { return Term(.bracket(items), span) }
    return Term(.constant(value), span)
  }

  private func entry(_ entry: RecordEntry) -> Term.Entry {
    switch entry {
    case .field(let name, let value): Term.Entry(name: name.name, value: named(value, name.name))
    case .spread(let value): Term.Entry(name: nil, value: expression(value))
    }
  }

  /// An expression that is bound to a name: a lambda takes the name for messages.
  func named(_ expression: Expression, _ name: String, selfName: String? = nil) -> Term {
    if case .lambda(let lambda) = expression.kind {
      return Term(
        .function(function(lambda, name: name, selfName: selfName, expression.span)), expression.span)
    }
    return self.expression(expression)
  }

  private func comprehension(_ element: Expression, _ clauses: [ComprehensionClause], _ span: Span) -> Term {
    inBlock {
      let builder = hidden()
      let terms = clauses.map { clause -> Term.Clause in
        switch clause {
        case .each(let pattern, let items):
          let items = expression(items)
          let state = hidden(width: 3)
          return .each(self.pattern(pattern, isMutable: false, role: "loop variable"), items, state: state)
        case .condition(let condition): return .condition(expression(condition))
        }
      }
      return Term(.comprehension(element: expression(element), clauses: terms, builder: builder), span)
    }
  }

  func block(_ block: Block) -> [Step] {
    inBlock { block.statements.flatMap { statement($0) } }
  }

  private func conditional(_ conditional: If, _ span: Span) -> Term {
    let condition = expression(conditional.condition)
    let then = block(conditional.then)
    let otherwise: Term? =
      switch conditional.otherwise {
      case .block(let block): Term(.block(self.block(block)), block.span)
      case .conditional(let next): expression(next)
      case nil: nil
      }
    return Term(.conditional(condition, then: then, otherwise: otherwise), span)
  }

  private func unary(_ op: UnaryOperator, _ operand: Term, _ span: Span) -> Term {
    if op == .negate, case .constant(let value) = operand.kind {
      switch value {
      case .int(let number) where number != Int.min: return Term(.constant(.int(-number)), span)
      case .float(let number): return Term(.constant(.float(-number)), span)
      default: break
      }
    }
    return Term(.unary(op, operand), span)
  }

  /// `a < b <= c` is `a < b and b <= c` with b evaluated once.
  private func comparison(_ first: Expression, _ rest: [ComparisonLink], _ span: Span) -> Term {
    var left = expression(first)
    var result: Term?
    for (position, link) in rest.enumerated() {
      var right = expression(link.operand)
      var next = right
      if position < rest.count - 1 {
        let variable = hidden()
        right = Term(.saved(variable, right), right.span)
        next = Term(.local(variable), right.span)
      }
      let comparison = Term(.comparison(link.op, left, right), left.span.union(right.span))
      if let before = result {
        result = Term(.logical(.and, before, comparison), before.span.union(comparison.span))
      } else {
        result = comparison
      }
      left = next
    }
    return result ?? left
  }

  private func pipe(_ left: Expression?, _ right: Expression, _ span: Span) -> Term {
    let piped: Term
    if let left {
      piped = expression(left)
    } else if defined["ans"] != nil {
      piped = name("ans", Span(span.start, span.start))
    } else {
      report("E0313", "there is nothing to continue from: no value was shown yet", span)
      piped = Term(.constant(.null), span)
    }
    if case .call(let callee, let arguments, _) = right.kind {
      return call(callee, arguments, piped: piped, span)
    }
    return call(right, [], piped: piped, span)
  }

  func `subscript`(_ item: Subscript) -> TermSubscript {
    switch item {
    case .expression(let inner): .value(expression(inner))
    case .slice(let start, let stop, let step, _):
      .slice(start.map { expression($0) }, stop.map { expression($0) }, step.map { expression($0) })
    case .newAxis: .newAxis
    case .ellipsis: .ellipsis
    }
  }

  private func attempt(
    _ attempted: Expression, _ errorName: Identifier?, _ fallback: Expression, _ span: Span
  ) -> Term {
    let attempted = expression(attempted)
    return inBlock {
      var variable: Variable?
      if let errorName {
        let error = Variable(
          name: errorName.name, definition: location(errorName.span), isMutable: false, role: "error")
        scope.declare(error)
        variable = error
      }
      return Term(.attempt(attempted, error: variable, expression(fallback)), span)
    }
  }

  // MARK: - Calls

  func call(_ callee: Expression, _ arguments: [Argument], piped: Term?, _ span: Span) -> Term {
    if case .name(let name) = callee.kind, let builtin = builtin(name),
      !arguments.contains(where: { $0.isSpread })
    {
      return call(builtin, callee.span, arguments, piped, span)
    }
    let function = expression(callee)
    var terms = piped.map { [CallArgument(name: nil, isSpread: false, value: $0)] } ?? []
    for argument in arguments {
      terms.append(
        CallArgument(
          name: argument.label?.name, isSpread: argument.isSpread, value: expression(argument.value)))
    }
    return Term(.call(function, terms), span)
  }

  private func call(
    _ builtin: Builtin, _ calleeSpan: Span, _ arguments: [Argument], _ piped: Term?, _ span: Span
  ) -> Term {
    let positional = arguments.filter { $0.label == nil }
    let keywords = arguments.filter { $0.label != nil }
    let terms =
      (piped.map { [$0] } ?? []) + positional.map { expression($0.value) }
      + keywords.map { expression($0.value) }
    do {
      let match = try builtin.match(
        positional: positional.count + (piped == nil ? 0 : 1),
        keywords: keywords.compactMap { $0.label?.name },
        texts: (piped.map { [text($0.span)] } ?? []) + positional.map { text($0.value.span) })
      return Term(.builtinCall(builtin, match, terms), span)
    } catch {
      var place = calleeSpan
      if let argument = error.argument {
        let keyword = argument - positional.count - (piped == nil ? 0 : 1)
        if keyword >= 0, keyword < keywords.count, let label = keywords[keyword].label {
          place = label.span
        } else if terms.indices.contains(argument) {
          place = terms[argument].span
        }
      }
      report(error.failure.code, error.failure.message, place, help: error.failure.help)
      return Term(.constant(.null), span)
    }
  }
}
