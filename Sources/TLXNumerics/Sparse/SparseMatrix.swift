/// A matrix of doubles of which most are zero, by compressed rows: row `i` has the entries
/// `rowStarts[i] ..< rowStarts[i + 1]` of `columns` and `values`, its columns ascending, none twice.
///
/// 12 bytes an entry and 8 a row. Stored zeros do not occur: the initialisers leave them out.
public struct SparseMatrix: Sendable {
  public let rowCount: Int
  public let columnCount: Int
  public let rowStarts: [Int]
  public let columns: [Int32]
  public let values: [Double]

  public var entryCount: Int { values.count }

  /// The rows as they are, already compressed.
  /// - Throws: E0401 where the arrays do not describe a matrix: lengths, order, columns out of range.
  public init(rowCount: Int, columnCount: Int, rowStarts: [Int], columns: [Int32], values: [Double]) throws {
    try Self.checkSizes(rowCount, columnCount)
    guard rowStarts.count == rowCount + 1, rowStarts.first == 0, rowStarts.last == values.count,
      columns.count == values.count
    else {
      throw NumericsError("E0401", "row starts, columns and values do not describe \(rowCount) rows")
    }
    for row in 0..<rowCount {
      guard rowStarts[row] <= rowStarts[row + 1] else {
        throw NumericsError("E0401", "the start of row \(row + 1) lies before that of row \(row)")
      }
      var last: Int32 = -1
      for position in rowStarts[row]..<rowStarts[row + 1] {
        guard columns[position] > last, Int(columns[position]) < columnCount else {
          throw NumericsError("E0401", "the columns of row \(row) do not ascend below \(columnCount)")
        }
        last = columns[position]
      }
    }
    self.init(unchecked: rowCount, columnCount, rowStarts, columns, values)
  }

  init(
    unchecked rowCount: Int, _ columnCount: Int, _ rowStarts: [Int], _ columns: [Int32], _ values: [Double]
  ) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.rowStarts = rowStarts
    self.columns = columns
    self.values = values
  }

  /// The sum of `values[k]` at (`rows[k]`, `columns[k]`): entries of one place add up, zeros are left out.
  ///
  /// A counting sort by row, then each row by column.
  /// - Throws: E0401 for unequal lengths, E0406 for a place outside of the matrix.
  public init(rowCount: Int, columnCount: Int, rows: [Int], columns: [Int], values: [Double]) throws {
    self = try rows.withUnsafeBufferPointer { rows in
      try columns.withUnsafeBufferPointer { columns in
        try values.withUnsafeBufferPointer { values in
          try SparseMatrix(
            rowCount: rowCount, columnCount: columnCount, rows: rows, columns: columns, values: values)
        }
      }
    }
  }

  /// The entries of a dense matrix, given by rows, that are not zero.
  public init(dense: [Double], rowCount: Int, columnCount: Int) throws {
    try Self.checkSizes(rowCount, columnCount)
    guard dense.count == rowCount * columnCount else {
      throw NumericsError("E0401", "\(dense.count) numbers do not fill \(rowCount)×\(columnCount)")
    }
    var starts = [0]
    starts.reserveCapacity(rowCount + 1)
    var columns: [Int32] = []
    var values: [Double] = []
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        let value = dense[row * columnCount + column]
        if value != 0 {
          columns.append(Int32(column))
          values.append(value)
        }
      }
      starts.append(values.count)
    }
    self.init(unchecked: rowCount, columnCount, starts, columns, values)
  }

  static func checkSizes(_ rowCount: Int, _ columnCount: Int) throws {
    guard rowCount >= 0, columnCount >= 0 else {
      throw NumericsError("E0405", "a matrix cannot have \(rowCount)×\(columnCount) elements")
    }
    guard rowCount < Int(Int32.max), columnCount < Int(Int32.max) else {
      throw NumericsError("E0702", "a sparse matrix has at most \(Int32.max - 1) rows and columns")
    }
  }

  /// The positions in `columns` and `values` of a row's entries.
  @inlinable
  public func positions(ofRow row: Int) -> Range<Int> { rowStarts[row]..<rowStarts[row + 1] }

  /// The element at (`row`, `column`), zero where none is stored. O(log of the row's entries).
  public func value(_ row: Int, _ column: Int) -> Double {
    guard let position = position(row, column) else { return 0 }
    return values[position]
  }

  /// Where the element at (`row`, `column`) is stored, if it is.
  public func position(_ row: Int, _ column: Int) -> Int? {
    var range = positions(ofRow: row)
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if columns[middle] == column { return middle }
      range =
        Int(columns[middle]) < column ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// The same places with other values, as many; zeros among them stay stored.
  public func replacing(values: [Double]) -> SparseMatrix {
    precondition(values.count == self.values.count, "one value an entry")
    return SparseMatrix(unchecked: rowCount, columnCount, rowStarts, columns, values)
  }
}
