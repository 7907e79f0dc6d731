import TLXNumerics
import TLXRuntime
import TLXUpdate

/// The labels of a call: predictions and truth as class numbers, with the classes' names if they have any.
struct LabelArguments {
  var labels: [Tensor] = []
  /// By class number; empty for classes that are only numbered.
  var names: [String] = []
  /// How many classes there are, where it was said.
  var classCount: Int?

  /// Reads class numbers i64[n] (or bools), or lists of strings, which are numbered in the order of `classes=` or else of
  /// the alphabet.
  init(_ arguments: Arguments, _ parameters: [String]) throws {
    let texts = parameters.map { Self.texts(arguments.value($0)) }
    if arguments.parameter("classes") != nil, arguments.has("classes") { try readClasses(arguments) }
    if texts.contains(where: { $0 != nil }) {
      try readTexts(arguments, parameters, texts)
    } else {
      for name in parameters { labels.append(try Self.numbers(arguments, name)) }
    }
  }

  private mutating func readClasses(_ arguments: Arguments) throws {
    if let count = arguments.value("classes").exactInt {
      guard count > 0 else {
        throw arguments.failure("classes", "E0416", "there must be at least one class, not \(count)")
      }
      classCount = count
    } else {
      names = try arguments.strings("classes")
      classCount = names.count
    }
  }

  private mutating func readTexts(_ arguments: Arguments, _ parameters: [String], _ texts: [[String]?]) throws
  {
    if let position = texts.firstIndex(where: { $0 == nil }) {
      let other = parameters[texts.firstIndex { $0 != nil } ?? 0]
      throw arguments.failure(
        parameters[position], "E0404",
        "\(parameters[position]) holds class numbers and \(other) names: labels of one kind are needed",
        help: "write the names of all of them, or the numbers")
    }
    let all = texts.compactMap { $0 }
    if names.isEmpty { names = Set(all.joined()).sorted() }
    let place = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for (name, labels) in zip(parameters, all) {
      self.labels.append(
        try Tensor(
          labels.enumerated().map { row, label in
            guard let number = place[label] else {
              throw arguments.failure(
                name, "E0416", "\(name)[\(row)] is “\(label)”, which is not one of the classes")
            }
            return number
          }))
    }
    classCount = classCount ?? names.count
  }

  static func texts(_ value: Value) -> [String]? {
    guard case .list(let items) = value, !items.isEmpty else { return nil }
    var texts: [String] = []
    texts.reserveCapacity(items.count)
    for item in items {
      guard case .string(let text) = item else { return nil }
      texts.append(text)
    }
    return texts
  }

  private static func numbers(_ arguments: Arguments, _ name: String) throws -> Tensor {
    let tensor = try arguments.tensor(name)
    return tensor.dtype == .bool && tensor.rank == 1 ? try tensor.cast(to: .i64) : tensor
  }
}

extension Arguments {
  /// Groups of rows: masks by name, or labels that split the rows.
  func rowGroups(_ name: String, rows: Int) throws -> [RowGroup] {
    switch value(name) {
    case .null: return []
    case .record(let record):
      return try zip(record.names, record.values).flatMap { try groups(name, $0, $1, rows) }
    case .table(let table):
      return try zip(table.names, table.columns).flatMap { try groups(name, $0, $1, rows) }
    case let value: return try groups(name, "", value, rows)
    }
  }

  private func groups(_ name: String, _ slice: String, _ value: Value, _ rows: Int) throws -> [RowGroup] {
    if let texts = LabelArguments.texts(value) {
      try checkLength(name, slice, texts.count, rows)
      return try splits(slice, texts)
    }
    guard let tensor = try Arguments.tensor(from: value), tensor.rank == 1, !tensor.dtype.isFloat else {
      throw failure(
        name, "E0405",
        "the slice “\(slice)” must be a mask bool[n] or labels of the rows, not \(value.kindDescription)",
        help: "slices={night: x.hour > 20}, or slices=groups with a label for each row")
    }
    try checkLength(name, slice, tensor.count, rows)
    if tensor.dtype == .bool {
      return [try RowGroup(slice.isEmpty ? "true" : slice, mask: tensor.elements(of: Bool.self))]
    }
    return try splits(slice, tensor.elements(of: Int.self))
  }

  private func checkLength(_ name: String, _ slice: String, _ count: Int, _ rows: Int) throws {
    guard count == rows else {
      throw failure(
        name, "E0401",
        "the slice “\(slice)” says of \(count) rows whether they belong to it, and there are \(rows)")
    }
  }

  private func splits<Label: Hashable & Comparable>(_ slice: String, _ labels: [Label]) throws -> [RowGroup] {
    var rows: [Label: [Int]] = [:]
    for (row, label) in labels.enumerated() { rows[label, default: []].append(row) }
    return try rows.keys.sorted().map { label in
      try RowGroup(slice.isEmpty ? "\(label)" : "\(slice)=\(label)", rows: rows[label] ?? [])
    }
  }
}
