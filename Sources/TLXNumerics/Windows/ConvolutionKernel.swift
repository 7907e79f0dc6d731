/// Convolutions as matrix products of windows that are unfolded block by block, so that they are read again from the
/// second-level cache and never exist all at once. Blocks run in parallel, each on one thread of BLAS.
enum ConvolutionKernel {
  /// z = windows(x) · kernel
  static func convolve<Element: BLASElement>(
    _ geometry: WindowGeometry, _ x: UnsafePointer<Element>, _ kernel: UnsafePointer<Element>, outputs: Int,
    _ z: UnsafeMutablePointer<Element>
  ) throws {
    let (depth, columns) = (geometry.depth, geometry.columns)
    if geometry.lines * columns * outputs == 0 { return }
    try BLAS.load()
    let grain = geometry.linesPerBlock
    try Parallel.forEach(count: geometry.lines, grain: grain) { lines in
      try withScratch(grain * columns * depth, Element.self) { block in
        unfold(geometry, x, lines, into: block)
        try Element.product(
          m: lines.count * columns, n: outputs, k: depth, a: block, lda: depth, b: kernel, ldb: outputs,
          beta: 0, c: z + lines.lowerBound * columns * outputs, ldc: outputs)
      }
    }
  }

  /// x = fold(z · kernelᵀ), image by image
  static func convolveInput<Element: BLASElement>(
    _ geometry: WindowGeometry, _ z: UnsafePointer<Element>, _ kernel: UnsafePointer<Element>, outputs: Int,
    _ x: UnsafeMutablePointer<Element>
  ) throws {
    let (depth, columns) = (geometry.depth, geometry.columns)
    if geometry.images * geometry.imageSize == 0 { return }
    try BLAS.load()
    let linesAtOnce = min(geometry.linesPerBlock, max(1, geometry.rows))
    let grain = max(1, geometry.linesPerBlock / max(1, geometry.rows))
    try Parallel.forEach(count: geometry.images, grain: grain) { images in
      try withScratch(linesAtOnce * columns * depth, Element.self) { block in
        for image in images {
          let place = x + image * geometry.imageSize
          place.update(repeating: 0, count: geometry.imageSize)
          if outputs == 0 { continue }
          for first in stride(from: 0, to: geometry.rows, by: linesAtOnce) {
            let lines = first..<min(geometry.rows, first + linesAtOnce)
            try Element.product(
              m: lines.count * columns, n: depth, k: outputs,
              a: z + (image * geometry.rows + first) * columns * outputs, lda: outputs, b: kernel,
              ldb: outputs,
              transposesB: true, beta: 0, c: block, ldc: depth)
            geometry.fold(block, lines, into: place)
          }
        }
      }
    }
  }

  /// kernel = windows(x)ᵀ · z, summed over all images: in at most eight parts whose cuts depend on the sizes only, added
  /// up in order, so that the result does not depend on the number of threads.
  static func convolveKernel<Element: BLASElement>(
    _ geometry: WindowGeometry, _ x: UnsafePointer<Element>, _ z: UnsafePointer<Element>, outputs: Int,
    _ kernel: UnsafeMutablePointer<Element>
  ) throws {
    let (depth, columns) = (geometry.depth, geometry.columns)
    let size = depth * outputs
    kernel.update(repeating: 0, count: size)
    if geometry.lines * columns * size == 0 { return }
    try BLAS.load()
    let linesPerPart = (geometry.lines + 7) / 8
    let parts = (geometry.lines + linesPerPart - 1) / linesPerPart
    let grain = min(linesPerPart, geometry.linesPerBlock)
    try withScratch(parts * size, Element.self) { sums in
      sums.update(repeating: 0, count: parts * size)
      try Parallel.forEach(count: parts, grain: 1) { range in
        try withScratch(grain * columns * depth, Element.self) { block in
          for part in range {
            let end = min(geometry.lines, (part + 1) * linesPerPart)
            for first in stride(from: part * linesPerPart, to: end, by: grain) {
              let lines = first..<min(end, first + grain)
              unfold(geometry, x, lines, into: block)
              try Element.product(
                m: depth, n: outputs, k: lines.count * columns, a: block, lda: depth, transposesA: true,
                b: z + first * columns * outputs, ldb: outputs, beta: 1, c: sums + part * size, ldc: outputs)
            }
          }
        }
      }
      for part in 0..<parts {
        let sum = sums + part * size
        for i in 0..<size { kernel[i] += sum[i] }
      }
    }
  }

  /// Windows of rows that may belong to several images.
  @inline(__always)
  private static func unfold<Element: BLASElement>(
    _ geometry: WindowGeometry, _ x: UnsafePointer<Element>, _ lines: Range<Int>,
    into block: UnsafeMutablePointer<Element>
  ) {
    var line = lines.lowerBound
    while line < lines.upperBound {
      let (image, row) = line.quotientAndRemainder(dividingBy: geometry.rows)
      let count = min(geometry.rows - row, lines.upperBound - line)
      geometry.unfold(
        x + image * geometry.imageSize, row..<row + count,
        into: block + (line - lines.lowerBound) * geometry.columns * geometry.depth)
      line += count
    }
  }

  private static func withScratch<Element>(
    _ count: Int, _ type: Element.Type, _ body: (UnsafeMutablePointer<Element>) throws -> Void
  ) throws {
    let storage = try Storage(byteCount: max(1, count) * MemoryLayout<Element>.stride)
    try withExtendedLifetime(storage) {
      try body(storage.pointer.bindMemory(to: Element.self, capacity: count))
    }
  }
}
