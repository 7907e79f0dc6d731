import TLXNumerics
import TLXRuntime
import TLXUpdate

extension FlipReportObject {
  /// The report: the four outcomes, every rate with its interval, the test, and where it went wrong most.
  func summary(width: Int) -> String {
    let counts = report.counts
    var lines = ["flips of \(grouped(counts.rows)) rows, old to new", ""]
    lines += aligned([
      ["", "new right", "new wrong"],
      ["old right", grouped(counts.bothRight), grouped(counts.negativeFlips)],
      ["old wrong", grouped(counts.positiveFlips), grouped(counts.bothWrong)],
    ])
    lines.append("")
    lines += aligned(measureRows())
    lines += ["", "McNemar, exact: p = \(digits(report.mcnemar.p))"]
    lines += worstPairs() + sliceLines() + report.notes(classText).map { "note: \($0)" }
    return lines.map { TextWidth.cut($0, to: max(width, 40)) }.joined(separator: "\n")
  }

  private func measureRows() -> [[String]] {
    let counts = report.counts
    let level = digits(report.level * 100)
    return [["", "value", "\(level) % interval", "rows"]]
      + FlipMeasure.allCases.map { measure in
        let name = Self.titles[measure] ?? measure.rawValue
        guard let value = counts.value(measure) else {
          return [name, "undefined", "", "", counts.reasonUndefined(measure) ?? ""]
        }
        let interval = (try? report.interval(measure)).flatMap { $0 }
        return [
          name, percent(value), interval.map { "\(percent($0.low)) … \(percent($0.high))" } ?? "",
          Self.rows(measure, counts).map(grouped) ?? "",
        ]
      }
  }

  private static let titles: [FlipMeasure: String] = [
    .errorOld: "error old", .errorNew: "error new", .gain: "gain", .nfr: "NFR", .pfr: "PFR",
    .relativeNFR: "relative NFR", .nfi: "NFI, of new errors", .pfi: "PFI, of new successes", .churn: "churn",
    .btc: "BTC", .becNew: "BEC, of new errors", .becOld: "BEC, of old errors",
    .copied: "copied, of old errors",
  ]

  private static func rows(_ measure: FlipMeasure, _ counts: FlipCounts) -> Int? {
    switch measure {
    case .errorOld: counts.oldWrong
    case .errorNew: counts.newWrong
    case .nfr, .nfi: counts.negativeFlips
    case .pfr, .pfi: counts.positiveFlips
    case .churn: counts.changed
    case .btc: counts.bothRight
    case .becNew, .becOld: counts.bothWrong
    case .copied: counts.sameWrong
    case .gain, .relativeNFR: nil
    }
  }

  /// The pairs of true class and new label that most negative flips fall on.
  private func worstPairs() -> [String] {
    guard let labels = try? report.labels(of: report.negativeRows), !labels.y.isEmpty else { return [] }
    var pairs: [[Int]: Int] = [:]
    for (truth, label) in zip(labels.y, labels.new) { pairs[[truth, label], default: 0] += 1 }
    let worst = pairs.sorted { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }.prefix(5)
    let texts = worst.map { "\(classText($0.key[0])) → \(classText($0.key[1])) (\($0.value))" }
    return ["most negative flips: " + texts.joined(separator: ", ")]
  }

  private func sliceLines() -> [String] {
    guard !report.slices.isEmpty else { return [] }
    let rows = report.slices.map { slice in
      [
        slice.name, grouped(slice.counts.rows), percent(slice.counts.value(.errorOld) ?? 0),
        percent(slice.counts.value(.errorNew) ?? 0), percent(slice.counts.value(.nfr) ?? 0),
        percent(slice.counts.value(.pfr) ?? 0),
      ]
    }
    return [""] + aligned([["slice", "rows", "error old", "error new", "NFR", "PFR"]] + rows)
  }

  private func digits(_ value: Double) -> String {
    (try? Display.format(.float(value), spec: ".3g")) ?? "\(value)"
  }

  /// Columns side by side: the first to the left, the next to the right, a fifth (a remark) to the left again.
  private func aligned(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? TextWidth.columns($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell -> String in
        let gap = String(repeating: " ", count: widths[index] - TextWidth.columns(cell))
        // Remarks stand where the interval would.
        if row.count == 5, index > 1 { return index == 4 ? cell : "" }
        return index == 0 ? cell + gap : gap + cell
      }
      let line = cells.filter { !$0.isEmpty || row.count < 5 }.joined(separator: "  ")
      return "  " + String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
