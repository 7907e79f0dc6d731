import Foundation
import TLXNumerics
import Testing

@testable import TLXLearning

@Suite struct StatisticsTests {
  struct Fixture: Decodable {
    struct Sample: Decodable, Sendable {
      var x, y: [Double]
      var pearson, pearson_p, spearman, spearman_p, kendall, kendall_p, weighted_kendall: Double
      var welch_t, welch_p, welch_df, welch_low, welch_high, paired_t, paired_p, one_t, one_p: Double
    }
    var samples: [Sample]
    var mcnemar, wilson, beta: [[Double]]
  }

  struct Tables: Decodable {
    struct Table: Decodable, Sendable {
      var name: String
      var x, y: [Double]
      var pearson, spearman, kendall, weighted_kendall: Double
    }
    var tables: [Table]
  }

  static func load<Contents: Decodable>(_ name: String, _ type: Contents.Type) -> Contents? {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appending(path: "Fixtures/\(name).json")) else {
      return nil
    }
    return try? JSONDecoder().decode(type, from: data)
  }

  func expectClose(_ a: Double?, _ b: Double, _ what: String, tolerance: Double = 1e-12) {
    let a = a ?? .nan
    #expect(
      abs(a - b) <= tolerance * max(1, abs(b)) || (b != 0 && abs(a / b - 1) < tolerance),
      "\(what): \(a) ≠ \(b)")
  }

  @Test func correlationsAgreeWithScipy() throws {
    let fixture = try #require(Self.load("statistics", Fixture.self))
    for (index, sample) in fixture.samples.enumerated() {
      let (x, y) = (sample.x, sample.y)
      expectClose(try Correlation.pearson(x, y), sample.pearson, "pearson \(index)")
      expectClose(try Correlation.spearman(x, y), sample.spearman, "spearman \(index)")
      expectClose(try Correlation.kendall(x, y), sample.kendall, "kendall \(index)")
      expectClose(try Correlation.weightedKendall(x, y), sample.weighted_kendall, "weighted_kendall \(index)")
      expectClose(try Correlation.pearson.p(x, y), sample.pearson_p, "pearson p \(index)")
      expectClose(try Correlation.spearman.p(x, y), sample.spearman_p, "spearman p \(index)")
      expectClose(try Correlation.kendall.p(x, y), sample.kendall_p, "kendall p \(index)")
    }
  }

  @Test func publishedTablesAreReproduced() throws {
    let fixture = try #require(Self.load("correlations", Tables.self))
    #expect(fixture.tables.count == 6)
    for table in fixture.tables {
      let expected = [table.pearson, table.spearman, table.kendall, table.weighted_kendall]
      for (kind, value) in zip(Correlation.allCases, expected) {
        expectClose(try kind(table.x, table.y), value, "\(table.name) \(kind.name)")
      }
    }
  }

  @Test func testsAndIntervalsAgreeWithScipy() throws {
    let fixture = try #require(Self.load("statistics", Fixture.self))
    for sample in fixture.samples {
      let welch = try TTest(sample.x, sample.y)
      expectClose(welch.t, sample.welch_t, "welch t")
      expectClose(welch.p, sample.welch_p, "welch p")
      expectClose(welch.degreesOfFreedom, sample.welch_df, "welch df")
      expectClose(welch.interval(level: 0.9).low, sample.welch_low, "welch low")
      expectClose(welch.interval(level: 0.9).high, sample.welch_high, "welch high")
      let paired = try TTest(paired: sample.x, sample.y)
      expectClose(paired.t, sample.paired_t, "paired t")
      expectClose(paired.p, sample.paired_p, "paired p")
      let one = try TTest(sample.x, mean: 0.1)
      expectClose(one.t, sample.one_t, "one-sample t")
      expectClose(one.p, sample.one_p, "one-sample p")
    }
    for line in fixture.mcnemar {
      let outcomes =
        [(true, false)].flatMap { Array(repeating: $0, count: Int(line[0])) }
        + [(false, true)].flatMap { Array(repeating: $0, count: Int(line[1])) } + [(true, true)]
      expectClose(try McNemarTest(outcomes.map(\.0), outcomes.map(\.1)).p, line[2], "mcnemar \(line)")
    }
    for line in fixture.wilson {
      let interval = try wilsonInterval(successes: Int(line[0]), of: Int(line[1]))
      expectClose(interval.low, line[2], "wilson low")
      expectClose(interval.high, line[3], "wilson high")
    }
    for line in fixture.beta {
      expectClose(incompleteBeta(line[0], line[1], at: line[2]), line[3], "beta \(line)", tolerance: 1e-11)
    }
  }

  @Test func bootstrapIntervalsAreNearScipys() throws {
    let sample = try #require(Self.load("statistics", Fixture.self)?.samples.first)
    // scipy 1.17.1, 20,000 resamples; another generator, so to sampling error only.
    let expected: [Bootstrap.Method: (Double, Double)] = [
      .bca: (-0.7874, 0.6668), .percentile: (-0.7934, 0.6593),
    ]
    for (method, interval) in expected {
      let bootstrap = try Bootstrap(replicates: 20_000, method: method)
      let result = try bootstrap.interval(
        count: sample.x.count, stream: RandomStream(key: RandomKey(seed: 1))
      ) { indices in
        Correlation.pearson.value(indices.map { sample.x[$0] }, indices.map { sample.y[$0] })
      }
      expectClose(result.value, sample.pearson, "value")
      expectClose(result.low, interval.0, "\(method) low", tolerance: 0.02)
      expectClose(result.high, interval.1, "\(method) high", tolerance: 0.02)
    }
  }

  @Test func permutationTestsAreUniformUnderTheNull() throws {
    let stream = RandomStream(key: RandomKey(seed: 5))
    let x = try stream.normal([30]).doubles()
    let y = try stream.normal([30]).doubles()
    let p = try Correlation.weightedKendall.permutationP(x, y, permutations: 400, stream: stream)
    #expect(p > 0.01 && p <= 1)
    let strong = try Correlation.weightedKendall.permutationP(x, x, permutations: 200, stream: stream)
    expectClose(strong, 1.0 / 201, "perfect agreement")
  }

  struct Wrong: Sendable {
    var x: [Double]
    var y: [Double]
    var code: String
  }

  @Test(arguments: [
    Wrong(x: [1, 2], y: [1], code: "E0401"), Wrong(x: [1], y: [1], code: "E0406"),
    Wrong(x: [1, .nan], y: [1, 2], code: "E0504"), Wrong(x: [1, 2], y: [3, 3], code: "E0505"),
  ])
  func wrongSamplesAreNamed(_ wrong: Wrong) throws {
    for kind in Correlation.allCases {
      let error = #expect(throws: NumericsError.self) { try kind(wrong.x, wrong.y) }
      #expect(error?.code == wrong.code)
    }
  }
}
