extension Figure {
  /// Images as half blocks, two pixels a character; without colour as shades.
  func imageLines(_ grid: ImageGrid, width: Int, style: TerminalStyle) -> [String] {
    guard grid.count > 0, grid.width > 0, grid.height > 0 else { return ["(empty)"] }
    let columns = min(grid.width, width)
    let rows = max(1, (grid.height * columns / grid.width + 1) / 2)
    let fit = max(1, min(grid.count, (width + 1) / (columns + 1)))
    var lines: [String] = []
    for start in stride(from: 0, to: grid.count, by: fit) {
      let shown = start..<min(start + fit, grid.count)
      for row in 0..<rows {
        lines.append(
          shown.map { halfBlocks(grid, $0, row: row, columns: columns, rows: rows, style) }.joined(
            separator: " "))
      }
      if !grid.captions.isEmpty {
        lines.append(
          shown.map {
            padded(truncated($0 < grid.captions.count ? grid.captions[$0] : "", to: columns), to: columns)
          }
          .joined(separator: " "))
      }
    }
    return lines
  }

  private func halfBlocks(
    _ grid: ImageGrid, _ index: Int, row: Int, columns: Int, rows: Int, _ style: TerminalStyle
  ) -> String {
    var text = ""
    for column in 0..<columns {
      let upper = grid.color(index, 2 * row, column, columns: columns, rows: 2 * rows)
      let lower = grid.color(index, 2 * row + 1, column, columns: columns, rows: 2 * rows)
      if style.hasShades {
        text += style.halves(upper, lower)
      } else {
        let marks: [Character] = [" ", "░", "▒", "▓", "█"]
        let light = (upper.red + upper.green + upper.blue + lower.red + lower.green + lower.blue) / 6
        text.append(marks[min(4, light * 5 / 256)])
      }
    }
    return style.hasShades ? text + style.reset : text
  }

  func panelLines(_ panels: Panels, width: Int, style: TerminalStyle) -> [String] {
    var lines: [String] = []
    for (index, figure) in panels.figures.enumerated() {
      if index > 0 { lines.append("") }
      lines += figure.terminalText(style).split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init)
    }
    return lines
  }
}

extension ImageGrid {
  func color(_ index: Int, _ row: Int, _ column: Int, columns: Int, rows: Int) -> Palette.Color {
    let y = min(height - 1, row * height / max(1, rows))
    let x = min(width - 1, column * width / max(1, columns))
    let start = ((index * height + y) * width + x) * channels
    func level(_ channel: Int) -> Int {
      let value = values[start + min(channel, channels - 1)]
      return value.isFinite ? Int(min(255, max(0, value * 255))) : 0
    }
    return Palette.Color(red: level(0), green: level(1), blue: level(2))
  }
}
