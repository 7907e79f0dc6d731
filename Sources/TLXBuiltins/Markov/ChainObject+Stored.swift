import TLXMarkov
import TLXNumerics
import TLXRuntime

/// Chains, sparse matrices, fractions and solutions as plain values, for the cache.
extension ChainObject {
  func stored() throws -> StoredObject? {
    let log: Value
    switch source {
    case nil: log = .null
    case let source as LogSource: log = try source.logged.log.storedValue()
    default: return nil
    }
    let evidence: Value =
      try chain.evidence.map {
        .record(
          Record([
            ("transitions", .tensor(try Tensor($0.transitionCounts))),
            ("states", .tensor(try Tensor($0.stateCounts))),
          ])
        )
      } ?? .null
    return StoredObject(
      kind: "chain",
      contents: .record(
        Record([
          ("matrix", try chain.transitions.storedValue()), ("names", chain.names.storedValue),
          ("correction", .float(chain.correction)), ("evidence", evidence), ("log", log),
          ("fractions", fractions.map { .list($0.map { .string($0.description) }) } ?? .null),
        ])))
  }

  static let reader: ObjectReader = { value, _ in
    var evidence: Evidence?
    if case .record = try value.storedField("evidence") {
      let counts = try value.storedField("evidence")
      evidence = Evidence(
        transitionCounts: try counts.storedField("transitions").storedNumbers(),
        stateCounts: try counts.storedField("states").storedNumbers())
    }
    let matrix = try SparseMatrix(stored: value.storedField("matrix"))
    guard case .float(let correction) = try value.storedField("correction") else { throw DamagedArchive() }
    let chain = try MarkovChain(
      known: matrix, names: StateNames(stored: value.storedField("names")), evidence: evidence,
      correction: correction)
    var fractions: [Rational]?
    if case .list(let items) = try value.storedField("fractions") {
      fractions = try items.map { item in
        guard let fraction = Rational(try item.storedText()) else { throw DamagedArchive() }
        return fraction
      }
    }
    let log = try value.storedField("log")
    if case .null = log { return ChainObject(chain, fractions: fractions) }
    let logged = LoggedChain(chain: chain, log: try LogEvidence(stored: log))
    return ChainObject(chain, source: LogSource(logged: logged), fractions: fractions)
  }
}

extension SparseObject {
  func stored() throws -> StoredObject? {
    StoredObject(kind: "sparse matrix", contents: try matrix.storedValue())
  }

  static let reader: ObjectReader = { value, _ in SparseObject(try SparseMatrix(stored: value)) }
}

extension FractionObject {
  func stored() throws -> StoredObject? {
    StoredObject(kind: "fraction", contents: value.map { .string($0.description) } ?? .null)
  }

  static let reader: ObjectReader = { value, _ in
    if case .null = value { return FractionObject(nil) }
    guard let fraction = Rational(try value.storedText()) else { throw DamagedArchive() }
    return FractionObject(fraction)
  }
}

extension SolutionObject {
  /// All results, computed now; nil if they are too many to keep.
  func stored() throws -> StoredObject? {
    let values = try fieldNames.map { try field($0) ?? .null }
    return StoredObject(
      kind: "solution",
      contents: .record(
        Record([
          ("kind", .string(kindName)), ("lines", .list(lines.map { .string($0) })),
          ("fields", .record(Record(Array(zip(fieldNames, values))))),
        ])))
  }

  static let reader: ObjectReader = { value, _ in
    let fields = try value.fields("fields")
    let lines = try value.storedField("lines").storedTexts()
    return SolutionObject(
      try value.storedField("kind").storedText(), lines: lines,
      zip(fields.names, fields.values).map { name, value in Field(name: name) { value } })
  }
}

extension SparseMatrix {
  fileprivate func storedValue() throws -> Value {
    .record(
      Record([
        ("rows", .int(rowCount)), ("columns", .int(columnCount)), ("starts", .tensor(try Tensor(rowStarts))),
        ("places", .tensor(try Tensor(columns.map(Int.init)))), ("values", .tensor(try Tensor(values))),
      ]))
  }

  fileprivate init(stored value: Value) throws {
    guard case .int(let rows) = try value.storedField("rows"),
      case .int(let columns) = try value.storedField("columns")
    else { throw DamagedArchive() }
    let places = try value.storedField("places").storedTensor().elements(of: Int.self).map { place in
      guard let place = Int32(exactly: place) else { throw DamagedArchive() }
      return place
    }
    try self.init(
      rowCount: rows, columnCount: columns,
      rowStarts: try value.storedField("starts").storedTensor().elements(of: Int.self), columns: places,
      values: try value.storedField("values").storedNumbers())
  }
}

extension StateNames {
  /// Labels, or how many numbered states there are.
  fileprivate var storedValue: Value { hasLabels ? .list(all.map { .string($0) }) : .int(count) }

  fileprivate convenience init(stored value: Value) throws {
    if case .int(let count) = value, count >= 0 {
      self.init(count: count)
    } else {
      try self.init(value.storedTexts())
    }
  }
}

extension LogEvidence {
  fileprivate func storedValue() throws -> Value {
    .record(
      Record([
        (
          "counts",
          .tensor(
            try Tensor([
              turns, walks, signalTurns, unfinished, skippedLines, rareTransitions, hasCustomers ? 1 : 0,
            ]))
        ),
        ("names", .list(outcomes.map { .string($0.name) })),
        ("outcomes", .tensor(try Tensor(outcomes.map(\.state)))),
        ("transitions", .tensor(try Tensor(transitionCounts))),
        ("customers", .tensor(try Tensor(transitionCustomers))),
        ("stateCustomers", .tensor(try Tensor(stateCustomers))), ("starts", .tensor(try Tensor(starts))),
      ]))
  }

  fileprivate init(stored value: Value) throws {
    func ints(_ name: String) throws -> [Int] {
      try value.storedField(name).storedTensor().elements(of: Int.self)
    }
    let (counts, names, states) = (
      try ints("counts"), try value.storedField("names").storedTexts(), try ints("outcomes")
    )
    guard counts.count == 7, names.count == states.count else { throw DamagedArchive() }
    self.init()
    (turns, walks, signalTurns) = (counts[0], counts[1], counts[2])
    (unfinished, skippedLines, rareTransitions) = (counts[3], counts[4], counts[5])
    hasCustomers = counts[6] == 1
    outcomes = zip(names, states).map { (name: $0, state: $1) }
    (transitionCounts, transitionCustomers) = (try ints("transitions"), try ints("customers"))
    (stateCustomers, starts) = (try ints("stateCustomers"), try ints("starts"))
  }
}
