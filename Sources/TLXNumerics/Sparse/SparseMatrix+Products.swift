extension SparseMatrix {
  /// A x. `x` has `columnCount` elements. O(entries), in parallel where it pays.
  public func times(_ x: [Double]) throws -> [Double] {
    try [Double](unsafeUninitializedCapacity: rowCount) { result, count in
      let out = UnsafeMutableBufferPointer(rebasing: result[0..<rowCount])
      try x.withUnsafeBufferPointer { try multiply($0, into: out) }
      count = rowCount
    }
  }

  /// A x on buffers.
  public func multiply(_ x: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>)
    throws
  {
    try rowStarts.withUnsafeBufferPointer { starts in
      try columns.withUnsafeBufferPointer { columns in
        try values.withUnsafeBufferPointer { values in
          let average = max(1, entryCount / max(1, rowCount))
          try Parallel.forEach(count: rowCount, grain: max(64, 200_000 / average)) { rows in
            for row in rows {
              var sum = 0.0
              for position in starts[row]..<starts[row + 1] {
                sum += values[position] * x[Int(columns[position])]
              }
              result[row] = sum
            }
          }
        }
      }
    }
  }

  /// x A, for a row vector of `rowCount` elements. O(entries), on one thread: rows scatter.
  public func times(row x: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: columnCount)
    result.withUnsafeMutableBufferPointer { result in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          for row in 0..<rowCount where x[row] != 0 {
            let factor = x[row]
            for position in rowStarts[row]..<rowStarts[row + 1] {
              result[Int(columns[position])] += factor * values[position]
            }
          }
        }
      }
    }
    return result
  }

  /// A B for a dense B of `columnCount` × `width`, by rows.
  public func times(dense b: [Double], width: Int) throws -> [Double] {
    var result = [Double](repeating: 0, count: rowCount * width)
    for row in 0..<rowCount {
      if row % 4096 == 0 { try Interrupt.check() }
      for position in positions(ofRow: row) {
        let (factor, source) = (values[position], Int(columns[position]) * width)
        for column in 0..<width { result[row * width + column] += factor * b[source + column] }
      }
    }
    return result
  }

  /// A B for two sparse matrices. O(multiply-adds + rows of the result sorted).
  public func times(_ other: SparseMatrix) throws -> SparseMatrix {
    guard columnCount == other.rowCount else {
      throw NumericsError(
        "E0401",
        "cannot multiply \(rowCount)×\(columnCount) by \(other.rowCount)×\(other.columnCount)")
    }
    var starts = [0]
    var resultColumns: [Int32] = []
    var resultValues: [Double] = []
    var sums = [Double](repeating: 0, count: other.columnCount)
    var isTouched = [Bool](repeating: false, count: other.columnCount)
    for row in 0..<rowCount {
      if row % 1024 == 0 { try Interrupt.check() }
      var touched: [Int32] = []
      for position in positions(ofRow: row) {
        for inner in other.positions(ofRow: Int(columns[position])) {
          let column = Int(other.columns[inner])
          if !isTouched[column] {
            isTouched[column] = true
            touched.append(Int32(column))
          }
          sums[column] += values[position] * other.values[inner]
        }
      }
      for column in touched.sorted() {
        if sums[Int(column)] != 0 {
          resultColumns.append(column)
          resultValues.append(sums[Int(column)])
        }
        sums[Int(column)] = 0
        isTouched[Int(column)] = false
      }
      starts.append(resultValues.count)
    }
    return SparseMatrix(unchecked: rowCount, other.columnCount, starts, resultColumns, resultValues)
  }

  /// The transpose, by a counting sort. O(entries + rows + columns).
  public func transposed() -> SparseMatrix {
    var starts = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var resultColumns = [Int32](repeating: 0, count: entryCount)
    var resultValues = [Double](repeating: 0, count: entryCount)
    for row in 0..<rowCount {
      for position in positions(ofRow: row) {
        let column = Int(columns[position])
        resultColumns[next[column]] = Int32(row)
        resultValues[next[column]] = values[position]
        next[column] += 1
      }
    }
    return SparseMatrix(unchecked: columnCount, rowCount, starts, resultColumns, resultValues)
  }

  /// All elements by rows.
  public func dense() -> [Double] {
    var result = [Double](repeating: 0, count: rowCount * columnCount)
    for row in 0..<rowCount {
      for position in positions(ofRow: row) {
        result[row * columnCount + Int(columns[position])] = values[position]
      }
    }
    return result
  }

  /// The sum of each row.
  public func rowSums() -> [Double] {
    (0..<rowCount).map { row in positions(ofRow: row).reduce(0) { $0 + values[$1] } }
  }

  /// The sum of each column.
  public func columnSums() -> [Double] {
    var sums = [Double](repeating: 0, count: columnCount)
    for (column, value) in zip(columns, values) { sums[Int(column)] += value }
    return sums
  }

  /// `factor` A.
  public func scaled(by factor: Double) -> SparseMatrix { replacing(values: values.map { $0 * factor }) }

  /// The sum with another matrix of the same shape, or `self + factor * other`.
  public func adding(_ other: SparseMatrix, times factor: Double = 1) throws -> SparseMatrix {
    guard rowCount == other.rowCount, columnCount == other.columnCount else {
      throw NumericsError(
        "E0401", "cannot add \(rowCount)×\(columnCount) and \(other.rowCount)×\(other.columnCount)")
    }
    func rows(_ matrix: SparseMatrix) -> [Int] {
      (0..<matrix.rowCount).flatMap { row in repeatElement(row, count: matrix.positions(ofRow: row).count) }
    }
    return try SparseMatrix(
      rowCount: rowCount, columnCount: columnCount, rows: rows(self) + rows(other),
      columns: (columns + other.columns).map(Int.init),
      values: values + (factor == 1 ? other.values : other.values.map { $0 * factor }))
  }
}
