import TLXNumerics

extension WalkCounts {
  /// The maximum-likelihood chain of the walks that were counted: P(i → j) = c(i, j) / n(i), n(i) being how often i was
  /// left. Walks end in an absorbing state for each outcome; those without one in “unfinished”, if others have one.
  /// Where nothing has an outcome, a state that was never left is absorbing.
  ///
  /// - Throws: E0406 for a log without turns; E0405 where a state and an outcome have one name; E0505 for a negative
  ///   option; E0702 for `laplace` with more than 3,000 states.
  public consuming func chain(_ options: LogChainOptions = LogChainOptions()) throws -> LoggedChain {
    finish()
    guard turns > 0, walks > 0 else {
      throw NumericsError(
        "E0406", turns == 0 ? "the log has no turns" : "the log has nothing but signal words")
    }
    guard options.prior >= 0, options.laplace >= 0, options.prior.isFinite, options.laplace.isFinite else {
      throw NumericsError("E0505", "prior and laplace must not be negative")
    }
    var estimate = ChainEstimate(self, options)
    return try estimate.chain()
  }
}

/// Turns counts into a chain.
private struct ChainEstimate {
  private struct Entry {
    var row: Int32
    var column: Int32
    var weight: Double
    var count: Int
    var customers: Int
  }

  private let counts: WalkCounts
  private let options: LogChainOptions
  /// By text: its state, or -1.
  private var stateOf: [Int]
  private var texts: [Int] = []
  private var outcomeState: [Int]
  private var names: [String] = []
  private var entries: [Entry] = []
  private var log = LogEvidence()
  private let scale: Double

  init(_ counts: WalkCounts, _ options: LogChainOptions) {
    self.counts = counts
    self.options = options
    stateOf = [Int](repeating: -1, count: counts.states.count)
    outcomeState = [Int](repeating: -1, count: counts.outcomes.count)
    scale = 1 / counts.latestWeight
  }

  mutating func chain() throws -> LoggedChain {
    nameStates()
    try nameOutcomes()
    try collect()
    smoothOutcomes()
    try smoothAll()
    return try estimated()
  }

  private mutating func nameStates() {
    var isUsed = [Bool](repeating: false, count: counts.states.count)
    for pair in 0..<counts.pairs.count {
      isUsed[counts.pairs.from(pair)] = true
      let to = Int(counts.pairs.to(pair))
      if to < isUsed.count { isUsed[to] = true }
    }
    for text in counts.unfinishedStates.keys { isUsed[text] = true }
    for text in isUsed.indices where isUsed[text] {
      stateOf[text] = texts.count
      texts.append(text)
      names.append(counts.states[text])
    }
  }

  /// “success” and “failure” first, the others as they came.
  private mutating func nameOutcomes() throws {
    var used = Set<Int>()
    for pair in 0..<counts.pairs.count { if let outcome = outcome(of: pair) { used.insert(outcome) } }
    let usual = ["success", "failure"]
    let order = used.sorted { a, b in
      let (x, y) = (
        usual.firstIndex(of: counts.outcomes[a]) ?? 2, usual.firstIndex(of: counts.outcomes[b]) ?? 2
      )
      return (x, a) < (y, b)
    }
    for outcome in order {
      let name = counts.outcomes[outcome]
      outcomeState[outcome] = names.count
      log.outcomes.append((name, names.count))
      names.append(name)
    }
  }

  private func outcome(of pair: Int) -> Int? {
    let back = Int(WalkCounts.outcomeMark - counts.pairs.to(pair))
    return back < counts.outcomes.count ? back : nil
  }

  private mutating func collect() throws {
    var rare: Int?
    for pair in 0..<counts.pairs.count {
      if pair % 65_536 == 0 { try Interrupt.check() }
      let customers = counts.pairCustomers.count(of: pair)
      let row = stateOf[counts.pairs.from(pair)]
      var column = outcome(of: pair).map { outcomeState[$0] } ?? stateOf[Int(counts.pairs.to(pair))]
      let isRare =
        counts.counts[pair] < options.minimumCount
        || (counts.hasCustomers && customers < options.minimumCustomers)
      if isRare && outcome(of: pair) == nil {
        column = rare ?? names.count
        if rare == nil { names.append("rare") }
        rare = column
        log.rareTransitions += 1
      }
      entries.append(
        Entry(
          row: Int32(row), column: Int32(column), weight: counts.weights[pair] * scale,
          count: counts.counts[pair], customers: customers))
    }
    guard counts.sawOutcome, !counts.unfinishedStates.isEmpty else { return }
    let state = Int32(names.count)
    names.append("unfinished")
    for (text, weight) in counts.unfinishedStates.sorted(by: { $0.key < $1.key }) {
      entries.append(
        Entry(
          row: Int32(stateOf[text]), column: state, weight: weight * scale, count: Int(weight.rounded()),
          customers: 0))
    }
  }

  /// The share of each outcome among all ends, which small states are drawn to.
  private mutating func smoothOutcomes() {
    guard options.prior > 0, !log.outcomes.isEmpty else { return }
    let first = Int32(log.outcomes[0].state)
    let kinds = log.outcomes.count
    var ends = [Double](repeating: 0, count: texts.count * kinds)
    var positions = [Int](repeating: -1, count: texts.count * kinds)
    var totals = [Double](repeating: 0, count: kinds)
    for (position, entry) in entries.enumerated()
    where entry.column >= first && entry.column < first + Int32(kinds) {
      let kind = Int(entry.column - first)
      ends[Int(entry.row) * kinds + kind] = entry.weight
      positions[Int(entry.row) * kinds + kind] = position
      totals[kind] += entry.weight
    }
    let all = totals.reduce(0, +)
    for row in texts.indices {
      let total = (0..<kinds).reduce(0) { $0 + ends[row * kinds + $1] }
      if total == 0 { continue }
      for kind in 0..<kinds {
        let place = row * kinds + kind
        let weight =
          total * (ends[place] + options.prior * totals[kind] / all) / (total + options.prior)
        if positions[place] >= 0 {
          entries[positions[place]].weight = weight
        } else {
          entries.append(
            Entry(row: Int32(row), column: first + Int32(kind), weight: weight, count: 0, customers: 0))
        }
      }
    }
  }

  private mutating func smoothAll() throws {
    guard options.laplace > 0 else { return }
    guard texts.count <= 3000 else {
      throw NumericsError(
        "E0702", "laplace makes every transition of \(texts.count) states possible, which is too many",
        help: "prior= smooths the outcomes only")
    }
    for row in texts.indices {
      try Interrupt.check()
      for column in 0..<(texts.count + log.outcomes.count) {
        entries.append(
          Entry(
            row: Int32(row), column: Int32(column), weight: options.laplace, count: 0, customers: 0))
      }
    }
  }

  private mutating func estimated() throws -> LoggedChain {
    // Very old turns may weigh nothing at all.
    entries.removeAll { $0.weight == 0 }
    entries.sort { ($0.row, $0.column) < ($1.row, $1.column) }
    var starts = [0]
    var columns: [Int32] = []
    var (values, weights): ([Double], [Double]) = ([], [])
    var stateCounts = [Double](repeating: 0, count: names.count)
    var position = 0
    for row in names.indices {
      let first = values.count
      var total = 0.0
      while position < entries.count, Int(entries[position].row) == row {
        let entry = entries[position]
        total += entry.weight
        let isNew = values.count == first || columns.last != entry.column
        if isNew {
          columns.append(entry.column)
          values.append(entry.weight)
          weights.append(entry.count > 0 ? entry.weight : 0)
          log.transitionCounts.append(entry.count)
          log.transitionCustomers.append(entry.customers)
        } else {
          values[values.count - 1] += entry.weight
          weights[weights.count - 1] += entry.count > 0 ? entry.weight : 0
          log.transitionCounts[values.count - 1] += entry.count
          log.transitionCustomers[values.count - 1] = max(
            log.transitionCustomers[values.count - 1], entry.customers)
        }
        position += 1
      }
      if values.count == first {
        columns.append(Int32(row))
        values.append(1)
        weights.append(0)
        log.transitionCounts.append(0)
        log.transitionCustomers.append(0)
      } else {
        for entry in first..<values.count { values[entry] /= total }
        stateCounts[row] = weights[first...].reduce(0, +)
      }
      starts.append(values.count)
    }
    let matrix = try SparseMatrix(
      rowCount: names.count, columnCount: names.count, rowStarts: starts, columns: columns, values: values)
    let chain = try MarkovChain(
      transitions: matrix, states: names,
      evidence: Evidence(transitionCounts: weights, stateCounts: stateCounts))
    return LoggedChain(chain: chain, log: completed())
  }

  private func completed() -> LogEvidence {
    var log = log
    log.turns = counts.turns
    log.walks = counts.walks
    log.signalTurns = counts.signalTurns
    log.unfinished = counts.unfinished
    log.skippedLines = counts.skippedLines
    log.hasCustomers = counts.hasCustomers
    let others = [Int](repeating: 0, count: names.count - texts.count)
    log.stateCustomers = texts.map { counts.stateCustomers.count(of: $0) } + others
    log.starts = texts.map { $0 < counts.starts.count ? counts.starts[$0] : 0 } + others
    return log
  }
}
