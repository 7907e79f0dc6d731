extension SparseMatrix {
  /// The rows and columns at these positions, in their order; positions may repeat. Cost: the entries of the rows chosen,
  /// times how often a column is.
  public func picking(rows: [Int], columns chosen: [Int]) throws -> SparseMatrix {
    for row in rows where row < 0 || row >= rowCount {
      throw NumericsError("E0406", "row \(row) is outside of \(rowCount)×\(columnCount)")
    }
    var targets = [[Int32]](repeating: [], count: columnCount)
    for (target, column) in chosen.enumerated() {
      guard column >= 0, column < columnCount else {
        throw NumericsError("E0406", "column \(column) is outside of \(rowCount)×\(columnCount)")
      }
      targets[column].append(Int32(target))
    }
    let isInOrder = zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 }
    var starts = [0]
    var (picked, numbers): ([Int32], [Double]) = ([], [])
    for (index, row) in rows.enumerated() {
      if index & 1023 == 0 { try Interrupt.check() }
      var entries: [(column: Int32, value: Double)] = []
      for position in positions(ofRow: row) {
        for target in targets[Int(columns[position])] { entries.append((target, values[position])) }
      }
      if !isInOrder { entries.sort { $0.column < $1.column } }
      picked.append(contentsOf: entries.map(\.column))
      numbers.append(contentsOf: entries.map(\.value))
      starts.append(numbers.count)
    }
    return SparseMatrix(unchecked: rows.count, chosen.count, starts, picked, numbers)
  }

  /// x with T x = b, where T is the matrix's lower or upper triangle; what lies beyond it is not read. One pass over the
  /// entries.
  /// - Throws: E0401 for sizes that do not fit, E0501 for a zero on the diagonal.
  public func triangularSolve(_ b: [Double], lower: Bool) throws -> [Double] {
    try checkSystem(b)
    var x = b
    for step in 0..<rowCount {
      if step & 4095 == 0 { try Interrupt.check() }
      let row = lower ? step : rowCount - 1 - step
      var (sum, diagonal) = (x[row], 0.0)
      for position in positions(ofRow: row) {
        let column = Int(columns[position])
        if column == row {
          diagonal = values[position]
        } else if (column < row) == lower {
          sum -= values[position] * x[column]
        }
      }
      guard diagonal != 0 else {
        throw NumericsError(
          "E0501",
          "the triangular \(rowCount)×\(rowCount) matrix is singular: entry (\(row), \(row)) of its diagonal is zero"
        )
      }
      x[row] = sum / diagonal
    }
    return x
  }

  func checkSystem(_ b: [Double]) throws {
    guard rowCount == columnCount else {
      throw NumericsError("E0401", "solve needs a square matrix, not \(rowCount)×\(columnCount)")
    }
    guard b.count == rowCount else {
      throw NumericsError(
        "E0401", "a right-hand side of \(b.count) does not fit a matrix of \(rowCount)×\(rowCount)")
    }
  }
}
