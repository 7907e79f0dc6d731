import TLXNumerics
import TLXSource

/// A call that is active.
struct Frame {
  var header: UnsafeMutablePointer<Prototype.Header>
  /// Uncounted: the caller's window, a global or the frame below keeps it alive.
  var closure: Unmanaged<Closure>
  var base: Register
  /// The instruction that runs, or waits for the call that it made.
  var pc: UnsafeMutablePointer<Instruction>
  /// Where native code goes on when the call returns that this frame made; nil if the loop does.
  var resume: UnsafeRawPointer?
}

/// What the loop and native code share. It stays at one address.
struct MachineState {
  /// Counts down to the next look at the interrupt flag.
  var budget: Int
  /// The running frame; below the first when nothing runs.
  var frame: UnsafeMutablePointer<Frame>
  let stack: Register
  let stackEnd: Register
  let framesEnd: UnsafeMutablePointer<Frame>
  /// Owned: what the last frame of `execute` returned.
  var result: Slot = .nothing
}

/// An active `try`.
struct Handler {
  var frame: UnsafeMutablePointer<Frame>
  var target: UnsafeMutablePointer<Instruction>
  var register: Int
  var firstTemporary: Int
}

/// Registers, globals and frames of one session. The bottom of the stack holds the globals, which are the first
/// registers of a unit's top level.
final class Machine {
  static let globalLimit = 0x7000
  static let depthLimit = 100_000
  /// Calls from built-ins into the language that may be active at once.
  static let reentryLimit = 4_000

  let stack: Register
  let stackEnd: Register
  let frames: UnsafeMutablePointer<Frame>
  let framesEnd: UnsafeMutablePointer<Frame>
  let state: UnsafeMutablePointer<MachineState>
  var handlers: [Handler] = []
  var reentries = 0
  unowned let session: Session
  /// Where the time goes, while `:prof` asks.
  var profile: Profile?

  /// How objects are laid out, where native code may be made; looked up once it is wanted.
  private(set) lazy var nativeLayout: ObjectLayout? =
    session.nativeUse != .never && NativeHelp.isAvailable ? ObjectLayout(machine: self) : nil
  /// What has gone wrong in native code, until the loop throws it.
  var nativeError: (any Error)?

  private let memory: MachineMemory

  init(session: Session, memory: MachineMemory) {
    self.session = session
    self.memory = memory
    stack = memory.stack
    stackEnd = memory.stack + memory.slotCount
    frames = memory.frames
    framesEnd = frames + memory.depthLimit
    state = .allocate(capacity: 1)
    state.initialize(
      to: MachineState(
        budget: session.nativeUse.pollInterval, frame: frames - 1, stack: stack, stackEnd: stackEnd,
        framesEnd: framesEnd))
  }

  deinit { state.deallocate() }

  /// The running frame; `frames - 1` when nothing runs.
  var frame: UnsafeMutablePointer<Frame> {
    @inline(__always) get { state.pointee.frame }
    @inline(__always) set { state.pointee.frame = newValue }
  }

  /// Calls, turns of loops and the like until the next look at the interrupt flag.
  var budget: Int {
    @inline(__always) get { state.pointee.budget }
    @inline(__always) set { state.pointee.budget = newValue }
  }

  /// Owned: what the last frame of `execute` returned.
  var result: Slot {
    get { state.pointee.result }
    set { state.pointee.result = newValue }
  }

  var isIdle: Bool { frame < frames }

  /// Where a new window may start: above the running frame.
  var freeStack: Register {
    isIdle
      ? stack + session.variables.count + 1
      : frame.pointee.base + frame.pointee.header.pointee.registerCount + 1
  }

  // MARK: - Entering

  /// Runs a unit's top level: its first registers are the globals.
  func run(unit: Prototype) throws -> Value {
    let closure = Closure(unit, machine: self)
    return try withExtendedLifetime(closure) {
      try push(closure, base: stack)
      return try finish()
    }
  }

  /// Runs a module's top level, or any function without parameters, above the running frame.
  func run(function prototype: Prototype) throws -> Value {
    try call(.function(Closure(prototype, machine: self)), [], keywords: [])
  }

  /// Calls any callable value from outside of the loop.
  func call(_ callee: Value, _ arguments: [Value], keywords: [(name: String, value: Value)]) throws -> Value {
    guard case .function(let function as Closure) = callee else {
      return try callForeign(callee, arguments, keywords: keywords)
    }
    // A built-in that calls back a million times has no other place to be stopped at.
    budget &-= 4
    if budget <= 0 {
      try poll()
      if profile == nil { heat(function.header) }
    }
    let window = freeStack
    guard window + arguments.count + 1 < stackEnd else { throw depthFailure() }
    window.setOwned(Slot(tag: Slot.closure, retaining: function))
    for (position, argument) in arguments.enumerated() { (window + 1 + position).set(argument) }
    do {
      if !keywords.isEmpty || function.header.pointee.arity != arguments.count {
        try bind(function, window + 1, positional: arguments.count, keywords: keywords)
      }
      try push(function, base: window + 1)
    } catch {
      for position in 0...arguments.count { (window + position).clear() }
      throw error
    }
    return try finish()
  }

  func callForeign(
    _ callee: Value, _ arguments: [Value], keywords: [(name: String, value: Value)]
  ) throws -> Value {
    switch callee {
    case .function(let function):
      return try function.call(arguments, keywords: keywords, session)
    case .object(let object) where keywords.isEmpty:
      if let result = try object.call(arguments, session) { return result }
    default: break
    }
    throw Machine.notCallable(callee)
  }

  static func notCallable(_ value: Value) -> Failure {
    var help: String?
    if case .tensor = value { help = "elements are read with brackets, as in x[0]" }
    if case .list = value { help = "items are read with brackets, as in xs[0]" }
    return Failure("E0423", "\(value.kindDescription) cannot be called", help: help)
  }

  /// Makes a frame the running one. The arguments are in place.
  func push(_ closure: Closure, base: Register) throws {
    let header = closure.header
    guard frame + 1 < framesEnd, base + header.pointee.registerCount + 2 < stackEnd else {
      throw depthFailure()
    }
    frame += 1
    frame.pointee = Frame(
      header: header, closure: Unmanaged.passUnretained(closure), base: base, pc: header.pointee.code)
  }

  /// Runs the frame that was just pushed to its end.
  private func finish() throws -> Value {
    guard reentries < Machine.reentryLimit else {
      popFrame()
      throw depthFailure()
    }
    reentries += 1
    defer { reentries -= 1 }
    try execute(entry: frame)
    let value = result.consumed()
    result = .nothing
    // A fold over many items must not build a graph without end.
    if case .tensor = value { return try Operations.settle(value) }
    return value
  }

  /// Drops the running frame and all that it holds.
  func popFrame() {
    let header = frame.pointee.header
    let base = frame.pointee.base
    // The globals outlive their unit's frame.
    let first = base == stack ? session.variables.count : -1
    var position = first
    while position < header.pointee.registerCount {
      (base + position).clear()
      position += 1
    }
    frame -= 1
  }

  func depthFailure() -> Failure {
    Failure(
      "E0703", "calls are nested too deeply",
      help: "does the recursion end? A loop or fold needs no depth")
  }

  // MARK: - Running

  /// Runs until the frame at `entry` returns; `result` then holds what it gave.
  private func execute(entry: UnsafeMutablePointer<Frame>) throws {
    while true {
      do {
        try loop(entry: entry)
        return
      } catch {
        try recover(from: error, entry: entry)
      }
    }
  }

  /// Looks at the interrupt flag.
  func poll() throws {
    budget = session.nativeUse.pollInterval
    if let profile {
      budget = 0
      profile.tick(at: frame)
    }
    try Interrupt.check()
  }

  /// Empties the globals when the session ends; the session tells their number, as it can no longer be asked then.
  func clearGlobals(_ count: Int) {
    for position in 0..<count { (stack + position).clear() }
  }
}
