private let gridColor = "#e3e3e3"
private let axisColor = "#666666"

extension Figure {
  func draw(_ chart: Chart, in document: inout SVGDocument) {
    let points = chart.series.map { $0.finitePoints() }
    let yScale = chart.y.scale(over: points.flatMap { $0.map(\.y) }, tickCount: 6)
    let xScale = chart.x.scale(over: points.flatMap { $0.map(\.x) }, tickCount: 7)
    let tickWidth = yScale.ticks.map { textWidth($0.text, size: 12) }.max() ?? 20
    let area = PlotArea(
      left: 24 + tickWidth + (yLabel.isEmpty ? 0 : 20), top: chart.series.count > 1 ? 62 : 44, right: 620,
      bottom: document.height - (xLabel.isEmpty ? 40 : 58))
    drawAxes(x: xScale, y: yScale, area: area, in: &document)
    drawLegend(chart.series.map(\.name), in: &document)
    let dashes = ["", "7 4", "2 3", "9 3 2 3"]
    for (index, series) in chart.series.enumerated() where series.isJoined {
      let line = points[index].compactMap { place(($0.x, $0.y), xScale, yScale, area) }
      document.polyline(
        thinned(line), stroke: Palette.color(of: index).hex, dash: dashes[index % dashes.count])
    }
    var taken: [(left: Double, top: Double, right: Double, bottom: Double)] = []
    for (index, series) in chart.series.enumerated() where !series.isJoined {
      drawPoints(points[index], x: xScale, y: yScale, area: area, owner: index, taken: &taken, in: &document)
    }
  }

  private func place(_ point: (Double, Double), _ x: Scale, _ y: Scale, _ area: PlotArea) -> (Double, Double)?
  {
    guard let fx = x.position(point.0), let fy = y.position(point.1) else { return nil }
    return (area.x(fx), area.y(fy))
  }

  private func drawAxes(x: Scale, y: Scale, area: PlotArea, in document: inout SVGDocument) {
    for tick in y.ticks {
      let height = area.y(y.fraction(tick.position))
      document.line(area.left, height, area.right, height, stroke: gridColor)
      document.text(tick.text, area.left - 7, height + 4, anchor: .end, fill: "#555555")
    }
    for tick in x.ticks {
      let place = area.x(x.fraction(tick.position))
      document.line(place, area.bottom, place, area.bottom + 5, stroke: axisColor)
      document.text(tick.text, place, area.bottom + 19, anchor: .middle, fill: "#555555")
    }
    document.line(area.left, area.bottom, area.right, area.bottom, stroke: axisColor)
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 42, size: 13, anchor: .middle)
    if !yLabel.isEmpty {
      document.text(yLabel, 16, (area.top + area.bottom) / 2, size: 13, anchor: .middle, rotation: -90)
    }
  }

  private func drawPoints(
    _ points: [(x: Double, y: Double, label: String)], x: Scale, y: Scale, area: PlotArea, owner: Int,
    taken: inout [(left: Double, top: Double, right: Double, bottom: Double)], in document: inout SVGDocument
  ) {
    let color = Palette.color(of: owner).hex
    let radius = points.count > 500 ? 1.6 : 4.5
    let places = points.compactMap { point in
      place((point.x, point.y), x, y, area).map { (x: $0.0, y: $0.1, point: point) }
    }
    for spot in places {
      let tip =
        "\(spot.point.label) (\(compactText(spot.point.x, digits: 4)), \(compactText(spot.point.y, digits: 4)))"
      document.circle(spot.x, spot.y, radius: radius, fill: color, tip: points.count > 500 ? "" : tip)
      taken.append((spot.x - 5, spot.y - 5, spot.x + 5, spot.y + 5))
    }
    for spot in places where !spot.point.label.isEmpty {
      let width = textWidth(spot.point.label, size: 11) * 1.1
      let choices: [(Double, Double)] = [
        (spot.x + 8, spot.y - 6), (spot.x - 8 - width, spot.y - 6), (spot.x - width / 2, spot.y - 19),
        (spot.x - width / 2, spot.y + 7),
      ]
      let free = choices.first { left, top in
        left >= area.left && left + width <= area.right && top >= area.top - 8 && top + 13 <= area.bottom
          && taken.allSatisfy {
            left + width < $0.left || left > $0.right || top + 12 < $0.top || top > $0.bottom
          }
      }
      // A label without room stays readable as the point's tip.
      guard let (left, top) = free else { continue }
      document.text(spot.point.label, left, top + 10, size: 11, fill: "#444444")
      taken.append((left, top, left + width, top + 12))
    }
  }

  /// At most a few points a pixel column, keeping each column's extremes: what the eye can tell.
  private func thinned(_ line: [(Double, Double)]) -> [(Double, Double)] {
    guard line.count > 2600 else { return line }
    var result: [(Double, Double)] = []
    var start = 0
    while start < line.count {
      let column = Int(line[start].0)
      var end = start
      var low = start
      var high = start
      while end < line.count, Int(line[end].0) == column {
        if line[end].1 < line[low].1 { low = end }
        if line[end].1 > line[high].1 { high = end }
        end += 1
      }
      for index in Set([start, low, high, end - 1]).sorted() { result.append(line[index]) }
      start = end
    }
    return result
  }
}
