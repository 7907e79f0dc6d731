extension Figure {
  func draw(_ chart: Chart, top: Double, in document: inout SVGDocument) {
    let plot = ChartPlot(chart, self, top: top, bottom: document.height - (xLabel.isEmpty ? 34 : 54))
    drawAxes(plot, in: &document)
    let colors = chart.colorNumbers
    for (index, series) in chart.series.enumerated() where !series.low.isEmpty {
      document.polygon(plot.band(series), fill: Palette.color(of: colors[index]).hex, opacity: 0.18)
    }
    if plot.isCrowded {
      document.image(
        plot.raster(colors), plot.area.left, plot.area.top, plot.area.width, plot.area.height, isSharp: false)
    } else {
      drawLines(plot, colors, in: &document)
    }
    var taken = LabelPlaces(plot.area)
    if !plot.isCrowded { drawPoints(plot, colors, &taken, in: &document) }
    draw(chart.annotations, plot, &taken, in: &document)
  }

  // MARK: - Axes

  private func drawAxes(_ plot: ChartPlot, in document: inout SVGDocument) {
    let area = plot.area
    for minor in plot.y.minorPositions {
      let height = area.y(plot.y.fraction(minor))
      document.line(area.left, height, area.right, height, .grid, width: 0.5)
    }
    for minor in plot.x.minorPositions {
      let place = area.x(plot.x.fraction(minor))
      document.line(place, area.top, place, area.bottom, .grid, width: 0.5)
    }
    for tick in plot.y.ticks {
      let height = area.y(plot.y.fraction(tick.position))
      document.line(area.left, height, area.right, height, .grid)
      document.text(tick.text, area.left - 8, height + 4.5, anchor: .end, .soft)
    }
    var lastEnd = -Double.infinity
    for tick in plot.x.ticks {
      let place = area.x(plot.x.fraction(tick.position))
      document.line(place, area.bottom, place, area.bottom + 5, .axis)
      let half = textWidth(tick.text, size: 13) / 2
      // Nothing of the last one is cut off.
      let middle = min(place, document.width - half - 2)
      guard middle - half > lastEnd + 6 else { continue }
      document.text(tick.text, middle, area.bottom + 20, anchor: .middle, .soft)
      lastEnd = middle + half
    }
    document.line(area.left, area.bottom, area.right, area.bottom, .axis)
    document.text(
      truncated(xLabel, to: Int(width / 9.1)), (area.left + area.right) / 2, area.bottom + 42, size: 14,
      anchor: .middle)
    document.text(
      truncated(yLabel, to: 40), 18, (area.top + area.bottom) / 2, size: 14, anchor: .middle, rotation: -90)
  }

  // MARK: - Lines

  private func drawLines(_ plot: ChartPlot, _ colors: [Int], in document: inout SVGDocument) {
    for (index, series) in plot.chart.series.enumerated() where series.isJoined {
      let color = Palette.color(of: colors[index]).hex
      for run in plot.runs(series) {
        document.polyline(run, stroke: color, dash: Figure.dash(colors[index], series), width: 2.2)
        if run.count == 1 { document.circle(run[0].0, run[0].1, radius: 3, fill: color, opacity: 1) }
      }
    }
    drawTips(plot, in: &document)
  }

  /// Strips that say the values of all lines where the pointer is.
  private func drawTips(_ plot: ChartPlot, in document: inout SVGDocument) {
    guard hasTips else { return }
    let lines = plot.chart.series.filter { $0.isJoined && !$0.continuesColor }
    guard let longest = lines.max(by: { $0.x.count < $1.x.count }), longest.x.count > 1, lines.count <= 8
    else { return }
    let places = longest.x.indices.compactMap { index in
      plot.x.position(longest.x[index]).map { (place: plot.area.x($0), index: index) }
    }
    let step = max(1, places.count / 80)
    let chosen = stride(from: 0, to: places.count, by: step).map { places[$0] }
    for (order, spot) in chosen.enumerated() {
      let before = order > 0 ? (chosen[order - 1].place + spot.place) / 2 : plot.area.left
      let after = order + 1 < chosen.count ? (spot.place + chosen[order + 1].place) / 2 : plot.area.right
      guard after > before else { continue }
      let x = longest.x[spot.index]
      var tip = "\(xLabel.isEmpty ? "x" : xLabel) = \(compactText(x, digits: 4))"
      for line in lines {
        let index = line.x == longest.x ? spot.index : line.x.firstIndex(of: x)
        guard let index, index < line.y.count else { continue }
        tip += "  ·  \(line.name.isEmpty ? "y" : line.name) = \(compactText(line.y[index], digits: 4))"
      }
      document.sensitive(before, plot.area.top, after - before, plot.area.height, tip: tip)
    }
  }

  // MARK: - Points

  private func drawPoints(
    _ plot: ChartPlot, _ colors: [Int], _ taken: inout LabelPlaces, in document: inout SVGDocument
  ) {
    var labelled: [LabelPlaces.Label] = []
    for (index, series) in plot.chart.series.enumerated() where !series.isJoined || series.hasMarkers {
      let color = Palette.color(of: colors[index]).hex
      let count = min(series.x.count, series.y.count)
      let radius = count > 1000 ? 2.2 : count > 200 ? 3 : 4.5
      for point in 0..<count {
        guard let (x, y) = plot.place(series.x[point], series.y[point]) else { continue }
        let label = point < series.labels.count ? series.labels[point] : ""
        let numbers =
          "(\(compactText(series.x[point], digits: 4)), \(compactText(series.y[point], digits: 4)))"
        let name = label.isEmpty ? series.name : label
        document.circle(
          x, y, radius: radius, fill: color, opacity: count > 200 ? 0.6 : 0.85,
          tip: count > 1500 ? "" : name.isEmpty ? numbers : "\(name) \(numbers)")
        if count <= 1500 { taken.take(around: x, y, radius + 1) }
        if !label.isEmpty { labelled.append(LabelPlaces.Label(text: truncated(label, to: 28), x: x, y: y)) }
      }
    }
    for label in labelled { taken.write(label, in: &document) }
  }

  // MARK: - Annotations

  private func draw(
    _ annotations: [Chart.Annotation], _ plot: ChartPlot, _ taken: inout LabelPlaces,
    in document: inout SVGDocument
  ) {
    let area = plot.area
    for annotation in annotations {
      switch annotation {
      case .vertical(let value, let text):
        guard let share = plot.x.position(value), (0...1).contains(share) else { continue }
        let x = area.x(share)
        document.line(x, area.top, x, area.bottom, .edge, width: 1.2, dash: "4 3")
        let isRight = x + textWidth(text, size: 12) + 8 < area.right
        document.text(
          text, isRight ? x + 5 : x - 5, area.top + 12, size: 12, anchor: isRight ? .start : .end,
          hasHalo: true)
      case .horizontal(let value, let text):
        guard let share = plot.y.position(value), (0...1).contains(share) else { continue }
        let y = area.y(share)
        document.line(area.left, y, area.right, y, .edge, width: 1.2, dash: "4 3")
        document.text(text, area.right - 4, y - 5, size: 12, anchor: .end, hasHalo: true)
      case .text(let x, let y, let text):
        guard let (x, y) = plot.place(x, y) else { continue }
        taken.write(LabelPlaces.Label(text: text, x: x, y: y), in: &document)
      }
    }
  }
}
