extension Figure {
  /// Horizontal bars in eighths of a column, one a series and category, from a zero line.
  func barLines(_ bars: Bars, width: Int, style: TerminalStyle) -> [String] {
    let values = bars.series.flatMap(\.values)
    let labelWidth = min(bars.categories.map(columnWidth).max() ?? 0, width / 3)
    let texts = bars.series.map { $0.values.map { compactText($0, digits: 4) } }
    let valueWidth = texts.joined().map(columnWidth).max() ?? 1
    let room = max(4, width - labelWidth - valueWidth - 3)
    let low = min(0, values.filter(\.isFinite).min() ?? 0)
    let high = max(0, values.filter(\.isFinite).max() ?? 1)
    // Bars that are all 0 have no length; 0 times an infinite scale would be none either.
    let scale = high - low > 1e-300 ? Double(room) / (high - low) : 0
    let zero = Int((-low * scale).rounded())
    var lines = legendLines(
      bars.series.count > 1 ? bars.series.enumerated().map { ($1.name, $0) } : [], width: width, style: style,
      marks: ["█"])
    for (row, category) in bars.categories.enumerated() {
      if row > 0, bars.series.count > 1 { lines.append("") }
      for (index, series) in bars.series.enumerated() where row < series.values.count {
        let label = index == 0 ? truncated(category, to: labelWidth) : ""
        let bar = barText(series.values[row], zero: zero, room: room, scale: scale)
        lines.append(
          padded(label, to: labelWidth) + " " + style.colored(bar, series: index) + " "
            + texts[index][row])
      }
    }
    return lines
  }

  private func barText(_ value: Double, zero: Int, room: Int, scale: Double) -> String {
    guard value.isFinite else { return String(repeating: " ", count: room) }
    let eighths = Int((abs(value) * scale * 8).rounded())
    let full = eighths / 8
    if value < 0 {
      let length = min(zero, max(full, eighths > 0 ? 1 : 0))
      let gap = String(repeating: " ", count: zero - length)
      return gap + String(repeating: "█", count: length) + String(repeating: " ", count: max(0, room - zero))
    }
    let parts: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let rest = eighths % 8
    var bar = String(repeating: " ", count: zero) + String(repeating: "█", count: min(full, room - zero))
    if rest > 0, zero + full < room { bar.append(parts[rest]) }
    return padded(bar, to: room)
  }

  /// Columns in eighths of a row over a numeric axis.
  func histogramLines(_ histogram: Histogram, width: Int, style: TerminalStyle) -> [String] {
    let rows = 10
    let top = max(histogram.counts.max() ?? 1, .leastNormalMagnitude)
    let gutter = max(columnWidth(compactText(top, digits: 4)), 1)
    let binWidth = max(1, (width - gutter - 2) / max(1, histogram.counts.count))
    let heights = histogram.counts.map { Int(($0 / top * Double(rows * 8)).rounded()) }
    let parts: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    var lines: [String] = []
    for row in 0..<rows {
      var bar = ""
      for height in heights {
        let level = min(8, max(0, height - (rows - 1 - row) * 8))
        bar += String(repeating: parts[level], count: binWidth)
      }
      let label = row == 0 ? compactText(top, digits: 4) : (row == rows - 1 ? "0" : "")
      lines.append(
        style.dim(padded(label, to: gutter, right: true) + " │") + style.colored(bar, series: 0))
    }
    let span = binWidth * histogram.counts.count
    let first = compactText(histogram.edges.first ?? 0, digits: 4)
    let last = compactText(histogram.edges.last ?? 1, digits: 4)
    let indent = String(repeating: " ", count: gutter + 1)
    lines.append(style.dim(indent + "└" + String(repeating: "─", count: span)))
    let gap = max(1, span - columnWidth(first) - columnWidth(last))
    lines.append(style.dim(indent + " " + first + String(repeating: " ", count: gap) + last))
    if !xLabel.isEmpty { lines.append(style.dim(indent + " " + centered(xLabel, in: span))) }
    return lines
  }
}
