/// Conversions of a tile from one dtype to another.
enum CastTile {
  /// Float to i64 drops the fraction; what does not fit becomes the nearest i64, NaN becomes 0 (the language asks
  /// for lossless conversions before it comes here). To bool: not zero.
  @inline(never)
  static func cast(
    from source: DType, to target: DType, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int
  ) {
    switch (source, target) {
    case (.bool, .i64): convert(d, a, n) { (x: UInt8) in Int(x) }
    case (.bool, .f32): convert(d, a, n) { (x: UInt8) in Float(x) }
    case (.bool, .f64): convert(d, a, n) { (x: UInt8) in Double(x) }
    case (.i64, .bool): convert(d, a, n) { (x: Int) in UInt8(x != 0 ? 1 : 0) }
    case (.i64, .f32): convert(d, a, n) { (x: Int) in Float(x) }
    case (.i64, .f64): convert(d, a, n) { (x: Int) in Double(x) }
    case (.f32, .bool): convert(d, a, n) { (x: Float) in UInt8(x != 0 ? 1 : 0) }
    case (.f32, .i64): convert(d, a, n) { (x: Float) in saturating(Double(x)) }
    case (.f32, .f64): convert(d, a, n) { (x: Float) in Double(x) }
    case (.f64, .bool): convert(d, a, n) { (x: Double) in UInt8(x != 0 ? 1 : 0) }
    case (.f64, .i64): convert(d, a, n) { (x: Double) in saturating(x) }
    case (.f64, .f32): convert(d, a, n) { (x: Double) in Float(x) }
    default: d.copyMemory(from: a, byteCount: n &* source.stride)
    }
  }

  @inline(__always)
  static func saturating(_ x: Double) -> Int {
    if x >= 0x1p63 { return .max }
    if x < -0x1p63 { return .min }
    return x == x ? Int(x) : 0
  }

  @inline(__always)
  private static func convert<A, D>(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int, _ f: (A) -> D
  ) {
    let d = d.assumingMemoryBound(to: D.self)
    let a = a.assumingMemoryBound(to: A.self)
    for i in 0..<n { d[i] = f(a[i]) }
  }
}
