import TLXNumerics
import TLXSource
import TLXSyntax

extension Resolver {
  func statement(_ statement: Statement) -> [Step] {
    let span = statement.span
    switch statement.kind {
    case .invalid: return []
    case .expression(let inner):
      return [Step(.expression(expression(inner), shown: isTopLevel ? statement : nil), span)]
    case .binding(let isMutable, let pattern, let annotation, let value):
      return [binding(isMutable, pattern, annotation, value, span)]
    case .assignment(let target, let op, _, let value):
      return assignment(target, op, value, span).map { [$0] } ?? []
    case .function(let declaration): return [function(declaration, span)]
    case .returning(let value):
      return [Step(.returning(value.map { expression($0) }), span)]
    case .forLoop(let pattern, let items, let body): return [forLoop(pattern, items, body, span)]
    case .whileLoop(let condition, let body):
      let condition = expression(condition)
      return [Step(.whileLoop(condition, block(body)), span)]
    case .breaking: return [Step(.breaking, span)]
    case .continuing: return [Step(.continuing, span)]
    case .assertion(let condition, let message):
      return [Step(.assertion(expression(condition), message.map { expression($0) }), span)]
    case .use(_, let pathSpan, let alias): return use(pathSpan, alias, span).map { [$0] } ?? []
    }
  }

  // MARK: - Definitions and assignments

  private func binding(
    _ isMutable: Bool, _ pattern: Pattern, _ annotation: TypeAnnotation?, _ value: Expression, _ span: Span
  ) -> Step {
    let term: Term
    if case .name(let name) = pattern.kind {
      // A local function may call itself; a top-level one finds its global.
      term = named(value, name, selfName: isTopLevel ? nil : name)
    } else {
      term = expression(value)
    }
    let check = annotation.map { self.annotation($0, subject: text(pattern.span)) }
    return Step(
      .bind(self.pattern(pattern, isMutable: isMutable, role: isMutable ? "var" : "let"), check, term), span)
  }

  /// Declares a pattern's names.
  func pattern(_ pattern: Pattern, isMutable: Bool, role: String) -> PatternTerm {
    switch pattern.kind {
    case .name(let name):
      return PatternTerm(
        kind: .define(define(name, pattern.span, isMutable: isMutable, role: role)), span: pattern.span)
    case .wildcard: return PatternTerm(kind: .wildcard, span: pattern.span)
    case .list(let parts, let rest):
      var terms = parts.map { self.pattern($0, isMutable: isMutable, role: role) }
      var restIndex: Int?
      if let rest {
        restIndex = terms.count
        terms.append(
          PatternTerm(
            kind: .define(define(rest.name, rest.span, isMutable: isMutable, role: role)), span: rest.span))
      }
      return PatternTerm(kind: .list(terms, restIndex: restIndex), span: pattern.span)
    case .record(let fields):
      return PatternTerm(
        kind: .record(
          fields.map { ($0.field.name, self.pattern($0.pattern, isMutable: isMutable, role: role)) }),
        span: pattern.span)
    }
  }

  private func assignment(
    _ target: Expression, _ op: BinaryOperator?, _ value: Expression, _ span: Span
  ) -> Step? {
    // The parser lets no other target through.
    guard let (name, nameSpan, path) = path(to: target) else { return nil }
    var steps = path.map(self.step)
    var term = expression(value)
    guard let place = place(name, nameSpan, definesNew: op == nil && path.isEmpty) else { return nil }
    if let op {
      // `x[f()] += 1` evaluates `f()` once: the read keeps the subscripts for the write.
      var current = self.name(name, nameSpan)
      for position in steps.indices {
        switch steps[position] {
        case .field(let name): current = Term(.field(current, name), target.span)
        case .index(let subscripts):
          let kept = subscripts.map(keeping)
          current = Term(.index(current, kept.map(\.read)), target.span)
          steps[position] = .index(kept.map(\.write))
        }
      }
      term = Term(.binary(op, Term(current.kind, target.span), term), span)
    }
    return Step(.assign(place, steps, term), span)
  }

  private enum PathPart {
    case field(String)
    case index([Subscript])
  }

  private func path(to target: Expression) -> (String, Span, [PathPart])? {
    switch target.kind {
    case .name(let name): return (name, target.span, [])
    case .group(let inner): return path(to: inner)
    case .field(let base, let name, _):
      return path(to: base).map { ($0.0, $0.1, $0.2 + [.field(name)]) }
    case .index(let base, let subscripts):
      return path(to: base).map { ($0.0, $0.1, $0.2 + [.index(subscripts)]) }
    default: return nil
    }
  }

  private func step(_ part: PathPart) -> Step.PathStep {
    switch part {
    case .field(let name): .field(name)
    case .index(let subscripts): .index(subscripts.map(self.subscript))
    }
  }

  private func keeping(_ item: TermSubscript) -> (read: TermSubscript, write: TermSubscript) {
    switch item {
    case .value(let term):
      let kept = keeping(term)
      return (.value(kept.read), .value(kept.write))
    case .slice(let start, let stop, let step):
      let kept = [start, stop, step].map { $0.map(keeping) }
      return (
        .slice(kept[0]?.read, kept[1]?.read, kept[2]?.read),
        .slice(kept[0]?.write, kept[1]?.write, kept[2]?.write)
      )
    case .newAxis, .ellipsis: return (item, item)
    }
  }

  private func keeping(_ term: Term) -> (read: Term, write: Term) {
    if case .constant = term.kind { return (term, term) }
    let variable = hidden()
    return (Term(.saved(variable, term), term.span), Term(.local(variable), term.span))
  }

  // MARK: - Loops

  private func forLoop(_ pattern: Pattern, _ items: Expression, _ body: Block, _ span: Span) -> Step {
    let items = expression(items)
    return inBlock {
      let state = hidden(width: 3)
      let term = self.pattern(pattern, isMutable: false, role: "loop variable")
      return Step(.forLoop(term, items, block(body), state: state), span)
    }
  }

  // MARK: - Modules

  private func use(_ pathSpan: Span, _ alias: Identifier?, _ span: Span) -> Step? {
    guard isTopLevel else {
      report("E0310", "`use` stands at the top level of a file", span)
      return nil
    }
    do {
      guard let module = try modules[pathSpan.start]?.get() else { return nil }
      if let alias {
        return Step(.use(module, define(alias.name, alias.span, isMutable: false, role: "module")), span)
      }
      for global in module.exports { define(global) }
      return Step(.use(module, nil), span)
    } catch let failure as Failure {
      report(failure.code, failure.message, pathSpan, help: failure.help)
    } catch let errors as Diagnostics {
      diagnostics += errors.items
    } catch let error as NumericsError {
      report(error.code, error.message, pathSpan, help: error.help)
    } catch {
      report("E0601", "\(error)", pathSpan)
    }
    return nil
  }
}
