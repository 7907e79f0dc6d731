import CVectors

/// Sorted values along an axis, without their positions.
///
/// Elements become unsigned keys of their own size in whose order the bits sort (NaN last, −0 before 0 where they
/// are equal numbers). Many short lanes go through a network, others through a sort by digits.
extension SortKernel {
  static func sort(_ x: Operand, _ output: Operand, axis: Int, descending: Bool) throws {
    if try SortNetwork.sort(x, output, axis: axis, descending: descending) { return }
    let layout = AxisLayout(x.shape, axis: axis)
    switch x.dtype {
    case .bool: try bools(x, output, layout, descending)
    case .f32:
      let flip = descending ? UInt32.max : 0
      try values(
        x, output, layout, RadixSort.words, { tlx_encode_f32($0, $1, $2, $3, flip) },
        { tlx_decode_f32($0, $1, $2, $3, flip) })
    case .f64:
      let flip = descending ? UInt64.max : 0
      try values(
        x, output, layout, RadixSort.doubleWords, { tlx_encode_f64($0, $1, $2, $3, flip) },
        { tlx_decode_f64($0, $1, $2, $3, flip) })
    case .i64:
      let flip = descending ? UInt64.max : 0
      try values(
        x, output, layout, RadixSort.doubleWords, { tlx_encode_i64($0, $1, $2, $3, flip) },
        { tlx_decode_i64($0, $1, $2, $3, flip) })
    }
  }

  /// Between elements that lie `step` apart and keys.
  private typealias Coding<Key> = (UnsafeMutablePointer<Key>, UnsafePointer<Key>, Int, Int) -> Void

  private static func values<Key: FixedWidthInteger>(
    _ x: Operand, _ output: Operand, _ layout: AxisLayout, _ loops: RadixSort.Loops<Key>,
    _ encode: Coding<Key>, _ decode: Coding<Key>
  ) throws {
    let (length, inner) = (layout.length, layout.inner)
    guard length > 0 else { return }
    let source = UnsafePointer(x.pointer.assumingMemoryBound(to: Key.self))
    let target = output.pointer.assumingMemoryBound(to: Key.self)
    try Parallel.forEach(count: layout.outer * inner, grain: max(1, 32_768 / length)) { lanes in
      let scratch = try Storage(byteCount: 2 * length * MemoryLayout<Key>.stride)
      let keys = scratch.pointer.bindMemory(to: Key.self, capacity: 2 * length)
      defer { withExtendedLifetime(scratch) {} }
      for lane in lanes {
        let (block, column) = lane.quotientAndRemainder(dividingBy: inner)
        let first = block * length * inner + column
        let parts = RadixSort.parts(of: length)
        try RadixSort.forEachStretch(parts) { _, range in
          encode(keys + range.lowerBound, source + first + range.lowerBound * inner, range.count, inner)
        }
        let sorted =
          length <= 48
          ? insert(keys, length)
          : try RadixSort.sort(keys, keys + length, count: length, loops)
        try RadixSort.forEachStretch(parts) { _, range in
          decode(target + first + range.lowerBound * inner, sorted + range.lowerBound, range.count, inner)
        }
      }
    }
  }

  private static func insert<Key: FixedWidthInteger>(_ keys: UnsafeMutablePointer<Key>, _ n: Int)
    -> UnsafeMutablePointer<Key>
  {
    for i in 1..<max(1, n) {
      let key = keys[i]
      var j = i
      while j > 0 && keys[j &- 1] > key {
        keys[j] = keys[j &- 1]
        j &-= 1
      }
      keys[j] = key
    }
    return keys
  }

  /// As many of each as there are.
  private static func bools(_ x: Operand, _ output: Operand, _ layout: AxisLayout, _ descending: Bool) throws
  {
    let (length, inner) = (layout.length, layout.inner)
    let source = x.pointer.assumingMemoryBound(to: UInt8.self)
    let target = output.pointer.assumingMemoryBound(to: UInt8.self)
    try Parallel.forEach(count: layout.outer * inner, grain: max(1, 32_768 / max(1, length))) { lanes in
      for lane in lanes {
        let (block, column) = lane.quotientAndRemainder(dividingBy: inner)
        let first = block * length * inner + column
        var ones = 0
        try Interrupt.forEachPart(of: length) { part in
          for i in part { ones &+= Int(source[first &+ i &* inner]) }
        }
        let edge = descending ? ones : length - ones
        try Interrupt.forEachPart(of: length) { part in
          for i in part { target[first &+ i &* inner] = (i < edge) == descending ? 1 : 0 }
        }
      }
    }
  }

  /// The positions that sort lanes of f32, which ride along below their keys.
  static func argsortSingles(_ x: Operand, _ output: Operand, _ layout: AxisLayout, _ descending: Bool) throws
  {
    let (length, inner) = (layout.length, layout.inner)
    let source = UnsafePointer(x.pointer.assumingMemoryBound(to: UInt32.self))
    let target = output.pointer.assumingMemoryBound(to: Int.self)
    let flip = descending ? UInt32.max : 0
    try Parallel.forEach(count: layout.outer * inner, grain: max(1, 16_384 / length)) { lanes in
      let scratch = try Storage(byteCount: 2 * length * MemoryLayout<UInt64>.stride)
      let keys = scratch.pointer.bindMemory(to: UInt64.self, capacity: 2 * length)
      defer { withExtendedLifetime(scratch) {} }
      for lane in lanes {
        let (block, column) = lane.quotientAndRemainder(dividingBy: inner)
        let first = block * length * inner + column
        let parts = RadixSort.parts(of: length)
        try RadixSort.forEachStretch(parts) { _, range in
          tlx_encode_places_f32(
            keys + range.lowerBound, source + first + range.lowerBound * inner, range.lowerBound,
            range.count, inner, flip)
        }
        let sorted =
          length <= 48
          ? insert(keys, length)
          : try RadixSort.sort(keys, keys + length, count: length, lowest: 32, RadixSort.doubleWords)
        try RadixSort.forEachStretch(parts) { _, range in
          tlx_decode_places(
            target + first + range.lowerBound * inner, sorted + range.lowerBound, range.count, inner)
        }
      }
    }
  }
}
