import TLXSource

extension NameWalk {
  mutating func expression(_ expression: Expression) {
    switch expression.kind {
    case .name(let name): use(name, expression.span)
    case .nilLiteral, .bool, .int, .float, .invalid: break
    case .string(let literal): segments(literal.segments)
    case .bracket(let items), .list(let items): for item in items { self.expression(item) }
    case .comprehension(let element, let clauses): comprehension(element, clauses, expression.span)
    case .group(let inner), .unary(_, let inner), .field(let inner, _, _): self.expression(inner)
    case .record(let entries): for entry in entries { self.entry(entry) }
    case .block(let block): self.block(block)
    case .conditional(let conditional): self.conditional(conditional)
    case .lambda(let lambda): function(lambda.parameters, lambda.body, expression.span)
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _):
      self.expression(left)
      self.expression(right)
    case .comparison(let first, let rest):
      self.expression(first)
      for link in rest { self.expression(link.operand) }
    case .pipe(let left, let right):
      if let left { self.expression(left) } else { useAnswer() }
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

  private mutating func comprehension(
    _ element: Expression, _ clauses: [ComprehensionClause], _ span: Span
  ) {
    scoped(span) { walk in
      for clause in clauses {
        switch clause {
        case .each(let pattern, let source):
          walk.expression(source)
          walk.define(pattern, .loopVariable, pattern.span)
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

  mutating func `subscript`(_ item: Subscript) {
    switch item {
    case .expression(let value): expression(value)
    case .slice(let start, let stop, let step, _):
      for part in [start, stop, step] { if let part { expression(part) } }
    case .newAxis, .ellipsis: break
    }
  }

  private mutating func attempt(_ tried: Expression, _ errorName: Identifier?, _ fallback: Expression) {
    expression(tried)
    scoped(fallback.span) { walk in
      if let errorName { walk.define(errorName, .error, errorName.span) }
      walk.expression(fallback)
    }
  }
}
