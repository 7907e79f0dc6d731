extension Figure {
  /// The figure as a self-contained SVG document, 640 wide and as tall as it needs.
  /// - Parameter isStandalone: Whether it brings paper and colours of its own, or takes those of the page around it.
  public func svgText(isStandalone: Bool = true) -> String {
    drawn().document(title: summary, isStandalone: isStandalone)
  }

  static let svgWidth = 640.0

  func drawn() -> SVGDocument {
    let top = headHeight
    var document: SVGDocument
    switch content {
    case .chart(let chart):
      document = SVGDocument(width: Figure.svgWidth, height: top + 330)
      drawHead(in: &document)
      draw(chart, top: top, in: &document)
    case .bars(let bars):
      let rows = Double(bars.categories.count * max(1, bars.series.count))
      document = SVGDocument(
        width: Figure.svgWidth, height: top + max(90, rows * 22 + 56) + (xLabel.isEmpty ? 0 : 18))
      drawHead(in: &document)
      draw(bars, top: top, in: &document)
    case .histogram(let histogram):
      document = SVGDocument(width: Figure.svgWidth, height: top + 300)
      drawHead(in: &document)
      draw(histogram, top: top, in: &document)
    case .heatmap(let map):
      document = SVGDocument(width: Figure.svgWidth, height: top + heatmapHeight(map))
      drawHead(in: &document)
      draw(map, top: top, in: &document)
    case .images(let grid):
      document = SVGDocument(width: Figure.svgWidth, height: top + imagesHeight(grid))
      drawHead(in: &document)
      draw(grid, top: top, in: &document)
    case .graph(let graph):
      document = SVGDocument(width: max(320, graph.width), height: top + graph.height)
      drawHead(in: &document)
      draw(graph, top: top, in: &document)
    case .panels(let panels): document = drawn(panels, top: top)
    }
    return document
  }

  // MARK: - Title and legend

  /// The names that a legend shows, with the numbers of their colours.
  var legend: [(name: String, color: Int, isLine: Bool, dash: String)] {
    switch content {
    case .chart(let chart):
      let colors = chart.colorNumbers
      let named = chart.series.indices.filter { !chart.series[$0].name.isEmpty }
      guard named.count > 1 else { return [] }
      return named.map {
        (
          chart.series[$0].name, colors[$0], chart.series[$0].isJoined,
          Figure.dash(colors[$0], chart.series[$0])
        )
      }
    case .bars(let bars) where bars.series.count > 1:
      return bars.series.enumerated().map { ($1.name, $0, false, "") }
    default: return []
    }
  }

  static func dash(_ color: Int, _ series: Chart.Series) -> String {
    series.continuesColor ? "6 4" : ["", "7 4", "2 4", "9 3 2 3"][color % 4]
  }

  /// Legend entries as rows that fit.
  private var legendRows: [[(name: String, color: Int, isLine: Bool, dash: String)]] {
    var rows: [[(name: String, color: Int, isLine: Bool, dash: String)]] = []
    var used = Double.infinity
    for entry in legend {
      let width = textWidth(truncated(entry.name, to: 40), size: 13) + 46
      if used + width > Figure.svgWidth - 30 {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += width
    }
    return rows
  }

  private var headHeight: Double { 14 + (title.isEmpty ? 0 : 24) + Double(legendRows.count) * 20 }

  private func drawHead(in document: inout SVGDocument) {
    var y = 26.0
    if !title.isEmpty {
      document.text(truncated(title, to: 70), 16, y, size: 16, isBold: true)
      y += 24
    }
    for row in legendRows {
      var x = 16.0
      for entry in row {
        let color = Palette.color(of: entry.color).hex
        if entry.isLine {
          document.polyline([(x, y - 8), (x + 22, y - 8)], stroke: color, dash: entry.dash, width: 2.5)
        } else {
          document.circle(x + 11, y - 8, radius: 5, fill: color, opacity: 1)
        }
        let name = truncated(entry.name, to: 40)
        document.text(name, x + 28, y - 4, size: 13)
        x += textWidth(name, size: 13) + 46
      }
      y += 20
    }
  }

  // MARK: - Panels

  private func drawn(_ panels: Panels, top: Double) -> SVGDocument {
    let columns = min(panels.columns, max(1, panels.figures.count))
    let inner = panels.figures.map { $0.drawn() }
    let gap = 12.0
    let width = columns == 1 ? Figure.svgWidth : 400.0
    let total = Double(columns) * width + Double(columns - 1) * gap
    let scale = width / Figure.svgWidth
    var rowTops: [Double] = []
    var y = top
    for start in stride(from: 0, to: inner.count, by: columns) {
      rowTops.append(y)
      y += (inner[start..<min(start + columns, inner.count)].map(\.height).max() ?? 0) * scale + gap
    }
    var document = SVGDocument(width: total, height: y)
    drawHead(in: &document)
    for (index, panel) in inner.enumerated() {
      document.insert(panel, Double(index % columns) * (width + gap), rowTops[index / columns], scale: scale)
    }
    return document
  }
}

extension Chart {
  /// Per series, the number of its colour: a fitted line has that of its points.
  var colorNumbers: [Int] {
    var next = -1
    return series.map { one in
      if !one.continuesColor || next < 0 { next += 1 }
      return next
    }
  }
}

/// The plane of a chart inside its document.
struct PlotArea {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }

  func x(_ share: Double) -> Double { left + share * (right - left) }
  func y(_ share: Double) -> Double { bottom - share * (bottom - top) }
}
