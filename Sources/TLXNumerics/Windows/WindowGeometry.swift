/// A stack of images and its windows, in elements: what the kernels walk by.
struct WindowGeometry: Sendable {
  let images: Int
  let height: Int
  let width: Int
  let channels: Int
  let rows: Int
  let columns: Int
  let window: Window

  /// From the shape of the images [.., h, w, c] and of the windows' grid.
  init(images shape: Shape, rows: Int, columns: Int, _ window: Window) {
    let rank = shape.rank
    images = shape[..<(rank - 3)].reduce(1, *)
    height = shape[rank - 3]
    width = shape[rank - 2]
    channels = shape[rank - 1]
    self.rows = rows
    self.columns = columns
    self.window = window
  }

  var imageSize: Int { height * width * channels }
  /// Elements of one window.
  var depth: Int { window.area * channels }
  /// Windows of one image.
  var count: Int { rows * columns }
  var lines: Int { images * rows }

  /// How many rows of windows fit into a block that stays in the second-level cache.
  var linesPerBlock: Int { max(1, (1 << 16) / max(1, columns * depth)) }

  /// The columns of a window at `column` that lie inside of the image, as a range of the window's own columns.
  @inline(__always)
  func inside(_ column: Int) -> Range<Int> {
    let left = column * window.strideX - window.paddingX
    let first = max(0, -left)
    return first..<max(first, min(window.width, width - left))
  }

  /// Copies the windows of some rows of one image into `target`, one window after the other.
  @inline(__always)
  func unfold<Element: ExpressibleByIntegerLiteral>(
    _ image: UnsafePointer<Element>, _ lines: Range<Int>, into target: UnsafeMutablePointer<Element>
  ) {
    var target = target
    let run = window.width * channels
    for line in lines {
      let top = line * window.strideY - window.paddingY
      for column in 0..<columns {
        let left = column * window.strideX - window.paddingX
        let inside = inside(column)
        for row in 0..<window.height {
          let y = top + row
          if y < 0 || y >= height {
            for i in 0..<run { target[i] = 0 }
          } else if inside.count == window.width {
            let source = image + (y * width + left) * channels
            for i in 0..<run { target[i] = source[i] }
          } else {
            for i in 0..<run { target[i] = 0 }
            let from = inside.lowerBound * channels
            let source = image + (y * width + left + inside.lowerBound) * channels
            for i in 0..<inside.count * channels { target[from + i] = source[i] }
          }
          target += run
        }
      }
    }
  }

  /// The transpose of `unfold`: adds windows of some rows to one image.
  @inline(__always)
  func fold<Element: AdditiveArithmetic>(
    _ source: UnsafePointer<Element>, _ lines: Range<Int>, into image: UnsafeMutablePointer<Element>
  ) {
    var source = source
    let run = window.width * channels
    for line in lines {
      let top = line * window.strideY - window.paddingY
      for column in 0..<columns {
        let left = column * window.strideX - window.paddingX
        let inside = inside(column)
        for row in 0..<window.height {
          let y = top + row
          if y >= 0 && y < height {
            let from = inside.lowerBound * channels
            let target = image + (y * width + left + inside.lowerBound) * channels
            for i in 0..<inside.count * channels { target[i] += source[from + i] }
          }
          source += run
        }
      }
    }
  }
}
