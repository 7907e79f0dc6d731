import CVectors

/// Many short lanes sorted side by side: lane k of a vector holds an element of lane k, and Batcher's odd–even merge
/// sort compares whole vectors. No branch depends on the data.
enum SortNetwork {
  /// Longer lanes take fewer steps in a radix sort.
  private static let longest = 1024

  /// False where the lanes are too long or too few.
  static func sort(_ x: Operand, _ output: Operand, axis: Int, descending: Bool) throws -> Bool {
    let layout = AxisLayout(x.shape, axis: axis)
    guard layout.length > 1, layout.length <= longest, layout.outer * layout.inner >= 16 else { return false }
    switch x.dtype {
    case .f32: try singles(x, output, layout, descending)
    case .f64, .i64: try doubles(x, output, layout, descending, isFloat: x.dtype == .f64)
    case .bool: return false
    }
    return true
  }

  /// Batcher's pairs for n elements, in order.
  @inline(__always)
  private static func forEachPair(_ n: Int, _ body: (Int, Int) -> Void) {
    var p = 1
    var shift = 1
    while p < n {
      var k = p
      while k >= 1 {
        var j = k & (p - 1)
        while j + k < n {
          let end = min(k, n - j - k)
          for i in 0..<end where (i &+ j) &>> shift == (i &+ j &+ k) &>> shift { body(i &+ j, i &+ j &+ k) }
          j += 2 * k
        }
        k /= 2
      }
      p *= 2
      shift += 1
    }
  }

  /// Where element 0 of a lane is.
  @inline(__always)
  private static func start(_ lane: Int, _ layout: AxisLayout) -> Int {
    if layout.inner == 1 { return lane &* layout.length }
    let (block, column) = lane.quotientAndRemainder(dividingBy: layout.inner)
    return block &* layout.length &* layout.inner &+ column
  }

  // MARK: 32 bits

  // Keys are signed numbers in whose order the floats sort; NaN becomes the last one, whatever the order.

  @inline(__always)
  private static func key(_ bits: Int32, _ descending: Bool) -> Int32 {
    if bits & 0x7FFF_FFFF > 0x7F80_0000 { return .max }
    let key = bits ^ ((bits >> 31) & 0x7FFF_FFFF)
    return descending ? ~key : key
  }

  @inline(__always)
  private static func bits(_ key: Int32, _ descending: Bool) -> Int32 {
    if key == .max { return Int32(bitPattern: Float.nan.bitPattern) }
    let key = descending ? ~key : key
    return key ^ ((key >> 31) & 0x7FFF_FFFF)
  }

  private static func singles(_ x: Operand, _ output: Operand, _ layout: AxisLayout, _ descending: Bool)
    throws
  {
    let (length, inner) = (layout.length, layout.inner)
    let lanes = layout.outer * inner
    let source = x.pointer.assumingMemoryBound(to: Int32.self)
    let target = output.pointer.assumingMemoryBound(to: Int32.self)
    let groups = (lanes + 15) / 16
    try Parallel.forEach(count: groups, grain: max(1, 4096 / length)) { range in
      withUnsafeTemporaryAllocation(of: SIMD16<Int32>.self, capacity: length) { buffer in
        guard let rows = buffer.baseAddress else { return }
        let keys = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: Int32.self)
        for group in range {
          let count = min(16, lanes - group * 16)
          for k in 0..<16 {
            let p = source + start(group * 16 + min(k, count - 1), layout)
            for i in 0..<length { keys[i &* 16 &+ k] = key(p[i &* inner], descending) }
          }
          network(rows, length)
          for k in 0..<count {
            let p = target + start(group * 16 + k, layout)
            for i in 0..<length { p[i &* inner] = bits(keys[i &* 16 &+ k], descending) }
          }
        }
      }
    }
  }

  @inline(never)
  private static func network(_ rows: UnsafeMutablePointer<SIMD16<Int32>>, _ n: Int) {
    forEachPair(n) { i, j in
      let (a, b) = (rows[i], rows[j])
      rows[i] = tlx_min_i32(a, b)
      rows[j] = tlx_max_i32(a, b)
    }
  }

  // MARK: 64 bits

  @inline(__always)
  private static func key(_ bits: Int, _ descending: Bool, _ isFloat: Bool) -> Int {
    guard isFloat else { return descending ? ~bits : bits }
    if bits & Int.max > 0x7FF0_0000_0000_0000 { return .max }
    let key = bits ^ ((bits >> 63) & Int.max)
    return descending ? ~key : key
  }

  @inline(__always)
  private static func bits(_ key: Int, _ descending: Bool, _ isFloat: Bool) -> Int {
    guard isFloat else { return descending ? ~key : key }
    if key == .max { return Int(bitPattern: UInt(Double.nan.bitPattern)) }
    let key = descending ? ~key : key
    return key ^ ((key >> 63) & Int.max)
  }

  private static func doubles(
    _ x: Operand, _ output: Operand, _ layout: AxisLayout, _ descending: Bool, isFloat: Bool
  ) throws {
    let (length, inner) = (layout.length, layout.inner)
    let lanes = layout.outer * inner
    let source = x.pointer.assumingMemoryBound(to: Int.self)
    let target = output.pointer.assumingMemoryBound(to: Int.self)
    let groups = (lanes + 7) / 8
    try Parallel.forEach(count: groups, grain: max(1, 4096 / length)) { range in
      withUnsafeTemporaryAllocation(of: SIMD8<Int>.self, capacity: length) { buffer in
        guard let rows = buffer.baseAddress else { return }
        let keys = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: Int.self)
        for group in range {
          let count = min(8, lanes - group * 8)
          for k in 0..<8 {
            let p = source + start(group * 8 + min(k, count - 1), layout)
            for i in 0..<length { keys[i &* 8 &+ k] = key(p[i &* inner], descending, isFloat) }
          }
          network(rows, length)
          for k in 0..<count {
            let p = target + start(group * 8 + k, layout)
            for i in 0..<length { p[i &* inner] = bits(keys[i &* 8 &+ k], descending, isFloat) }
          }
        }
      }
    }
  }

  @inline(never)
  private static func network(_ rows: UnsafeMutablePointer<SIMD8<Int>>, _ n: Int) {
    forEachPair(n) { i, j in
      let (a, b) = (rows[i], rows[j])
      rows[i] = tlx_min_i64(a, b)
      rows[j] = tlx_max_i64(a, b)
    }
  }
}
