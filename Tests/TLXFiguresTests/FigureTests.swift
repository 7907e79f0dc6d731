import Foundation
import TLXFigures
import Testing

/// A figure with the name of the file that its terminal text is kept in.
struct Sample: Sendable, CustomTestStringConvertible {
  var name: String
  var figure: Figure
  var testDescription: String { name }

  static let all: [Sample] = [
    Sample(
      name: "lines",
      figure: Figure(
        title: "Digits, 64-128-10", xLabel: "epoch",
        content: .chart(
          Chart(series: [
            Chart.Series(
              name: "loss", x: (1...40).map(Double.init), y: (1...40).map { 2.3 / Double($0) }, isJoined: true
            ),
            Chart.Series(
              name: "valid_loss", x: (1...40).map(Double.init),
              y: (1...40).map { 2.4 / Double($0).squareRoot() },
              isJoined: true),
          ])))),
    Sample(
      name: "scatter",
      figure: Figure(
        title: "LEEP <and> truth", xLabel: "leep", yLabel: "acc",
        content: .chart(
          Chart(series: [
            Chart.Series(
              name: "acc", x: [-2.1, -1.9, -1.85, -1.4, -1.38, -1.2],
              y: [0.5, 0.58, 0.585, 0.7, 0.705, 0.81],
              labels: ["n=50", "n=200 noise=30%", "n=200", "n=800", "n=800 noise=30%", "n=2000"],
              isJoined: false)
          ])))),
    Sample(
      name: "bars",
      figure: Figure(
        title: "Recipes",
        content: .bars(
          Bars(
            categories: ["plain", "distilled", "focal"],
            series: [("error", [0.081, 0.0775, 0.062]), ("nfr", [0.02, 0.013, -0.004])])))),
    Sample(
      name: "histogram",
      figure: Figure(
        title: "Counts", xLabel: "x",
        content: .histogram(
          Histogram(edges: (0...12).map { Double($0) / 2 }, counts: [1, 3, 8, 15, 22, 19, 14, 9, 5, 3, 1, 1]))
      )),
    Sample(
      name: "heatmap",
      figure: Figure(
        title: "Confusion", xLabel: "predicted", yLabel: "true",
        content: .heatmap(
          Heatmap(
            rows: 3, columns: 3, values: [48, 2, 0, 1, 44, 5, 0, 7, 43],
            rowLabels: ["setosa", "versicolor", "virginica"],
            columnLabels: ["setosa", "versicolor", "virginica"])))),
    Sample(
      name: "gaps",
      figure: Figure(
        content: .chart(
          Chart(series: [
            Chart.Series(
              name: "loss", x: (0..<7).map(Double.init), y: [3, 2.5, .nan, 1.5, .infinity, 1, 0.8],
              isJoined: true)
          ])))),
    Sample(
      name: "empty",
      figure: Figure(
        content: .chart(Chart(series: [Chart.Series(name: "y", x: [.nan], y: [1], isJoined: true)])))),
  ]
}

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
  "Fixtures")

@Suite struct FigureTests {
  /// Terminal text as it was looked at and found good. `TLX_UPDATE=1` writes it anew.
  @Test(arguments: Sample.all) func terminalText(_ sample: Sample) throws {
    let text = sample.figure.terminalText(TerminalStyle(width: 72)) + "\n"
    let file = fixtures.appendingPathComponent(sample.name + ".txt")
    if ProcessInfo.processInfo.environment["TLX_UPDATE"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
      try sample.figure.svgText().write(
        to: fixtures.appendingPathComponent(sample.name + ".svg"), atomically: true, encoding: .utf8)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test(arguments: Sample.all) func svgText(_ sample: Sample) throws {
    let file = fixtures.appendingPathComponent(sample.name + ".svg")
    #expect(sample.figure.svgText() == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test(arguments: Sample.all, [20, 40, 80]) func fitsItsWidth(_ sample: Sample, width: Int) {
    let text = sample.figure.terminalText(TerminalStyle(width: width))
    for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
  }
}
