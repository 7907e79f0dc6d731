import TLXSource
import TLXSyntax

extension Generator {
  private static let itemsAtOnce = 200

  /// Items side by side, then one instruction; a long literal goes through a builder.
  func sequence(
    _ items: [Term], _ make: Opcode, _ finish: Opcode, into target: Int, _ span: Span, _ settling: Bool
  ) {
    let flags = settling ? Instruction.settles : 0
    scoped {
      if items.count <= Generator.itemsAtOnce {
        let first = window(items)
        at(span, items.count == 1 ? [] : Array(items.prefix(8)))
        emit(make, target, first, items.count, flags: flags)
        return
      }
      let builder = temporary()
      emit(.newBuilder, builder)
      for item in items {
        scoped {
          let register = temporary()
          evaluate(item, into: register)
          emit(.append, builder, register)
        }
      }
      at(span)
      emit(finish, target, builder, flags: flags)
    }
  }

  /// Values in new consecutive temporaries; the first of them.
  func window(_ terms: [Term]) -> Int {
    let first = nextTemporary
    let registers = terms.map { _ in temporary() }
    for (term, register) in zip(terms, registers) { evaluate(term, into: register) }
    return first
  }

  func record(_ entries: [Term.Entry], into target: Int, _ span: Span, _ settling: Bool) {
    scoped {
      let first = window(entries.map(\.value))
      parts.recordLayouts.append(RecordLayout(parts: entries.map { $0.name.map { .field($0) } ?? .spread }))
      at(span)
      emit(
        .makeRecord, target, first, word: parts.recordLayouts.count - 1,
        flags: settling ? Instruction.settles : 0)
    }
  }

  func interpolation(_ pieces: [Term.Piece], into target: Int, _ span: Span) {
    scoped {
      let first = nextTemporary
      parts.interpolations.append(pieceLayout(pieces))
      at(span)
      emit(.interpolate, target, first, word: parts.interpolations.count - 1)
    }
  }

  /// `s += "…"` and `xs += (a, b)` of a register's string or list: pieces and items are added one by one. False where that is
  /// not what the term is.
  func appending(_ term: Term, to register: Int) -> Bool {
    guard case .binary(.add, let left, let right) = term.kind, self.register(of: left) == register,
      right.keepsRegisters
    else { return false }
    switch right.kind {
    case .interpolation(let pieces) where pieces.allSatisfy(\.isPlain):
      scoped {
        // The string that the pieces make if they cannot be added in place stands in the first register.
        let first = nextTemporary
        let layout = pieceLayout(pieces)
        if nextTemporary == first { _ = temporary() }
        parts.interpolations.append(layout)
        at(term.span, [left, right])
        emit(.interpolate, register, first, word: parts.interpolations.count - 1, flags: Instruction.appends)
      }
    case .list(let items) where !items.isEmpty && items.count <= Generator.itemsAtOnce:
      scoped {
        let first = window(items)
        at(term.span, [left, right])
        emit(.makeList, register, first, items.count, flags: Instruction.appends | Instruction.settles)
      }
    default: return false
    }
    return true
  }

  /// Evaluates values and formats into consecutive temporaries.
  private func pieceLayout(_ pieces: [Term.Piece]) -> [InterpolationPiece] {
    var layout: [InterpolationPiece] = []
    for piece in pieces {
      switch piece {
      case .text(let text): layout.append(.text(text))
      case .value(let term, let format):
        evaluate(term, into: temporary())
        switch format?.kind {
        case nil: layout.append(.value(format: ""))
        case .constant(.string(let text))?: layout.append(.value(format: text))
        default:
          if let format { evaluate(format, into: temporary()) }
          layout.append(.formatted)
        }
      }
    }
    return layout
  }

  func comprehension(
    _ element: Term, _ clauses: [Term.Clause], _ builder: Variable, into target: Int, _ span: Span,
    _ settling: Bool
  ) {
    emit(.newBuilder, builder.register)
    clause(clauses[...], element, builder)
    at(span)
    emit(.finishBracket, target, builder.register, flags: settling ? Instruction.settles : 0)
  }

  private func clause(_ clauses: ArraySlice<Term.Clause>, _ element: Term, _ builder: Variable) {
    switch clauses.first {
    case nil:
      scoped {
        let register = temporary()
        // Each item is computed when it is made, so that a long comprehension builds no graph.
        evaluate(element, into: register, settling: true)
        emit(.append, builder.register, register)
      }
    case .condition(let condition)?:
      let skip = self.condition(condition, jumpIf: false)
      clause(clauses.dropFirst(), element, builder)
      patch(skip)
    case .each(let pattern, let items, let state)?:
      loop(pattern, items, state) { self.clause(clauses.dropFirst(), element, builder) }
    }
  }

  /// Runs `body` for every item. The test stands below the body, so that a round costs one jump; `continues` are
  /// jumps to it.
  func loop(
    _ pattern: PatternTerm, _ items: Term, _ state: Variable, continues: () -> [Int] = { [] },
    body: () -> Void
  ) {
    scoped {
      let register = operand(items)
      at(items.span, [items])
      emit(.iterate, state.register, register)
    }
    let enter = jump(.jump)
    let start = here
    var register = 0
    if let direct = direct(pattern) {
      register = direct
      body()
    } else {
      scoped {
        register = temporary()
        bind(pattern, from: register)
      }
      body()
    }
    patch(enter)
    patch(continues())
    at(items.span)
    patch(jump(.next, state.register, register), to: start)
  }

  /// The register that a pattern of one plain variable fills.
  func direct(_ pattern: PatternTerm) -> Int? {
    guard case .define(let storage) = pattern.kind else { return nil }
    switch storage {
    case .local(let variable): return variable.isCell ? nil : variable.register
    case .global(let global): return hasGlobalRegisters ? global.index : nil
    }
  }

  // MARK: - Indices

  func index(_ base: Term, _ subscripts: [TermSubscript], into target: Int, _ span: Span, _ settling: Bool) {
    let flags = settling ? Instruction.settles : 0
    scoped {
      if subscripts.count == 1, case .value(let item) = subscripts[0] {
        let container = operand(base, until: item)
        let register = operand(item)
        at(span, [base, item])
        emit(.index, target, container, register, flags: flags)
        return
      }
      let pure = subscripts.allSatisfy { $0.terms.allSatisfy(\.isPure) }
      let container = operand(base, until: pure ? nil : Term(.block([]), span))
      let site = subscriptSite(subscripts)
      parts.subscriptSites.append(site)
      at(span, [base])
      if let pair = site.pair, let word = word(pair.column, parts.subscriptSites.count - 1) {
        emit(.indexPair, target, container, pair.row, word: word, flags: flags)
        return
      }
      emit(.indexSite, target, container, word: parts.subscriptSites.count - 1, flags: flags)
    }
  }

  /// A second word of two numbers; nil where there are too many.
  func word(_ register: Int, _ index: Int) -> Int? {
    register <= 0xFFFF && index <= 0x7FFF ? register | index << 16 : nil
  }

  /// Evaluates subscripts into registers.
  func subscriptSite(_ subscripts: [TermSubscript]) -> SubscriptSite {
    SubscriptSite(
      parts: subscripts.map { item in
        switch item {
        case .value(let term): .value(register: operand(term))
        case .slice(let start, let stop, let step):
          .slice(
            start: start.map { operand($0) }, stop: stop.map { operand($0) }, step: step.map { operand($0) })
        case .newAxis: .newAxis
        case .ellipsis: .ellipsis
        }
      })
  }
}
