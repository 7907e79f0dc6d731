/// Operations on tiles of bools, one byte each, 0 or 1.
enum BoolTile {
  @inline(__always)
  private static func map(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int,
    _ f: (UInt8, UInt8) -> UInt8
  ) {
    let d = d.assumingMemoryBound(to: UInt8.self)
    let a = a.assumingMemoryBound(to: UInt8.self)
    let b = b.assumingMemoryBound(to: UInt8.self)
    for i in 0..<n { d[i] = f(a[i], b[i]) }
  }

  @inline(never)
  static func unary(_ kernel: UnaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int) {
    switch kernel {
    case .not: map(d, a, a, n) { x, _ in x ^ 1 }
    case .isnan: map(d, a, a, n) { _, _ in 0 }
    case .isfinite: map(d, a, a, n) { _, _ in 1 }
    default: map(d, a, a, n) { x, _ in x }
    }
  }

  @inline(never)
  static func binary(
    _ kernel: BinaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int
  ) {
    switch kernel {
    case .and, .minimum, .multiply: map(d, a, b, n) { $0 & $1 }
    case .or, .maximum: map(d, a, b, n) { $0 | $1 }
    default: map(d, a, b, n) { $0 ^ $1 }
    }
  }

  @inline(never)
  static func compare(
    _ comparison: Comparison, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int
  ) {
    switch comparison {
    case .equal: map(d, a, b, n) { $0 == $1 ? 1 : 0 }
    case .notEqual: map(d, a, b, n) { $0 != $1 ? 1 : 0 }
    case .less: map(d, a, b, n) { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: map(d, a, b, n) { $0 <= $1 ? 1 : 0 }
    case .greater: map(d, a, b, n) { $0 > $1 ? 1 : 0 }
    case .greaterOrEqual: map(d, a, b, n) { $0 >= $1 ? 1 : 0 }
    }
  }

  @inline(never)
  static func select(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeRawPointer,
    _ n: Int
  ) {
    let d = d.assumingMemoryBound(to: UInt8.self)
    let a = a.assumingMemoryBound(to: UInt8.self)
    let b = b.assumingMemoryBound(to: UInt8.self)
    let c = c.assumingMemoryBound(to: UInt8.self)
    for i in 0..<n { d[i] = a[i] != 0 ? b[i] : c[i] }
  }
}
