import TLXFigures
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// A sweep over weights of a loss: a table over seeds, and the curve of error against NFR.
final class WeightSweepObject: LanguageObject, DrawnObject {
  private let sweep: WeightSweep

  init(_ sweep: WeightSweep) { self.sweep = sweep }

  var kindName: String { "sweep" }
  var fieldNames: [String] { ["table", "runs", "figure"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "table": .table(try table())
    case "runs": .table(try runs())
    case "figure": .object(FigureObject(figure))
    default: nil
    }
  }

  private static let measures: [FlipMeasure] = [.errorNew, .nfr, .copied, .gain, .churn]
  private static let names = ["error", "nfr", "copied", "gain", "churn"]

  /// A row for each loss and weight: means over the seeds, with deviations of error and NFR.
  private func table() throws -> Table {
    let points = sweep.points
    var names = ["lambda", "seeds"]
    var columns: [Value] = [
      .tensor(try Tensor(points.map(\.weight))), .tensor(try Tensor(points.map(\.runs.count))),
    ]
    for (name, measure) in zip(Self.names, Self.measures) {
      names.append(name)
      columns.append(column(points.map { $0.statistics(measure)?.mean }))
      guard measure == .errorNew || measure == .nfr else { continue }
      names.append(name + "_sd")
      columns.append(column(points.map { $0.statistics(measure)?.deviation }))
    }
    if sweep.losses.count > 1 {
      names.insert("loss", at: 0)
      columns.insert(.list(points.map { .string($0.loss) }), at: 0)
    }
    return Table(names: names, columns: columns, rowCount: points.count)
  }

  private func runs() throws -> Table {
    let runs = sweep.runs
    return Table(
      names: ["loss", "lambda", "seed"] + FlipMeasure.allCases.map(\.rawValue),
      columns: [
        .list(runs.map { .string($0.loss) }), .tensor(try Tensor(runs.map(\.weight))),
        .tensor(try Tensor(runs.map(\.seed))),
      ] + FlipMeasure.allCases.map { measure in column(runs.map { $0.counts.value(measure) }) },
      rowCount: runs.count)
  }

  var dataValue: Value? { (try? table()).map { .table($0) } }

  /// Error against NFR, a point for each weight, a line for each loss.
  private var figure: Figure {
    let series = sweep.losses.map { loss in
      let points = sweep.points.filter { $0.loss == loss }
      return Chart.Series(
        name: sweep.losses.count > 1 ? loss : "", x: points.map { $0.statistics(.errorNew)?.mean ?? .nan },
        y: points.map { $0.statistics(.nfr)?.mean ?? .nan },
        labels: points.map { Display.text(of: .float($0.weight)) }, isJoined: true, hasMarkers: true)
    }
    return Figure(
      title: "What lambda buys", xLabel: "error of the new model", yLabel: "NFR",
      content: .chart(Chart(series: series)))
  }

  var plot: Figure? { get throws { figure } }

  func summary(width: Int) -> String {
    let text = (try? table()).map { Display.show(.table($0), width: width, digits: 4) } ?? ""
    return text + "\n\n" + figure.terminalText(TerminalStyle(width: width))
  }
}
