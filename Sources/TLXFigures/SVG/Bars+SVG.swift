extension Figure {
  /// Horizontal bars: names read without turning the head.
  func draw(_ bars: Bars, top: Double, in document: inout SVGDocument) {
    let values = bars.series.flatMap(\.values).filter(\.isFinite)
    let labelLimit = Int(width * 0.36 / 7)
    let labelWidth = min(
      width * 0.36, bars.categories.map { textWidth(truncated($0, to: labelLimit), size: 13) }.max() ?? 40)
    let valueWidth = values.map { textWidth(compactText($0, digits: 4), size: 12) }.max() ?? 20
    let area = PlotArea(
      left: 26 + labelWidth, top: top, right: width - 20 - valueWidth,
      bottom: document.height - (xLabel.isEmpty ? 30 : 50))
    var range = spread(of: [0] + values)
    if range.lowerBound < 0 {
      // Room for the numbers left of negative bars.
      range = (range.lowerBound - 0.12 * (range.upperBound - range.lowerBound))...range.upperBound
    }
    let scale = Scale(range: range, isLogarithmic: false, tickCount: width < 500 ? 3 : 5)
    for tick in scale.ticks {
      let x = area.x(scale.fraction(tick.position))
      document.line(x, area.top, x, area.bottom, .grid)
      document.text(tick.text, x, area.bottom + 18, anchor: .middle, .soft)
    }
    let band = area.height / Double(max(1, bars.categories.count))
    let thickness = band * 0.8 / Double(max(1, bars.series.count))
    let zero = area.x(scale.fraction(0))
    for (row, category) in bars.categories.enumerated() {
      let start = area.top + Double(row) * band + band * 0.1
      document.text(
        truncated(category, to: labelLimit), area.left - 8, start + band * 0.4 + 4.5, anchor: .end)
      for (index, series) in bars.series.enumerated() where row < series.values.count {
        let value = series.values[row]
        guard value.isFinite else { continue }
        let end = area.x(scale.fraction(value))
        let y = start + Double(index) * thickness
        let text = compactText(value, digits: 4)
        document.rectangle(
          min(zero, end), y, abs(end - zero), thickness * 0.92, fill: Palette.color(of: index).hex,
          radius: 1.5,
          tip: [category, series.name].filter { !$0.isEmpty }.joined(separator: " · ") + ": \(text)")
        document.text(
          text, value < 0 ? min(zero, end) - 4 : max(zero, end) + 4, y + thickness * 0.46 + 4, size: 12,
          anchor: value < 0 ? .end : .start, .soft)
      }
    }
    document.line(zero, area.top, zero, area.bottom, .axis)
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 38, size: 14, anchor: .middle)
  }

  func draw(_ histogram: Histogram, top: Double, in document: inout SVGDocument) {
    let x = Scale(range: spread(of: histogram.edges), isLogarithmic: false, tickCount: width < 500 ? 4 : 7)
    let y = Scale(range: 0...max(1, 1.05 * (histogram.counts.max() ?? 1)), isLogarithmic: false, tickCount: 5)
    let tickWidth = y.ticks.map { textWidth($0.text, size: 13) }.max() ?? 20
    let area = PlotArea(
      left: 22 + tickWidth + (yLabel.isEmpty ? 0 : 18), top: top, right: width - 18,
      bottom: document.height - (xLabel.isEmpty ? 34 : 54))
    for tick in y.ticks {
      let height = area.y(y.fraction(tick.position))
      document.line(area.left, height, area.right, height, .grid)
      document.text(tick.text, area.left - 8, height + 4.5, anchor: .end, .soft)
    }
    for (index, count) in histogram.counts.enumerated() where index + 1 < histogram.edges.count {
      let (low, high) = (histogram.edges[index], histogram.edges[index + 1])
      let left = area.x(x.fraction(low))
      let height = area.y(y.fraction(count))
      document.rectangle(
        left + 0.5, height, max(0.5, area.x(x.fraction(high)) - left - 1), area.bottom - height,
        fill: Palette.color(of: 0).hex,
        tip:
          "\(compactText(low, digits: 4)) … \(compactText(high, digits: 4)): \(compactText(count, digits: 6))"
      )
    }
    for tick in x.ticks {
      let middle = min(
        area.x(x.fraction(tick.position)), document.width - textWidth(tick.text, size: 13) / 2 - 2)
      document.text(tick.text, middle, area.bottom + 20, anchor: .middle, .soft)
    }
    document.line(area.left, area.bottom, area.right, area.bottom, .axis)
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 42, size: 14, anchor: .middle)
    document.text(yLabel, 18, (area.top + area.bottom) / 2, size: 14, anchor: .middle, rotation: -90)
  }
}
