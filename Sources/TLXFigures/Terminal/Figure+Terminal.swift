extension Figure {
  /// The figure as lines of text, without a newline at the end. Fits `style.width`; 40 columns are enough.
  public func terminalText(_ style: TerminalStyle) -> String {
    let width = min(max(style.width, 20), 100)
    var lines: [String] = []
    if !title.isEmpty { lines.append(style.bold(centered(truncated(title, to: width), in: width))) }
    switch content {
    case .chart(let chart): lines += chartLines(chart, width: width, style: style)
    case .bars(let bars): lines += barLines(bars, width: width, style: style)
    case .histogram(let histogram): lines += histogramLines(histogram, width: width, style: style)
    case .heatmap(let heatmap): lines += heatmapLines(heatmap, width: width, style: style)
    case .graph(let graph): lines += graphLines(graph, width: width, style: style)
    case .images(let grid): lines += imageLines(grid, width: width, style: style)
    case .panels(let panels): lines += panelLines(panels, width: width, style: style)
    }
    return lines.map(trimmingEnd).joined(separator: "\n")
  }

  /// Names of series with their colours.
  func legendLines(
    _ entries: [(name: String, color: Int)], width: Int, style: TerminalStyle, marks: [String]
  ) -> [String] {
    guard !entries.isEmpty else { return [] }
    var lines: [String] = []
    var line = ""
    var used = 0
    for (name, color) in entries {
      let mark = marks[color % marks.count]
      let text = truncated(name, to: max(4, width - 4))
      let size = columnWidth(text) + columnWidth(mark) + 3
      if used + size > width, !line.isEmpty {
        lines.append(line)
        line = ""
        used = 0
      }
      line += style.colored(mark, series: color) + " " + text + "  "
      used += size
    }
    return lines + [line]
  }
}

private func trimmingEnd(_ line: String) -> String {
  var end = line.endIndex
  while end > line.startIndex, line[line.index(before: end)] == " " { end = line.index(before: end) }
  return String(line[..<end])
}
