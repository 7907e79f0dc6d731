extension Figure {
  private func layout(_ grid: ImageGrid) -> (columns: Int, size: Double, row: Double) {
    let count = max(1, grid.count)
    let columns = count == 1 ? 1 : min(count, count <= 12 ? 6 : 10)
    let widest = count == 1 ? min(280, Double(grid.width) * 8) : 60 * 10 / Double(columns)
    let size = min(widest, (width - 32) / Double(columns) - 8)
    let height = size * Double(grid.height) / Double(max(1, grid.width))
    return (columns, size, height + (grid.captions.isEmpty ? 8 : 24))
  }

  func imagesHeight(_ grid: ImageGrid) -> Double {
    let (columns, _, row) = layout(grid)
    return Double((max(1, grid.count) + columns - 1) / columns) * row + 10
  }

  func draw(_ grid: ImageGrid, top: Double, in document: inout SVGDocument) {
    let (columns, size, row) = layout(grid)
    let height = size * Double(grid.height) / Double(max(1, grid.width))
    for index in 0..<grid.count {
      let x = 16 + Double(index % columns) * (size + 8)
      let y = top + Double(index / columns) * row
      let caption = index < grid.captions.count ? grid.captions[index] : ""
      document.image(
        "data:image/png;base64," + Base64.text(grid.png(index)), x, y, size, height,
        tip: caption.isEmpty ? "image \(index)" : caption)
      document.text(
        truncated(caption, to: max(3, Int(size / 6.5))), x + size / 2, y + height + 14, size: 12,
        anchor: .middle, .soft)
    }
  }
}

extension ImageGrid {
  /// One image as PNG. Values beyond 0…1 are cut.
  func png(_ index: Int) -> [UInt8] {
    let size = height * width * channels
    let bytes = values[index * size..<(index + 1) * size].map { value in
      value.isFinite ? UInt8(min(255, max(0, value * 255 + 0.5))) : UInt8(0)
    }
    if channels == 3 { return PixelImage.png(width: width, height: height, rgb: bytes) }
    var image = PixelImage(
      width: width, height: height, colors: (0..<256).map { (UInt8($0), UInt8($0), UInt8($0), 255) })
    image.pixels = bytes
    return image.png
  }
}
