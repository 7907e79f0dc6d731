/// Sorted values along an axis, without their positions.
///
/// Elements become unsigned keys of their own size in whose order the bits sort (NaN last, −0 before 0 where they
/// are equal numbers). Lanes of a few dozen are sorted by insertion, longer ones by a radix sort from the lowest
/// digit, whose counts of all digits come from one pass; digits in which all keys agree are skipped.
extension SortKernel {
  static func sort(_ x: Operand, _ output: Operand, axis: Int, descending: Bool) throws {
    if try SortNetwork.sort(x, output, axis: axis, descending: descending) { return }
    switch x.dtype {
    case .bool: try sort(x, output, axis, descending, UInt8.self, { $0 }, { $0 })
    case .i64:
      try sort(
        x, output, axis, descending, UInt64.self, { $0 ^ (1 << 63) }, { $0 ^ (1 << 63) })
    case .f32:
      try sort(x, output, axis, descending, UInt32.self, { key($0, descending) }, { bits($0, descending) })
    case .f64:
      try sort(x, output, axis, descending, UInt64.self, { key($0, descending) }, { bits($0, descending) })
    }
  }

  // The complement of a descending order is taken in `sort`, where NaN must still come last: a NaN's key is the one
  // that the complement makes the largest.

  @inline(__always)
  private static func key(_ bits: UInt32, _ descending: Bool) -> UInt32 {
    if bits & 0x7FFF_FFFF > 0x7F80_0000 { return descending ? 0 : .max }
    return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  }

  @inline(__always)
  private static func bits(_ key: UInt32, _ descending: Bool) -> UInt32 {
    if key == (descending ? 0 : .max) { return Float.nan.bitPattern }
    return key >> 31 == 1 ? key & 0x7FFF_FFFF : ~key
  }

  @inline(__always)
  private static func key(_ bits: UInt64, _ descending: Bool) -> UInt64 {
    if bits & 0x7FFF_FFFF_FFFF_FFFF > 0x7FF0_0000_0000_0000 { return descending ? 0 : .max }
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  @inline(__always)
  private static func bits(_ key: UInt64, _ descending: Bool) -> UInt64 {
    if key == (descending ? 0 : .max) { return Double.nan.bitPattern }
    return key >> 63 == 1 ? key & 0x7FFF_FFFF_FFFF_FFFF : ~key
  }

  @inline(__always)
  private static func sort<Key: FixedWidthInteger & UnsignedInteger & Sendable>(
    _ x: Operand, _ output: Operand, _ axis: Int, _ descending: Bool, _ type: Key.Type,
    _ encode: (Key) -> Key, _ decode: (Key) -> Key
  ) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let (length, inner) = (layout.length, layout.inner)
    guard length > 0 else { return }
    let source = x.pointer.assumingMemoryBound(to: Key.self)
    let target = output.pointer.assumingMemoryBound(to: Key.self)
    let flip: Key = descending ? .max : 0
    try Parallel.forEach(count: layout.outer * inner, grain: max(1, 32_768 / length)) { lanes in
      let scratch = try Storage(byteCount: 2 * length * MemoryLayout<Key>.stride)
      let keys = scratch.pointer.bindMemory(to: Key.self, capacity: 2 * length)
      defer { withExtendedLifetime(scratch) {} }
      for lane in lanes {
        let (block, column) = lane.quotientAndRemainder(dividingBy: inner)
        let first = block * length * inner + column
        try Interrupt.forEachPart(of: length) { part in
          for i in part { keys[i] = encode(source[first &+ i &* inner]) ^ flip }
        }
        let sorted = length <= 48 ? insert(keys, length) : try radix(keys, length)
        try Interrupt.forEachPart(of: length) { part in
          for i in part { target[first &+ i &* inner] = decode(sorted[i] ^ flip) }
        }
      }
    }
  }

  @inline(__always)
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

  /// Uses the second half of `keys` as well; returns where the result lies.
  @inline(__always)
  private static func radix<Key: FixedWidthInteger & UnsignedInteger>(
    _ keys: UnsafeMutablePointer<Key>, _ n: Int
  ) throws -> UnsafeMutablePointer<Key> {
    // Short lanes would spend their time on clearing counts of many digits.
    let bits = n < 4096 ? 8 : 11
    let digits = 1 << bits
    let passes = (Key.bitWidth + bits - 1) / bits
    let mask = Key(truncatingIfNeeded: digits - 1)
    var source = keys
    var target = keys + n
    try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: passes * digits) { counts in
      guard n < UInt32.max, let counts = counts.baseAddress else { return }
      counts.initialize(repeating: 0, count: passes * digits)
      try Interrupt.forEachPart(of: n) { part in
        for i in part {
          var key = source[i]
          var table = counts
          for _ in 0..<passes {
            table[Int(truncatingIfNeeded: key & mask)] &+= 1
            key = key &>> Key(truncatingIfNeeded: bits)
            table += digits
          }
        }
      }
      for pass in 0..<passes {
        let places = counts + pass * digits
        let shift = Key(truncatingIfNeeded: pass * bits)
        if places[Int(truncatingIfNeeded: (source[0] &>> shift) & mask)] == UInt32(n) { continue }
        var total: UInt32 = 0
        for digit in 0..<digits {
          let count = places[digit]
          places[digit] = total
          total &+= count
        }
        try Interrupt.forEachPart(of: n) { part in
          for i in part {
            let key = source[i]
            let digit = Int(truncatingIfNeeded: (key &>> shift) & mask)
            target[Int(places[digit])] = key
            places[digit] &+= 1
          }
        }
        swap(&source, &target)
      }
    }
    return source
  }
}
