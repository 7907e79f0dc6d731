import TLXFigures
import TLXLearning
import TLXNumerics
import TLXRuntime

extension TrainingResult {
  /// `{model, log, seconds, ending}`: what `fit` and its kin return.
  func record() throws -> Value {
    .record(
      Record([
        ("model", .object(ModelObject(model))), ("log", .table(try logTable())), ("seconds", .float(seconds)),
        ("ending", .string(ending.rawValue)),
      ]))
  }

  /// One row an epoch.
  private func logTable() throws -> Table {
    var names = ["epoch", "loss"]
    var columns: [Value] = [
      .tensor(try Tensor(log.map(\.epoch))), .tensor(try Tensor(log.map(\.loss))),
    ]
    func add(_ name: String, _ values: [Double?]) throws {
      guard values.contains(where: { $0 != nil }) else { return }
      names.append(name)
      columns.append(.tensor(try Tensor(values.map { $0 ?? .nan })))
    }
    try add("valid_loss", log.map(\.monitoredLoss))
    try add("valid_accuracy", log.map(\.monitoredAccuracy))
    try add("seconds", log.map(\.seconds))
    return Table(names: names, columns: columns, rowCount: log.count)
  }
}

/// The last training of the session that did not come to its end: what `last_fit()` gives back.
final class UnfinishedTraining: @unchecked Sendable {
  static let shared = UnfinishedTraining()
  var result: TrainingResult?
}

/// Draws a bar such as `epoch 12/40 ━━━━━━━━──── loss 0.213  valid_loss 0.310` while a fit runs.
struct TrainingBar {
  private let output: any Output
  private let isShown: Bool
  private var lastPercent = -1
  private var log: [EpochReport] = []

  init(_ context: any CallContext, isShown: Bool) {
    output = context.output
    self.isShown = isShown
  }

  mutating func update(_ progress: TrainingProgress) {
    guard isShown else { return }
    note(progress)
    let done = (progress.epoch - 1) * progress.steps + progress.step
    let percent = done * 100 / max(1, progress.epochs * progress.steps)
    guard percent != lastPercent else { return }
    lastPercent = percent
    let filled = percent / 5
    let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: 20 - filled)
    var line = "epoch \(progress.epoch)/\(progress.epochs) \(bar)"
    if let report = progress.lastReport {
      line += "  loss \(fourDigits(report.loss))"
      if let loss = report.monitoredLoss { line += "  valid_loss \(fourDigits(loss))" }
    }
    output.progress(line)
  }

  /// The losses so far, for a page that is looked at meanwhile.
  private mutating func note(_ progress: TrainingProgress) {
    guard let report = progress.lastReport, report.epoch != log.last?.epoch else { return }
    log.append(report)
    guard log.count > 1 else { return }
    output.sketch { [log] in FigurePicture(figure: TrainingBar.curve(log, epochs: progress.epochs)) }
  }

  private static func curve(_ log: [EpochReport], epochs: Int) -> Figure {
    let x = log.map { Double($0.epoch) }
    var series = [Chart.Series(name: "loss", x: x, y: log.map(\.loss), isJoined: true)]
    if log.contains(where: { $0.monitoredLoss != nil }) {
      series.append(
        Chart.Series(name: "valid_loss", x: x, y: log.map { $0.monitoredLoss ?? .nan }, isJoined: true))
    }
    return Figure(
      title: "Epoch \(log.last?.epoch ?? 0) of \(epochs)", xLabel: "epoch", yLabel: "loss",
      content: .chart(Chart(series: series)))
  }

  func finish() {
    guard isShown else { return }
    output.progress(nil)
    output.sketch(nil)
  }
}

/// Four significant digits, as `Display` formats them.
private func fourDigits(_ value: Double) -> String {
  (try? Display.format(.float(value), spec: ".4g")) ?? "\(value)"
}
