/// The kernels of `WindowOperation` on contiguous operands of f32 or f64.
enum WindowKernel {
  static func run(_ operation: WindowOperation, inputs: [Operand], output: Operand) throws {
    if output.dtype == .f32 {
      try run(operation, inputs, output, Float.self)
    } else {
      try run(operation, inputs, output, Double.self)
    }
  }

  @inline(__always)
  private static func run<Element: BLASElement>(
    _ operation: WindowOperation, _ inputs: [Operand], _ output: Operand, _ type: Element.Type
  ) throws {
    let a = inputs[0].pointer.assumingMemoryBound(to: Element.self)
    let b = inputs[inputs.count - 1].pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    let window = operation.window
    func geometry(_ images: Shape, _ grid: Shape, _ trailing: Int) -> WindowGeometry {
      WindowGeometry(
        images: images, rows: grid[grid.rank - trailing - 2], columns: grid[grid.rank - trailing - 1], window)
    }
    let (x, z) = (inputs[0].shape, output.shape)
    switch operation.kind {
    case .unfold: try unfold(geometry(x, z, 3), a, target)
    case .fold: try fold(geometry(z, x, 3), a, target)
    case .convolve:
      try ConvolutionKernel.convolve(geometry(x, z, 1), a, b, outputs: z[z.rank - 1], target)
    case .convolveInput:
      try ConvolutionKernel.convolveInput(geometry(z, x, 1), a, b, outputs: x[x.rank - 1], target)
    case .convolveKernel:
      try ConvolutionKernel.convolveKernel(
        geometry(x, inputs[1].shape, 1), a, b, outputs: z[z.rank - 1], target)
    case .maxPool:
      try forEachLargest(geometry(x, z, 1), a) { _, window, channel, _, value in
        target[window + channel] = value
      }
    case .maxPick:
      try forEachLargest(geometry(x, z, 1), a) { image, window, channel, place, _ in
        target[window + channel] = b[image + place]
      }
    case .maxRoute:
      target.update(repeating: 0, count: output.count)
      try forEachLargest(geometry(x, inputs[1].shape, 1), a) { image, window, channel, place, _ in
        target[image + place] += b[window + channel]
      }
    }
  }

  private static func unfold<Element: BLASElement>(
    _ geometry: WindowGeometry, _ x: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>
  ) throws {
    let lineSize = geometry.columns * geometry.depth
    try Parallel.forEach(count: geometry.lines, grain: geometry.linesPerBlock) { lines in
      for line in lines {
        let (image, row) = line.quotientAndRemainder(dividingBy: geometry.rows)
        geometry.unfold(x + image * geometry.imageSize, row..<row + 1, into: target + line * lineSize)
      }
    }
  }

  private static func fold<Element: BLASElement>(
    _ geometry: WindowGeometry, _ windows: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>
  ) throws {
    let size = geometry.count * geometry.depth
    let grain = max(1, (1 << 16) / max(1, geometry.imageSize))
    try Parallel.forEach(count: geometry.images, grain: grain) { images in
      for image in images {
        let place = target + image * geometry.imageSize
        place.update(repeating: 0, count: geometry.imageSize)
        geometry.fold(windows + image * size, 0..<geometry.rows, into: place)
      }
    }
  }

  /// Calls `body` with the first element of the image and of the window's results, the channel, the largest element's
  /// place in the image, and its value: for every window and channel. Images run in parallel.
  @inline(__always)
  private static func forEachLargest<Element: BLASElement>(
    _ geometry: WindowGeometry, _ x: UnsafePointer<Element>,
    _ body: (Int, Int, Int, Int, Element) -> Void
  ) throws {
    let channels = geometry.channels
    let window = geometry.window
    let work = max(1, geometry.count * geometry.depth)
    try Parallel.forEach(count: geometry.images, grain: max(1, (1 << 16) / work)) { images in
      try withUnsafeTemporaryAllocation(of: Element.self, capacity: max(1, channels)) { best in
        try withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, channels)) { places in
          for image in images {
            try Interrupt.check()
            let source = x + image * geometry.imageSize
            for position in 0..<geometry.count {
              let (row, column) = position.quotientAndRemainder(dividingBy: geometry.columns)
              let top = row * window.strideY - window.paddingY
              let left = column * window.strideX - window.paddingX
              let inside = geometry.inside(column)
              var isFirst = true
              for y in max(0, top)..<min(geometry.height, top + window.height) {
                for column in inside {
                  let start = (y * geometry.width + left + column) * channels
                  let values = source + start
                  if isFirst {
                    for c in 0..<channels { (best[c], places[c]) = (values[c], start) }
                    isFirst = false
                  } else {
                    for c in 0..<channels where values[c] > best[c] || values[c].isNaN && !best[c].isNaN {
                      (best[c], places[c]) = (values[c], start)
                    }
                  }
                }
              }
              let result = (image * geometry.count + position) * channels
              for c in 0..<channels {
                body(image * geometry.imageSize, result, c, places[c] + c, best[c])
              }
            }
          }
        }
      }
    }
  }
}
