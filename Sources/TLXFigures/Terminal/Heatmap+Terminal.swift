extension Figure {
  /// Shaded cells: with their values where they fit, else two columns of shade a cell.
  func heatmapLines(_ map: Heatmap, width: Int, style: TerminalStyle) -> [String] {
    guard map.rows > 0, map.columns > 0 else { return ["(empty)"] }
    if map.columns > width || map.rows > 40 { return coarseLines(map, width: width, style: style) }
    let texts = map.values.map { $0 == 0 ? "·" : compactText($0, digits: 3) }
    let labelWidth = min(map.rowLabels.map(columnWidth).max() ?? 0, width / 3)
    let valueWidth = max(texts.map(columnWidth).max() ?? 1, 1)
    let roomy = min(max(valueWidth, map.columnLabels.map(columnWidth).max() ?? 0), 9) + 1
    let free = width - labelWidth - 1
    var cellWidth = min(roomy, max(free / map.columns, 0))
    let showsValues = cellWidth > valueWidth
    if !showsValues { cellWidth = free / map.columns >= 2 ? 2 : 1 }
    let columns = min(map.columns, max(1, free / max(cellWidth, 1)))
    let range = map.range
    func share(_ value: Double) -> Double {
      (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
    var lines: [String] = []
    let names = [yLabel.isEmpty ? "" : "↓ \(yLabel)", xLabel.isEmpty ? "" : "→ \(xLabel)"].filter {
      !$0.isEmpty
    }
    if !names.isEmpty { lines.append(style.dim(truncated(names.joined(separator: "   "), to: width))) }
    if !map.columnLabels.isEmpty, cellWidth > 2 {
      let header = (0..<columns).map {
        padded(
          truncated($0 < map.columnLabels.count ? map.columnLabels[$0] : "", to: cellWidth - 1),
          to: cellWidth, right: true)
      }
      lines.append(String(repeating: " ", count: labelWidth + 1) + style.dim(header.joined()))
    }
    for row in 0..<map.rows {
      let label = row < map.rowLabels.count ? truncated(map.rowLabels[row], to: labelWidth) : ""
      var line = style.dim(padded(label, to: labelWidth)) + " "
      for column in 0..<columns {
        let value = map.value(row, column)
        let text =
          showsValues
          ? texts[row * map.columns + column] : shade(share(value), style: style, width: cellWidth)
        line += style.filled(padded(text, to: cellWidth, right: true), Palette.ramp(share(value)))
      }
      lines.append(line)
    }
    if columns < map.columns { lines.append(style.dim("… \(map.columns - columns) more columns")) }
    if !showsValues {
      lines.append(
        style.dim("\(compactText(range.lowerBound, digits: 3)) … \(compactText(range.upperBound, digits: 3))")
      )
    }
    return lines
  }

  /// More cells than there is room for: means of neighbours, with colours two above each other in a character.
  private func coarseLines(_ map: Heatmap, width: Int, style: TerminalStyle) -> [String] {
    let range = map.range
    let rowsInLine = style.hasShades ? 2 : 1
    let columns = min(map.columns, width)
    // A character is twice as high as wide.
    let fitting = max(1, columns * map.rows / map.columns / (3 - rowsInLine))
    let coarse = map.coarse(rows: min(fitting, 24 * rowsInLine), columns: columns)
    func share(_ row: Int, _ column: Int) -> Double {
      let value = row < coarse.rows ? coarse.value(row, column) : .nan
      return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
    let lines = stride(from: 0, to: coarse.rows, by: rowsInLine).map { row -> String in
      let cells = (0..<coarse.columns).map { column in
        style.hasShades
          ? style.halves(Palette.ramp(share(row, column)), Palette.ramp(share(row + 1, column)))
          : shade(share(row, column), style: style, width: 1)
      }
      return cells.joined() + (style.hasShades ? style.reset : "")
    }
    let ends = "\(compactText(range.lowerBound, digits: 3)) … \(compactText(range.upperBound, digits: 3))"
    return lines + [style.dim("\(map.rows) × \(map.columns) values, \(ends)")]
  }

  private func shade(_ share: Double, style: TerminalStyle, width: Int) -> String {
    if style.hasShades { return String(repeating: " ", count: width) }
    let marks: [Character] = [" ", "░", "▒", "▓", "█"]
    let level = share.isFinite ? min(4, max(0, Int(share * 4.999))) : 0
    return String(repeating: marks[level], count: width)
  }
}
