/// Counts walks as turns come in: how often each state followed each, how walks ended, and how many customers did it.
/// Memory grows with the distinct states and transitions, not with the turns.
public struct WalkCounts {
  /// One turn. A customer of 0 is nobody known; a time that is NaN is not known.
  struct Turn {
    var session: UInt64
    var customer: UInt64 = 0
    var time = Double.nan
    /// -1 where the turn ends without one.
    var outcome = -1
  }

  /// A walk that has not ended.
  private struct Walk {
    var session: UInt64
    var state = -1
    var time = -Double.infinity
    /// The outcome that the last signal word stands for.
    var signal = -1
    var customer: UInt64 = 0
    var weight = 1.0
  }

  let options: WalkOptions
  var states = TextTable()
  var outcomes = TextTable()
  /// By text: the outcome that it signals; -1 for a state.
  private var signalOutcome: [Int] = []

  /// Transitions, and ends of walks with `outcomeMark` minus the outcome in the place of the state.
  var pairs = PairTable()
  var counts: [Int] = []
  var weights: [Double] = []
  var pairCustomers = DistinctCounts()
  var stateCustomers = DistinctCounts()
  /// By state: how often walks begin with it.
  var starts: [Int] = []
  public private(set) var turns = 0
  public private(set) var walks = 0
  public private(set) var signalTurns = 0
  /// Walks that ended without an outcome.
  public private(set) var unfinished = 0
  public internal(set) var skippedLines = 0
  /// Of a file: the fields that were asked for and that no line has, and those of the first line.
  public internal(set) var absentFields: Set<String> = []
  public internal(set) var fieldNames: [String] = []
  private(set) var hasCustomers = false
  private(set) var sawOutcome = false
  /// The weight of the latest turn, which counts 1 in the end.
  private(set) var latestWeight = 1.0

  private var current: Walk?
  private var open: [UInt64: Walk] = [:]
  private var seenSessions = SeenSessions()
  /// The time whose weight is 1, for decay.
  private var origin = Double.nan

  static let outcomeMark = UInt32.max

  public init(_ options: WalkOptions = WalkOptions()) {
    self.options = options
    seenSessions.remembersAll = options.remembersSessions
    for (text, outcome) in options.signals.sorted(by: { $0.key < $1.key }) {
      let number = states.number(of: text)
      extend(to: number)
      signalOutcome[number] = outcomes.number(of: outcome)
    }
  }

  private mutating func extend(to state: Int) {
    while signalOutcome.count <= state { signalOutcome.append(-1) }
    while starts.count <= state { starts.append(0) }
  }

  func isSignal(_ state: Int) -> Bool { state < signalOutcome.count && signalOutcome[state] >= 0 }

  // MARK: - Turns

  mutating func add(_ turn: Turn, state text: UnsafeBufferPointer<UInt8>, hash: UInt64) throws(OrderFault) {
    let state = states.number(of: text, hash: hash)
    if state >= signalOutcome.count { extend(to: state) }
    turns += 1
    var walk = try walk(of: turn)
    try advance(&walk, turn)
    if signalOutcome[state] >= 0 {
      signalTurns += 1
      walk.signal = signalOutcome[state]
    } else {
      visit(state, &walk)
    }
    if turn.outcome >= 0 { end(&walk, outcome: turn.outcome) }
    if !options.isInterleaved {
      current = walk
    } else {
      // What has ended need not be held.
      open[turn.session] = walk.state >= 0 ? walk : nil
    }
  }

  mutating func outcomeNumber(_ text: String) -> Int {
    sawOutcome = true
    return outcomes.number(of: text)
  }

  mutating func outcomeNumber(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    sawOutcome = true
    return outcomes.number(of: text, hash: textHash(text))
  }

  /// The walk that this turn goes on with.
  private mutating func walk(of turn: Turn) throws(OrderFault) -> Walk {
    if options.isInterleaved { return open[turn.session] ?? Walk(session: turn.session) }
    if let walk = current, walk.session == turn.session { return walk }
    if var walk = current { close(&walk) }
    guard seenSessions.insert(turn.session) else { throw .sessionReturns }
    return Walk(session: turn.session)
  }

  private mutating func advance(_ walk: inout Walk, _ turn: Turn) throws(OrderFault) {
    walk.customer = turn.customer
    if turn.customer != 0 { hasCustomers = true }
    guard !turn.time.isNaN else { return }
    if options.checksTime && turn.time < walk.time {
      throw .timeGoesBack(from: walk.time, to: turn.time)
    }
    if let gap = options.gap, turn.time - walk.time >= gap, walk.state >= 0 { close(&walk) }
    walk.time = turn.time
    if let halfLife = options.halfLife {
      walk.weight = weight(at: turn.time, halfLife)
      latestWeight = max(latestWeight, walk.weight)
    }
  }

  private mutating func visit(_ state: Int, _ walk: inout Walk) {
    walk.signal = -1
    if walk.customer != 0 { stateCustomers.add(mixed(walk.customer), to: state) }
    if walk.state < 0 {
      starts[state] += 1
      walks += 1
    } else if walk.state != state || options.keepsRepeats {
      count(walk.state, UInt32(state), walk)
    }
    walk.state = state
  }

  private mutating func end(_ walk: inout Walk, outcome: Int) {
    if walk.state >= 0 { count(walk.state, Self.outcomeMark - UInt32(outcome), walk) }
    walk.state = -1
    walk.signal = -1
  }

  /// Ends a walk that no turn ended: with what its last words signalled, or without an outcome.
  private mutating func close(_ walk: inout Walk) {
    if walk.state >= 0, walk.signal >= 0 {
      sawOutcome = true
      end(&walk, outcome: walk.signal)
    } else if walk.state >= 0 {
      unfinished += 1
      unfinishedStates[walk.state, default: 0] += walk.weight
      walk.state = -1
    }
  }

  /// By state: walks that ended in it without an outcome.
  private(set) var unfinishedStates: [Int: Double] = [:]

  /// The last turn has come.
  mutating func finish() {
    if var walk = current { close(&walk) }
    current = nil
    for session in open.keys.sorted() {
      if var walk = open[session] { close(&walk) }
    }
    open = [:]
  }

  private mutating func count(_ from: Int, _ to: UInt32, _ walk: Walk) {
    let position = pairs.position(of: PairTable.key(from, to))
    if position == counts.count {
      counts.append(0)
      weights.append(0)
    }
    counts[position] += 1
    weights[position] += walk.weight
    if walk.customer != 0 { pairCustomers.add(mixed(walk.customer), to: position) }
  }

  /// 2^(age / half-life), relative to the first turn: only ratios matter in the end. Long logs are scaled down before
  /// the powers overflow.
  private mutating func weight(at time: Double, _ halfLife: Double) -> Double {
    if origin.isNaN { origin = time }
    let exponent = (time - origin) / halfLife
    if exponent > 500 {
      let scale = power(2, -exponent)
      for position in weights.indices { weights[position] *= scale }
      for state in unfinishedStates.keys { unfinishedStates[state]? *= scale }
      latestWeight = 1
      origin = time
      return 1
    }
    return power(2, exponent)
  }
}

/// Which sessions have been, in bounded memory: the last 65,536 or so, and all of them while their numbers follow each
/// other without gaps.
private struct SeenSessions {
  var remembersAll = false
  private var all: Set<UInt64> = []
  private var recent = [UInt64](repeating: .max, count: 1 << 16)
  private var range: ClosedRange<UInt64>?
  private var isConsecutive = true

  /// False if the session has been before.
  mutating func insert(_ session: UInt64) -> Bool {
    if remembersAll { return all.insert(session).inserted }
    if isConsecutive {
      if let range {
        if range.contains(session) { return false }
        isConsecutive = range.upperBound &+ 1 == session
        if isConsecutive { self.range = range.lowerBound...session }
      } else {
        range = session...session
      }
    }
    let slot = Int(truncatingIfNeeded: mixed(session)) & (recent.count - 1)
    if recent[slot] == session { return false }
    recent[slot] = session
    return true
  }
}
