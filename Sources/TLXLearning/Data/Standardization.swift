import TLXNumerics

/// The shift and scale that bring each column to mean 0 and standard deviation 1: z = (x − mean) / std, with
/// std² = Σ(x − mean)² / n. A column that is constant is only shifted, so it becomes 0.
public struct Standardization: Sendable {
  public let mean: [Double]
  /// 1 for constant columns.
  public let scale: [Double]

  /// From the rows of x [n, …], in f64 and two passes. E0614 without rows; E0504 for NaN or infinity.
  public init(of x: Tensor) throws {
    let width = try Self.width(of: x)
    let rows = x.shape[0]
    guard rows > 0 else { throw NumericsError("E0614", "there are no rows to take mean and deviation of") }
    let values = try x.doubles()
    var sums = [Double](repeating: 0, count: width)
    var lows = Array(values.prefix(width))
    var highs = lows
    for row in 0..<rows {
      for column in 0..<width {
        let value = values[row * width + column]
        guard value.isFinite else {
          throw NumericsError(
            "E0504", "row \(row) of column \(column) is \(value): the column has no mean",
            help: "drop such rows first: x[isfinite(x[:, \(column)])]")
        }
        sums[column] += value
        lows[column] = min(lows[column], value)
        highs[column] = max(highs[column], value)
      }
    }
    let mean = (0..<width).map { lows[$0] == highs[$0] ? lows[$0] : sums[$0] / Double(rows) }
    var squares = [Double](repeating: 0, count: width)
    for row in 0..<rows {
      for column in 0..<width {
        let difference = values[row * width + column] - mean[column]
        squares[column] += difference * difference
      }
    }
    self.mean = mean
    scale = squares.map { $0 > 0 ? ($0 / Double(rows)).squareRoot() : 1 }
  }

  private static func width(of x: Tensor) throws -> Int {
    guard x.rank >= 1, x.dtype != .bool else {
      throw NumericsError("E0614", "standardize needs numbers with a row each, not \(x.typeDescription)")
    }
    return x.shape.dropFirst().reduce(1, *)
  }

  /// The standardized tensor; f32 stays f32, all else is f64. E0614 for another number of columns.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let width = try Self.width(of: x)
    guard width == mean.count else {
      throw NumericsError(
        "E0614", "\(x.typeDescription) has \(width) columns, but mean and deviation are of \(mean.count)")
    }
    let values = try x.doubles()
    if x.dtype == .f32 {
      return try Tensor(shape: x.shape, of: Float.self) { buffer in
        write(values) { buffer[$0] = Float($1) }
      }
    }
    return try Tensor(shape: x.shape, of: Double.self) { buffer in write(values) { buffer[$0] = $1 } }
  }

  @inline(__always)
  private func write(_ values: [Double], _ put: (Int, Double) -> Void) {
    let width = mean.count
    guard width > 0 else { return }
    for row in 0..<values.count / width {
      for column in 0..<width {
        let index = row * width + column
        put(index, (values[index] - mean[column]) / scale[column])
      }
    }
  }
}
