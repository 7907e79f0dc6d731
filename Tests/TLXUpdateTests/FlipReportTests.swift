import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

@Suite("Flip reports, against an independent reference")
struct FlipReportTests {
  let vectors: [String: Any]
  let expected: [String: Any]
  let report: FlipReport

  init() throws {
    vectors = try Vectors.object("flips.json")
    expected = try #require(vectors["expected"] as? [String: Any])
    report = try FlipReport(
      old: Vectors.labels(vectors["old"]), new: Vectors.labels(vectors["new"]),
      y: Vectors.labels(vectors["y"]))
  }

  @Test("counts and rates")
  func rates() throws {
    let counts = report.counts
    for (key, value) in [
      ("n", counts.rows), ("both_correct", counts.bothRight), ("negative_flips", counts.negativeFlips),
      ("positive_flips", counts.positiveFlips), ("both_wrong", counts.bothWrong),
      ("both_wrong_same_label", counts.sameWrong), ("mcnemar_b", report.mcnemar.onlyFirst),
      ("mcnemar_c", report.mcnemar.onlySecond),
    ] { #expect(value == expected[key] as? Int, "\(key)") }
    for (key, measure) in [
      ("error_old", FlipMeasure.errorOld), ("error_new", .errorNew), ("nfr", .nfr), ("pfr", .pfr),
      ("relative_nfr", .relativeNFR), ("nfi", .nfi), ("pfi", .pfi), ("churn", .churn), ("btc", .btc),
      ("bec_paper", .becNew), ("bec_msft", .becOld), ("copied_error_rate", .copied),
    ] {
      let reference = try #require(expected[key] as? Double)
      #expect(agrees(try #require(counts.value(measure)), reference), "\(key)")
    }
    #expect(agrees(report.mcnemar.p, try #require(expected["mcnemar_exact_p"] as? Double)))
    let interval = try #require(try report.interval(.nfr))
    let reference = try #require(expected["nfr_wilson95"] as? [Double])
    #expect(agrees(interval.low, reference[0]))
    #expect(agrees(interval.high, reference[1]))
  }

  @Test("classes, the flip matrix and the flipped rows")
  func classes() throws {
    let classes = try #require(expected["per_class"] as? [[String: Any]])
    #expect(report.classes.count == classes.count)
    for (counts, reference) in zip(report.classes, classes) {
      #expect(counts.rows == reference["n"] as? Int)
      for (key, measure) in [
        ("nfr", FlipMeasure.nfr), ("pfr", .pfr), ("err_old", .errorOld), ("err_new", .errorNew),
      ] {
        #expect(agrees(try #require(counts.value(measure)), try #require(reference[key] as? Double)))
      }
    }
    let matrix = try #require(expected["negative_flip_matrix_true_by_new"] as? [[Int]])
    #expect(try report.flipMatrix().elements(of: Int.self) == matrix.flatMap { $0 })
    let negative = try report.labels(of: report.negativeRows)
    #expect(negative.y == negative.old)
    #expect(zip(negative.y, negative.new).allSatisfy { $0 != $1 })
    let positive = try report.labels(of: report.positiveRows)
    #expect(positive.y == positive.new)
    #expect(report.negativeRows == report.negativeRows.sorted())
  }

  @Test("what is 0/0 stays undefined")
  func degenerate() throws {
    let cases = try #require(vectors["degenerate"] as? [String: [String: Any]])
    for (name, reference) in cases {
      let counts = try FlipReport(
        old: Vectors.labels(reference["old"]), new: Vectors.labels(reference["new"]),
        y: Vectors.labels(reference["y"])
      ).counts
      for (key, measure) in [
        ("nfr", FlipMeasure.nfr), ("pfr", .pfr), ("relative_nfr", .relativeNFR), ("btc", .btc),
        ("bec_paper", .becNew),
      ] { #expect(counts.value(measure) == reference[key] as? Double, "\(name) \(key)") }
    }
  }

  @Test("a large tally equals a plain count, whatever the threads and the number of classes")
  func large() throws {
    let stream = RandomStream(key: RandomKey(seed: 1))
    for classes in [1, 2, 10, 1000] {
      let count = 600_001
      let y = try stream.randint([count], low: 0, high: classes)
      let old = try Tensor.where(
        stream.uniform([count]).less(0.7), y, stream.randint([count], low: 0, high: classes))
      let new = try Tensor.where(
        stream.uniform([count]).less(0.8), y, stream.randint([count], low: 0, high: classes))
      let report = try FlipReport(old: old, new: new, y: y)
      var plain = FlipCounts()
      var negative: [Int] = []
      let (a, b, t) = (
        try old.elements(of: Int.self), try new.elements(of: Int.self), try y.elements(of: Int.self)
      )
      for row in 0..<count {
        switch (a[row] == t[row], b[row] == t[row]) {
        case (true, true): plain.bothRight += 1
        case (true, false):
          plain.negativeFlips += 1
          negative.append(row)
        case (false, true): plain.positiveFlips += 1
        case (false, false):
          plain.bothWrong += 1
          if a[row] == b[row] { plain.sameWrong += 1 }
        }
      }
      #expect(report.counts == plain, "\(classes)")
      #expect(report.negativeRows == negative)
      #expect(report.positiveRows.count == plain.positiveFlips)
    }
  }

  @Test("the paired interval is Newcombe's tenth, on a published table")
  func newcombe() throws {
    // Newcombe 1998, table II: a = 36, b = 12, c = 2, d = 0 of 50 pairs.
    let counts = FlipCounts(bothRight: 36, negativeFlips: 2, positiveFlips: 12, bothWrong: 0)
    let interval = try counts.gainInterval(level: 0.95)
    #expect(abs(interval.low - 0.0569) < 5e-5)
    #expect(abs(interval.high - 0.3404) < 5e-5)
    let none = try FlipCounts(bothRight: 30).gainInterval(level: 0.95)
    #expect(none.low < 0 && none.high > 0)
  }

  @Test("a gate judges the bound, not the point")
  func gate() throws {
    let gate = try UpdateGate(maxNFR: 0.05, minGain: 0)
    // 2 % of 50 rows may be 10 %; 2 % of 5,000 may not be 5 %.
    let small = try gate.verdict(FlipCounts(bothRight: 40, negativeFlips: 1, positiveFlips: 5, bothWrong: 4))
    #expect(!small.passed)
    #expect(small.nfr < 0.05 && small.nfrBound > 0.05)
    let large = try gate.verdict(
      FlipCounts(bothRight: 4000, negativeFlips: 100, positiveFlips: 500, bothWrong: 400))
    #expect(large.passed)
    let worse = try gate.verdict(
      FlipCounts(bothRight: 4000, negativeFlips: 100, positiveFlips: 90, bothWrong: 810))
    #expect(worse.reasons.count == 1)
    #expect(worse.reasons[0].contains("min_gain"))
    #expect(throws: NumericsError.self) { try UpdateGate(maxNFR: nil, minGain: nil) }
    #expect(throws: NumericsError.self) { try UpdateGate(maxNFR: 2, minGain: nil) }
    #expect(throws: NumericsError.self) { try UpdateGate(maxNFR: .nan, minGain: nil) }
    #expect(throws: NumericsError.self) { try UpdateGate(maxNFR: 0.1, minGain: nil, level: 1) }
  }

  @Test("what cannot be compared is refused, naming the values")
  func refusals() throws {
    func code(_ old: [Int], _ new: [Int], _ y: [Int], _ classes: Int? = nil) -> String? {
      do {
        _ = try FlipReport(old: Tensor(old), new: Tensor(new), y: Tensor(y), classCount: classes)
        return nil
      } catch { return (error as? NumericsError)?.code }
    }
    #expect(code([0, 1], [0, 1, 1], [0, 1]) == "E0402")
    #expect(code([], [], []) == "E0406")
    #expect(code([0, -1], [0, 1], [0, 1]) == "E0416")
    #expect(code([0, 1], [0, 1], [0, 1 << 40]) == "E0416")
    #expect(code([0, 1], [0, 3], [0, 1], 3) == "E0416")
    #expect(code([5, 6], [0, 1], [0, 1]) == "E0416")
    #expect(code([0, 1], [0, 1], [0, 1], 3) == nil)
    #expect(throws: NumericsError.self) { try RowGroup("night", mask: [false, false]) }
    let logits = try Tensor.zeros([2, 3])
    let error = #expect(throws: NumericsError.self) {
      try FlipReport(old: logits, new: Tensor([0, 1]), y: Tensor([0, 1]))
    }
    #expect(error?.help?.contains("argmax") == true)
    let foreign = try FlipReport(old: Tensor([0, 2]), new: Tensor([0, 1]), y: Tensor([0, 1]))
    #expect(foreign.notes() == ["the old model predicts class 2, of which y has no row"])
  }

  @Test("versions of a chain, and what the last one lost")
  func chain() throws {
    let y = try Tensor([0, 1, 2, 2])
    let versions = [try Tensor([0, 0, 2, 0]), try Tensor([1, 1, 2, 0]), try Tensor([1, 0, 2, 2])]
    let matrix = try CompatibilityMatrix(names: ["v1", "v2", "v3"], predictions: versions, y: y)
    #expect(matrix.values(.nfr) == [0, 0.25, 0.25, 0.25, 0, 0.25, 0.25, 0.25, 0])
    #expect(try CompatibilityMatrix.regressions(predictions: versions, y: y) == 2)
    #expect(throws: NumericsError.self) { try CompatibilityMatrix(names: ["v1"], predictions: [y], y: y) }
  }
}
