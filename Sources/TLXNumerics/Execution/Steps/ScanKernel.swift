/// Steps that walk along one axis.
enum ScanKernel {
  /// Floats accumulate in double precision; integer overflow is E0502.
  static func cumulate(
    _ cumulation: Cumulation, _ x: Operand, _ output: Operand, axis: Int, reversed: Bool
  ) throws {
    switch (x.dtype, cumulation) {
    case (.f32, .sum): try cumulate(x, output, axis, reversed, SingleSum.self)
    case (.f32, .product): try cumulate(x, output, axis, reversed, SingleProduct.self)
    case (.f64, .sum): try cumulate(x, output, axis, reversed, DoubleSum.self)
    case (.f64, .product): try cumulate(x, output, axis, reversed, DoubleProduct.self)
    case (.i64, .sum): try cumulate(x, output, axis, reversed, IntSum.self)
    case (.i64, .product): try cumulate(x, output, axis, reversed, IntProduct.self)
    case (.bool, _): throw NumericsError("E0404", "\(cumulation) along an axis needs numbers, not bool")
    }
  }

  private static func cumulate<S: Scan>(
    _ x: Operand, _ output: Operand, _ axis: Int, _ reversed: Bool, _ scan: S.Type
  ) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let source = x.pointer.assumingMemoryBound(to: S.Element.self)
    let target = output.pointer.assumingMemoryBound(to: S.Element.self)
    let (length, inner) = (layout.length, layout.inner)
    let grain = max(1, 65_536 / max(1, length * inner))
    try Parallel.forEach(count: layout.outer, grain: grain) { blocks in
      for block in blocks {
        if inner == 1 {
          try S.scanRow(source + block * length, target + block * length, length, reversed)
        } else {
          let first = block * length * inner
          try S.scanRows(source + first, target + first, length, inner, reversed)
        }
      }
    }
  }
}

/// What a cumulation does with one element.
private protocol Scan {
  associatedtype Element
  associatedtype Total
  static var start: Total { get }
  /// False where it overflows.
  static func add(_ total: inout Total, _ x: Element) -> Bool
  static func finish(_ total: Total) -> Element
}

extension Scan {
  /// Elements between two looks at the interrupt flag.
  private static var part: Int { 1 << 20 }

  static func scanRow(
    _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, _ length: Int, _ reversed: Bool
  ) throws {
    var total = start
    var isExact = true
    for first in stride(from: 0, to: length, by: part) {
      try Interrupt.check()
      for step in first..<min(length, first + part) {
        let place = reversed ? length &- 1 &- step : step
        isExact = add(&total, source[place]) && isExact
        target[place] = finish(total)
      }
      if !isExact { throw NumericsError.integerFault(.overflow, "a cumulation") }
    }
  }

  static func scanRows(
    _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, _ length: Int, _ width: Int,
    _ reversed: Bool
  ) throws {
    let totals = UnsafeMutablePointer<Total>.allocate(capacity: width)
    defer { totals.deallocate() }
    totals.initialize(repeating: start, count: width)
    var isExact = true
    for step in 0..<length {
      if step & 255 == 0 { try Interrupt.check() }
      let row = (reversed ? length &- 1 &- step : step) &* width
      for column in 0..<width {
        isExact = add(&totals[column], source[row &+ column]) && isExact
        target[row &+ column] = finish(totals[column])
      }
    }
    if !isExact { throw NumericsError.integerFault(.overflow, "a cumulation") }
  }
}

private enum SingleSum: Scan {
  static var start: Double { 0 }
  static func add(_ total: inout Double, _ x: Float) -> Bool {
    total += Double(x)
    return true
  }
  static func finish(_ total: Double) -> Float { Float(total) }
}

private enum SingleProduct: Scan {
  static var start: Double { 1 }
  static func add(_ total: inout Double, _ x: Float) -> Bool {
    total *= Double(x)
    return true
  }
  static func finish(_ total: Double) -> Float { Float(total) }
}

private enum DoubleSum: Scan {
  static var start: Double { 0 }
  static func add(_ total: inout Double, _ x: Double) -> Bool {
    total += x
    return true
  }
  static func finish(_ total: Double) -> Double { total }
}

private enum DoubleProduct: Scan {
  static var start: Double { 1 }
  static func add(_ total: inout Double, _ x: Double) -> Bool {
    total *= x
    return true
  }
  static func finish(_ total: Double) -> Double { total }
}

private enum IntSum: Scan {
  static var start: Int { 0 }
  static func add(_ total: inout Int, _ x: Int) -> Bool {
    let (sum, overflow) = total.addingReportingOverflow(x)
    total = sum
    return !overflow
  }
  static func finish(_ total: Int) -> Int { total }
}

private enum IntProduct: Scan {
  static var start: Int { 1 }
  static func add(_ total: inout Int, _ x: Int) -> Bool {
    let (product, overflow) = total.multipliedReportingOverflow(by: x)
    total = product
    return !overflow
  }
  static func finish(_ total: Int) -> Int { total }
}
