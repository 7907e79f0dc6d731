import TLXNumerics
import TLXSource

extension Machine {
  /// After an error in the running frame: continues at the innermost `try` of this run, or leaves all its frames
  /// and throws the error with its place and the chain of calls.
  func recover(from error: any Error, entry: UnsafeMutablePointer<Frame>) throws {
    let diagnostic = located(error)
    // Stopping is not an error that a program answers.
    if diagnostic.code != "E0701", !Interrupt.isRequested, let handler = handlers.last, handler.frame >= entry
    {
      handlers.removeLast()
      while frame > handler.frame { popFrame() }
      for position in handler.firstTemporary..<header.pointee.registerCount { (base + position).clear() }
      (base + handler.register).set(
        .record(Record([("code", .string(diagnostic.code)), ("message", .string(diagnostic.message))])))
      frame.pointee.pc = handler.target
      return
    }
    while let handler = handlers.last, handler.frame >= entry { handlers.removeLast() }
    while frame >= entry { popFrame() }
    throw diagnostic
  }

  /// The error as a diagnostic at the running instruction.
  private func located(_ error: any Error) -> Diagnostic {
    if let diagnostic = error as? Diagnostic { return diagnostic }
    if let diagnostics = error as? Diagnostics, let first = diagnostics.items.first { return first }
    let prototype = currentPrototype
    let place = prototype.place(at: frame.pointee.pc - header.pointee.code)
    var diagnostic: Diagnostic
    switch error {
    case let error as OperandError:
      if let inner = error.underlying as? Diagnostic { return inner }
      diagnostic = self.diagnostic(error.underlying, place, values: error.values, prototype.source)
    case let error as BuiltinError:
      diagnostic = self.diagnostic(error, place, prototype.source)
    default: diagnostic = self.diagnostic(error, place, values: [], prototype.source)
    }
    diagnostic.callChain = callChain()
    return diagnostic
  }

  private func plain(_ error: any Error, at location: Location) -> Diagnostic {
    switch error {
    case let failure as Failure: diagnostic(failure, at: location)
    case let error as NumericsError: Diagnostic(error.code, error.message, at: location, help: error.help)
    default: Diagnostic("E0600", "\(error)", at: location)
    }
  }

  private func diagnostic(_ failure: Failure, at location: Location) -> Diagnostic {
    var diagnostic = Diagnostic(failure.code, failure.message, at: location, help: failure.help)
    diagnostic.json = failure.json
    if let method = failure.method, let help = helpForMethod(method, at: location, besides: failure.help) {
      diagnostic.help = help
    }
    if failure.code == "E0423", let help = helpForCall(location) { diagnostic.help = help }
    return diagnostic
  }

  /// `write mean(x, axis=0)` where `x.mean(axis=0)` stands, if there is such a function.
  private func helpForMethod(_ name: String, at location: Location, besides help: String?) -> String? {
    var isFunction = session.builtins[name] != nil
    if case .function? = session.value(of: name) { isFunction = true }
    guard isFunction else { return help ?? ForeignNames.help(for: name) }
    // The values of a tensor's fields are told as well; whatever else is known of the name is better than a guess.
    guard help == nil || help?.hasPrefix("a tensor has only") == true || help?.hasPrefix("its ") == true
    else {
      return help
    }
    let call = FunctionSpelling.call(of: name, at: location) ?? "\(name)(x)"
    return "functions take the value as an argument: write \(call)"
  }

  /// What was meant by calling something that is no function.
  private func helpForCall(_ location: Location) -> String? {
    guard let (callee, arguments) = FunctionSpelling.parts(at: location) else { return nil }
    if callee.contains("."), arguments.isEmpty { return "a field is read without brackets: \(callee)" }
    if session.builtins[callee] != nil {
      return "`\(callee)` is a name of your own here, which hides the built-in"
    }
    if Double(callee) != nil { return "write \(callee) * (\(arguments)) for a product" }
    return nil
  }

  /// An operator's error: labels on its operands, and at the definitions of those that are variables.
  private func diagnostic(
    _ error: any Error, _ place: CodePlace, values: [Value], _ source: SourceText
  ) -> Diagnostic {
    var diagnostic = plain(error, at: Location(source, place.span))
    if let error = error as? NumericsError {
      diagnostic.help = error.help(naming: place.operands.map { $0.variable?.name ?? "" })
    }
    if let error = error as? NumericsError, error.operandNotes.count == 2, place.operands.count >= 2 {
      diagnostic.primary = .init(Location(source, place.operands[0].span), error.operandNotes[0])
      diagnostic.secondary.append(.init(Location(source, place.operands[1].span), error.operandNotes[1]))
    }
    diagnostic.secondary += definitions(Array(zip(place.operands, values)))
    return diagnostic
  }

  /// `pred is f32[128, 1]` where each variable was defined.
  private func definitions(_ operands: [(OperandPlace, Value)]) -> [Diagnostic.Label] {
    var labels: [Diagnostic.Label] = []
    var seen: Set<String> = []
    for (operand, value) in operands {
      guard let variable = operand.variable, seen.insert(variable.name).inserted else { continue }
      if case .function = value { continue }
      labels.append(.init(variable.definition, "\(variable.name) is \(value.kindDescription)"))
    }
    return labels
  }

  /// A built-in's error: at the argument that it blames, else at the call.
  private func diagnostic(_ error: BuiltinError, _ place: CodePlace, _ source: SourceText) -> Diagnostic {
    var diagnostic = plain(error.underlying, at: Location(source, place.span))
    let parameters = error.site.builtin.parameters
    func argument(_ name: String) -> (OperandPlace, Value)? {
      guard let position = parameters.firstIndex(where: { $0.name == name }),
        let place = error.site.places[position], let value = error.values[position]
      else { return nil }
      return (place, value)
    }
    if let failure = error.underlying as? Failure {
      if let name = failure.parameter, let (place, value) = argument(name) {
        diagnostic.primary = .init(Location(source, place.span))
        diagnostic.secondary += definitions([(place, value)])
      }
      for note in failure.notes {
        if let (place, _) = argument(note.parameter) {
          diagnostic.secondary.append(.init(Location(source, place.span), note.text))
        }
      }
    } else {
      let tensors = parameters.compactMap { argument($0.name) }.filter {
        if case .tensor = $0.1 { true } else { false }
      }
      diagnostic.secondary += definitions(tensors)
    }
    return diagnostic
  }

  /// The active calls, innermost first; a function that calls itself from one place counts once.
  private func callChain() -> [Diagnostic.Frame] {
    var chain: [(name: String, call: Location, count: Int)] = []
    var active = frame
    while active > frames {
      let caller = active - 1
      guard let callee = active.pointee.header.pointee.prototype?.takeUnretainedValue(),
        let prototype = caller.pointee.header.pointee.prototype?.takeUnretainedValue()
      else { break }
      let span = prototype.place(at: caller.pointee.pc - caller.pointee.header.pointee.code).span
      if let last = chain.last, last.name == callee.name, last.call.source === prototype.source,
        last.call.span == span
      {
        chain[chain.count - 1].count += 1
      } else if chain.count < 40 {
        chain.append((callee.name, Location(prototype.source, span), 1))
      } else if active - frames <= 4 {
        // The outermost calls say where it began.
        chain.append((callee.name, Location(prototype.source, span), 1))
      }
      active = caller
    }
    return chain.map { Diagnostic.Frame(function: $0.name, call: $0.call, count: $0.count) }
  }
}

/// What stops a program before or while it runs.
public struct Diagnostics: Error {
  public var items: [Diagnostic]

  public init(_ items: [Diagnostic]) { self.items = items }
}
