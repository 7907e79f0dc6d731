import TLXNumerics

/// Columns of equal length under names: each a 1-D tensor or a list.
public struct Table {
  public private(set) var names: [String]
  public private(set) var columns: [Value]
  public private(set) var rowCount: Int

  /// Columns must be 1-D tensors or lists, all of `rowCount`.
  public init(names: [String], columns: [Value], rowCount: Int) {
    self.names = names
    self.columns = columns
    self.rowCount = rowCount
  }

  public func column(_ name: String) -> Value? { names.firstIndex(of: name).map { columns[$0] } }

  /// The `position`-th row as a record; the caller keeps to `0 ..< rowCount`.
  public func row(_ position: Int) throws -> Record {
    var record = Record()
    for (name, column) in zip(names, columns) {
      switch column {
      case .list(let items): record[name] = items[position]
      case .tensor(let tensor): record[name] = try Operations.element(of: tensor, at: position)
      default: record[name] = column
      }
    }
    return record
  }

  /// The rows at these positions, in this order.
  public func selecting(rows positions: [Int]) throws -> Table {
    let columns = try columns.map { column -> Value in
      switch column {
      case .list(let items): return .list(positions.map { items[$0] })
      case .tensor(let tensor): return .tensor(try Operations.elements(of: tensor, at: positions))
      default: return column
      }
    }
    return Table(names: names, columns: columns, rowCount: positions.count)
  }

  /// A copy with a column added at the end or replaced. Throws E0403 if its length is not the table's.
  public func setting(_ name: String, to column: Value) throws -> Table {
    let (column, length) = try Table.asColumn(column, named: name)
    guard names.isEmpty || length == rowCount else {
      throw Failure("E0403", "column \(name) has \(length) rows, the table has \(rowCount)")
    }
    var copy = self
    copy.rowCount = length
    if let position = names.firstIndex(of: name) {
      copy.columns[position] = column
    } else {
      copy.names.append(name)
      copy.columns.append(column)
    }
    return copy
  }

  /// A value as a column: a list whose items are all numbers or bools becomes a tensor.
  public static func asColumn(_ value: Value, named name: String) throws -> (column: Value, length: Int) {
    switch value {
    case .list(let items):
      let column = try Operations.bracket(items)
      if case .tensor(let tensor) = column, tensor.rank == 1 { return (column, items.count) }
      return (value, items.count)
    case .tensor(let tensor) where tensor.rank == 1: return (value, tensor.count)
    case .range(let range): return (.tensor(try Tensor(range.map { $0 })), range.count)
    case .object(let object):
      if let tensor = object.tensorValue, tensor.rank == 1 { return (.tensor(tensor), tensor.count) }
    default: break
    }
    throw Failure(
      "E0404", "column \(name) must be a list or a tensor with one axis, not \(value.kindDescription)")
  }

  /// A table of records with the same names. Throws E0408 if a row lacks a name or has another.
  public static func fromRows(_ rows: [Record]) throws -> Table {
    guard let first = rows.first else { return Table(names: [], columns: [], rowCount: 0) }
    for (position, row) in rows.enumerated() where row.names != first.names {
      guard Set(row.names) == Set(first.names) else {
        let difference = Set(row.names).symmetricDifference(first.names).sorted().joined(separator: ", ")
        throw Failure(
          "E0408", "row \(position) of the table has other fields than row 0: \(difference)",
          help: "give every row the same fields; nil may stand for a missing value")
      }
    }
    let columns = try first.names.map { name -> Value in
      try asColumn(.list(rows.map { $0[name] ?? .null }), named: name).column
    }
    return Table(names: first.names, columns: columns, rowCount: rows.count)
  }
}

extension IntegerRange {
  public func map<Result>(_ transform: (Int) throws -> Result) rethrows -> [Result] {
    try (0..<count).map { try transform(self[$0]) }
  }
}
