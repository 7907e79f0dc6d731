import TLXLearning
import TLXNumerics

/// A transition of a log with the interval of its probability.
public struct TransitionInterval: Sendable {
  public var from: Int
  public var to: Int
  public var count: Int
  public var customers: Int
  public var probability: Double
  public var low: Double
  public var high: Double

  /// All that were seen. `replicates` > 0 takes percentiles of multinomial resamples of the turns of each state, 0
  /// Wilson's score interval.
  /// - Throws: E0505 for a level outside of (0, 1).
  public static func all(_ logged: LoggedChain, level: Double, replicates: Int, stream: RandomStream) throws
    -> [TransitionInterval]
  {
    guard level > 0, level < 1 else {
      throw NumericsError("E0505", "the level of an interval lies between 0 and 1, not at \(level)")
    }
    let (matrix, log) = (logged.chain.transitions, logged.log)
    var all: [TransitionInterval] = []
    for row in 0..<matrix.rowCount {
      if row % 256 == 0 { try Interrupt.check() }
      let seen = matrix.positions(ofRow: row).filter { log.transitionCounts[$0] > 0 }
      let counts = seen.map { log.transitionCounts[$0] }
      let total = counts.reduce(0, +)
      let spans =
        replicates > 0
        ? resampled(counts, total, level, replicates, stream)
        : try counts.map { try wilsonInterval(successes: $0, of: total, level: level) }
      for (position, span) in zip(seen, spans) {
        all.append(
          TransitionInterval(
            from: row, to: Int(matrix.columns[position]), count: log.transitionCounts[position],
            customers: log.transitionCustomers[position], probability: matrix.values[position],
            low: span.low, high: span.high))
      }
    }
    return all
  }

  private static func resampled(
    _ counts: [Int], _ total: Int, _ level: Double, _ replicates: Int, _ stream: RandomStream
  ) -> [(low: Double, high: Double)] {
    var sums: [Double] = []
    for count in counts { sums.append((sums.last ?? 0) + Double(count)) }
    var shares = [[Double]](repeating: [], count: counts.count)
    for _ in 0..<replicates {
      var draw = [Int](repeating: 0, count: counts.count)
      for _ in 0..<total { draw[stream.nextIndex(cumulative: sums)] += 1 }
      for index in draw.indices { shares[index].append(Double(draw[index]) / Double(total)) }
    }
    return shares.map { shares in
      let sorted = shares.sorted()
      func quantile(_ q: Double) -> Double { sorted[min(sorted.count - 1, Int(q * Double(sorted.count)))] }
      return (quantile((1 - level) / 2), quantile((1 + level) / 2))
    }
  }
}
