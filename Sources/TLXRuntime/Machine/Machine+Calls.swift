import TLXNumerics
import TLXSource

extension Machine {
  func undefinedGlobal(_ index: Int) -> Failure {
    let global = session.variables.variable(at: index)
    return Failure(
      "E0304", "`\(global?.name ?? "it")` is used before it is defined",
      help: global.map { "run the definition of `\($0.name)` first" })
  }

  /// A call that the loop does not enter itself. True if a frame was pushed, false if the result is stored.
  @inline(never)
  func slowCall(_ instruction: Instruction, _ callee: Slot) throws -> Bool {
    let isHot = budget <= 0
    if isHot { try poll() }
    let window = base + Int(instruction.a) + 1
    let count = Int(instruction.b)
    switch callee.tag {
    case Slot.closure:
      let closure = callee.object(Closure.self)
      if closure.header.pointee.arity != count { try bind(closure, window, positional: count, keywords: []) }
      try push(closure, base: window)
      if isHot && profile == nil { heat(closure.header) }
      return true
    case Slot.missing:
      throw undefinedGlobal((frame.pointee.pc + 1).pointee.word)
    default:
      let value = callee.value
      let arguments = takeValues(window, count)
      try store(
        callForeign(value, arguments, keywords: []), in: instruction.c, settling: instruction.isSettling)
      return false
    }
  }

  /// A call with keywords or spread arguments.
  @inline(never)
  func callSite(_ instruction: Instruction, _ index: Int) throws -> Bool {
    if budget <= 0 { try poll() }
    let site = currentPrototype.callSites[index]
    let window = base + Int(instruction.a) + 1
    let callee = base[Int(instruction.a)].value
    let (positional, keywords) = try gather(site, window)
    guard case .function(let function as Closure) = callee else {
      try store(
        callForeign(callee, positional, keywords: keywords), in: instruction.c,
        settling: instruction.isSettling)
      return false
    }
    guard window + positional.count + 2 < stackEnd else { throw depthFailure() }
    for (position, value) in positional.enumerated() { (window + position).set(value) }
    do {
      try bind(function, window, positional: positional.count, keywords: keywords)
      try push(function, base: window)
    } catch {
      for position in positional.indices { (window + position).clear() }
      throw error
    }
    return true
  }

  private func gather(_ site: CallSite, _ window: Register) throws -> (
    [Value], [(name: String, value: Value)]
  ) {
    var positional: [Value] = []
    var keywords: [(name: String, value: Value)] = []
    for (position, argument) in site.arguments.enumerated() {
      let value = (window + position).takeValue()
      switch argument {
      case .positional: positional.append(value)
      case .keyword(let name): keywords.append((name, value))
      case .spread:
        if case .record(let record) = value {
          for (name, value) in zip(record.names, record.values) { keywords.append((name, value)) }
        } else {
          positional += try Operations.items(of: value)
        }
      }
    }
    return (positional, keywords)
  }

  /// Puts arguments where a closure's parameters are. The positional ones stand in `window` already.
  func bind(
    _ closure: Closure, _ window: Register, positional count: Int, keywords: [(name: String, value: Value)]
  ) throws {
    let prototype = closure.prototype
    let parameters = prototype.parameters
    let rest = parameters.firstIndex { $0.isRest }
    let places = rest ?? parameters.count
    try check(prototype, places: places, hasRest: rest != nil, positional: count, keywords: keywords)
    guard window + max(count, parameters.count) + 2 < stackEnd else { throw depthFailure() }
    var collected: [Value] = []
    if count > places { collected = takeValues(window + places, count - places) }
    for position in min(count, places)..<parameters.count {
      let parameter = parameters[position]
      if parameter.isRest {
        (window + position).set(.list(collected))
      } else if let keyword = keywords.first(where: { $0.name == parameter.name }) {
        (window + position).set(keyword.value)
      } else {
        (window + position).setScalar(.absent)
      }
    }
  }

  private func check(
    _ prototype: Prototype, places: Int, hasRest: Bool, positional count: Int,
    keywords: [(name: String, value: Value)]
  ) throws {
    let parameters = prototype.parameters
    let usage = "its signature is `\(prototype.signature)`"
    if count > places && !hasRest {
      var help = usage
      if parameters.count == 2, count == 1 { help += "; a pair is taken apart by `((a, b)) -> …`" }
      throw Failure(
        "E0414", "`\(prototype.name)` takes \(Machine.counted(places, "argument")), got \(count)", help: help)
    }
    for (position, keyword) in keywords.enumerated() {
      guard
        let index = parameters.firstIndex(where: { $0.name == keyword.name && !$0.isRest && !$0.isPattern })
      else {
        let near = Spelling.nearest(to: keyword.name, in: parameters.map(\.name))
        throw Failure(
          "E0421", "`\(prototype.name)` has no parameter `\(keyword.name)`",
          help: near.map { "did you mean `\($0)=`?" } ?? usage)
      }
      if index < min(count, places) || keywords[..<position].contains(where: { $0.name == keyword.name }) {
        throw Failure("E0414", "`\(prototype.name)` got two values for `\(keyword.name)`", help: usage)
      }
    }
    let missing = parameters.indices.filter { position in
      let parameter = parameters[position]
      return position >= count && !parameter.isRest && parameter.defaultText == nil
        && !keywords.contains { $0.name == parameter.name }
    }
    guard missing.isEmpty else {
      let names = missing.map { parameters[$0].name }.joined(separator: ", ")
      var help = usage
      if count == 1, parameters.count > 1, prototype.name == "<lambda>" {
        help = "a pair is taken apart by `((\(parameters.map(\.name).joined(separator: ", ")))) -> …`"
      }
      let name =
        prototype.name == "<lambda>"
        ? "the function (\(parameters.map(\.name).joined(separator: ", "))) -> …" : "`\(prototype.name)`"
      throw Failure(
        "E0414", "\(name) lacks \(names): it got \(Machine.counted(count, "argument"))",
        help: help)
    }
  }

  static func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  /// A built-in whose arguments were matched when the call was compiled.
  @inline(never)
  func callBuiltin(_ index: Int, window: Register, _ instruction: Instruction) throws {
    budget &-= 4
    if budget <= 0 { try poll() }
    let site = currentPrototype.builtinSites[index]
    let defaults = try site.defaults ?? fillDefaults(site)
    var values = site.takeRoom() ?? defaults
    for (parameter, place) in site.mapping.enumerated() where place >= 0 {
      values[parameter] = (window + place).takeValue()
    }
    if !site.variadic.isEmpty, let parameter = site.builtin.parameters.firstIndex(where: { $0.isVariadic }) {
      values[parameter] = .list(takeValues(window + site.variadic.lowerBound, site.variadic.count))
    }
    do {
      let result = try site.builtin.body(
        Arguments(builtin: site.builtin, values: values, context: session))
      try store(result, in: instruction.c, settling: instruction.isSettling)
    } catch let error as Diagnostic {
      throw error
    } catch {
      throw BuiltinError(underlying: error, site: site, values: values)
    }
    site.giveRoom(values, defaults)
  }

  private func fillDefaults(_ site: BuiltinSite) throws -> [Value?] {
    let defaults = try session.defaults(of: site.builtin)
    site.defaults = defaults
    return defaults
  }

  func makeClosure(_ index: Int, into register: Register) {
    let prototype = currentPrototype.children[index]
    // A loop that makes a function at each turn mostly has nobody who keeps the last one.
    if register.isUniqueClosure(of: prototype.header), !prototype.captures(register - base) {
      return capture(in: register.pointee.object(Closure.self))
    }
    let closure = Closure(prototype, machine: self)
    capture(in: closure)
    register.setOwned(Slot(tag: Slot.closure, retaining: closure))
  }

  private func capture(in closure: Closure) {
    for (position, source) in closure.prototype.captures.enumerated() {
      let target = closure.captures + position
      switch source {
      case .register(let register): target.copy(from: base + register)
      case .capture(let capture):
        target.copy(from: frame.pointee.closure.takeUnretainedValue().captures + capture)
      case .running:
        target.setOwned(Slot(tag: Slot.closure, retaining: frame.pointee.closure.takeUnretainedValue()))
      }
    }
  }

  func useModule(_ instruction: Instruction, _ index: Int) throws {
    let module = currentPrototype.moduleUses[index].module
    if !module.hasRun {
      module.hasRun = true
      do {
        _ = try run(function: module.prototype)
      } catch {
        module.hasRun = false
        throw error
      }
    }
    guard instruction.b == 1 else { return }
    var record = Record()
    for global in module.exports { record[global.name] = stack[global.index].value }
    (base + Int(instruction.a)).set(.record(record))
  }

  func assertionFailure(_ instruction: Instruction) -> Failure {
    guard instruction.b == 1 else { return Failure("E0705", "assertion failed") }
    return Failure("E0705", "assertion failed: " + Display.text(of: operand(instruction.a)))
  }
}
