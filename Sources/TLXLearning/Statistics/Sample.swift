import TLXNumerics

/// Checks that paired samples must pass before anything is computed from them.
enum Sample {
  /// Equal lengths (E0401), at least `minimum` values (E0406), no NaN or infinity (E0504).
  static func checkPairs(_ x: [Double], _ y: [Double], _ name: String, minimum: Int = 2) throws {
    guard x.count == y.count else {
      throw NumericsError("E0401", "\(name) compares pairs, but x has \(x.count) values and y has \(y.count)")
    }
    try check(x, "\(name): x", minimum: minimum)
    try check(y, "\(name): y", minimum: minimum)
  }

  static func check(_ values: [Double], _ name: String, minimum: Int = 1) throws {
    guard values.count >= minimum else {
      throw NumericsError("E0406", "\(name) needs at least \(minimum) values, not \(values.count)")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw NumericsError("E0504", "\(name)[\(index)] is \(values[index])")
    }
  }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// With divisor n − 1, from deviations.
  static func variance(_ values: [Double]) -> Double {
    let center = mean(values)
    return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)
  }
}
