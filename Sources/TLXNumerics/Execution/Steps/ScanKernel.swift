/// Steps that walk along one axis.
enum ScanKernel {
  // MARK: argmax, argmin

  /// The first position of the largest or smallest element; the first NaN where there is one.
  static func argReduce(_ reduction: ArgReduction, _ x: Operand, _ output: Operand, axis: Int) throws {
    switch x.dtype {
    case .f32: try argReduce(reduction, x, output, axis, Float.self)
    case .f64: try argReduce(reduction, x, output, axis, Double.self)
    case .i64: try argReduce(reduction, x, output, axis, Int.self)
    case .bool: try argReduce(reduction, x, output, axis, UInt8.self)
    }
  }

  @inline(__always)
  private static func argReduce<Element: Comparable & Sendable>(
    _ reduction: ArgReduction, _ x: Operand, _ output: Operand, _ axis: Int, _ type: Element.Type
  ) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let source = x.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Int.self)
    let wantsMax = reduction == .argmax
    let grain = max(1, 65_536 / max(1, layout.length))
    try Parallel.forEach(count: layout.outer * layout.inner, grain: grain) { lanes in
      for lane in lanes {
        let (block, column) = lane.quotientAndRemainder(dividingBy: layout.inner)
        let p = source + block * layout.length * layout.inner + column
        var best = p[0]
        var place = 0
        if best == best {
          for i in 1..<max(layout.length, 1) {
            let value = p[i &* layout.inner]
            if wantsMax ? value > best : value < best {
              best = value
              place = i
            } else if value != value {
              place = i
              break
            }
          }
        }
        target[lane] = place
      }
    }
  }

  // MARK: cumsum, cumprod

  /// Floats accumulate in double precision; integer overflow is E0502.
  static func cumulate(
    _ cumulation: Cumulation, _ x: Operand, _ output: Operand, axis: Int, reversed: Bool
  ) throws {
    switch (x.dtype, cumulation) {
    case (.f32, .sum):
      try cumulate(x, output, axis, reversed, Float.self, 0.0) {
        $0 + Double($1)
      } as: {
        Float($0)
      }
    case (.f32, .product):
      try cumulate(x, output, axis, reversed, Float.self, 1.0) {
        $0 * Double($1)
      } as: {
        Float($0)
      }
    case (.f64, .sum):
      try cumulate(x, output, axis, reversed, Double.self, 0.0) {
        $0 + $1
      } as: {
        $0
      }
    case (.f64, .product):
      try cumulate(x, output, axis, reversed, Double.self, 1.0) {
        $0 * $1
      } as: {
        $0
      }
    case (.i64, .sum):
      try cumulate(x, output, axis, reversed, Int.self, 0) {
        let (sum, overflow) = $0.addingReportingOverflow($1)
        if overflow { throw NumericsError.integerFault(.overflow, "\($0) + \($1)") }
        return sum
      } as: {
        $0
      }
    case (.i64, .product):
      try cumulate(x, output, axis, reversed, Int.self, 1) {
        let (product, overflow) = $0.multipliedReportingOverflow(by: $1)
        if overflow { throw NumericsError.integerFault(.overflow, "\($0) * \($1)") }
        return product
      } as: {
        $0
      }
    case (.bool, _): throw NumericsError("E0404", "\(cumulation) along an axis needs numbers, not bool")
    }
  }

  @inline(__always)
  private static func cumulate<Element, Total>(
    _ x: Operand, _ output: Operand, _ axis: Int, _ reversed: Bool, _ type: Element.Type, _ start: Total,
    _ add: (Total, Element) throws -> Total, as finish: (Total) -> Element
  ) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let source = x.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    let (length, inner) = (layout.length, layout.inner)
    let grain = max(1, 65_536 / max(1, length * inner))
    try Parallel.forEach(count: layout.outer, grain: grain) { blocks in
      try withUnsafeTemporaryAllocation(of: Total.self, capacity: inner) { totals in
        for block in blocks {
          totals.initialize(repeating: start)
          for step in 0..<length {
            let row = (block * length + (reversed ? length - 1 - step : step)) * inner
            for column in 0..<inner {
              totals[column] = try add(totals[column], source[row &+ column])
              target[row &+ column] = finish(totals[column])
            }
          }
        }
      }
    }
  }
}
