extension Figure {
  /// Cells are square where they fit.
  private func layout(_ map: Heatmap) -> (label: Double, cell: Double, head: Double) {
    let label = min(180, map.rowLabels.map { textWidth(truncated($0, to: 26), size: 13) }.max() ?? 0)
    let room = self.width - 44 - label - (yLabel.isEmpty ? 0 : 20) - 66
    let cell = min(56, room / Double(max(1, map.columns)))
    let isTurned = map.columnLabels.contains { textWidth($0, size: 13) > cell - 4 }
    let longest = map.columnLabels.map { textWidth(truncated($0, to: 18), size: 12) }.max() ?? 0
    let head = map.columnLabels.isEmpty ? 6 : isTurned ? min(130, longest * 0.72 + 16) : 20
    return (label, cell, head)
  }

  private func cellHeight(_ map: Heatmap, _ width: Double) -> Double {
    min(max(width, map.rows > 30 ? 2 : 22), max(3, 620 / Double(max(1, map.rows))))
  }

  func heatmapHeight(_ map: Heatmap) -> Double {
    let (_, cell, head) = layout(map)
    return head + Double(map.rows) * cellHeight(map, cell) + (xLabel.isEmpty ? 18 : 40)
  }

  func draw(_ map: Heatmap, top: Double, in document: inout SVGDocument) {
    guard map.rows > 0, map.columns > 0 else { return }
    let (label, width, head) = layout(map)
    let height = cellHeight(map, width)
    let left = 16 + (yLabel.isEmpty ? 0 : 20) + label + (label > 0 ? 8 : 0)
    let area = PlotArea(
      left: left, top: top + head, right: left + width * Double(map.columns),
      bottom: top + head + height * Double(map.rows))
    drawLabels(map, area, width, height, in: &document)
    if map.values.count > 2_500 {
      document.image(pixels(map), area.left, area.top, area.width, area.height)
    } else {
      drawCells(map, area, width, height, in: &document)
    }
    drawRamp(map.range, area, in: &document)
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 26, size: 14, anchor: .middle)
    document.text(yLabel, 18, (area.top + area.bottom) / 2, size: 14, anchor: .middle, rotation: -90)
  }

  private func drawLabels(
    _ map: Heatmap, _ area: PlotArea, _ width: Double, _ height: Double, in document: inout SVGDocument
  ) {
    let isTurned = map.columnLabels.contains { textWidth($0, size: 13) > width - 4 }
    let every = max(1, Int((13 / max(width, 0.1)).rounded(.up)))
    for column in 0..<map.columns where column < map.columnLabels.count && column % every == 0 {
      let x = area.left + (Double(column) + 0.5) * width
      let text = truncated(map.columnLabels[column], to: 18)
      if isTurned {
        document.text(text, x + 3, area.top - 6, size: 12, .soft, rotation: -45)
      } else {
        document.text(text, x, area.top - 7, anchor: .middle, .soft)
      }
    }
    let everyRow = max(1, Int((13 / max(height, 0.1)).rounded(.up)))
    for row in 0..<map.rows where row < map.rowLabels.count && row % everyRow == 0 {
      document.text(
        truncated(map.rowLabels[row], to: 26), area.left - 8, area.top + (Double(row) + 0.5) * height + 4.5,
        anchor: .end,
        .soft)
    }
  }

  private func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  private func drawCells(
    _ map: Heatmap, _ area: PlotArea, _ width: Double, _ height: Double, in document: inout SVGDocument
  ) {
    let texts = map.values.map { compactText($0, digits: 3) }
    let showsValues = height >= 15 && (texts.map { textWidth($0, size: 11.5) }.max() ?? 0) <= width - 3
    for row in 0..<map.rows {
      for column in 0..<map.columns {
        let value = map.value(row, column)
        let (x, y) = (area.left + Double(column) * width, area.top + Double(row) * height)
        let color = Palette.ramp(share(value, map.range))
        let text = texts[row * map.columns + column]
        let names = [
          row < map.rowLabels.count ? map.rowLabels[row] : "\(row)",
          column < map.columnLabels.count ? map.columnLabels[column] : "\(column)",
        ]
        document.rectangle(
          x, y, width - 1, height - 1, fill: value.isFinite ? color.hex : "#b5b5b5",
          tip: "\(names.joined(separator: ", ")): \(text)")
        guard showsValues else { continue }
        document.text(
          text, x + (width - 1) / 2, y + height / 2 + 3.5, size: 11.5, anchor: .middle,
          fill: color.isLight ? "#222222" : "#ffffff")
      }
    }
  }

  /// At most 400 × 400 pixels, each the mean of the cells below it. What is not finite is clear.
  private func pixels(_ map: Heatmap) -> String {
    let coarse = map.coarse(rows: 400, columns: 400)
    let colors = (0..<255).map { Palette.ramp(Double($0) / 254) }
    var image = PixelImage(
      width: coarse.columns, height: coarse.rows,
      colors: colors.map { (UInt8($0.red), UInt8($0.green), UInt8($0.blue), 255) } + [(181, 181, 181, 255)])
    for (place, value) in coarse.values.enumerated() {
      image.pixels[place] = value.isFinite ? UInt8(min(254, max(0, share(value, map.range) * 254))) : 255
    }
    return image.address
  }

  /// The scale of the colours.
  private func drawRamp(_ range: ClosedRange<Double>, _ area: PlotArea, in document: inout SVGDocument) {
    let height = min(160, max(60, area.height))
    let x = area.right + 14
    for step in 0..<24 {
      let y = area.top + height * Double(23 - step) / 24
      document.rectangle(x, y, 12, height / 24 + 0.6, fill: Palette.ramp((Double(step) + 0.5) / 24).hex)
    }
    document.text(compactText(range.upperBound, digits: 3), x + 17, area.top + 10, size: 12, .soft)
    document.text(compactText(range.lowerBound, digits: 3), x + 17, area.top + height, size: 12, .soft)
  }
}
