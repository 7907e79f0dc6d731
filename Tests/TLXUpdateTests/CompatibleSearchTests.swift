import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

@Suite struct CompatibleSearchTests {
  /// Two clusters; `train` gives models that are known beforehand, so that the table can be checked by hand.
  @Test func measuresWhatRetrievalMeasures() throws {
    let x = try stream(1).normal([60, 4], dtype: .f32)
    let y = try stream(2).randint([60], high: 3).elements(of: Int.self)
    let gallery = try Model.mlp([4, 9, 5, 3], activation: .relu, stream: stream(3))
    let starts = try [6, 2].map { width in
      try (0..<2).map { repetition in
        CompatibleSearch.Candidate(
          start: try Model.mlp(
            [4, width, 5, 3], activation: .relu, stream: stream(UInt64(10 * width + repetition))),
          name: "\(width)")
      }
    }
    let search = try CompatibleSearch(
      starts, gallery: gallery, test: (x, y), measure: .meanAveragePrecision, settings: Retrieval.Settings()
    ) { trials in
      // Standing in for training: the compatible model is the start with a doubled trunk, a different model.
      try trials.map { trial in
        try trial.isCompatible
          ? trial.start.replacing(parameters: trial.start.parameters.map { try $0 * 2 }) : trial.start
      }
    }
    var settings = Retrieval.Settings()
    settings.isDeclaredCompatible = true
    let rows = try Embeddings(gallery, x, labels: y)
    #expect(try agrees(search.paragon, Retrieval(rows, rows, settings).meanAveragePrecision))
    for (place, outcome) in search.outcomes.enumerated() {
      let expected = try starts[place].map { candidate in
        let model = try candidate.start.replacing(parameters: candidate.start.parameters.map { try $0 * 2 })
        let queries = try Embeddings(model, x, labels: y)
        return try Retrieval(queries, rows, settings).meanAveragePrecision
      }
      #expect(agrees(outcome.heterogeneous, (expected[0] + expected[1]) / 2))
      #expect(agrees(outcome.product, outcome.heterogeneous * outcome.homogeneous))
    }
    #expect(
      search.outcomes.map(\.parameterCount) == [4 * 6 + 6 + 6 * 5 + 5 + 18, 4 * 2 + 2 + 2 * 5 + 5 + 18])
    // The smaller one is always on the front; the larger one if it is better.
    #expect(search.isOnFront[1])
    #expect(search.isOnFront[0] == (search.outcomes[0].heterogeneous > search.outcomes[1].heterogeneous))
    let best = try #require(search.best { $0.heterogeneous })
    #expect(search.outcomes.allSatisfy { $0.heterogeneous <= best.heterogeneous })
  }
}
