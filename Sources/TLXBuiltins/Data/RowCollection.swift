import TLXLearning
import TLXNumerics
import TLXRuntime

/// What has rows that can be divided and chosen: a data set, a tensor, a list, a table, or a record of such.
struct RowCollection {
  let value: Value
  let count: Int

  static let description = "a data set, tensor, list, table, or record of them"

  init?(_ value: Value) throws {
    self.value = value
    switch value {
    case .tensor(let tensor) where tensor.rank > 0: count = tensor.shape[0]
    case .list(let items): count = items.count
    case .table(let table): count = table.rowCount
    case .range(let range): count = range.count
    case .object(let object as DataSetObject): count = object.data.count
    case .record(let record) where record.count > 0:
      let counts = try record.values.map { try RowCollection($0)?.count }
      guard let first = counts[0], counts.allSatisfy({ $0 == first }) else { return nil }
      count = first
    default: return nil
    }
  }

  /// The same kind of value with these rows.
  func rows(_ rows: [Int]) throws -> Value {
    switch value {
    case .tensor(let tensor) where !tensor.isAbstract && !tensor.isTracked: .tensor(try tensor.rows(rows))
    case .object(let object as DataSetObject): .object(DataSetObject(try object.data.rows(rows)))
    case .record(let record):
      .record(
        Record(
          try zip(record.names, record.values).map { ($0, try RowCollection($1)?.rows(rows) ?? $1) }))
    default: try Items.picking(rows, from: value)
    }
  }
}

/// The classes that a stratified choice keeps in proportion.
struct Strata {
  var labels: [Int]
  var names: [String]

  func name(_ label: Int) -> String { names.indices.contains(label) ? names[label] : String(label) }
}

extension Arguments {
  func rowCollection(_ name: String) throws -> RowCollection {
    guard let rows = try RowCollection(value(name)) else {
      throw failure(
        name, mustBe: RowCollection.description,
        help: "the parts of a record must have the same number of rows")
    }
    return rows
  }

  /// What `stratify=` says: nothing, `true` for the data's own labels, labels, or a table's column name.
  func strata(of rows: RowCollection) throws -> Strata? {
    switch value("stratify") {
    case .null, .bool(false): return nil
    case .bool(true): return try ownLabels(of: rows)
    case .string(let column):
      guard case .table = rows.value else { break }
      return try strata(from: Operations.field(of: rows.value, column), count: rows.count)
    case let labels: return try strata(from: labels, count: rows.count)
    }
    throw failure("stratify", mustBe: "true, false or labels")
  }

  private func ownLabels(of rows: RowCollection) throws -> Strata {
    if case .object(let object as DataSetObject) = rows.value {
      return Strata(labels: try object.data.labels(), names: object.data.classes.map { "\"\($0)\"" })
    }
    if case .record(let record) = rows.value, let labels = record["y"] {
      return try strata(from: labels, count: rows.count)
    }
    throw failure(
      "stratify", "E0405", "\(Value.withArticle(rows.value.kindName)) has no labels to stratify by",
      help: "give them: stratify=y")
  }

  /// Class numbers of labels of any kind: equal labels are one class.
  private func strata(from value: Value, count: Int) throws -> Strata {
    let items = try Operations.items(of: value)
    guard items.count == count else {
      throw failure("stratify", "E0614", "there are \(items.count) labels for \(count) rows")
    }
    var numbers: [String: Int] = [:]
    var names: [String] = []
    let labels = items.map { item in
      let name = Display.canonical(item)
      let number = numbers[name] ?? names.count
      if number == names.count {
        numbers[name] = number
        names.append(name)
      }
      return number
    }
    return Strata(labels: labels, names: names)
  }

  /// A part's size: a fraction below 1, or a number of rows.
  func amount(_ name: String) throws -> Partition.Amount? {
    switch optional(name) {
    case nil: nil
    case .int(let rows): .rows(rows)
    case let value?:
      if let fraction = value.number {
        .fraction(fraction)
      } else {
        throw failure(name, mustBe: "a fraction between 0 and 1 or a number of rows")
      }
    }
  }
}
