extension Figure {
  /// The figure as a self-contained SVG document, 640 wide and as tall as it needs.
  /// - Parameter isStandalone: Whether it brings paper and colours of its own, or takes those of the page around it.
  /// - Parameter name: A class for style sheets.
  public func svgText(isStandalone: Bool = true, name: String = "") -> String {
    drawn().document(title: summary, isStandalone: isStandalone, name: name)
  }

  /// As a page shows it: lines, points and bars twice, of which a style sheet takes the one that fits the screen; figures
  /// that belong together in a grid that folds.
  public var pageHTML: String {
    switch content {
    case .chart, .bars, .histogram: return bothWidths
    case .heatmap(let map) where map.values.count <= 2_500: return bothWidths
    case .panels(let panels):
      let inner = panels.figures.map { $0.resized(to: Figure.narrow).svgText(isStandalone: false) }
      let heading = title.isEmpty ? "" : "<p class=\"g-heading\">\(escaped(title))</p>"
      let columns = min(panels.columns, max(1, panels.figures.count))
      return "\(heading)<div class=\"g-panels\" role=\"group\" aria-label=\"\(escaped(summary))\" "
        + "style=\"--columns:\(columns)\">\(inner.joined())</div>"
    default: return svgText(isStandalone: false)
    }
  }

  private var bothWidths: String {
    var small = resized(to: Figure.narrow)
    small.hasTips = false
    return svgText(isStandalone: false, name: "g-wide") + small.svgText(isStandalone: false, name: "g-narrow")
  }

  func resized(to width: Double) -> Figure {
    var copy = self
    copy.width = width
    return copy
  }

  private var isNarrow: Bool { width < 500 }

  func drawn() -> SVGDocument {
    let top = headHeight
    var document: SVGDocument
    switch content {
    case .chart(let chart):
      document = SVGDocument(width: width, height: top + (isNarrow ? 270 : 330))
      drawHead(in: &document)
      draw(chart, top: top, in: &document)
    case .bars(let bars):
      let rows = Double(bars.categories.count * max(1, bars.series.count))
      document = SVGDocument(
        width: width, height: top + max(90, rows * 22 + 56) + (xLabel.isEmpty ? 0 : 18))
      drawHead(in: &document)
      draw(bars, top: top, in: &document)
    case .histogram(let histogram):
      document = SVGDocument(width: width, height: top + (isNarrow ? 240 : 300))
      drawHead(in: &document)
      draw(histogram, top: top, in: &document)
    case .heatmap(let map):
      document = SVGDocument(width: width, height: top + heatmapHeight(map))
      drawHead(in: &document)
      draw(map, top: top, in: &document)
    case .images(let grid):
      document = SVGDocument(width: width, height: top + imagesHeight(grid))
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
      guard chart.series.count > 1 else { return [] }
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
      if used + width > self.width - 30 {
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
      document.text(truncated(title, to: Int(width / 9.1)), 16, y, size: 16, isBold: true)
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
    let inner = panels.figures.map { columns == 1 ? $0.drawn() : $0.resized(to: Figure.narrow).drawn() }
    let gap = 12.0
    let column = columns == 1 ? width : Figure.narrow
    var rowTops: [Double] = []
    var y = top
    for start in stride(from: 0, to: inner.count, by: columns) {
      rowTops.append(y)
      y += (inner[start..<min(start + columns, inner.count)].map(\.height).max() ?? 0) + gap
    }
    var document = SVGDocument(width: Double(columns) * column + Double(columns - 1) * gap, height: y)
    drawHead(in: &document)
    for (index, panel) in inner.enumerated() {
      // What is as wide as it must be, a graph or panels in panels, is made to fit.
      document.insert(
        panel, Double(index % columns) * (column + gap), rowTops[index / columns],
        scale: min(1, column / panel.width))
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
