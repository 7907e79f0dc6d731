extension Figure {
  /// Horizontal bars: names read without turning the head.
  func draw(_ bars: Bars, in document: inout SVGDocument) {
    let values = bars.series.flatMap(\.values).filter(\.isFinite)
    let labelWidth = min(220, bars.categories.map { textWidth($0, size: 12) }.max() ?? 40)
    let area = PlotArea(
      left: 24 + labelWidth, top: bars.series.count > 1 ? 62 : 44, right: 570, bottom: document.height - 40)
    var range = spread(of: [0] + values)
    if range.lowerBound < 0 {
      // Room for the numbers left of negative bars.
      range = (range.lowerBound - 0.12 * (range.upperBound - range.lowerBound))...range.upperBound
    }
    let scale = Scale(range: range, isLogarithmic: false, tickCount: 6)
    for tick in scale.ticks {
      let x = area.x(scale.fraction(tick.position))
      document.line(x, area.top, x, area.bottom, stroke: "#e3e3e3")
      document.text(tick.text, x, area.bottom + 18, anchor: .middle, fill: "#555555")
    }
    drawLegend(bars.series.map(\.name), in: &document)
    let band = (area.bottom - area.top) / Double(max(1, bars.categories.count))
    let thickness = band * 0.8 / Double(max(1, bars.series.count))
    let zero = area.x(scale.fraction(0))
    for (row, category) in bars.categories.enumerated() {
      let top = area.top + Double(row) * band + band * 0.1
      document.text(truncated(category, to: 34), area.left - 8, top + band * 0.4 + 4, anchor: .end)
      for (index, series) in bars.series.enumerated() where row < series.values.count {
        let value = series.values[row]
        guard value.isFinite else { continue }
        let end = area.x(scale.fraction(value))
        let y = top + Double(index) * thickness
        let text = compactText(value, digits: 4)
        document.rectangle(
          min(zero, end), y, abs(end - zero), thickness * 0.92, fill: Palette.color(of: index).hex,
          tip: "\(category) \(series.name): \(text)")
        document.text(
          text, value < 0 ? min(zero, end) - 4 : max(zero, end) + 4, y + thickness * 0.46 + 4, size: 11,
          anchor: value < 0 ? .end : .start, fill: "#444444")
      }
    }
    document.line(zero, area.top, zero, area.bottom, stroke: "#666666")
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 34, size: 13, anchor: .middle)
  }

  func draw(_ histogram: Histogram, in document: inout SVGDocument) {
    let area = PlotArea(left: 70, top: 44, right: 620, bottom: document.height - (xLabel.isEmpty ? 40 : 58))
    let x = Scale(range: spread(of: histogram.edges), isLogarithmic: false, tickCount: 7)
    let y = Scale(range: spread(of: [0] + histogram.counts), isLogarithmic: false, tickCount: 6)
    for tick in y.ticks {
      let height = area.y(y.fraction(tick.position))
      document.line(area.left, height, area.right, height, stroke: "#e3e3e3")
      document.text(tick.text, area.left - 7, height + 4, anchor: .end, fill: "#555555")
    }
    for (index, count) in histogram.counts.enumerated() where index + 1 < histogram.edges.count {
      let (low, high) = (histogram.edges[index], histogram.edges[index + 1])
      let left = area.x(x.fraction(low))
      let top = area.y(y.fraction(count))
      document.rectangle(
        left, top, area.x(x.fraction(high)) - left - 1, area.bottom - top, fill: Palette.color(of: 0).hex,
        tip:
          "\(compactText(low, digits: 4)) … \(compactText(high, digits: 4)): \(compactText(count, digits: 6))"
      )
    }
    for tick in x.ticks {
      document.text(
        tick.text, area.x(x.fraction(tick.position)), area.bottom + 19, anchor: .middle, fill: "#555555")
    }
    document.line(area.left, area.bottom, area.right, area.bottom, stroke: "#666666")
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 42, size: 13, anchor: .middle)
    if !yLabel.isEmpty {
      document.text(yLabel, 18, (area.top + area.bottom) / 2, size: 13, anchor: .middle, rotation: -90)
    }
  }
}
