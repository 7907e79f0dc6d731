import TLXLearning
import TLXNumerics

/// How a chain of versions v1 … vk breaks and repairs rows: entry (i, j) is the update from version i to version j.
public struct CompatibilityMatrix: Sendable {
  public let names: [String]
  /// k × k, row-major; the diagonal is a version against itself.
  public let counts: [FlipCounts]

  /// - Parameter predictions: Of each version, i64[n], for the same rows.
  /// - Throws: What `FlipReport` throws; E0406 for fewer than two versions.
  public init(names: [String], predictions: [Tensor], y: Tensor) throws {
    guard predictions.count >= 2, names.count == predictions.count else {
      throw NumericsError(
        "E0406", "a matrix of versions needs at least two of them, not \(predictions.count)")
    }
    self.names = names
    var counts: [FlipCounts] = []
    for old in predictions {
      for new in predictions { counts.append(try FlipReport(old: old, new: new, y: y).counts) }
    }
    self.counts = counts
  }

  /// The values of a measure, k × k, NaN where it is undefined.
  public func values(_ measure: FlipMeasure) -> [Double] { counts.map { $0.value(measure) ?? .nan } }

  /// Rows that some version before the last had right and the last has wrong: what a chain of updates lost, which no
  /// single step shows.
  public static func regressions(predictions: [Tensor], y: Tensor) throws -> Int {
    guard let last = predictions.last else { return 0 }
    let truth = try y.elements(of: Int.self)
    let final = try last.elements(of: Int.self)
    var wasRight = [Bool](repeating: false, count: truth.count)
    for version in predictions.dropLast() {
      try version.withElements(of: Int.self) { labels in
        for row in wasRight.indices where labels[row] == truth[row] { wasRight[row] = true }
      }
    }
    return truth.indices.reduce(0) { $0 + (wasRight[$1] && final[$1] != truth[$1] ? 1 : 0) }
  }
}
