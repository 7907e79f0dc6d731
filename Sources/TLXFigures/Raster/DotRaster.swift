/// Points by the hundred thousand, drawn as pixels: how many fall on one shows as its strength.
struct DotRaster {
  let columns: Int
  let rows: Int
  private var counts: [[UInt16]]

  /// - Parameter seriesCount: At most 7, as many as there are colours.
  init(columns: Int, rows: Int, seriesCount: Int) {
    self.columns = columns
    self.rows = rows
    counts = Array(repeating: Array(repeating: 0, count: columns * rows), count: seriesCount)
  }

  mutating func add(_ column: Int, _ row: Int, series: Int) {
    guard column >= 0, row >= 0, column < columns, row < rows else { return }
    let place = row * columns + column
    if counts[series][place] < UInt16.max { counts[series][place] += 1 }
  }

  mutating func line(from: (x: Int, y: Int), to: (x: Int, y: Int), series: Int) {
    let steps = max(abs(to.x - from.x), abs(to.y - from.y))
    guard steps > 0, steps < 4 * (columns + rows) else { return add(from.x, from.y, series: series) }
    for step in 0..<steps {
      let t = Double(step) / Double(steps)
      add(
        from.x + Int((t * Double(to.x - from.x)).rounded()),
        from.y + Int((t * Double(to.y - from.y)).rounded()),
        series: series)
    }
  }

  private static let levels = 24

  /// An image with a clear background.
  func address(_ colors: [Palette.Color]) -> String {
    var palette: [(UInt8, UInt8, UInt8, UInt8)] = [(0, 0, 0, 0)]
    for color in colors.prefix(counts.count) {
      for level in 1...DotRaster.levels {
        // Even a single point must be seen.
        let opacity = 90 + 165 * level / DotRaster.levels
        palette.append((UInt8(color.red), UInt8(color.green), UInt8(color.blue), UInt8(opacity)))
      }
    }
    var image = PixelImage(width: columns, height: rows, colors: palette)
    for (series, counts) in counts.enumerated() {
      let most = max(1, counts.max() ?? 1)
      let scale = Double(DotRaster.levels - 1) / max(1, Double(bits(most)))
      for (place, count) in counts.enumerated() where count > 0 {
        let level = min(DotRaster.levels, 1 + Int(Double(bits(count)) * scale))
        image.pixels[place] = UInt8(series * DotRaster.levels + level)
      }
    }
    return image.address
  }

  /// Sixteenths of the logarithm, cheaply.
  private func bits(_ count: UInt16) -> Int {
    let whole = 15 - count.leadingZeroBitCount
    let rest = whole >= 4 ? Int(count) >> (whole - 4) & 15 : Int(count) << (4 - whole) & 15
    return whole * 16 + rest
  }
}
