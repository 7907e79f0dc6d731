import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// What `retrieval` found.
final class RetrievalObject: LanguageObject {
  private let retrieval: Retrieval
  private let ks: [Int]
  private let recalls: [Double]
  private let matches: [Double]
  private let verification: Verification?

  init(_ retrieval: Retrieval, ks: [Int], verification: Verification?) throws {
    self.retrieval = retrieval
    self.ks = ks
    recalls = try ks.map { try retrieval.recall(at: $0) }
    matches = try retrieval.cumulativeMatches(ks.max() ?? 1)
    self.verification = verification
  }

  var kindName: String { "retrieval" }
  var fieldNames: [String] {
    [
      "recall", "map", "cmc", "verification", "ranks", "precisions", "queries", "gallery", "unmatched",
      "excludes_self",
    ]
  }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "recall":
      .table(
        Table(
          names: ["k", "recall"], columns: [.tensor(try Tensor(ks)), .tensor(try Tensor(recalls))],
          rowCount: ks.count))
    case "map": .float(retrieval.meanAveragePrecision)
    case "cmc": .tensor(try Tensor(matches))
    case "verification": try verification.map { .table(try table($0)) } ?? .null
    case "ranks": .tensor(try Tensor(retrieval.firstRanks.map { $0 < 0 ? -1 : $0 + 1 }))
    case "precisions": .tensor(try Tensor(retrieval.averagePrecisions))
    case "queries": .int(retrieval.queryCount)
    case "gallery": .int(retrieval.galleryCount)
    case "unmatched": .int(retrieval.unmatched)
    case "excludes_self": .bool(retrieval.excludesSelf)
    default: nil
    }
  }

  private func table(_ verification: Verification) throws -> Table {
    let points = verification.points
    let columns = [
      points.map(\.wantedRate), points.map(\.trueAcceptRate), points.map(\.falseAcceptRate),
      points.map(\.threshold),
    ]
    return Table(
      names: ["far", "tar", "far_measured", "threshold"],
      columns: try columns.map { .tensor(try Tensor($0)) },
      rowCount: points.count)
  }

  func summary(width: Int) -> String {
    var lines = [
      "retrieval: \(grouped(retrieval.queryCount)) queries, gallery of \(grouped(retrieval.galleryCount)), "
        + retrieval.similarity.rawValue + (retrieval.excludesSelf ? ", without itself" : "")
    ]
    if retrieval.unmatched > 0 {
      lines.append("  \(grouped(retrieval.unmatched)) queries have no row of their label and are left out")
    }
    lines.append(
      "  "
        + (zip(ks, recalls).map { "recall@\($0) \(percent($1))" } + [
          "mAP \(percent(retrieval.meanAveragePrecision))"
        ])
        .joined(separator: "  "))
    for point in verification?.points ?? [] {
      lines.append(
        "  TAR \(percent(point.trueAcceptRate)) at FAR ≤ \(Display.text(of: .float(point.wantedRate)))")
    }
    return lines.joined(separator: "\n")
  }
}

/// `83.4 %`
func percent(_ share: Double) -> String {
  (try? Display.format(.float(share * 100), spec: ".2f")).map { $0 + " %" } ?? "\(share)"
}

/// The answer of `crosstest`.
final class CrossTestObject: LanguageObject {
  private let test: CrossTest
  private let measure: String

  init(_ test: CrossTest, measure: String) {
    self.test = test
    self.measure = measure
  }

  var kindName: String { "cross-test" }
  var fieldNames: [String] {
    ["passes", "old_old", "new_old", "new_new", "paragon", "gain", "tax", "measure"]
  }

  func field(_ name: String) throws -> Value? {
    func number(_ value: Double?) -> Value { value.map { .float($0) } ?? .null }
    return switch name {
    case "passes": .bool(test.passes)
    case "old_old": .float(test.oldOld)
    case "new_old": .float(test.newOld)
    case "new_new": .float(test.newNew)
    case "paragon": number(test.paragon)
    case "gain": number(test.gain)
    case "tax": number(test.tax)
    case "measure": .string(measure)
    default: nil
    }
  }

  func summary(width: Int) -> String {
    var lines = [
      "cross-test by \(measure): \(test.passes ? "PASS" : "FAIL")",
      "  old queries, old gallery  \(percent(test.oldOld))",
      "  new queries, old gallery  \(percent(test.newOld))",
      "  new queries, new gallery  \(percent(test.newNew))",
    ]
    if let paragon = test.paragon { lines.append("  paragon on its own gallery \(percent(paragon))") }
    let gain = test.gain.map { Display.text(of: .float(($0 * 1000).rounded() / 1000)) }
    lines.append("  update gain \(gain ?? "undefined: \(test.missingGain ?? "")")")
    if let tax = test.tax { lines.append("  compatibility tax \(percent(tax))") }
    return lines.joined(separator: "\n")
  }
}

/// The answer of `backfill`: the curve, and what other orders would have given.
final class BackfillObject: LanguageObject {
  private let backfill: Backfill
  private let order: String
  private let tried: [(order: String, backfill: Backfill)]

  init(_ backfill: Backfill, order: String, tried: [(order: String, backfill: Backfill)]) {
    self.backfill = backfill
    self.order = order
    self.tried = tried
  }

  var kindName: String { "backfill" }
  var fieldNames: [String] { ["curve", "order", "rows", "area", "dip", "orders", "figure"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "curve":
      .table(
        Table(
          names: ["share", "map", "recall"],
          columns: [
            .tensor(try Tensor(backfill.shares)), .tensor(try Tensor(backfill.meanAveragePrecision)),
            .tensor(try Tensor(backfill.recallAtOne)),
          ], rowCount: backfill.shares.count))
    case "order": .string(order)
    case "rows": .tensor(try Tensor(backfill.order))
    case "area": .float(backfill.area)
    case "dip": .float(backfill.dip)
    case "orders":
      .table(
        Table(
          names: ["order", "area", "dip"],
          columns: [
            .list(tried.map { .string($0.order) }), .tensor(try Tensor(tried.map(\.backfill.area))),
            .tensor(try Tensor(tried.map(\.backfill.dip))),
          ], rowCount: tried.count))
    case "figure": .object(FigureObject(figure))
    default: nil
    }
  }

  /// Quality against the share that is done: both measures of one order, or the mAP of each that was tried.
  private var figure: Figure {
    func line(_ name: String, _ backfill: Backfill, _ values: [Double]) -> Chart.Series {
      Chart.Series(name: name, x: backfill.shares, y: values, isJoined: true, hasMarkers: true)
    }
    let series =
      tried.count > 1
      ? tried.map { line($0.order, $0.backfill, $0.backfill.meanAveragePrecision) }
      : [
        line("mAP", backfill, backfill.meanAveragePrecision),
        line("recall at 1", backfill, backfill.recallAtOne),
      ]
    return Figure(
      title: "While the gallery is re-indexed", xLabel: "share of the gallery by the new model",
      yLabel: tried.count > 1 ? "mAP" : "", content: .chart(Chart(series: series)))
  }

  var plot: Figure? { get throws { figure } }

  func summary(width: Int) -> String {
    let values = zip(backfill.shares, backfill.meanAveragePrecision)
    var lines = ["backfill in the order “\(order)”: mean mAP \(percent(backfill.area))"]
    lines += values.map {
      "  \(Display.text(of: .float(($0 * 1000).rounded() / 10))) % re-indexed: mAP \(percent($1))"
    }
    if backfill.dip > 0 { lines.append("  on its way it falls \(percent(backfill.dip)) below its start") }
    return lines.joined(separator: "\n")
  }
}
