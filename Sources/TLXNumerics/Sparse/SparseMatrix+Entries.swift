extension SparseMatrix {
  /// As from arrays, without a copy of what is given: beside it, 12 bytes an entry and 16 a row.
  public init(
    rowCount: Int, columnCount: Int, rows: UnsafeBufferPointer<Int>, columns: UnsafeBufferPointer<Int>,
    values: UnsafeBufferPointer<Double>
  ) throws {
    try Self.checkSizes(rowCount, columnCount)
    try Self.checkEntries(rowCount, columnCount, rows, columns, values.count)
    var starts = [Int](repeating: 0, count: rowCount + 1)
    var placedColumns = [Int32](repeating: 0, count: values.count)
    var placedValues = [Double](repeating: 0, count: values.count)
    let kept = starts.withUnsafeMutableBufferPointer { starts in
      placedColumns.withUnsafeMutableBufferPointer { placedColumns in
        placedValues.withUnsafeMutableBufferPointer { placedValues -> Int in
          guard let starts = starts.baseAddress, let columnMemory = placedColumns.baseAddress,
            let valueMemory = placedValues.baseAddress
          else { return 0 }
          Self.place(rows, columns, values, starts, columnMemory, valueMemory, rowCount)
          return Self.sortRows(starts, columnMemory, valueMemory, rowCount)
        }
      }
    }
    placedColumns.removeSubrange(kept...)
    placedValues.removeSubrange(kept...)
    self.init(unchecked: rowCount, columnCount, starts, placedColumns, placedValues)
  }

  private static func checkEntries(
    _ rowCount: Int, _ columnCount: Int, _ rows: UnsafeBufferPointer<Int>,
    _ columns: UnsafeBufferPointer<Int>,
    _ count: Int
  ) throws {
    guard rows.count == count, columns.count == count else {
      throw NumericsError(
        "E0401", "\(rows.count) rows, \(columns.count) columns and \(count) values do not make entries")
    }
    for position in 0..<count {
      let (row, column) = (rows[position], columns[position])
      guard row >= 0, row < rowCount, column >= 0, column < columnCount else {
        throw NumericsError(
          "E0406", "entry \(position) is at (\(row), \(column)), outside of \(rowCount)×\(columnCount)")
      }
    }
  }

  /// A counting sort by row. Leaves in `starts` where rows begin.
  private static func place(
    _ rows: UnsafeBufferPointer<Int>, _ columns: UnsafeBufferPointer<Int>,
    _ values: UnsafeBufferPointer<Double>,
    _ starts: UnsafeMutablePointer<Int>, _ placedColumns: UnsafeMutablePointer<Int32>,
    _ placedValues: UnsafeMutablePointer<Double>, _ rowCount: Int
  ) {
    for row in rows { starts[row + 1] += 1 }
    for row in 0..<rowCount { starts[row + 1] += starts[row] }
    for position in 0..<values.count {
      let row = rows[position]
      let target = starts[row]
      starts[row] = target + 1
      placedColumns[target] = Int32(truncatingIfNeeded: columns[position])
      placedValues[target] = values[position]
    }
    // Each start has moved to the next row's: shifted back.
    var row = rowCount
    while row > 0 {
      starts[row] = starts[row - 1]
      row -= 1
    }
    starts[0] = 0
  }

  /// Sorts each row by column, adds up entries of one place and closes the gaps; gives how many entries are left.
  private static func sortRows(
    _ starts: UnsafeMutablePointer<Int>, _ columns: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<Double>, _ rowCount: Int
  ) -> Int {
    var write = 0
    for row in 0..<rowCount {
      var position = starts[row]
      let end = starts[row + 1]
      starts[row] = write
      sort(position..<end, columns, values)
      while position < end {
        let column = columns[position]
        var sum = 0.0
        while position < end, columns[position] == column {
          sum += values[position]
          position += 1
        }
        if sum == 0 { continue }
        columns[write] = column
        values[write] = sum
        write += 1
      }
    }
    starts[rowCount] = write
    return write
  }

  /// By insertion where a row is short, as most are.
  private static func sort(
    _ range: Range<Int>, _ columns: UnsafeMutablePointer<Int32>, _ values: UnsafeMutablePointer<Double>
  ) {
    if range.count > 32 {
      let order = range.sorted { (columns[$0], $0) < (columns[$1], $1) }
      let sorted = order.map { (columns[$0], values[$0]) }
      for (position, entry) in zip(range, sorted) { (columns[position], values[position]) = entry }
      return
    }
    for position in range.dropFirst() {
      let (column, value) = (columns[position], values[position])
      var place = position
      while place > range.lowerBound, columns[place - 1] > column {
        columns[place] = columns[place - 1]
        values[place] = values[place - 1]
        place -= 1
      }
      columns[place] = column
      values[place] = value
    }
  }
}
