import TLXNumerics

/// Which gallery rows are right for a label: those of the same one.
struct RelevantRows: Sendable {
  private let rowsByLabel: [Int: [Int32]]
  let labels: [Int]

  init(_ labels: [Int]) {
    var rows: [Int: [Int32]] = [:]
    for (row, label) in labels.enumerated() { rows[label, default: []].append(Int32(truncatingIfNeeded: row)) }
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

/// Ranks right rows by counting how many wrong ones come before each, without sorting the gallery: O(n log m) for m
/// right rows among n. Equal scores go by index.
struct RowRanking {
  private var order: [(score: Double, row: Int32)] = []
  private var counts: [Int32] = []
  private var sorted: [Double] = []

  /// - Parameters:
  ///   - cutoff: Precision counts right rows above this rank only, and is divided by min(m, cutoff); nil for all.
  ///   - excluded: A row that is not in the gallery for this query: itself.
  mutating func rank(
    _ scores: UnsafePointer<Double>, label: Int, among relevant: RelevantRows, excluded: Int?, cutoff: Int?
  ) -> RankedQuery {
    order.removeAll(keepingCapacity: true)
    for row in relevant.rows(of: label) where Int(row) != excluded { order.append((scores[Int(row)], row)) }
    guard !order.isEmpty else { return RankedQuery() }
    order.sort { $0.score > $1.score || ($0.score == $1.score && $0.row < $1.row) }
    count(scores, label: label, labels: relevant.labels, excluded: excluded)
    var result = RankedQuery(first: Int(counts[0]), averagePrecision: 0, relevant: order.count)
    var before = 0
    for index in order.indices {
      before += Int(counts[index])
      let rank = before + index
      if let cutoff, rank >= cutoff { break }
      result.averagePrecision += Double(index + 1) / Double(rank + 1)
    }
    result.averagePrecision /= Double(Swift.min(order.count, cutoff ?? order.count))
    return result
  }

  /// `counts[p]`: wrong rows that come before the right row p and after p − 1.
  private mutating func count(
    _ scores: UnsafePointer<Double>, label: Int, labels: [Int], excluded: Int?
  ) {
    let last = order.count
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(0, count: last + 1))
    sorted.removeAll(keepingCapacity: true)
    for item in order { sorted.append(item.score) }
    // A power of two of places, so that the search takes the same steps for every row and branches on nothing.
    var reach = 1
    while reach < last + 1 { reach *= 2 }
    for _ in last..<reach { sorted.append(-.infinity) }
    labels.withUnsafeBufferPointer { labels in
      sorted.withUnsafeBufferPointer { sorted in
        counts.withUnsafeMutableBufferPointer { counts in
          for row in labels.indices where labels[row] != label && row != excluded {
            let score = scores[row]
            var (place, step) = (0, reach / 2)
            while step > 0 {
              place += sorted[place + step - 1] > score ? step : 0
              step /= 2
            }
            while place < last, sorted[place] == score, Int(order[place].row) < row { place += 1 }
            counts[place] += 1
          }
        }
      }
    }
  }
}
