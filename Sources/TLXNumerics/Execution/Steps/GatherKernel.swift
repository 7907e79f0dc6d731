/// Reads and writes by computed positions. Negative indices count from the end; anything else out of range is E0412.
enum GatherKernel {
  /// The position that an index means on an axis of `length`.
  @inline(__always)
  private static func position(_ index: Int, _ length: Int) throws -> Int {
    let position = index < 0 ? index &+ length : index
    guard position >= 0 && position < length else {
      throw NumericsError("E0412", "index \(index) is out of range for an axis of \(length)")
    }
    return position
  }

  static func take(_ x: Operand, _ indices: Operand, _ output: Operand, axis: Int) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let picks = indices.elements(of: Int.self)
    let row = layout.inner * x.dtype.stride
    let count = picks.count
    if layout.outer == 1 && count <= 4096 {
      // A call to copy one number takes longer than the number.
      if row == 4 { return try take(x, layout.length, picks, output, UInt32.self) }
      if row == 8 { return try take(x, layout.length, picks, output, UInt64.self) }
    }
    try Parallel.forEach(count: layout.outer * count, grain: max(1, (1 << 17) / max(1, row))) { range in
      for item in range {
        let (block, pick) = item.quotientAndRemainder(dividingBy: count)
        let source = try block * layout.length + position(picks[pick], layout.length)
        (output.pointer + item * row).copyMemory(from: x.pointer + source * row, byteCount: row)
      }
    }
  }

  private static func take<Element>(
    _ x: Operand, _ length: Int, _ picks: UnsafeMutableBufferPointer<Int>, _ output: Operand,
    _ type: Element.Type
  ) throws {
    let source = x.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    for (place, pick) in picks.enumerated() { target[place] = source[try position(pick, length)] }
  }

  static func takeAlong(_ x: Operand, _ indices: Operand, _ output: Operand, axis: Int) throws {
    let picks = AxisLayout(indices.shape, axis: axis)
    let length = x.shape[axis]
    switch x.dtype.stride {
    case 1: try takeAlong(x, indices, output, picks, length, UInt8.self)
    case 4: try takeAlong(x, indices, output, picks, length, UInt32.self)
    default: try takeAlong(x, indices, output, picks, length, UInt64.self)
    }
  }

  private static func takeAlong<Element>(
    _ x: Operand, _ indices: Operand, _ output: Operand, _ layout: AxisLayout, _ length: Int,
    _ type: Element.Type
  ) throws {
    let source = x.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    let picks = indices.elements(of: Int.self)
    var item = 0
    for block in 0..<layout.outer {
      for _ in 0..<layout.length {
        if item & 0xF_FFFF < layout.inner { try Interrupt.check() }
        for column in 0..<layout.inner {
          target[item] = source[try (block * length + position(picks[item], length)) * layout.inner + column]
          item += 1
        }
      }
    }
  }

  /// Equal indices add up, in the order of the values.
  static func scatterAdd(_ values: Operand, _ indices: Operand, _ output: Operand, axis: Int) throws {
    switch output.dtype {
    case .f32: try scatterAdd(values, indices, output, axis, Float.self) { $0 + $1 }
    case .f64: try scatterAdd(values, indices, output, axis, Double.self) { $0 + $1 }
    case .i64: try scatterAdd(values, indices, output, axis, Int.self) { try checked($0, $1) }
    case .bool: try scatterAdd(values, indices, output, axis, UInt8.self) { $0 | $1 }
    }
  }

  @inline(__always)
  private static func scatterAdd<Element>(
    _ values: Operand, _ indices: Operand, _ output: Operand, _ axis: Int, _ type: Element.Type,
    _ add: (Element, Element) throws -> Element
  ) throws {
    output.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: output.count * output.dtype.stride)
    let layout = AxisLayout(output.shape, axis: axis)
    let picks = indices.elements(of: Int.self)
    var source = values.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    let inner = layout.inner
    for block in 0..<layout.outer {
      for (place, pick) in picks.enumerated() {
        if place & 4095 == 0 { try Interrupt.check() }
        let row = target + (try block * layout.length + position(pick, layout.length)) * inner
        for column in 0..<inner { row[column] = try add(row[column], source[column]) }
        source += inner
      }
    }
  }

  static func scatterAddAlong(_ values: Operand, _ indices: Operand, _ output: Operand, axis: Int) throws {
    switch output.dtype {
    case .f32: try scatterAddAlong(values, indices, output, axis, Float.self) { $0 + $1 }
    case .f64: try scatterAddAlong(values, indices, output, axis, Double.self) { $0 + $1 }
    case .i64: try scatterAddAlong(values, indices, output, axis, Int.self) { try checked($0, $1) }
    case .bool: try scatterAddAlong(values, indices, output, axis, UInt8.self) { $0 | $1 }
    }
  }

  @inline(__always)
  private static func scatterAddAlong<Element>(
    _ values: Operand, _ indices: Operand, _ output: Operand, _ axis: Int, _ type: Element.Type,
    _ add: (Element, Element) throws -> Element
  ) throws {
    output.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: output.count * output.dtype.stride)
    let layout = AxisLayout(indices.shape, axis: axis)
    let length = output.shape[axis]
    let picks = indices.elements(of: Int.self)
    let source = values.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    var item = 0
    for block in 0..<layout.outer {
      for _ in 0..<layout.length {
        if item & 0xF_FFFF < layout.inner { try Interrupt.check() }
        for column in 0..<layout.inner {
          let place = (try block * length + position(picks[item], length)) * layout.inner + column
          target[place] = try add(target[place], source[item])
          item += 1
        }
      }
    }
  }

  private static func checked(_ a: Int, _ b: Int) throws -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    if overflow { throw NumericsError.integerFault(.overflow, "\(a) + \(b)") }
    return sum
  }
}
