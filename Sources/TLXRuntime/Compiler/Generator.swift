import TLXSource
import TLXSyntax

/// Writes the instructions of one function or unit.
///
/// Registers: parameters and other variables first, then temporaries, in the manner of a stack. A temporary is read
/// once: the instruction that reads it uses it up. In a unit the registers begin with the globals.
final class Generator {
  let session: Session
  let scope: FunctionScope
  /// Whether globals are this code's first registers; else they are loaded and stored.
  let hasGlobalRegisters: Bool
  var parts: PrototypeParts
  var nextTemporary: Int
  /// Where loops are left and continued, innermost last.
  var loops: [Loop] = []
  /// Active `try` expressions.
  var attempts = 0
  var returns: [Int] = []
  var diagnostics: [Diagnostic] = []
  private var constantIndices: [ConstantKey: Int] = [:]
  private var firstConstants: [(key: ConstantKey, index: Int)] = []
  private var placeIndex: Int32 = 0

  struct Loop {
    var attempts: Int
    var breaks: [Int] = []
    var continues: [Int] = []
  }

  private enum ConstantKey: Hashable {
    case int(Int)
    case float(UInt64)
    case bool(Bool)
    case string(String)
    case function(ObjectIdentifier)
  }

  init(
    session: Session, scope: FunctionScope, source: SourceText, name: String, definition: Span,
    documentation: String? = nil, globalCount: Int?
  ) {
    self.session = session
    self.scope = scope
    self.hasGlobalRegisters = globalCount != nil
    var register = globalCount ?? 0
    for variable in scope.variables {
      variable.register = register
      register += variable.width
    }
    parts = PrototypeParts(name: name, source: source, definition: definition, documentation: documentation)
    parts.firstTemporary = register
    parts.registerCount = register
    parts.places = [CodePlace(span: definition)]
    nextTemporary = register
  }

  // MARK: - Units and functions

  /// A unit's or module's top level.
  func unit(_ steps: [Step]) -> Prototype {
    for step in steps { self.step(step) }
    if hasGlobalRegisters {
      let first = session.variables.count
      emit(.halt, first, parts.registerCount - first)
    } else {
      let register = temporary()
      emit(.loadNil, register)
      returns.append(emit(.returnValue, register))
    }
    return finish()
  }

  func function(_ term: FunctionTerm) -> Prototype {
    parts.parameters = term.parameters.map(\.layout)
    for letter in scope.letters { emit(.loadNil, letter.variable.register) }
    for parameter in term.parameters { prologue(parameter) }
    if scope.result != nil {
      let register = temporary()
      evaluate(term.body, into: register)
      leave(register)
    } else {
      leaving(term.body)
    }
    return finish()
  }

  private func prologue(_ parameter: ParameterTerm) {
    let register = parameter.variable.register
    if let value = parameter.defaultValue {
      let given = jump(.jumpIfGiven, register)
      evaluate(value, into: register, settling: true)
      patch(given)
    }
    if let annotation = parameter.annotation { check(annotation, register, variable: parameter.variable) }
    if let pattern = parameter.pattern { bind(pattern, from: register) }
  }

  private func finish() -> Prototype {
    for position in returns { parts.code[position].c = UInt16(truncatingIfNeeded: parts.registerCount) }
    if hasGlobalRegisters, let last = parts.code.indices.last {
      parts.code[last].b = UInt16(truncatingIfNeeded: parts.registerCount - session.variables.count)
    }
    if parts.registerCount > 0xFFF0 {
      diagnostics.append(
        Diagnostic(
          "E0706", "\(parts.name.isEmpty ? "this" : parts.name) needs too many variables at once",
          at: Location(parts.source, parts.definition), help: "split it into functions"))
    }
    session.compileErrors += diagnostics
    return Prototype(parts)
  }

  // MARK: - Writing

  @discardableResult
  func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, flags: UInt8 = 0) -> Int {
    parts.code.append(Instruction(opcode, a, b, c, flags: flags))
    parts.placeIndices.append(placeIndex)
    return parts.code.count - 1
  }

  @discardableResult
  func emit(
    _ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, word: Int, flags: UInt8 = 0
  ) -> Int {
    let position = emit(opcode, a, b, c, flags: flags)
    parts.code.append(Instruction(word: word))
    parts.placeIndices.append(placeIndex)
    return position
  }

  /// Notes where what follows stands.
  func at(_ span: Span, _ operands: [Term] = []) {
    if operands.isEmpty, let last = parts.places.last, last.operands.isEmpty, last.span == span {
      placeIndex = Int32(parts.places.count - 1)
      return
    }
    parts.places.append(CodePlace(span: span, operands: operands.map(operandPlace)))
    placeIndex = Int32(parts.places.count - 1)
  }

  func operandPlace(_ term: Term) -> OperandPlace {
    switch term.kind {
    case .local(let variable) where !variable.isHidden, .capture(_, let variable?) where !variable.isHidden:
      OperandPlace(span: term.span, variable: (variable.name, variable.definition))
    case .global(let global): OperandPlace(span: term.span, variable: (global.name, global.definition))
    default: OperandPlace(span: term.span)
    }
  }

  /// A jump whose target `patch` fills in.
  func jump(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, flags: UInt8 = 0) -> Int {
    emit(opcode, a, b, 0, word: 0, flags: flags)
  }

  /// Makes a jump lead here, or to an earlier place.
  func patch(_ position: Int, to target: Int? = nil) {
    let target = target ?? here
    parts.code[position + 1] = Instruction(word: target - position)
    if target <= position { parts.code[position].flags |= Instruction.backward }
  }

  func patch(_ positions: [Int], to target: Int? = nil) {
    for position in positions { patch(position, to: target) }
  }

  var here: Int { parts.code.count }

  // MARK: - Registers and constants

  func temporary() -> Int {
    let register = nextTemporary
    nextTemporary += 1
    parts.registerCount = max(parts.registerCount, nextTemporary)
    return register
  }

  /// Gives back the temporaries that `body` took.
  func scoped<Result>(_ body: () -> Result) -> Result {
    let mark = nextTemporary
    defer { nextTemporary = mark }
    return body()
  }

  func isTemporary(_ register: Int) -> Bool { register >= parts.firstTemporary }

  func constant(_ value: Value) -> Int {
    let key: ConstantKey?
    switch value {
    case .int(let number): key = .int(number)
    case .float(let number): key = .float(number.bitPattern)
    case .bool(let flag): key = .bool(flag)
    case .string(let text): key = .string(text)
    case .function(let function): key = .function(ObjectIdentifier(function))
    default: key = nil
    }
    if let key, let known = index(of: key) { return known }
    parts.constants.append(value)
    let index = parts.constants.count - 1
    if let key { note(key, index) }
    if index == 0xFFFF {
      diagnostics.append(
        Diagnostic(
          "E0706", "too many constants in one function", at: Location(parts.source, parts.definition)))
    }
    return index
  }

  private func index(of key: ConstantKey) -> Int? {
    constantIndices.isEmpty ? firstConstants.first { $0.key == key }?.index : constantIndices[key]
  }

  /// The first few constants are looked through: the first dictionary of a kind costs a start a tenth of a millisecond.
  private func note(_ key: ConstantKey, _ index: Int) {
    if constantIndices.isEmpty, firstConstants.count < 16 { return firstConstants.append((key, index)) }
    if constantIndices.isEmpty { for known in firstConstants { constantIndices[known.key] = known.index } }
    constantIndices[key] = index
  }

  /// The register of a variable that needs no loading.
  func register(of term: Term) -> Int? {
    switch term.kind {
    case .local(let variable) where !variable.isCell: variable.register
    case .global(let global) where hasGlobalRegisters: global.index
    default: nil
    }
  }
}
