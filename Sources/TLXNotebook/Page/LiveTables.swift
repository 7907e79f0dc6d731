import Synchronization
import TLXNumerics
import TLXRuntime

/// The large tables of a live page: the browser asks for the rows that it shows, also in the order of a column.
public final class LiveTables: Sendable {
  /// A table as it can be read on any thread: numbers as they are, the rest as text.
  private struct Columns: Sendable {
    enum Column: Sendable {
      case numbers(Tensor)
      case texts([String])
    }

    var columns: [Column]
    var rowCount: Int
    var digits: Int?
  }

  private struct State: Sendable {
    var tables: [String: Columns] = [:]
    /// The last order that was asked for.
    var order: (name: String, column: Int, isRising: Bool, rows: [Int])?
  }

  private let state = Mutex(State())

  public init() {}

  /// What names a table: the place of an output and all that its cell depends on. Nil where nothing ran.
  static func name(of output: Int, in result: CellResult) -> String? {
    result.identity.isEmpty ? nil : "\(result.identity.prefix(16))-\(output)"
  }

  /// Keeps the large tables of a run in place of those of the one before.
  public func keep(_ run: NotebookRun) {
    let known = state.withLock { $0.tables }
    var tables: [String: Columns] = [:]
    for result in run.results { tables.merge(LiveTables.found(in: result, known)) { first, _ in first } }
    state.withLock { state in
      state.tables = tables
      if let order = state.order, tables[order.name] == nil { state.order = nil }
    }
  }

  /// Keeps those of one cell beside all others, for who looks at them while later cells run.
  public func add(_ result: CellResult) {
    let known = state.withLock { $0.tables }
    var isNew = false
    // A cell that nothing is kept of may show something else each time.
    if case .ran = result.state { isNew = true }
    let tables = LiveTables.found(in: result, isNew ? [:] : known)
    state.withLock { state in
      state.tables.merge(tables) { $1 }
      if isNew, let order = state.order, tables[order.name] != nil { state.order = nil }
    }
  }

  private static func found(in result: CellResult, _ known: [String: Columns]) -> [String: Columns] {
    var tables: [String: Columns] = [:]
    for (index, output) in result.outputs.enumerated() {
      guard case .value(.table(let table), let digits) = output, table.rowCount > ValueView.rowLimit,
        let name = LiveTables.name(of: index, in: result)
      else { continue }
      tables[name] = known[name] ?? LiveTables.columns(of: table, digits)
    }
    return tables
  }

  private static func columns(of table: Table, _ digits: Int?) -> Columns {
    let columns = table.columns.map { column -> Columns.Column in
      switch column {
      case .tensor(let tensor): .numbers(computed(tensor))
      case .list(let items): .texts(items.map { Display.cell($0, digits: digits) })
      default: .texts([])
      }
    }
    return Columns(columns: columns, rowCount: table.rowCount, digits: digits)
  }

  /// With its elements in memory: a column that is a view of a matrix would be read anew for every page, and by another thread
  /// than the one that runs the cells.
  private static func computed(_ tensor: Tensor) -> Tensor {
    try? tensor.realize()
    return tensor
  }

  /// Rows as HTML; nil if there is no such table.
  /// - Parameter sorting: A column and whether its values rise; the order of the table if nil.
  public func rows(of name: String, from start: Int, count: Int, sorting: (column: Int, isRising: Bool)?)
    -> String?
  {
    guard let table = state.withLock({ $0.tables[name] }), start >= 0, count >= 0, count <= 1_000 else {
      return nil
    }
    let range = min(start, table.rowCount)..<min(start + count, table.rowCount)
    var rows = Array(range)
    if let sorting, table.columns.indices.contains(sorting.column) {
      rows = Array(order(name, table, sorting.column, sorting.isRising)[range])
    }
    let columns = table.columns.map { column -> Value in
      switch column {
      case .numbers(let tensor): (try? tensor.take(Tensor(rows))).map { .tensor($0) } ?? .list([])
      case .texts(let texts): .list(rows.map { .string(texts.indices.contains($0) ? texts[$0] : "") })
      }
    }
    let names = columns.indices.map { "\($0)" }
    return TableCells(Table(names: names, columns: columns, rowCount: rows.count), digits: table.digits).rows
  }

  private func order(_ name: String, _ table: Columns, _ column: Int, _ isRising: Bool) -> [Int] {
    if let known = state.withLock({ $0.order }), known.name == name, known.column == column,
      known.isRising == isRising
    {
      return known.rows
    }
    let rows = LiveTables.sorted(table.columns[column], table.rowCount, isRising)
    state.withLock { $0.order = (name, column, isRising, rows) }
    return rows
  }

  /// Rows of equal values stay in their order; what is not a number comes last.
  private static func sorted(_ column: Columns.Column, _ count: Int, _ isRising: Bool) -> [Int] {
    switch column {
    case .numbers(let tensor):
      let order = try? tensor.argsort(descending: !isRising).elements(of: Int.self)
      return order.flatMap { $0.count == count ? $0 : nil } ?? Array(0..<count)
    case .texts(let texts):
      guard texts.count == count else { return Array(0..<count) }
      return (0..<count).sorted { a, b in
        texts[a] == texts[b] ? a < b : (texts[a] < texts[b]) == isRising
      }
    }
  }
}
