import CVectors

/// Positions of the greatest and least elements: the first of equals, and the first NaN where there is one.
enum ExtremeKernel {
  static func argReduce(_ reduction: ArgReduction, _ x: Operand, _ output: Operand, axis: Int) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let target = output.pointer.assumingMemoryBound(to: Int.self)
    if layout.inner == 1, x.dtype.isFloat, layout.length >= 32 {
      return try rows(reduction, x, target, layout)
    }
    switch x.dtype {
    case .f32: try lanes(reduction, x, target, layout, Float.self)
    case .f64: try lanes(reduction, x, target, layout, Double.self)
    case .i64: try lanes(reduction, x, target, layout, Int.self)
    case .bool: try lanes(reduction, x, target, layout, UInt8.self)
    }
  }

  // MARK: Rows that lie in one piece

  /// Elements of a row that are looked through for the extremum before it is looked for.
  private static let piece = 4096

  private static func rows(
    _ reduction: ArgReduction, _ x: Operand, _ target: UnsafeMutablePointer<Int>, _ layout: AxisLayout
  ) throws {
    let stride = x.dtype.stride
    let kind: Reduction = reduction == .argmax ? .max : .min
    try Parallel.forEach(count: layout.outer, grain: max(1, 262_144 / layout.length)) { rows in
      for row in rows {
        let p = UnsafeRawPointer(x.pointer) + row * layout.length * stride
        var (best, place) = (0.0, -1)
        var start = 0
        while start < layout.length {
          if start & (1 << 20 - 1) == 0 { try Interrupt.check() }
          let count = min(piece, layout.length - start)
          let piece = p + start * stride
          let value =
            x.dtype == .f32 ? FloatTile.reduce(kind, piece, count) : DoubleTile.reduce(kind, piece, count)
          if value.isNaN {
            place = start
            best = value
            break
          }
          if place < 0 || (kind == .max ? value > best : value < best) { (best, place) = (value, start) }
          start += count
        }
        let count = min(piece, layout.length - place)
        let piece = p + place * stride
        target[row] = place + (x.dtype == .f32 ? find(Float(best), piece, count) : find(best, piece, count))
      }
    }
  }

  /// Where a number (or NaN) first is. It is there.
  private static func find(_ value: Float, _ p: UnsafeRawPointer, _ count: Int) -> Int {
    var i = 0
    let isNaN = value.isNaN
    while i &+ 16 <= count {
      let x = FloatTile.load(p, i)
      if any(isNaN ? x .!= x : x .== value) { break }
      i &+= 16
    }
    while i < count - 1 {
      let x = p.loadUnaligned(fromByteOffset: i &* 4, as: Float.self)
      if isNaN ? x.isNaN : x == value { break }
      i &+= 1
    }
    return i
  }

  private static func find(_ value: Double, _ p: UnsafeRawPointer, _ count: Int) -> Int {
    var i = 0
    let isNaN = value.isNaN
    while i &+ 8 <= count {
      let x = p.loadUnaligned(fromByteOffset: i &* 8, as: SIMD8<Double>.self)
      if any(isNaN ? x .!= x : x .== value) { break }
      i &+= 8
    }
    while i < count - 1 {
      let x = p.loadUnaligned(fromByteOffset: i &* 8, as: Double.self)
      if isNaN ? x.isNaN : x == value { break }
      i &+= 1
    }
    return i
  }

  // MARK: Lanes across memory, a strip of columns at a time

  private static let strip = 1024

  @inline(__always)
  private static func lanes<Element: Comparable & Sendable>(
    _ reduction: ArgReduction, _ x: Operand, _ target: UnsafeMutablePointer<Int>, _ layout: AxisLayout,
    _ type: Element.Type
  ) throws {
    let (length, inner) = (layout.length, layout.inner)
    let source = x.pointer.assumingMemoryBound(to: Element.self)
    let width = min(strip, inner)
    let strips = (inner + width - 1) / width
    try Parallel.forEach(
      count: layout.outer * strips, grain: max(1, 65_536 / max(1, length * width))
    ) { items in
      try withUnsafeTemporaryAllocation(of: Element.self, capacity: width) { best in
        guard let best = best.baseAddress else { return }
        for item in items {
          let (block, part) = item.quotientAndRemainder(dividingBy: strips)
          let first = part * width
          let columns = min(width, inner - first)
          let p = source + block * length * inner + first
          let places = target + block * inner + first
          best.initialize(from: p, count: columns)
          places.update(repeating: 0, count: columns)
          if reduction == .argmax {
            try scan(p, best, places, length, inner, columns) { $0 > $1 }
          } else {
            try scan(p, best, places, length, inner, columns) { $0 < $1 }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func scan<Element: Comparable>(
    _ p: UnsafePointer<Element>, _ best: UnsafeMutablePointer<Element>, _ places: UnsafeMutablePointer<Int>,
    _ length: Int, _ inner: Int, _ columns: Int, _ isBetter: (Element, Element) -> Bool
  ) throws {
    for row in 1..<max(1, length) {
      if row & 255 == 0 { try Interrupt.check() }
      let q = p + row &* inner
      for column in 0..<columns {
        let (value, old) = (q[column], best[column])
        // The first NaN stays.
        let takes = isBetter(value, old) || (value != value && old == old)
        best[column] = takes ? value : old
        places[column] = takes ? row : places[column]
      }
    }
  }
}
