import TLXSource
import TLXSyntax

extension Generator {
  func step(_ step: Step) {
    at(step.span)
    switch step.kind {
    case .expression(let term, let shown): expression(term, shown)
    case .bind(let pattern, let annotation, let term): binding(pattern, annotation, term)
    case .assign(let place, let path, let term): assign(place, path, term, step.span)
    case .returning(let term): returning(term)
    case .forLoop(let pattern, let items, let body, let state): forLoop(pattern, items, body, state)
    case .whileLoop(let condition, let body): whileLoop(condition, body)
    case .breaking: leaveLoop { $0.breaks.append($1) }
    case .continuing: leaveLoop { $0.continues.append($1) }
    case .assertion(let condition, let message): assertion(condition, message, step.span)
    case .use(let module, let storage): use(module, storage)
    }
  }

  private func expression(_ term: Term, _ shown: Statement?) {
    guard let shown else { return perform(term) }
    scoped {
      let register = temporary()
      evaluate(term, into: register, settling: true)
      parts.statements.append(shown)
      at(term.span)
      emit(.show, register, word: parts.statements.count - 1)
    }
  }

  /// Evaluates a term whose value nobody looks at: branches leave none.
  private func perform(_ term: Term) {
    switch term.kind {
    case .conditional(let condition, let then, let otherwise):
      let skip = self.condition(condition, jumpIf: false)
      for step in then { self.step(step) }
      if let otherwise {
        let end = jump(.jump)
        patch(skip)
        perform(otherwise)
        patch(end)
      } else {
        patch(skip)
      }
    case .block(let steps): for step in steps { self.step(step) }
    default:
      scoped {
        let register = temporary()
        evaluate(term, into: register, settling: true)
        emit(.clear, register)
      }
    }
  }

  // MARK: - Definitions

  private func binding(_ pattern: PatternTerm, _ annotation: AnnotationTerm?, _ term: Term) {
    if annotation == nil, let register = direct(pattern) {
      evaluate(term, into: register, settling: true)
      return
    }
    scoped {
      let register = temporary()
      evaluate(term, into: register, settling: true)
      if let annotation { check(annotation, register, variable: nil) }
      bind(pattern, from: register)
    }
  }

  /// Stores a register's value as a pattern says. A temporary is used up.
  func bind(_ pattern: PatternTerm, from register: Int) {
    switch pattern.kind {
    case .wildcard: if isTemporary(register) { emit(.clear, register) }
    case .define(.local(let variable)): define(variable, from: register)
    case .define(.global(let global)): store(.global(global), from: register)
    case .list(let patterns, let restIndex):
      parts.listPatterns.append(ListPattern(count: patterns.count, restIndex: restIndex))
      at(pattern.span)
      takeApart(.destructureList, word: parts.listPatterns.count - 1, patterns, register)
    case .record(let fields):
      parts.namePatterns.append(NamePattern(names: fields.map(\.name)))
      at(pattern.span)
      takeApart(.destructureRecord, word: parts.namePatterns.count - 1, fields.map(\.pattern), register)
    }
  }

  private func takeApart(_ opcode: Opcode, word: Int, _ patterns: [PatternTerm], _ register: Int) {
    scoped {
      let registers = patterns.map { _ in temporary() }
      emit(opcode, register, registers.first ?? nextTemporary, word: word)
      if isTemporary(register) { emit(.clear, register) }
      for (pattern, part) in zip(patterns, registers) { bind(pattern, from: part) }
    }
  }

  func define(_ variable: Variable, from register: Int) {
    if variable.isCell {
      if isTemporary(register) {
        emit(.newCell, variable.register, register)
      } else {
        scoped {
          let copy = temporary()
          emit(.copy, copy, register)
          emit(.newCell, variable.register, copy)
        }
      }
    } else {
      emit(isTemporary(register) ? .move : .copy, variable.register, register)
    }
  }

  func store(_ place: PlaceTerm, from register: Int) {
    let flags = isTemporary(register) ? Instruction.settles : 0
    switch place {
    case .local(let variable):
      if variable.isCell {
        emit(.storeCell, variable.register, register, flags: flags)
      } else {
        emit(isTemporary(register) ? .move : .copy, variable.register, register)
      }
    case .capture(let index, _): emit(.storeCapturedCell, index, register, flags: flags)
    case .global(let global):
      if hasGlobalRegisters {
        emit(isTemporary(register) ? .move : .copy, global.index, register)
      } else {
        emit(.storeGlobal, 0, register, word: global.index, flags: flags)
      }
    }
  }

  func check(_ annotation: AnnotationTerm, _ register: Int, variable: Variable?) {
    if annotation.resetsLetters {
      for letter in annotation.letters { emit(.loadNil, letter.variable.register) }
    }
    let letters = annotation.resetsLetters ? annotation.letters : scope.letters
    parts.annotations.append(
      TypeCheck(
        subject: annotation.subject, typeName: annotation.typeName,
        dimensions: annotation.dimensions?.map { dimension in
          switch dimension {
          case .size(let size): .size(size)
          case .letter(let name, let variable): .letter(name, register: variable.register)
          case .any: .any
          case .rest: .rest
          }
        }, letters: letters.map { ($0.name, $0.variable.register) }, span: annotation.span))
    at(annotation.span)
    emit(.checkType, register, word: parts.annotations.count - 1)
  }

  // MARK: - Assignments

  private func assign(_ place: PlaceTerm, _ path: [Step.PathStep], _ term: Term, _ span: Span) {
    guard !path.isEmpty else { return assign(place, term) }
    scoped {
      let (opcode, a, kind) = target(place)
      var flags = kind
      let value = part(term, &flags)
      let variable = self.variable(place, span)
      switch (path.count, path[0]) {
      case (1, .field(let name)):
        at(span, [variable, term])
        emit(.setField, a, constant(.string(name)), value, flags: flags)
      case (1, .index(let subscripts)):
        if subscripts.count == 1, case .value(let item) = subscripts[0] {
          let register = operand(item)
          at(span, [variable, item, term])
          emit(.setIndex, a, register, value, flags: flags)
        } else {
          fallthrough
        }
      default:
        let steps = path.map { step -> PlacePath.Step in
          switch step {
          case .field(let name): .field(name)
          case .index(let subscripts): .index(subscriptSite(subscripts))
          }
        }
        parts.paths.append(PlacePath(steps: steps))
        at(span, [variable, term])
        if steps.count == 1, case .index(let site) = steps[0], let pair = site.pair,
          let word = word(pair.column, parts.paths.count - 1)
        {
          emit(.setPair, a, pair.row, value, word: word, flags: flags)
          return
        }
        emit(opcode, a, 0, value, word: parts.paths.count - 1, flags: flags)
      }
    }
  }

  /// The register, or with a flag the constant, that is put into a place.
  private func part(_ term: Term, _ flags: inout UInt8) -> Int {
    guard case .constant(let value) = term.kind else { return operand(term) }
    switch value {
    case .bool, .int, .float, .string:
      flags |= Instruction.constant
      return constant(value)
    default: return operand(term)
    }
  }

  private func target(_ place: PlaceTerm) -> (Opcode, Int, UInt8) {
    let (register, kind): (Int, Place) =
      switch place {
      case .local(let variable): (variable.register, variable.isCell ? .cell : .register)
      case .capture(let index, _): (index, .capturedCell)
      case .global(let global): (global.index, hasGlobalRegisters ? .register : .global)
      }
    return (.setPath, register, kind.rawValue << Instruction.placeShift)
  }

  private func variable(_ place: PlaceTerm, _ span: Span) -> Term {
    switch place {
    case .local(let variable): Term(.local(variable), span)
    case .capture(let index, let variable): Term(.capture(index, variable), span)
    case .global(let global): Term(.global(global), span)
    }
  }

  private func assign(_ place: PlaceTerm, _ term: Term) {
    var register: Int?
    switch place {
    case .local(let variable) where !variable.isCell: register = variable.register
    case .global(let global) where hasGlobalRegisters: register = global.index
    default: break
    }
    if let register {
      return appending(term, to: register) ? () : evaluate(term, into: register, settling: true)
    }
    scoped {
      let register = temporary()
      evaluate(term, into: register, settling: true)
      store(place, from: register)
    }
  }

  // MARK: - Control

  private func returning(_ term: Term?) {
    scoped {
      let register = temporary()
      if let term {
        evaluate(term, into: register)
      } else {
        emit(.loadNil, register)
      }
      for _ in 0..<attempts { emit(.endAttempt) }
      leave(register)
    }
  }

  /// Returns a register's value, checked against the result's annotation.
  func leave(_ register: Int) {
    if let result = scope.result { check(result, register, variable: nil) }
    returns.append(emit(.returnValue, register))
  }

  /// Returns an expression's value; branches return on their own.
  func leaving(_ term: Term) {
    switch term.kind {
    case .conditional(let condition, let then, let otherwise):
      let skip = self.condition(condition, jumpIf: false)
      leaving(then)
      patch(skip)
      leaving(otherwise ?? Term(.constant(.null), term.span))
    case .block(let steps): leaving(steps)
    default:
      scoped {
        let register = operand(term)
        at(term.span)
        leave(register)
      }
    }
  }

  private func leaving(_ steps: [Step]) {
    for (position, step) in steps.enumerated() {
      if position == steps.count - 1, case .expression(let term, nil) = step.kind { return leaving(term) }
      self.step(step)
    }
    scoped {
      let register = temporary()
      emit(.loadNil, register)
      leave(register)
    }
  }

  private func forLoop(_ pattern: PatternTerm, _ items: Term, _ body: [Step], _ state: Variable) {
    loops.append(Loop(attempts: attempts))
    loop(pattern, items, state, continues: { loops[loops.count - 1].continues }) {
      for step in body { self.step(step) }
    }
    let left = loops.removeLast()
    if !left.breaks.isEmpty {
      patch(left.breaks)
      emit(.clear, state.register)
    }
  }

  private func whileLoop(_ condition: Term, _ body: [Step]) {
    loops.append(Loop(attempts: attempts))
    let enter = jump(.jump)
    let start = here
    for step in body { self.step(step) }
    patch(enter)
    patch(loops[loops.count - 1].continues)
    patch(self.condition(condition, jumpIf: true), to: start)
    patch(loops.removeLast().breaks)
  }

  private func leaveLoop(_ note: (inout Loop, Int) -> Void) {
    guard let loop = loops.last else { return }
    for _ in loop.attempts..<attempts { emit(.endAttempt) }
    note(&loops[loops.count - 1], jump(.jump))
  }

  private func assertion(_ condition: Term, _ message: Term?, _ span: Span) {
    let holds = self.condition(condition, jumpIf: true)
    scoped {
      let register = temporary()
      if let message { evaluate(message, into: register) }
      at(span, operands(condition))
      emit(.failAssertion, register, message == nil ? 0 : 1)
    }
    patch(holds)
  }

  private func operands(_ condition: Term) -> [Term] {
    if case .comparison(_, let left, let right) = condition.kind { return [left, right] }
    return [condition]
  }

  private func use(_ module: Module, _ storage: StorageTerm?) {
    parts.moduleUses.append(ModuleUse(module: module))
    scoped {
      let register = temporary()
      emit(.useModule, register, storage == nil ? 0 : 1, word: parts.moduleUses.count - 1)
      switch storage {
      case .local(let variable)?: define(variable, from: register)
      case .global(let global)?: store(.global(global), from: register)
      case nil: break
      }
    }
  }
}
