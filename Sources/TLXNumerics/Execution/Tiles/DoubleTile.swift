import CVectors

/// Operations on tiles of `Double`, 8 lanes at a time: `FloatTile`'s text once more, since loops that are generic over
/// the vector type lose their vector instructions. The rest of a tile goes through the same code in a padded
/// vector, so that an element's value does not depend on its place.
enum DoubleTile {
  typealias Vector = SIMD8<Double>
  typealias Mask = SIMDMask<SIMD8<Int64>>

  @inline(__always)
  static func load(_ p: UnsafeRawPointer, _ i: Int) -> Vector {
    p.loadUnaligned(fromByteOffset: i &* 8, as: Vector.self)
  }

  @inline(__always)
  static func store(_ v: Vector, _ p: UnsafeMutableRawPointer, _ i: Int) {
    p.storeBytes(of: v, toByteOffset: i &* 8, as: Vector.self)
  }

  /// The `rest` elements from `i` on, padded with ones (harmless to every operation).
  @inline(__always)
  static func loadRest(_ p: UnsafeRawPointer, _ i: Int, _ rest: Int) -> Vector {
    var v = Vector(repeating: 1)
    withUnsafeMutableBytes(of: &v) { bytes in
      bytes.baseAddress?.copyMemory(from: p + i &* 8, byteCount: rest &* 8)
    }
    return v
  }

  @inline(__always)
  static func storeRest(_ v: Vector, _ p: UnsafeMutableRawPointer, _ i: Int, _ rest: Int) {
    withUnsafeBytes(of: v) { bytes in
      if let base = bytes.baseAddress { (p + i &* 8).copyMemory(from: base, byteCount: rest &* 8) }
    }
  }

  @inline(__always)
  private static func map(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int, _ f: (Vector) -> Vector
  ) {
    var i = 0
    while i &+ 8 <= n {
      store(f(load(a, i)), d, i)
      i &+= 8
    }
    if i < n { storeRest(f(loadRest(a, i, n &- i)), d, i, n &- i) }
  }

  @inline(__always)
  private static func map(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int,
    _ f: (Vector, Vector) -> Vector
  ) {
    var i = 0
    while i &+ 8 <= n {
      store(f(load(a, i), load(b, i)), d, i)
      i &+= 8
    }
    if i < n { storeRest(f(loadRest(a, i, n &- i), loadRest(b, i, n &- i)), d, i, n &- i) }
  }

  /// For functions without a vector form.
  @inline(__always)
  private static func mapScalars(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int, _ f: (Double) -> Double
  ) {
    for i in 0..<n {
      let x = a.loadUnaligned(fromByteOffset: i &* 8, as: Double.self)
      d.storeBytes(of: f(x), toByteOffset: i &* 8, as: Double.self)
    }
  }

  @inline(__always)
  private static func mapScalars(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int,
    _ f: (Double, Double) -> Double
  ) {
    for i in 0..<n {
      let x = a.loadUnaligned(fromByteOffset: i &* 8, as: Double.self)
      let y = b.loadUnaligned(fromByteOffset: i &* 8, as: Double.self)
      d.storeBytes(of: f(x, y), toByteOffset: i &* 8, as: Double.self)
    }
  }

  @inline(never)
  static func unary(_ kernel: UnaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int) {
    switch kernel {
    case .negate: negate(d, a, n)
    case .abs: map(d, a, n) { tlx_abs_f64($0) }
    case .sign: map(d, a, n) { sign($0) }
    case .sqrt: map(d, a, n) { tlx_sqrt_f64($0) }
    case .reciprocal: map(d, a, n) { 1 / $0 }
    case .floor: map(d, a, n) { tlx_floor_f64($0) }
    case .ceil: map(d, a, n) { tlx_ceil_f64($0) }
    case .trunc: map(d, a, n) { tlx_trunc_f64($0) }
    case .round: map(d, a, n) { tlx_roundeven_f64($0) }
    case .exp: lanes(LaneExponential.self, d, a, n)
    case .expm1: lanes(LaneExponentialLessOne.self, d, a, n)
    case .log: lanes(LaneLogarithm.self, d, a, n)
    case .log1p: lanes(LaneLogarithmOfOneMore.self, d, a, n)
    case .tanh: lanes(LaneTangent.self, d, a, n)
    case .sigmoid: lanes(LaneSigmoid.self, d, a, n)
    case .erf: lanes(LaneErrorFunction.self, d, a, n)
    case .sin: lanes(LaneSine.self, d, a, n)
    case .cos: lanes(LaneCosine.self, d, a, n)
    case .isnan: test(d, a, n) { $0 .!= $0 }
    case .isfinite: test(d, a, n) { tlx_abs_f64($0) .< .infinity }
    case .tan, .asin, .acos, .atan, .sinh, .cosh, .lgamma, .digamma, .trigamma, .not:
      rare(kernel, d, a, n)
    }
  }

  @inline(never)
  private static func negate(_ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int) {
    map(d, a, n) { -$0 }
  }

  /// Compiled for each operation.
  @inline(never)
  private static func lanes<Operation: LaneOperation>(
    _ operation: Operation.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int
  ) {
    var i = 0
    while i &+ 8 <= n {
      store(Operation.apply(load(a, i), load(b, i)), d, i)
      i &+= 8
    }
    if i < n {
      let rest = n &- i
      storeRest(Operation.apply(loadRest(a, i, rest), loadRest(b, i, rest)), d, i, rest)
    }
  }

  /// Compiled for each function.
  @inline(never)
  static func lanes<Function: LaneFunction>(
    _ function: Function.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int
  ) {
    var i = 0
    while i &+ 8 <= n {
      store(Function.apply(load(a, i)), d, i)
      i &+= 8
    }
    if i < n { storeRest(Function.apply(loadRest(a, i, n &- i)), d, i, n &- i) }
  }

  /// Through libm, one element after the other.
  @inline(never)
  private static func rare(
    _ kernel: UnaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int
  ) {
    guard let function = ScalarMath.function(kernel) else { return }
    mapScalars(d, a, n) { function($0) }
  }

  @inline(__always)
  private static func sign(_ x: Vector) -> Vector {
    let one = Vector(repeating: 1).replacing(with: -1, where: x .< 0)
    // Zero (of either sign) and NaN stay as they are.
    return x.replacing(with: one, where: (x .< 0) .| (x .> 0))
  }

  @inline(never)
  static func binary(
    _ kernel: BinaryKernel, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int, isSplatB: Bool
  ) {
    switch kernel {
    case .add: lanes(LaneSum.self, d, a, b, n)
    case .subtract: lanes(LaneDifference.self, d, a, b, n)
    case .multiply: lanes(LaneProduct.self, d, a, b, n)
    case .divide: lanes(LaneQuotient.self, d, a, b, n)
    case .maximum: lanes(LaneMaximum.self, d, a, b, n)
    case .minimum: lanes(LaneMinimum.self, d, a, b, n)
    case .power: power(d, a, b, n, isSplatB: isSplatB)
    case .floorDivide: mapScalars(d, a, b, n) { ScalarMath.floorDivide($0, $1) }
    case .modulo: mapScalars(d, a, b, n) { ScalarMath.modulo($0, $1) }
    case .atan2: mapScalars(d, a, b, n) { ScalarMath.atan2($0, $1) }
    case .and, .or, .xor: break
    }
  }

  private static func power(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int, isSplatB: Bool
  ) {
    let exponent = isSplatB && n > 0 ? b.loadUnaligned(as: Double.self) : .nan
    switch exponent {
    case 1: map(d, a, n) { $0 }
    case 2: lanes(LaneProduct.self, d, a, a, n)
    case 3: map(d, a, n) { $0 * $0 * $0 }
    case -1: map(d, a, n) { 1 / $0 }
    case 0.5: map(d, a, n) { root($0) }
    default: mapScalars(d, a, b, n) { ScalarMath.power($0, $1) }
    }
  }

  /// x^0.5 as `power` defines it: √x, except that −∞ gives ∞ and −0 gives 0.
  @inline(__always)
  private static func root(_ x: Vector) -> Vector {
    (tlx_sqrt_f64(x) + 0).replacing(with: .infinity, where: x .== -.infinity)
  }

  @inline(__always)
  private static func test(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ n: Int, _ f: (Vector) -> Mask
  ) {
    test(d, a, a, n) { x, _ in f(x) }
  }

  @inline(__always)
  private static func test(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ n: Int,
    _ f: (Vector, Vector) -> Mask
  ) {
    var i = 0
    while i &+ 8 <= n {
      d.storeBytes(of: bools(f(load(a, i), load(b, i))), toByteOffset: i, as: SIMD8<UInt8>.self)
      i &+= 8
    }
    if i < n {
      let result = bools(f(loadRest(a, i, n &- i), loadRest(b, i, n &- i)))
      withUnsafeBytes(of: result) { bytes in
        if let base = bytes.baseAddress { (d + i).copyMemory(from: base, byteCount: n &- i) }
      }
    }
  }

  @inline(__always)
  private static func bools(_ mask: Mask) -> SIMD8<UInt8> {
    tlx_bools_i64(unsafeBitCast(mask, to: SIMD8<Int>.self))
  }

  @inline(never)
  static func compare(
    _ comparison: Comparison, _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ n: Int
  ) {
    switch comparison {
    case .equal: test(d, a, b, n) { $0 .== $1 }
    case .notEqual: test(d, a, b, n) { $0 .!= $1 }
    case .less: test(d, a, b, n) { $0 .< $1 }
    case .lessOrEqual: test(d, a, b, n) { $0 .<= $1 }
    case .greater: test(d, a, b, n) { $0 .> $1 }
    case .greaterOrEqual: test(d, a, b, n) { $0 .>= $1 }
    }
  }

  /// Where the byte of `a` is not zero the element of `b`, else that of `c`.
  @inline(never)
  static func select(
    _ d: UnsafeMutableRawPointer, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeRawPointer,
    _ n: Int
  ) {
    var i = 0
    while i &+ 8 <= n {
      let mask = tlx_mask_i64(a.loadUnaligned(fromByteOffset: i, as: SIMD8<UInt8>.self))
      let chosen = load(c, i).replacing(with: load(b, i), where: unsafeBitCast(mask, to: Mask.self))
      store(chosen, d, i)
      i &+= 8
    }
    while i < n {
      let source = a.load(fromByteOffset: i, as: UInt8.self) != 0 ? b : c
      d.storeBytes(
        of: source.loadUnaligned(fromByteOffset: i &* 8, as: UInt64.self), toByteOffset: i &* 8,
        as: UInt64.self)
      i &+= 1
    }
  }
}
