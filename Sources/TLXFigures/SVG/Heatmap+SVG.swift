extension Figure {
  func draw(_ map: Heatmap, in document: inout SVGDocument) {
    guard map.rows > 0, map.columns > 0 else { return }
    let labelWidth = min(200, map.rowLabels.map { textWidth($0, size: 12) }.max() ?? 0)
    let area = PlotArea(left: 40 + labelWidth, top: 62, right: 620, bottom: document.height - 30)
    let cellWidth = (area.right - area.left) / Double(map.columns)
    let cellHeight = (area.bottom - area.top) / Double(map.rows)
    let range = map.range
    let showsValues = cellWidth >= 22 && cellHeight >= 13
    for column in 0..<map.columns where column < map.columnLabels.count && cellWidth >= 14 {
      let text = truncated(map.columnLabels[column], to: max(2, Int(cellWidth / 7)))
      document.text(text, area.left + (Double(column) + 0.5) * cellWidth, area.top - 7, anchor: .middle)
    }
    for row in 0..<map.rows {
      let top = area.top + Double(row) * cellHeight
      if row < map.rowLabels.count {
        document.text(
          truncated(map.rowLabels[row], to: 30), area.left - 8, top + cellHeight / 2 + 4, anchor: .end)
      }
      for column in 0..<map.columns {
        let value = map.value(row, column)
        let left = area.left + Double(column) * cellWidth
        let color = Palette.ramp((value - range.lowerBound) / (range.upperBound - range.lowerBound))
        let text = compactText(value, digits: 3)
        document.rectangle(
          left, top, cellWidth - 1, cellHeight - 1, fill: color.hex, tip: showsValues ? "" : text)
        guard showsValues else { continue }
        document.text(
          text, left + cellWidth / 2, top + cellHeight / 2 + 4, size: 11, anchor: .middle,
          fill: color.isLight ? "#222222" : "#ffffff")
      }
    }
    document.text(xLabel, (area.left + area.right) / 2, area.bottom + 20, size: 13, anchor: .middle)
    if !yLabel.isEmpty {
      document.text(yLabel, 16, (area.top + area.bottom) / 2, size: 13, anchor: .middle, rotation: -90)
    }
  }
}
