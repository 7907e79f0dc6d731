import TLXLearning
import TLXNumerics
import TLXRuntime

extension Table {
  /// Numeric columns become tensors, the others lists.
  init(_ frame: DataFrame) throws {
    let columns = try frame.columns.map { column -> Value in
      switch column {
      case .ints(let items): .tensor(try Tensor(items))
      case .floats(let items): .tensor(try Tensor(items))
      case .bools(let items): .tensor(try Tensor(items))
      case .strings(let items): .list(items.map { .string($0) })
      case .values(let items): .list(try items.map(Value.init(json:)))
      }
    }
    self.init(names: frame.names, columns: columns, rowCount: frame.rowCount)
  }
}

extension DataFrame {
  init(_ table: Table, for file: FileName) throws {
    self.init(names: table.names, columns: try table.columns.map { try Column($0, for: file) })
  }

  /// The columns of a table, of a list or record that makes one, or of a tensor of at most two axes.
  init(columnsOf value: Value, for file: FileName) throws {
    switch value {
    case .table(let table): try self.init(table, for: file)
    case .list(let items):
      let rows = items.compactMap { if case .record(let record) = $0 { record } else { nil } }
      guard rows.count == items.count, !rows.isEmpty else { fallthrough }
      try self.init(Table.fromRows(rows), for: file)
    case .tensor, .range:
      guard let tensor = try Arguments.tensor(from: value), (1...2).contains(tensor.rank) else {
        throw StoredValue.unfit(
          value.kindDescription, file, help: "a table, or a tensor of at most two axes, has columns")
      }
      let matrix = tensor.rank == 2 ? tensor : try tensor.reshape([tensor.count, 1])
      self.init(
        names: (0..<matrix.shape[1]).map { "c\($0)" },
        columns: try (0..<matrix.shape[1]).map { try Column(.tensor(matrix.column($0)), for: file) })
    case .record(let record):
      let table = try zip(record.names, record.values).reduce(Table(names: [], columns: [], rowCount: 0)) {
        try $0.setting($1.0, to: $1.1)
      }
      try self.init(table, for: file)
    default:
      throw StoredValue.unfit(
        Value.withArticle(value.kindName), file, help: "a table, or a tensor of at most two axes, has columns"
      )
    }
  }
}

extension Tensor {
  /// The elements of a column of a matrix.
  fileprivate func column(_ index: Int) throws -> Tensor { try transpose().rows([index]).flatten() }
}

extension DataFrame.Column {
  init(_ value: Value, for file: FileName) throws {
    switch value {
    case .tensor(let tensor):
      switch tensor.dtype {
      case .bool: self = .bools(try tensor.elements(of: Bool.self))
      case .i64: self = .ints(try tensor.elements(of: Int.self))
      case .f32: self = .floats(try tensor.elements(of: Float.self).map(Double.init(shortest:)))
      case .f64: self = .floats(try tensor.elements(of: Double.self))
      }
    default:
      let items = try Operations.items(of: value)
      let texts = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
      self =
        texts.count == items.count
        ? .strings(texts) : .values(try items.map { try JSONValue($0, for: file) })
    }
  }
}
