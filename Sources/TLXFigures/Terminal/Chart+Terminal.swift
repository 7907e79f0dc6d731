/// The part of a terminal that a chart draws in, with its two scales.
private struct Frame {
  var canvas: DotCanvas
  let x: Scale
  let y: Scale

  func dot(_ px: Double, _ py: Double) -> (x: Int, y: Int)? {
    guard let fx = x.position(px), let fy = y.position(py) else { return nil }
    return (
      Int((fx * Double(canvas.dotColumns - 1)).rounded()),
      Int(((1 - fy) * Double(canvas.dotRows - 1)).rounded())
    )
  }
}

extension Figure {
  func chartLines(_ chart: Chart, width: Int, style: TerminalStyle) -> [String] {
    let rows = width < 60 ? 12 : 18
    let yScale = chart.y.scale(
      from: chart.range(
        of: \.y, or: [\.low, \.high], annotated: { if case .horizontal(let y, _) = $0 { y } else { nil } }),
      tickCount: rows / 3)
    let gutter = min(max(yScale.ticks.map { columnWidth($0.text) }.max() ?? 1, 1), width / 3)
    let columns = max(8, width - gutter - 2)
    let xScale = chart.x.scale(
      from: chart.range(of: \.x, annotated: { if case .vertical(let x, _) = $0 { x } else { nil } }),
      tickCount: max(2, columns / 12),
      margin: chart.series.contains { $0.isJoined } ? 0 : 0.04)
    let colors = chart.colorNumbers
    var frame = Frame(canvas: DotCanvas(columns: columns, rows: rows), x: xScale, y: yScale)
    for (index, series) in chart.series.enumerated() where series.isJoined {
      join(series, owner: colors[index], in: &frame)
    }
    var notes: [String] = []
    for (index, series) in chart.series.enumerated() where !series.isJoined {
      notes += place(series.finitePoints(), owner: colors[index], in: &frame)
    }
    for annotation in chart.annotations { mark(annotation, in: &frame) }
    // One series needs no legend; a line that was fitted to it does.
    let named = chart.series.indices.filter { chart.series.count > 1 && !chart.series[$0].name.isEmpty }
    var lines = legendLines(
      named.map { (chart.series[$0].name, colors[$0]) }, width: width, style: style,
      marks: chart.series.contains { $0.isJoined } ? ["⠤⠤", "⠄⠄", "⠄ ⠄"] : ["●"])
    lines += framed(frame, gutter: gutter, style: style)
    if !notes.isEmpty { lines += notes.map { truncated($0, to: width) } }
    return lines
  }

  private func mark(_ annotation: Chart.Annotation, in frame: inout Frame) {
    let canvas = frame.canvas
    switch annotation {
    case .vertical(let value, let text):
      guard let share = frame.x.position(value), (0...1).contains(share) else { return }
      let column = Int((share * Double(canvas.dotColumns - 1)).rounded())
      for row in stride(from: 0, to: canvas.dotRows, by: 2) { frame.canvas.set(column, row, owner: -1) }
      frame.canvas.put(
        text, column: min(column / 2 + 1, max(0, canvas.columns - columnWidth(text))), row: 0, owner: -1)
    case .horizontal(let value, let text):
      guard let share = frame.y.position(value), (0...1).contains(share) else { return }
      let row = Int(((1 - share) * Double(canvas.dotRows - 1)).rounded())
      for column in stride(from: 0, to: canvas.dotColumns, by: 2) { frame.canvas.set(column, row, owner: -1) }
      frame.canvas.put(
        text, column: max(0, canvas.columns - columnWidth(text)), row: max(0, row / 4 - 1), owner: -1)
    case .text(let x, let y, let text):
      guard let dot = frame.dot(x, y) else { return }
      frame.canvas.put(
        text, column: min(dot.x / 2, max(0, canvas.columns - columnWidth(text))), row: dot.y / 4, owner: -1)
    }
  }

  private func join(_ series: Chart.Series, owner: Int, in frame: inout Frame) {
    var last: (x: Int, y: Int)?
    for (px, py) in zip(series.x, series.y) {
      // What is not finite, or not positive on a logarithmic axis, leaves a gap.
      guard let dot = frame.dot(px, py) else {
        last = nil
        continue
      }
      if let last {
        frame.canvas.line(from: last, to: dot, owner: owner, period: 1 + owner % 3)
      } else {
        frame.canvas.set(dot.x, dot.y, owner: owner)
      }
      last = dot
    }
  }

  /// Points as dots with their labels where there is room; those without room get a number, listed below.
  private func place(_ points: [(x: Double, y: Double, label: String)], owner: Int, in frame: inout Frame)
    -> [String]
  {
    let isDense = points.count > 400
    var cells: [(column: Int, row: Int, label: String)] = []
    for point in points {
      guard let dot = frame.dot(point.x, point.y) else { continue }
      if isDense {
        frame.canvas.set(dot.x, dot.y, owner: owner)
      } else {
        frame.canvas.put("●", column: dot.x / 2, row: dot.y / 4, owner: owner)
        cells.append((dot.x / 2, dot.y / 4, point.label))
      }
    }
    var notes: [String] = []
    for cell in cells where !cell.label.isEmpty {
      if write(cell.label, beside: cell, owner: owner, in: &frame) { continue }
      notes.append(cell.label)
      if !write("\(notes.count)", beside: cell, owner: owner, in: &frame) {
        frame.canvas.put(String("\(notes.count)".suffix(1)), column: cell.column, row: cell.row, owner: owner)
      }
    }
    return notes.enumerated().map { "  \($0.offset + 1) \($0.element)" }
  }

  private func write(
    _ text: String, beside cell: (column: Int, row: Int, label: String), owner: Int, in frame: inout Frame
  ) -> Bool {
    let size = columnWidth(text)
    let places = [
      (cell.column + 2, cell.row), (cell.column - size - 1, cell.row), (cell.column - size / 2, cell.row - 1),
      (cell.column - size / 2, cell.row + 1),
    ]
    for (column, row) in places
    where frame.canvas.isFree(column: column, row: row, count: size) {
      frame.canvas.put(text, column: column, row: row, owner: owner)
      return true
    }
    return false
  }

  /// The canvas with its axes, tick texts and axis names.
  private func framed(_ frame: Frame, gutter: Int, style: TerminalStyle) -> [String] {
    let canvas = frame.canvas
    var yTexts: [Int: String] = [:]
    for tick in frame.y.ticks {
      let row = Int(((1 - frame.y.fraction(tick.position)) * Double(canvas.rows * 4 - 1)).rounded()) / 4
      if row >= 0, row < canvas.rows { yTexts[row] = tick.text }
    }
    var lines: [String] = []
    if !yLabel.isEmpty { lines.append(style.dim(truncated(yLabel, to: style.width))) }
    for row in 0..<canvas.rows {
      let text = padded(truncated(yTexts[row] ?? "", to: gutter), to: gutter, right: true)
      lines.append(style.dim(text + (yTexts[row] == nil ? " │" : " ┤")) + canvas.line(row, style: style))
    }
    var axis = [Character](repeating: "─", count: canvas.columns)
    var texts = [Character](repeating: " ", count: canvas.columns)
    var lastEnd = -1
    for tick in frame.x.ticks {
      let column = Int((frame.x.fraction(tick.position) * Double(canvas.columns - 1)).rounded())
      guard column >= 0, column < canvas.columns else { continue }
      axis[column] = "┬"
      let start = min(max(0, column - tick.text.count / 2), max(0, canvas.columns - tick.text.count))
      guard start > lastEnd, start + tick.text.count <= canvas.columns else { continue }
      for (offset, character) in tick.text.enumerated() { texts[start + offset] = character }
      lastEnd = start + tick.text.count
    }
    let indent = String(repeating: " ", count: gutter + 1)
    lines.append(style.dim(indent + "└" + String(axis)))
    lines.append(style.dim(indent + " " + String(texts)))
    if !xLabel.isEmpty { lines.append(style.dim(indent + " " + centered(xLabel, in: canvas.columns))) }
    return lines
  }
}
