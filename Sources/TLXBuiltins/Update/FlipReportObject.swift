import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// What an update did, as a value of the language: shows as a report, draws as bars and as a flip matrix.
final class FlipReportObject: LanguageObject, DrawnObject {
  let report: FlipReport
  /// The classes' names, if they have any but their numbers.
  private let names: [String]

  init(_ report: FlipReport, names: [String]) {
    self.report = report
    self.names = names
  }

  var kindName: String { "flip report" }

  static let measures = FlipMeasure.allCases.map(\.rawValue)

  var fieldNames: [String] {
    Self.measures + [
      "rows", "counts", "intervals", "undefined", "mcnemar", "classes", "slices", "matrix", "flipped",
      "negative",
      "positive", "level", "notes",
    ]
  }

  func field(_ name: String) throws -> Value? {
    if let measure = FlipMeasure(rawValue: name) {
      return report.counts.value(measure).map { .float($0) } ?? .null
    }
    return switch name {
    case "rows": .int(report.counts.rows)
    case "counts": .record(counts)
    case "intervals": .table(try intervals())
    case "undefined": .record(undefined)
    case "mcnemar": .record(mcnemar)
    case "classes": .table(try classTable())
    case "slices": .table(try sliceTable())
    case "matrix": .tensor(try report.flipMatrix())
    case "flipped": .table(try flipped())
    case "negative": .tensor(try Tensor(report.negativeRows))
    case "positive": .tensor(try Tensor(report.positiveRows))
    case "level": .float(report.level)
    case "notes": .list(report.notes(classText).map { .string($0) })
    default: nil
    }
  }

  func className(_ label: Int) -> Value {
    names.indices.contains(label) ? .string(names[label]) : .int(label)
  }

  func classText(_ label: Int) -> String { names.indices.contains(label) ? names[label] : String(label) }

  private var counts: Record {
    let counts = report.counts
    return Record([
      ("both_right", .int(counts.bothRight)), ("negative_flips", .int(counts.negativeFlips)),
      ("positive_flips", .int(counts.positiveFlips)), ("both_wrong", .int(counts.bothWrong)),
      ("same_wrong", .int(counts.sameWrong)), ("changed", .int(counts.changed)), ("rows", .int(counts.rows)),
    ])
  }

  private var undefined: Record {
    Record(
      FlipMeasure.allCases.compactMap { measure in
        report.counts.reasonUndefined(measure).map { (measure.rawValue, .string($0)) }
      })
  }

  private var mcnemar: Record {
    let test = report.mcnemar
    return Record([
      ("only_old", .int(test.onlyFirst)), ("only_new", .int(test.onlySecond)), ("p", .float(test.p)),
    ])
  }

  private func intervals() throws -> Table {
    let found = try FlipMeasure.allCases.compactMap { measure in
      try report.interval(measure).map { (measure, $0) }
    }
    return Table(
      names: ["measure", "value", "low", "high"],
      columns: [
        .list(found.map { .string($0.0.rawValue) }), column(found.map { report.counts.value($0.0) }),
        column(found.map { $0.1.low }), column(found.map { $0.1.high }),
      ], rowCount: found.count)
  }

  private func classTable() throws -> Table {
    try table(
      "class", report.classes.indices.map(className), report.classes)
  }

  private func sliceTable() throws -> Table {
    try table("slice", report.slices.map { .string($0.name) }, report.slices.map(\.counts))
  }

  private func table(_ what: String, _ names: [Value], _ counts: [FlipCounts]) throws -> Table {
    let measures: [FlipMeasure] = [.errorOld, .errorNew, .gain, .nfr, .pfr, .churn, .btc, .copied]
    let first = try Table.asColumn(.list(names), named: what).column
    return Table(
      names: [what, "rows"] + measures.map(\.rawValue),
      columns: [first, .tensor(try Tensor(counts.map(\.rows)))]
        + measures.map { measure in column(counts.map { $0.value(measure) }) },
      rowCount: counts.count)
  }

  private func flipped() throws -> Table {
    let rows = (report.negativeRows.map { ($0, true) } + report.positiveRows.map { ($0, false) })
      .sorted { $0.0 < $1.0 }
    let labels = try report.labels(of: rows.map(\.0))
    func named(_ values: [Int]) throws -> Value {
      names.isEmpty ? .tensor(try Tensor(values)) : .list(values.map(className))
    }
    return Table(
      names: ["row", "flip", "y", "old", "new"],
      columns: [
        .tensor(try Tensor(rows.map(\.0))), .list(rows.map { .string($0.1 ? "negative" : "positive") }),
        try named(labels.y), try named(labels.old), try named(labels.new),
      ], rowCount: rows.count)
  }

  var dataValue: Value? {
    let names =
      Self.measures + [
        "counts", "intervals", "undefined", "mcnemar", "classes", "slices", "level", "notes", "negative",
      ]
    let fields = names.compactMap { name in (try? field(name)).flatMap { $0 }.map { (name, $0) } }
    return .record(Record(fields))
  }

  // MARK: - Figures

  /// NFR and PFR of each class, or of each slice where slices were asked for.
  var bars: Figure? {
    get throws {
      let isSliced = !report.slices.isEmpty
      let counts = isSliced ? report.slices.map(\.counts) : report.classes
      let categories = isSliced ? report.slices.map(\.name) : report.classes.indices.map(classText)
      let shown = counts.indices.filter { counts[$0].rows > 0 }
      return Figure(
        title: "Flips by \(isSliced ? "slice" : "class")", xLabel: "share of its rows",
        content: .bars(
          Bars(
            categories: shown.map { categories[$0] },
            series: [
              ("NFR", shown.map { counts[$0].value(.nfr) ?? 0 }),
              ("PFR", shown.map { counts[$0].value(.pfr) ?? 0 }),
            ])))
    }
  }

  var heatmap: Figure? {
    get throws {
      let labels = report.classes.indices.map(classText)
      return Figure(
        title: "Negative flips", xLabel: "new label", yLabel: "true class",
        content: .heatmap(
          Heatmap(
            rows: labels.count, columns: labels.count, values: try report.flipMatrix().doubles(),
            rowLabels: labels,
            columnLabels: labels)))
    }
  }
}

/// Numbers as a column: a tensor, or a list with nil where one is undefined.
func column(_ values: [Double?]) -> Value {
  let known = values.compactMap { $0 }
  if known.count == values.count, let tensor = try? Tensor(known) { return .tensor(tensor) }
  return .list(values.map { $0.map { .float($0) } ?? .null })
}
