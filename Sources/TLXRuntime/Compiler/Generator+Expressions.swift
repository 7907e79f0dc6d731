import TLXSource
import TLXSyntax

extension Generator {
  /// The register that holds the value: a variable's own, or a new temporary. `until` is what is evaluated before
  /// the register is read: if that may change the variable, its value now is copied.
  /// `preferred` is a temporary that may be taken instead of a new one.
  func operand(_ term: Term, until other: Term? = nil, preferred: Int? = nil) -> Int {
    if let register = register(of: term) {
      if let other, isChangeable(term, by: other) {
        let copy = temporary()
        emit(.copy, copy, register)
        return copy
      }
      return register
    }
    if case .saved(let variable, let inner) = term.kind {
      evaluate(inner, into: variable.register)
      return variable.register
    }
    let register = preferred.flatMap { isTemporary($0) ? $0 : nil } ?? temporary()
    evaluate(term, into: register)
    return register
  }

  private func isChangeable(_ term: Term, by other: Term) -> Bool {
    switch term.kind {
    case .local(let variable): variable.isMutable && !other.keepsRegisters
    case .global(let global): global.isMutable && !other.isPure
    default: false
    }
  }

  private func settles(_ settling: Bool) -> UInt8 { settling ? Instruction.settles : 0 }

  /// Writes code that leaves the value in a register, which changes only when the value is complete.
  func evaluate(_ term: Term, into target: Int, settling: Bool = false) {
    switch term.kind {
    case .constant(let value): load(value, into: target)
    case .local, .capture, .running, .global: load(term, into: target)
    case .saved(let variable, let inner):
      evaluate(inner, into: variable.register)
      emit(.copy, target, variable.register)
    case .interpolation(let pieces): interpolation(pieces, into: target, term.span)
    case .bracket(let items): sequence(items, .makeBracket, .finishBracket, into: target, term.span, settling)
    case .list(let items): sequence(items, .makeList, .finishList, into: target, term.span, settling)
    case .record(let entries): record(entries, into: target, term.span, settling)
    case .comprehension(let element, let clauses, let builder):
      comprehension(element, clauses, builder, into: target, term.span, settling)
    case .block(let steps): block(steps, into: target, settling)
    case .conditional(let condition, let then, let otherwise):
      conditional(condition, then, otherwise, into: target, settling)
    case .function(let function): closure(function, into: target)
    case .unary(let op, let operand): unary(op, operand, into: target, term.span, settling)
    case .binary(let op, let left, let right): binary(op, left, right, into: target, term.span, settling)
    case .comparison(let op, let left, let right):
      comparison(op, left, right, into: target, term.span, settling)
    case .logical(let op, let left, let right): logical(op, left, right, into: target, term.span, settling)
    case .call(let callee, let arguments): call(callee, arguments, into: target, term.span, settling)
    case .builtinCall(let builtin, let match, let arguments):
      builtinCall(builtin, match, arguments, into: target, term.span, settling)
    case .index(let base, let subscripts): index(base, subscripts, into: target, term.span, settling)
    case .field(let base, let name):
      scoped {
        let register = operand(base)
        at(term.span, [base])
        emit(.field, target, register, constant(.string(name)), flags: settles(settling))
      }
    case .attempt(let attempted, let error, let fallback):
      attempt(attempted, error, fallback, into: target, settling)
    }
  }

  private func load(_ value: Value, into target: Int) {
    if case .null = value {
      emit(.loadNil, target)
    } else {
      emit(.loadConstant, target, constant(value))
    }
  }

  private func load(_ term: Term, into target: Int) {
    at(term.span)
    switch term.kind {
    case .local(let variable):
      if variable.isCell {
        emit(.loadCell, target, variable.register)
      } else if variable.register != target {
        emit(.copy, target, variable.register)
      }
    case .capture(let index, let variable):
      emit(variable?.isCell == true ? .loadCapturedCell : .loadCapture, target, index)
    case .running: emit(.loadSelf, target)
    case .global(let global):
      if !hasGlobalRegisters {
        emit(.loadGlobal, target, word: global.index)
      } else if global.index != target {
        emit(.copy, target, global.index)
      }
    default: break
    }
  }

  // MARK: - Operators

  /// The operators that take a number from the constants on their left.
  private static let constantFirst: [BinaryOperator: Opcode] = [
    .add: .addConstant, .multiply: .multiplyConstant, .subtract: .constantSubtract, .divide: .constantDivide,
  ]

  private func unary(
    _ op: UnaryOperator, _ operand: Term, into target: Int, _ span: Span, _ settling: Bool
  ) {
    scoped {
      let register = self.operand(operand)
      at(span, [operand])
      let opcode: Opcode =
        switch op {
        case .negate: .negate
        case .plus: .plus
        case .not: .not
        }
      emit(opcode, target, register, flags: settles(settling))
    }
  }

  private static let arithmetic: [BinaryOperator: (registers: Opcode, constant: Opcode?)] = [
    .add: (.add, .addConstant), .subtract: (.subtract, .subtractConstant),
    .multiply: (.multiply, .multiplyConstant), .divide: (.divide, .divideConstant),
    .floorDivide: (.floorDivide, .floorDivideConstant), .modulo: (.modulo, .moduloConstant),
    .power: (.power, .powerConstant), .matrixMultiply: (.matrixMultiply, nil),
  ]

  private func binary(
    _ op: BinaryOperator, _ left: Term, _ right: Term, into target: Int, _ span: Span, _ settling: Bool
  ) {
    guard let opcodes = Generator.arithmetic[op] else { return }
    scoped {
      if let opcode = Generator.constantFirst[op], let number = numericConstant(left),
        numericConstant(right) == nil
      {
        let second = operand(right, preferred: target)
        at(span, [left, right])
        emit(opcode, target, second, number, flags: settles(settling) | Instruction.reversed)
        return
      }
      let first = operand(left, until: right, preferred: target)
      if let opcode = opcodes.constant, let number = numericConstant(right) {
        at(span, [left, right])
        emit(opcode, target, first, number, flags: settles(settling))
      } else {
        let second = operand(right)
        at(span, [left, right])
        emit(opcodes.registers, target, first, second, flags: settles(settling))
      }
    }
  }

  private func numericConstant(_ term: Term) -> Int? {
    guard case .constant(let value) = term.kind else { return nil }
    switch value {
    case .int, .float: return constant(value)
    default: return nil
    }
  }

  private func comparison(
    _ op: ComparisonOperator, _ left: Term, _ right: Term, into target: Int, _ span: Span, _ settling: Bool
  ) {
    scoped {
      let first = operand(left, until: right)
      let second = operand(right)
      at(span, [left, right])
      let opcode: Opcode =
        switch op {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .contained: .contained
        case .notContained: .notContained
        }
      emit(opcode, target, first, second, flags: settles(settling))
    }
  }

  private func logical(
    _ op: LogicalOperator, _ left: Term, _ right: Term, into target: Int, _ span: Span, _ settling: Bool
  ) {
    scoped {
      // The target may be read on the right, so the left side waits elsewhere.
      let result = temporary()
      evaluate(left, into: result)
      let decided = jump(op == .and ? .jumpAnd : .jumpOr, result)
      let second = operand(right)
      at(span, [left, right])
      emit(op == .and ? .combineAnd : .combineOr, result, result, second, flags: settles(settling))
      patch(decided)
      emit(.move, target, result)
    }
  }

  // MARK: - Conditions

  /// Jumps that are taken where the condition's truth is `sense`.
  func condition(_ term: Term, jumpIf sense: Bool) -> [Int] {
    switch term.kind {
    case .constant(.bool(let flag)):
      return flag == sense ? [jump(.jump)] : []
    case .unary(.not, let inner): return condition(inner, jumpIf: !sense)
    case .logical(let op, let left, let right):
      // `and` is decided by a false side, `or` by a true one.
      let deciding = op == .or
      if sense == deciding { return condition(left, jumpIf: sense) + condition(right, jumpIf: sense) }
      let decided = condition(left, jumpIf: deciding)
      let jumps = condition(right, jumpIf: sense)
      patch(decided)
      return jumps
    case .comparison(let op, let left, let right):
      if let jump = fusedComparison(op, left, right, sense, term.span) { return [jump] }
    default: break
    }
    return scoped {
      let register = operand(term)
      at(term.span, [term])
      return [jump(.jumpTruth, register, flags: sense ? Instruction.jumpsIfTrue : 0)]
    }
  }

  private func fusedComparison(
    _ op: ComparisonOperator, _ left: Term, _ right: Term, _ sense: Bool, _ span: Span
  ) -> Int? {
    let opcodes: (Opcode, Opcode)
    switch op {
    case .equal, .notEqual: opcodes = (.jumpEqual, .jumpEqualConstant)
    case .less: opcodes = (.jumpLess, .jumpLessConstant)
    case .lessOrEqual: opcodes = (.jumpLessOrEqual, .jumpLessOrEqualConstant)
    case .greater: opcodes = (.jumpGreater, .jumpGreaterConstant)
    case .greaterOrEqual: opcodes = (.jumpGreaterOrEqual, .jumpGreaterOrEqualConstant)
    case .contained, .notContained: return nil
    }
    let taken = op == .notEqual ? !sense : sense
    let flags = taken ? Instruction.jumpsIfTrue : 0
    return scoped {
      let first = operand(left, until: right)
      if let number = numericConstant(right) {
        at(span, [left, right])
        return jump(opcodes.1, first, number, flags: flags)
      }
      let second = operand(right)
      at(span, [left, right])
      return jump(opcodes.0, first, second, flags: flags)
    }
  }

  private func conditional(
    _ condition: Term, _ then: [Step], _ otherwise: Term?, into target: Int, _ settling: Bool
  ) {
    let skip = self.condition(condition, jumpIf: false)
    block(then, into: target, settling)
    let end = jump(.jump)
    patch(skip)
    if let otherwise {
      evaluate(otherwise, into: target, settling: settling)
    } else {
      emit(.loadNil, target)
    }
    patch(end)
  }

  /// A block's value is its last expression's.
  func block(_ steps: [Step], into target: Int, _ settling: Bool) {
    for (position, step) in steps.enumerated() {
      if position == steps.count - 1, case .expression(let term, nil) = step.kind {
        evaluate(term, into: target, settling: settling)
        return
      }
      self.step(step)
    }
    emit(.loadNil, target)
  }

  private func attempt(
    _ attempted: Term, _ error: Variable?, _ fallback: Term, into target: Int, _ settling: Bool
  ) {
    scoped {
      let caught = temporary()
      let result = temporary()
      let start = emit(.beginAttempt, caught, result, word: 0)
      attempts += 1
      // What fails while it is computed fails here.
      evaluate(attempted, into: result, settling: true)
      attempts -= 1
      emit(.endAttempt)
      emit(.move, target, result)
      let end = jump(.jump)
      patch(start)
      if let error {
        define(error, from: caught)
      } else {
        emit(.clear, caught)
      }
      evaluate(fallback, into: target, settling: settling)
      patch(end)
    }
  }

  // MARK: - Functions

  func closure(_ term: FunctionTerm, into target: Int) {
    let generator = Generator(
      session: session, scope: term.scope, source: parts.source, name: term.scope.name, definition: term.span,
      documentation: term.documentation, globalCount: nil)
    generator.parts.captures = term.scope.captures.map { capture in
      switch capture.source {
      case .variable(let variable): .register(variable.register)
      case .capture(let index): .capture(index)
      case .running: .running
      }
    }
    parts.children.append(generator.function(term))
    emit(.makeClosure, target, word: parts.children.count - 1)
  }
}
