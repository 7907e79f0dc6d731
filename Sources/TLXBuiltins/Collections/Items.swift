import TLXNumerics
import TLXRuntime

/// Picking and comparing items of any kind of collection.
enum Items {
  /// How many items; nil for what has none.
  static func count(of value: Value) throws -> Int? {
    switch value {
    case .list(let items): items.count
    case .string(let text): text.characterCount
    case .record(let record): record.count
    case .table(let table): table.rowCount
    case .range(let range): range.count
    case .tensor(let tensor): tensor.shape.first
    case .object(let object): object.itemCount
    default: nil
    }
  }

  static func item(_ position: Int, of value: Value) throws -> Value {
    try Operations.elements(of: value).element(at: position)
  }

  /// A collection of the same kind with the items at these positions; of a range, a tensor.
  static func picking(_ positions: [Int], from value: Value) throws -> Value {
    switch value {
    case .list(let items): return .list(positions.map { items[$0] })
    case .table(let table): return .table(try table.selecting(rows: positions))
    case .tensor(let tensor): return .tensor(try tensor.take(Tensor(positions), axis: 0))
    case .range(let range): return .tensor(try Tensor(positions.map { range[$0] }))
    case .object(let labelled as Labelled): return .object(try labelled.selecting(positions))
    case .string(let text):
      let characters = Array(text)
      return .string(String(positions.map { characters[$0] }))
    case .record(let record):
      return .record(Record(positions.map { (record.names[$0], record.values[$0]) }))
    default:
      let items = try Operations.items(of: value)
      return .list(positions.map { items[$0] })
    }
  }

  /// The items in the order of their first occurrence, and how often each occurs.
  static func distinct(_ items: [Value]) throws -> (items: [Value], counts: [Int]) {
    var values: [Value] = []
    var counts: [Int] = []
    var places: [String: Int] = [:]
    for item in items {
      // Strings, the usual case, by a dictionary; the rest by comparison.
      if case .string(let text) = item {
        if let place = places[text] {
          counts[place] += 1
        } else {
          places[text] = values.count
          values.append(item)
          counts.append(1)
        }
      } else if let place = try values.firstIndex(where: { try Operations.equal($0, item) }) {
        counts[place] += 1
      } else {
        values.append(item)
        counts.append(1)
      }
    }
    return (values, counts)
  }

  /// Tables below one another; they have the same columns.
  static func concatenated(tables values: [Value], _ arguments: Arguments) throws -> Table {
    let tables = try values.map { value -> Table in
      guard case .table(let table) = value else { throw arguments.failure("xs", mustBe: "a list of tables") }
      return table
    }
    guard let first = tables.first else { return Table(names: [], columns: [], rowCount: 0) }
    var result = Table(names: [], columns: [], rowCount: tables.reduce(0) { $0 + $1.rowCount })
    for name in first.names {
      let parts = try tables.map { try Operations.field(of: .table($0), name) }
      result = try result.setting(name, to: concatenated(columns: parts))
    }
    return result
  }

  private static func concatenated(columns: [Value]) throws -> Value {
    let tensors = columns.compactMap { column -> Tensor? in
      if case .tensor(let tensor) = column { tensor } else { nil }
    }
    if tensors.count == columns.count { return .tensor(try Tensor.concat(tensors, axis: 0)) }
    return .list(try columns.flatMap { try Operations.items(of: $0) })
  }
}

/// Orders of values.
enum Ordering {
  /// The positions that sort values: numbers, strings, or lists of such, compared from the front. Stable; nil and NaN
  /// come last.
  static func permutation(of keys: [Value], descending: Bool) throws -> [Int] {
    if let numbers = numbers(keys) {
      return sorted(numbers.indices) { a, b in
        let (x, y) = (numbers[a], numbers[b])
        if x.isNaN || y.isNaN { return !x.isNaN }
        return descending ? x > y : x < y
      }
    }
    var failure: (any Error)?
    let order = sorted(keys.indices) { a, b in
      if isMissing(keys[a]) || isMissing(keys[b]) { return !isMissing(keys[a]) && isMissing(keys[b]) }
      do {
        let (x, y) = descending ? (keys[b], keys[a]) : (keys[a], keys[b])
        return try Operations.truth(of: Operations.compare(.less, x, y))
      } catch {
        failure = failure ?? error
        return false
      }
    }
    if let failure { throw failure }
    return order
  }

  private static func numbers(_ keys: [Value]) -> [Double]? {
    var numbers: [Double] = []
    numbers.reserveCapacity(keys.count)
    for key in keys {
      switch key {
      case .int(let number) where Swift.abs(number) < 1 << 53: numbers.append(Double(number))
      case .float(let number): numbers.append(number)
      default: return nil
      }
    }
    return numbers
  }

  private static func isMissing(_ value: Value) -> Bool {
    if case .null = value { return true }
    return false
  }

  /// Swift's sort is stable, though it does not promise it: the position decides between equals.
  private static func sorted(_ positions: Range<Int>, _ precedes: (Int, Int) -> Bool) -> [Int] {
    positions.sorted { a, b in
      if precedes(a, b) { return true }
      return precedes(b, a) ? false : a < b
    }
  }
}
