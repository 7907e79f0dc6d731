import CVectors

#if canImport(Glibc)
  import Glibc
#endif

extension VectorMath {
  typealias Doubles = SIMD8<Double>
  typealias DoubleBits = SIMD8<Int64>

  @inline(__always)
  private static func all(_ x: Double) -> Doubles { Doubles(repeating: x) }

  /// x = n ln 2 + r, and q with eʳ = 1 + r + r² q (Taylor to r¹³, below 2⁻⁵⁷ for |r| ≤ ln 2 / 2).
  @inline(__always)
  private static func reduced(_ x: Doubles) -> (n: DoubleBits, r: Doubles, q: Doubles) {
    let magic = 6_755_399_441_055_744.0
    let shifted = tlx_fma_f64(x, all(1.442_695_040_888_963_4), all(magic))
    let n = shifted - magic
    var r = tlx_fma_f64(n, all(-6.931_471_803_691_238_164_9e-1), x)
    r = tlx_fma_f64(n, all(-1.908_214_929_270_587_700_02e-10), r)
    var q = tlx_fma_f64(all(1 / 6_227_020_800.0), r, all(1 / 479_001_600.0))
    q = tlx_fma_f64(q, r, all(1 / 39_916_800.0))
    q = tlx_fma_f64(q, r, all(1 / 3_628_800.0))
    q = tlx_fma_f64(q, r, all(1 / 362_880.0))
    q = tlx_fma_f64(q, r, all(1 / 40_320.0))
    q = tlx_fma_f64(q, r, all(1 / 5_040.0))
    q = tlx_fma_f64(q, r, all(1 / 720.0))
    q = tlx_fma_f64(q, r, all(1 / 120.0))
    q = tlx_fma_f64(q, r, all(1 / 24.0))
    q = tlx_fma_f64(q, r, all(1 / 6.0))
    q = tlx_fma_f64(q, r, all(0.5))
    let bits = unsafeBitCast(shifted, to: DoubleBits.self) &- DoubleBits(repeating: 0x4338_0000_0000_0000)
    return (bits, r, q)
  }

  /// y 2ⁿ, in two halves, so that results may be subnormal.
  @inline(__always)
  private static func scaled(_ y: Doubles, _ n: DoubleBits) -> Doubles {
    // AVX2 has no arithmetic shift of 64-bit lanes: n stays within 32 bits, so that a bias makes a logical one do.
    let half =
      unsafeBitCast(
        unsafeBitCast(n &+ 4096, to: SIMD8<UInt64>.self) &>> 1, to: DoubleBits.self) &- 2048
    let first = unsafeBitCast((half &+ 1023) &<< 52, to: Doubles.self)
    let second = unsafeBitCast((n &- half &+ 1023) &<< 52, to: Doubles.self)
    return y * first * second
  }

  @inline(__always)
  private static func clamped(_ x: Doubles) -> Doubles {
    x.replacing(with: 710, where: x .> 710).replacing(with: -746, where: x .< -746)
  }

  @inline(__always)
  static func exp(_ x: Doubles) -> Doubles {
    let (n, r, q) = reduced(clamped(x))
    return scaled(tlx_fma_f64(q * r, r, r) + 1, n)
  }

  /// eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1); beyond ±40 the 1 is lost or the result is −1.
  @inline(__always)
  static func expm1(_ x: Doubles) -> Doubles {
    let (n, r, q) = reduced(clamped(x))
    let p = tlx_fma_f64(q * r, r, r)
    let power = unsafeBitCast((n &+ 1023) &<< 52, to: Doubles.self)
    let near = tlx_fma_f64(p, power, power - 1)
    let far = scaled(p + 1, n) - 1
    let result = near.replacing(with: far, where: tlx_abs_f64(x) .> 40)
    // Keeps −0, and NaN.
    return result.replacing(with: x, where: (x .== 0) .| (x .!= x))
  }

  /// ln m = f − f²/2 + s (f²/2 + R(s²)) with f = m − 1 and s = f / (2 + f), √½ ≤ m < √2 (fdlibm).
  @inline(__always)
  static func log(_ x: Doubles) -> Doubles {
    let isSubnormal = x .< 2.225_073_858_507_201_4e-308
    let scaled = x.replacing(with: x * 18_014_398_509_481_984, where: isSubnormal)
    let bits = unsafeBitCast(scaled, to: DoubleBits.self)
    let moved = unsafeBitCast(bits &- 0x3FE6_A09E_667F_3BCD, to: SIMD8<UInt64>.self)
    // An arithmetic shift by 52 by way of a logical one.
    let logical = unsafeBitCast((moved &+ 0x8000_0000_0000_0000) &>> 52, to: DoubleBits.self)
    let exponent = logical &- 2048
    let m = unsafeBitCast(bits &- (exponent &<< 52), to: Doubles.self)
    var e = unsafeBitCast(exponent &+ 0x4338_0000_0000_0000, to: Doubles.self) - 6_755_399_441_055_744.0
    e = e.replacing(with: e - 54, where: isSubnormal)
    let f = m - 1
    let s = f / (f + 2)
    let z = s * s
    let w = z * z
    var even = tlx_fma_f64(all(1.531_383_769_920_937_332e-1), w, all(2.222_219_843_214_978_396e-1))
    even = tlx_fma_f64(even, w, all(3.999_999_999_940_941_908e-1))
    var odd = tlx_fma_f64(all(1.479_819_860_511_658_591e-1), w, all(1.818_357_216_161_805_012e-1))
    odd = tlx_fma_f64(odd, w, all(2.857_142_874_366_239_149e-1))
    odd = tlx_fma_f64(odd, w, all(6.666_666_666_666_735_13e-1))
    let r = tlx_fma_f64(odd, z, even * w)
    let half = f * f * 0.5
    let low = tlx_fma_f64(e, all(1.908_214_929_270_587_700_02e-10), s * (half + r))
    var result = tlx_fma_f64(e, all(6.931_471_803_691_238_164_9e-1), f - (half - low))
    result = result.replacing(with: x, where: x .== .infinity)
    result = result.replacing(with: -.infinity, where: x .== 0)
    return result.replacing(with: .nan, where: (x .< 0) .| (x .!= x))
  }

  /// ln u + (x − (u − 1)) / u with u = 1 + x rounded: the second term is what the rounding lost.
  @inline(__always)
  static func log1p(_ x: Doubles) -> Doubles {
    let u = x + 1
    let lost = (x - (u - 1)) / u
    let result = log(u)
    let isPlain = (u .> 0) .& (u .< .infinity)
    // Keeps −0.
    return result.replacing(with: result + lost, where: isPlain).replacing(with: x, where: x .== 0)
  }

  @inline(__always)
  static func sigmoid(_ x: Doubles) -> Doubles {
    let e = exp(-tlx_abs_f64(x))
    let quotient = all(1).replacing(with: e, where: x .< 0) / (e + 1)
    // Far left e − e²/(1 + e): e/(1 + e) would round three times.
    return quotient.replacing(with: tlx_fma_f64(-e, quotient, e), where: x .< -1.5)
  }

  /// A rational function below 0.625 (Cephes), 1 − 2 / (e²ˣ + 1) above.
  @inline(__always)
  static func tanh(_ x: Doubles) -> Doubles {
    let magnitude = tlx_abs_f64(x)
    let z = x * x
    var p = tlx_fma_f64(all(-9.643_991_794_250_522_386_28e-1), z, all(-9.928_772_310_019_185_865_64e1))
    p = tlx_fma_f64(p, z, all(-1.614_687_684_417_084_479_52e3))
    var q = z + 1.128_116_784_916_329_314_02e2
    q = tlx_fma_f64(q, z, all(2.235_488_390_601_004_485_83e3))
    q = tlx_fma_f64(q, z, all(4.844_063_053_251_254_860_48e3))
    let small = tlx_fma_f64(x, z * (p / q), x)
    let large = 1 - 2 / (exp(magnitude + magnitude) + 1)
    let signed = large.replacing(with: -large, where: x .< 0)
    // Keeps −0, and NaN.
    return signed.replacing(with: small, where: magnitude .< 0.625).replacing(
      with: x, where: (x .== 0) .| (x .!= x))
  }

  /// Through libm: its four ranges cost more in lanes than they save.
  @inline(__always)
  static func erf(_ x: Doubles) -> Doubles {
    var result = x
    for lane in 0..<8 { result[lane] = Glibc.erf(x[lane]) }
    return result
  }
}
