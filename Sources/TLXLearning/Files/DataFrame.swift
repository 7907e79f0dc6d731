import TLXNumerics

/// Columns of equal length under names, as text files hold them.
public struct DataFrame: Sendable {
  public enum Column: Sendable, Equatable {
    case ints([Int])
    case floats([Double])
    case bools([Bool])
    case strings([String])
    /// Of mixed kinds, or nested.
    case values([JSONValue])

    public var count: Int {
      switch self {
      case .ints(let items): items.count
      case .floats(let items): items.count
      case .bools(let items): items.count
      case .strings(let items): items.count
      case .values(let items): items.count
      }
    }

    /// `int`, `float`, …
    public var kindName: String {
      switch self {
      case .ints: "int"
      case .floats: "float"
      case .bools: "bool"
      case .strings: "text"
      case .values: "mixed"
      }
    }
  }

  public var names: [String]
  public var columns: [Column]
  /// By column: cells that were empty or a word for a missing value, read as NaN.
  public var missing: [Int]

  public init(names: [String], columns: [Column], missing: [Int]? = nil) {
    self.names = names
    self.columns = columns
    self.missing = missing ?? [Int](repeating: 0, count: columns.count)
  }

  public var rowCount: Int { columns.first?.count ?? 0 }

  public func column(_ name: String) -> Column? { names.firstIndex(of: name).map { columns[$0] } }

  /// All columns side by side, f64[rows, columns].
  ///
  /// - Throws: E0605 naming the first column that is not numeric.
  public func matrix() throws -> Tensor {
    let (rows, width) = (rowCount, columns.count)
    return try Tensor(shape: [rows, width], of: Double.self) { buffer in
      for (position, column) in columns.enumerated() {
        switch column {
        case .ints(let items): for row in 0..<rows { buffer[row * width + position] = Double(items[row]) }
        case .floats(let items): for row in 0..<rows { buffer[row * width + position] = items[row] }
        case .bools(let items): for row in 0..<rows { buffer[row * width + position] = items[row] ? 1 : 0 }
        case .strings, .values:
          throw NumericsError(
            "E0605", "column \(names[position]) is \(column.kindName), so the columns are no matrix",
            help: "leave it out, or read a table")
        }
      }
    }
  }
}
