import TLXNumerics
import TLXSource
import TLXSyntax

/// A running language: its variables, modules and random streams. What the program, the prompt and the tests use.
///
/// Work happens on a thread with a deep stack while the caller waits; a session is used by one thread at a time.
public final class Session: CallContext {
  public enum Mode: Sendable {
    /// A whole file: a name may be defined in one cell only.
    case file
    /// One input at the prompt: names may be defined again, `ans` is the last value.
    case prompt
  }

  public let builtins: BuiltinTable
  public let output: any Output
  public let folder: String
  /// The seed in use, whether it was given or picked.
  public private(set) var seed: UInt64
  public var random: RandomStream {
    hasDrawn = true
    return stream
  }

  var variables = GlobalTable()
  let modules = ModuleTable()
  /// What the generator found wrong.
  var compileErrors: [Diagnostic] = []
  private let memory = MachineMemory()
  private(set) lazy var machine = Machine(session: self, memory: memory)
  private var builtinFunctions: [String: BuiltinFunction] = [:]
  private var defaults: [String: [Value?]] = [:]

  private var stream: RandomStream
  /// Whether the running cell has asked for random numbers, and whether it has fixed the seed.
  var hasDrawn = false
  var hasSeeded = false

  /// Which code is compiled for the processor. To be set before anything runs.
  public var nativeUse = NativeUse.standard {
    didSet { machine.budget = 0 }
  }
  private var isOnBigStack = false
  /// Names the random stream of the running cell.
  var streamName = ""
  private var promptCount = 0
  /// How many inputs of the prompt have run: the last one drew from the stream `input` with this number.
  public var inputNumber: Int { promptCount }
  var mode = Mode.file
  var onValue: ((Statement, Value) -> Void)?
  /// Told of each cell of a file that has run, or failed, with the seconds that took.
  public var onCell: ((_ cell: Cell, _ position: Int, _ seconds: Double) -> Void)?
  var lastValue: Value?
  private var answer: GlobalVariable?
  #if DEBUG
    /// Counts references that slots hold, if a test asks for it.
    var ledger: SlotLedger? {
      didSet {
        let arguments = machine.stack.pointee
        if arguments.isHeap { ledger?.retained(arguments.bits) }
      }
    }
  #endif

  public init(
    builtins: BuiltinTable, output: any Output, folder: String, seed: UInt64? = nil, arguments: [String] = []
  ) {
    self.builtins = builtins
    self.output = output
    self.folder = folder
    self.seed = seed ?? UInt64.random(in: 0..<1 << 32)
    self.stream = RandomStream(key: RandomKey(seed: self.seed))
    let source = SourceText(name: "args", text: "")
    let variable = GlobalVariable(
      name: "args", index: 0, isMutable: false, isFunction: false, definition: Location(source, Span(0, 0)))
    variable.isImported = true
    variables.install([variable])
    variables.name(variable, "args")
    machine.stack.set(.list(arguments.map { .string($0) }))
  }

  deinit {
    #if DEBUG
      if let ledger { return ledger.counting { tearDown() } }
    #endif
    tearDown()
  }

  private func tearDown() {
    machine.clearGlobals(variables.count)
    modules.removeAll()
  }

  // MARK: - Running

  /// Runs a source: all of it is parsed and checked before anything runs. The value of every top-level expression
  /// goes to `onValue`, and is shown unless its statement is hidden or it is nil.
  /// - Returns: the last value, if the source has an expression statement.
  /// - Throws: `Diagnostics`. What ran before an error keeps its effect.
  @discardableResult
  public func run(
    _ source: SourceText, mode: Mode, onValue: ((Statement, Value) -> Void)? = nil
  ) throws -> Value? {
    try working {
      let tree = parse(source, mode: mode == .file ? .file : .prompt)
      return try self.run(tree, mode: mode, onValue: onValue)
    }
  }

  /// As `run`, of a tree that is already parsed.
  @discardableResult
  public func run(
    _ tree: SyntaxTree, mode: Mode, onValue: ((Statement, Value) -> Void)? = nil
  ) throws -> Value? {
    try working { try self.runHere(tree, mode, onValue) }
  }

  private func runHere(
    _ tree: SyntaxTree, _ mode: Mode, _ onValue: ((Statement, Value) -> Void)?
  ) throws -> Value? {
    guard machine.isIdle else {
      throw Diagnostics([Diagnostic("E0600", "the session is running already")])
    }
    Interrupt.clear()
    self.mode = mode
    self.onValue = onValue
    lastValue = nil
    defer { self.onValue = nil }
    if mode == .prompt { reserveAnswer() }
    let units = try compile(tree, mode: mode == .file ? .file : .prompt)
    defer { forgetUndefined() }
    for (position, unit) in units.enumerated() {
      startStream(unit.cell, position)
      let start = ContinuousClock.now
      defer { onCell?(unit.cell, position, start.duration(to: .now) / .seconds(1)) }
      do {
        _ = try machine.run(unit: unit.prototype)
      } catch let error as Diagnostic {
        throw Diagnostics([error])
      } catch let error as Failure {
        throw Diagnostics([Diagnostic(error.code, error.message, help: error.help)])
      }
    }
    return lastValue
  }

  /// Each cell draws from its own stream, so that editing one does not move another's draws.
  func startStream(_ cell: Cell, _ position: Int) {
    if mode == .prompt {
      promptCount += 1
      streamName = "input \(promptCount)"
    } else {
      streamName = Session.streamName(of: cell, at: position)
    }
    stream = RandomStream(key: RandomKey(seed: seed).derived(from: streamName))
  }

  public func seed(_ seed: UInt64) {
    hasSeeded = true
    self.seed = seed
    stream = RandomStream(key: RandomKey(seed: seed).derived(from: streamName))
  }

  /// `ans` has its place before the first value is shown, so that no place moves while a unit runs.
  private func reserveAnswer() {
    guard answer == nil else { return }
    let source = SourceText(name: "ans", text: "")
    let variable = GlobalVariable(
      name: "ans", index: variables.count, isMutable: false, isFunction: false,
      definition: Location(source, Span(0, 0)))
    variable.isImported = true
    install([variable])
    answer = variable
  }

  /// The machine came to the end of a top-level expression statement.
  func shown(_ value: Value, statement: Statement) {
    lastValue = value
    onValue?(statement, value)
    if case .null = value { return }
    if mode == .prompt, let answer, variables.names["ans"].map({ $0 === answer }) ?? true {
      (machine.stack + answer.index).set(value)
      variables.name(answer, "ans")
    }
    if !statement.isHidden { output.show(value, digits: nil) }
  }

  /// A definition that an error kept from running leaves no name.
  func forgetUndefined() {
    for name in variables.order {
      if let variable = variables.names[name], machine.stack[variable.index].isMissing {
        variables.forget(name)
      }
    }
  }

  // MARK: - Evaluating and calling

  /// The value of an expression, with the session's names in scope. Shows nothing.
  /// - Throws: `Diagnostics`.
  public func evaluate(expression source: SourceText) throws -> Value {
    try working { try self.evaluateHere(source, mode: .prompt) }
  }

  private func evaluateHere(_ source: SourceText, mode: Resolver.Mode) throws -> Value {
    let prototype = try compile(expression: source, mode: mode)
    do {
      return try Operations.settle(machine.run(function: prototype))
    } catch let error as Diagnostic {
      throw Diagnostics([error])
    }
  }

  public func call(_ callee: Value, _ arguments: [Value], keywords: [(name: String, value: Value)]) throws
    -> Value
  {
    if isOnBigStack { return try machine.call(callee, arguments, keywords: keywords) }
    return try working { try self.machine.call(callee, arguments, keywords: keywords) }
  }

  /// The defaults of a built-in's parameters, nil where the argument must be given.
  func defaults(of builtin: Builtin) throws -> [Value?] {
    if let known = defaults[builtin.name] { return known }
    let values = try builtin.parameters.map { parameter in try parameter.defaultText.map(self.defaultValue) }
    defaults[builtin.name] = values
    return values
  }

  private func defaultValue(_ text: String) throws -> Value {
    switch text {
    case "nil": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    if let number = Int(text) { return .int(number) }
    return try evaluateHere(SourceText(name: "default", text: text), mode: .module)
  }

  /// The built-in as a value: the same object each time.
  func function(of builtin: Builtin) -> BuiltinFunction {
    if let known = builtinFunctions[builtin.name] { return known }
    let function = BuiltinFunction(builtin)
    builtinFunctions[builtin.name] = function
    return function
  }

  /// Runs `body` on the deep stack, unless it runs there already.
  func working<Result>(_ body: () throws -> Result) throws -> Result {
    if isOnBigStack { return try body() }
    return try BigStack.run {
      self.isOnBigStack = true
      defer { self.isOnBigStack = false }
      #if DEBUG
        if let ledger = self.ledger { return try ledger.counting(body) }
      #endif
      return try body()
    }
  }

  // MARK: - Variables

  /// The session's own variables in the order of their definition.
  public var globals: [(name: String, value: Value, isMutable: Bool)] {
    variables.order.compactMap { name in
      guard let variable = variables.names[name], name != "args", name != "ans" else { return nil }
      let slot = machine.stack[variable.index]
      return slot.isMissing ? nil : (name, slot.value, variable.isMutable)
    }
  }

  /// The value of a top-level name.
  public func value(of name: String) -> Value? {
    guard let variable = variables.names[name] else { return nil }
    let slot = machine.stack[variable.index]
    return slot.isMissing ? nil : slot.value
  }

  /// Defines a name, as `let` or `var` does.
  public func define(_ name: String, _ value: Value, isMutable: Bool = false) {
    let known = variables.names[name].flatMap { $0.isImported ? nil : $0 }
    let variable = GlobalVariable(
      name: name, index: known?.index ?? variables.count, isMutable: isMutable, isFunction: false,
      definition: Location(SourceText(name: name, text: ""), Span(0, 0)))
    install([variable])
    variables.name(variable, name)
    (machine.stack + variable.index).set(value)
  }

  /// Every name in scope, for completion: variables, built-ins and constants.
  public var namesInScope: [String] {
    variables.order + builtins.builtins.map(\.name) + builtins.constants.map(\.name)
  }

  func install(_ new: [GlobalVariable]) {
    let first = variables.count
    variables.install(new)
    for index in first..<variables.count { (machine.stack + index).setScalar(.absent) }
  }
}
