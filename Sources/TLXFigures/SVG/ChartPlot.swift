/// A chart with its scales and the place it is drawn in.
struct ChartPlot {
  let chart: Chart
  let x: Scale
  let y: Scale
  let area: PlotArea
  /// More points than this are drawn as pixels.
  private static let pointLimit = 4_000
  /// Points of a line after which it is drawn with the resolution of the eye.
  private static let lineLimit = 2_600

  init(_ chart: Chart, _ figure: Figure, top: Double, bottom: Double) {
    self.chart = chart
    y = chart.y.scale(
      from: chart.range(
        of: \.y, or: [\.low, \.high], annotated: { if case .horizontal(let y, _) = $0 { y } else { nil } }),
      tickCount: figure.width < 500 ? 5 : 6)
    x = chart.x.scale(
      from: chart.range(of: \.x, annotated: { if case .vertical(let x, _) = $0 { x } else { nil } }),
      tickCount: figure.width < 500 ? 4 : 7,
      margin: chart.series.contains { !$0.isJoined || $0.hasMarkers } ? 0.04 : 0.01)
    let tickWidth = y.ticks.map { textWidth($0.text, size: 13) }.max() ?? 20
    area = PlotArea(
      left: 22 + tickWidth + (figure.yLabel.isEmpty ? 0 : 18), top: top, right: figure.width - 18,
      bottom: bottom)
  }

  func place(_ px: Double, _ py: Double) -> (Double, Double)? {
    guard let fx = x.position(px), let fy = y.position(py) else { return nil }
    return (area.x(fx), area.y(fy))
  }

  /// The parts of a line between its gaps; where it has more points than pixels, with the extremes of each column only.
  func runs(_ series: Chart.Series) -> [[(Double, Double)]] {
    var runs: [[(Double, Double)]] = []
    var run: [(Double, Double)] = []
    let count = min(series.x.count, series.y.count)
    var thinning = count > ChartPlot.lineLimit ? ColumnThinning() : nil
    for index in 0..<count {
      if let point = place(series.x[index], series.y[index]) {
        if thinning == nil { run.append(point) } else { thinning?.add(point, to: &run) }
      } else if !run.isEmpty || thinning != nil {
        thinning?.finish(&run)
        if !run.isEmpty { runs.append(run) }
        run = []
      }
    }
    thinning?.finish(&run)
    return run.isEmpty ? runs : runs + [run]
  }

  /// The outline of a band.
  func band(_ series: Chart.Series) -> [(Double, Double)] {
    let count = min(series.x.count, series.low.count, series.high.count)
    let step = max(1, count / 1_000)
    let indices = Array(stride(from: 0, to: count, by: step))
    let upper = indices.compactMap { place(series.x[$0], series.high[$0]) }
    let lower = indices.reversed().compactMap { place(series.x[$0], series.low[$0]) }
    return upper + lower
  }

  /// Whether there are more points, or longer ways between them, than shapes could show.
  var isCrowded: Bool {
    chart.series.contains { series in
      let count = min(series.x.count, series.y.count)
      if !series.isJoined { return count > ChartPlot.pointLimit }
      // A line that goes back and forth cannot be thinned by columns.
      return count > ChartPlot.lineLimit && !isSorted(series.x)
    }
  }

  private func isSorted(_ values: [Double]) -> Bool {
    var last = -Double.infinity
    for value in values where value.isFinite {
      if value < last { return false }
      last = value
    }
    return true
  }

  /// All series as one image, two pixels to a unit for sharp screens.
  func raster(_ colors: [Int]) -> String {
    let (columns, rows) = (Int(area.width), Int(area.height))
    let kinds = min(7, (colors.max() ?? 0) + 1)
    var raster = DotRaster(columns: columns, rows: rows, seriesCount: kinds)
    for (index, series) in chart.series.enumerated() {
      var last: (x: Int, y: Int)?
      for point in 0..<min(series.x.count, series.y.count) {
        guard let fx = x.position(series.x[point]), let fy = y.position(series.y[point]) else {
          last = nil
          continue
        }
        let dot = (x: Int(fx * Double(columns - 1) + 0.5), y: Int((1 - fy) * Double(rows - 1) + 0.5))
        let owner = colors[index] % kinds
        if series.isJoined {
          if let last { raster.line(from: last, to: dot, series: owner) }
          last = dot
        } else {
          raster.add(dot.x, dot.y, series: owner)
        }
      }
    }
    return raster.address((0..<kinds).map { Palette.color(of: $0) })
  }
}

/// Keeps of the points in one column of pixels the first, the lowest, the highest and the last.
private struct ColumnThinning {
  private var column = Int.min
  private var first = (0.0, 0.0)
  private var low = (0.0, 0.0)
  private var high = (0.0, 0.0)
  private var last = (0.0, 0.0)

  mutating func add(_ point: (Double, Double), to run: inout [(Double, Double)]) {
    let next = Int(point.0.rounded(.down))
    if next != column {
      finish(&run)
      (column, first, low, high, last) = (next, point, point, point, point)
      return
    }
    if point.1 < low.1 { low = point }
    if point.1 > high.1 { high = point }
    last = point
  }

  mutating func finish(_ run: inout [(Double, Double)]) {
    guard column != Int.min else { return }
    run.append(first)
    let inner = low.0 <= high.0 ? [low, high] : [high, low]
    for point in inner + [last] where run.last.map({ $0 != point }) ?? true { run.append(point) }
    column = Int.min
  }
}

extension Chart {
  /// The range of one coordinate of all series, as far as it can be drawn.
  func range(
    of coordinate: KeyPath<Series, [Double]>, or others: [KeyPath<Series, [Double]>] = [],
    annotated: (Annotation) -> Double?
  ) -> (low: Double, high: Double, smallestPositive: Double) {
    var low = Double.infinity
    var high = -Double.infinity
    var positive = Double.infinity
    func take(_ values: [Double]) {
      for value in values where value.isFinite {
        low = min(low, value)
        high = max(high, value)
        if value > 0 { positive = min(positive, value) }
      }
    }
    for one in series {
      take(one[keyPath: coordinate])
      for other in others { take(one[keyPath: other]) }
    }
    take(annotations.compactMap(annotated))
    return (low, high, positive)
  }
}

extension Axis {
  func scale(
    from range: (low: Double, high: Double, smallestPositive: Double), tickCount: Int, margin: Double = 0.04
  ) -> Scale {
    guard isLogarithmic else {
      return scale(over: [range.low, range.high], tickCount: tickCount, margin: margin)
    }
    return scale(over: [range.smallestPositive, range.high], tickCount: tickCount, margin: margin)
  }
}
