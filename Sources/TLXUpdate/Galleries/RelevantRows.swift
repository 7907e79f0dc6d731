import TLXNumerics

/// Which gallery rows are right for a label: those of the same one.
struct RelevantRows: Sendable {
  private let rowsByLabel: [Int: [Int32]]
  let labels: [Int]

  init(_ labels: [Int]) {
    var rows: [Int: [Int32]] = [:]
    for (row, label) in labels.enumerated() {
      rows[label, default: []].append(Int32(truncatingIfNeeded: row))
    }
    rowsByLabel = rows
    self.labels = labels
  }

  /// The rows of a label, ascending.
  func rows(of label: Int) -> [Int32] { rowsByLabel[label] ?? [] }
}

/// Where the right rows stand in the ranking of one query.
struct RankedQuery: Sendable {
  /// The rank of the first right row, from 0; −1 where the gallery has none.
  var first = -1
  /// The mean over the right rows of the share of right rows down to each: average precision.
  var averagePrecision = 0.0
  /// How many right rows there are.
  var relevant = 0
}
