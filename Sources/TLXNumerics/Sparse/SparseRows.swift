/// The arrays of a sparse matrix as bare memory, for inner loops: row `i` has the entries `starts[i] ..< starts[i + 1]`.
/// Valid inside `SparseMatrix.withRows` only.
public struct SparseRows: @unchecked Sendable {
  public let starts: UnsafePointer<Int>
  public let columns: UnsafePointer<Int32>
  public let values: UnsafePointer<Double>

  @inlinable
  public func positions(ofRow row: Int) -> Range<Int> {
    Range(uncheckedBounds: (starts[row], starts[row + 1]))
  }
}

extension SparseMatrix {
  /// Calls `body` with the matrix's memory.
  public func withRows<Result>(_ body: (SparseRows) throws -> Result) rethrows -> Result {
    try rowStarts.withUnsafeBufferPointer { starts in
      try columns.withUnsafeBufferPointer { columns in
        try values.withUnsafeBufferPointer { values in
          guard let first = starts.baseAddress else {
            preconditionFailure("there is one start more than rows")
          }
          // What has no entries has no memory for them, and nothing reads it.
          let nothing = UnsafeRawPointer(first)
          return try body(
            SparseRows(
              starts: first, columns: columns.baseAddress ?? nothing.assumingMemoryBound(to: Int32.self),
              values: values.baseAddress ?? nothing.assumingMemoryBound(to: Double.self)))
        }
      }
    }
  }
}
