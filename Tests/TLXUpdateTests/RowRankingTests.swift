import TLXNumerics
import Testing

@testable import TLXUpdate

/// Rankings through buckets beside those of a sort of all rows.
@Suite struct RowRankingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rows: Int
    var classes: Int
    /// Scores are rounded to so many steps; 0 for none.
    var steps: Double
  }

  static let cases = [
    Case(testDescription: "different scores", rows: 500, classes: 5, steps: 0),
    Case(testDescription: "many equal scores", rows: 300, classes: 3, steps: 20),
    Case(testDescription: "two scores", rows: 200, classes: 4, steps: 1),
    Case(testDescription: "one score", rows: 70, classes: 2, steps: 1e-9),
    Case(testDescription: "one class", rows: 65, classes: 1, steps: 0),
    Case(testDescription: "few rows", rows: 3, classes: 2, steps: 0),
    Case(testDescription: "many right rows of two scores", rows: 4000, classes: 2, steps: 1),
  ]

  private func expected(_ scores: [Double], _ labels: [Int], _ label: Int, _ excluded: Int?, _ cutoff: Int?)
    -> RankedQuery
  {
    let order = scores.indices.filter { $0 != excluded }
      .sorted { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
    let ranks = order.indices.filter { labels[order[$0]] == label }
    var result = RankedQuery(first: ranks.first ?? -1, averagePrecision: 0, relevant: ranks.count)
    for (met, rank) in ranks.enumerated() where cutoff.map({ rank < $0 }) ?? true {
      result.averagePrecision += Double(met + 1) / Double(rank + 1)
    }
    if !ranks.isEmpty { result.averagePrecision /= Double(min(ranks.count, cutoff ?? ranks.count)) }
    return result
  }

  @Test(arguments: cases) func equalsASortOfAllRows(_ one: Case) throws {
    let stream = RandomStream(key: RandomKey(seed: 3))
    let labels = try stream.randint([one.rows], high: one.classes).elements(of: Int.self)
    let relevant = RelevantRows(labels)
    var ranking = RowRanking()
    for trial in 0..<20 {
      var scores = try stream.normal([one.rows]).doubles()
      if one.steps > 0 { scores = scores.map { ($0 * one.steps).rounded() / one.steps } }
      if trial == 19, one.rows > 10 { (scores[1], scores[2]) = (-.infinity, .infinity) }
      let label = trial % one.classes
      let excluded = trial % 3 == 0 ? nil : trial % one.rows
      for cutoff in [nil, 1, 2] {
        let want = expected(scores, labels, label, excluded, cutoff)
        let padded = scores + [Double](repeating: 9, count: 8)
        let found = padded.withUnsafeBufferPointer { scores in
          scores.baseAddress.map {
            ranking.rank($0, label: label, among: relevant, excluded: excluded, cutoff: cutoff)
          }
        }
        #expect(found?.first == want.first && found?.relevant == want.relevant)
        #expect(found?.averagePrecision == want.averagePrecision)
      }
    }
  }
}
