extension Figure {
  /// The figure as a self-contained SVG document of 640 × 400 (a heat map as tall as it needs).
  public func svgText() -> String {
    var width = 640.0
    let height: Double
    switch content {
    case .graph(let graph):
      width = max(320, graph.width)
      height = graph.height + (title.isEmpty ? 0 : 36)
    case .heatmap(let map): height = min(900, max(200, 110 + Double(map.rows) * 34))
    case .bars(let bars):
      height = max(200, 100 + Double(bars.categories.count * max(1, bars.series.count)) * 22)
    default: height = 400
    }
    var document = SVGDocument(width: width, height: height)
    if !title.isEmpty {
      document.text(title, width / 2, 26, size: 16, anchor: .middle, fill: "#111111", isBold: true)
    }
    switch content {
    case .chart(let chart): draw(chart, in: &document)
    case .bars(let bars): draw(bars, in: &document)
    case .histogram(let histogram): draw(histogram, in: &document)
    case .heatmap(let map): draw(map, in: &document)
    case .graph(let graph): draw(graph, in: &document)
    }
    return document.document(title: summary)
  }

  /// Names of several series in a row under the title.
  func drawLegend(_ names: [String], in document: inout SVGDocument) {
    guard names.count > 1 else { return }
    var x = 70.0
    for (index, name) in names.enumerated() {
      document.rectangle(x, 38, 12, 12, fill: Palette.color(of: index).hex)
      document.text(name, x + 17, 48)
      x += 17 + textWidth(name, size: 12) + 18
    }
  }
}

/// The plane of a chart inside its document.
struct PlotArea {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  func x(_ share: Double) -> Double { left + share * (right - left) }
  func y(_ share: Double) -> Double { bottom - share * (bottom - top) }
}
