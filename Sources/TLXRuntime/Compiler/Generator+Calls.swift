import TLXSource
import TLXSyntax

extension Generator {
  func call(_ callee: Term, _ arguments: [CallArgument], into target: Int, _ span: Span, _ settling: Bool) {
    let flags = settling ? Instruction.settles : 0
    scoped {
      let window = temporary()
      if arguments.contains(where: { $0.name != nil || $0.isSpread }) {
        evaluate(callee, into: window)
        self.arguments(arguments)
        parts.callSites.append(
          CallSite(
            arguments: arguments.map { argument in
              argument.isSpread ? .spread : argument.name.map { .keyword($0) } ?? .positional
            }, places: arguments.map { operandPlace($0.value) }))
        at(span, arguments.map(\.value))
        emit(.callSite, window, arguments.count, target, word: parts.callSites.count - 1, flags: flags)
        return
      }
      let (opcode, word) = self.callee(callee, window, isPure: arguments.allSatisfy { $0.value.isPure })
      self.arguments(arguments)
      at(span, arguments.map(\.value))
      emit(opcode, window, arguments.count, target, word: word, flags: flags)
    }
  }

  /// Where the called function is. It stays where it is if nothing can change it before the call ends.
  private func callee(_ callee: Term, _ window: Int, isPure: Bool) -> (Opcode, Int) {
    switch callee.kind {
    case .running: return (.callSelf, 0)
    case .capture(let index, let variable) where variable?.isCell != true: return (.callCapture, index)
    case .global(let global) where !hasGlobalRegisters && !global.isMutable:
      return (.callGlobal, global.index)
    case .global(let global) where hasGlobalRegisters && !global.isMutable: return (.call, global.index)
    case .local(let variable) where !variable.isCell && (isPure || !variable.isMutable):
      return (.call, variable.register)
    default:
      evaluate(callee, into: window)
      return (.call, window)
    }
  }

  private func arguments(_ arguments: [CallArgument]) {
    _ = window(arguments.map(\.value))
  }

  func builtinCall(
    _ builtin: Builtin, _ match: ArgumentMatch, _ arguments: [Term], into target: Int, _ span: Span,
    _ settling: Bool
  ) {
    scoped {
      let first = window(arguments)
      var places: [OperandPlace?] = match.mapping.map { $0 < 0 ? nil : operandPlace(arguments[$0]) }
      if let variadic = builtin.parameters.firstIndex(where: { $0.isVariadic }),
        let argument = match.variadic.first
      {
        places[variadic] = OperandPlace(span: arguments[argument].span)
      }
      parts.builtinSites.append(
        BuiltinSite(
          builtin: builtin, mapping: match.mapping, variadic: match.variadic, argumentCount: arguments.count,
          places: places))
      at(span, arguments)
      let word = parts.builtinSites.count - 1
      let flags = settling ? Instruction.settles : 0
      let math = arguments.count == 1 && match.mapping.first == 0
      if math, let number = ScalarArithmetic.mathNames.firstIndex(of: builtin.name) {
        emit(.callMath, first, number, target, word: word, flags: flags)
      } else {
        emit(.callBuiltin, first, 0, target, word: word, flags: flags)
      }
    }
  }
}
