import CVectors

#if canImport(Glibc)
  import Glibc
#endif

extension VectorMath {
  typealias Singles = SIMD16<Float>
  typealias SingleBits = SIMD16<Int32>

  @inline(__always)
  private static func all(_ x: Float) -> Singles { Singles(repeating: x) }

  /// eˣ = 2ⁿ eʳ with |r| ≤ ln 2 / 2; 2ⁿ is applied in two halves, so that results may be subnormal.
  @inline(__always)
  static func exp(_ x: Singles) -> Singles {
    var x = x.replacing(with: 89, where: x .> 89)
    x = x.replacing(with: -104, where: x .< -104)
    let magic: Float = 12_582_912
    let shifted = tlx_fma_f32(x, all(1.442_695_04), all(magic))
    let n = shifted - magic
    // ln 2 in two parts; the first has few bits, so that its multiples are exact.
    var r = tlx_fma_f32(n, all(-0.693_359_375), x)
    r = tlx_fma_f32(n, all(2.121_944_4e-4), r)
    var p = tlx_fma_f32(all(1.987_569_15e-4), r, all(1.398_199_950_7e-3))
    p = tlx_fma_f32(p, r, all(8.333_451_907_3e-3))
    p = tlx_fma_f32(p, r, all(4.166_579_589_4e-2))
    p = tlx_fma_f32(p, r, all(1.666_666_545_9e-1))
    p = tlx_fma_f32(p, r, all(5.000_000_120_1e-1))
    // 1 + r with what its rounding lost: one rounding instead of two, which sigmoid needs for its 2 ulp.
    let high = r + 1
    let y = high + tlx_fma_f32(p * r, r, (1 - high) + r)
    let bits = unsafeBitCast(shifted, to: SingleBits.self) &- SingleBits(repeating: 0x4B40_0000)
    let half = bits &>> 1
    let first = unsafeBitCast((half &+ 127) &<< 23, to: Singles.self)
    let second = unsafeBitCast((bits &- half &+ 127) &<< 23, to: Singles.self)
    return y * first * second
  }

  /// ln x = e ln 2 + ln m with √½ ≤ m < √2.
  @inline(__always)
  static func log(_ x: Singles) -> Singles {
    let isSubnormal = x .< 1.175_494_351e-38
    let scaled = x.replacing(with: x * 8_388_608, where: isSubnormal)
    let bits = unsafeBitCast(scaled, to: SingleBits.self)
    // The exponent after moving the cut from 1 to √½.
    let moved = bits &- 0x3F35_04F3
    let exponent = moved &>> 23
    let m = unsafeBitCast(bits &- (exponent &<< 23), to: Singles.self)
    var e = unsafeBitCast(exponent &+ 0x4B40_0000, to: Singles.self) - 12_582_912
    e = e.replacing(with: e - 23, where: isSubnormal)
    let f = m - 1
    let z = f * f
    var p = tlx_fma_f32(all(7.037_683_629_2e-2), f, all(-1.151_461_031e-1))
    p = tlx_fma_f32(p, f, all(1.167_699_874e-1))
    p = tlx_fma_f32(p, f, all(-1.242_014_084_6e-1))
    p = tlx_fma_f32(p, f, all(1.424_932_278_7e-1))
    p = tlx_fma_f32(p, f, all(-1.666_805_766_5e-1))
    p = tlx_fma_f32(p, f, all(2.000_071_476_5e-1))
    p = tlx_fma_f32(p, f, all(-2.499_999_399_3e-1))
    p = tlx_fma_f32(p, f, all(3.333_333_117_4e-1))
    var y = p * f * z
    y = tlx_fma_f32(e, all(-2.121_944_4e-4), y)
    y = tlx_fma_f32(z, all(-0.5), y)
    var result = tlx_fma_f32(e, all(0.693_359_375), f + y)
    result = result.replacing(with: x, where: x .== .infinity)
    result = result.replacing(with: -.infinity, where: x .== 0)
    return result.replacing(with: .nan, where: (x .< 0) .| (x .!= x))
  }

  /// 1 / (1 + e⁻ˣ), without overflow on either side.
  @inline(__always)
  static func sigmoid(_ x: Singles) -> Singles {
    let e = exp(-tlx_abs_f32(x))
    let quotient = all(1).replacing(with: e, where: x .< 0) / (e + 1)
    // Far left e − e²/(1 + e): e/(1 + e) would round three times.
    return quotient.replacing(with: tlx_fma_f32(-e, quotient, e), where: x .< -1.5)
  }

  /// A polynomial below 0.625, 1 − 2 / (e²ˣ + 1) above.
  @inline(__always)
  static func tanh(_ x: Singles) -> Singles {
    let magnitude = tlx_abs_f32(x)
    let z = x * x
    var p = tlx_fma_f32(all(-5.704_988_727_45e-3), z, all(2.063_908_879_54e-2))
    p = tlx_fma_f32(p, z, all(-5.373_971_555_31e-2))
    p = tlx_fma_f32(p, z, all(1.333_144_220_36e-1))
    p = tlx_fma_f32(p, z, all(-3.333_328_194_22e-1))
    let small = tlx_fma_f32(p * z, x, x)
    let large = 1 - 2 / (exp(magnitude + magnitude) + 1)
    let signed = large.replacing(with: -large, where: x .< 0)
    // Keeps −0, and NaN.
    return signed.replacing(with: small, where: magnitude .< 0.625).replacing(
      with: x, where: (x .== 0) .| (x .!= x))
  }

  /// A polynomial below 0.928, 1 − exp(polynomial) above (after N. Juffa).
  @inline(__always)
  static func erf(_ x: Singles) -> Singles {
    let t = tlx_abs_f32(x)
    let s = x * x
    var r = tlx_fma_f32(all(-1.728_534_7e-5), t, all(3.831_971_26e-4))
    let u = tlx_fma_f32(all(-3.883_964_38e-3), t, all(2.425_462_19e-2))
    r = tlx_fma_f32(r, s, u)
    r = tlx_fma_f32(r, t, all(-1.067_778_77e-1))
    r = tlx_fma_f32(r, t, all(-6.348_466_87e-1))
    r = tlx_fma_f32(r, t, all(-1.287_175_12e-1))
    r = tlx_fma_f32(r, t, -t)
    // Beyond 4 it is 1 to the last bit, and the polynomial is not meant for it.
    let large = (1 - exp(r)).replacing(with: 1, where: t .> 4)
    let signed = large.replacing(with: -large, where: x .< 0)
    var q = tlx_fma_f32(all(-5.967_617_03e-4), s, all(4.991_194_23e-3))
    q = tlx_fma_f32(q, s, all(-2.676_813_49e-2))
    q = tlx_fma_f32(q, s, all(1.128_199_25e-1))
    q = tlx_fma_f32(q, s, all(-3.761_253_36e-1))
    q = tlx_fma_f32(q, s, all(1.283_791_66e-1))
    let small = tlx_fma_f32(q, x, x)
    return signed.replacing(with: small, where: t .<= 0.927_734_375).replacing(with: x, where: x .!= x)
  }

  // In double precision, rounded once.

  @inline(__always)
  private static func inDoubles(_ x: Singles, _ f: (Doubles) -> Doubles) -> Singles {
    let low = tlx_narrow(f(tlx_widen(x.lowHalf)))
    let high = tlx_narrow(f(tlx_widen(x.highHalf)))
    return Singles(lowHalf: low, highHalf: high)
  }

  @inline(__always)
  static func expm1(_ x: Singles) -> Singles { inDoubles(x) { expm1($0) } }

  @inline(__always)
  static func log1p(_ x: Singles) -> Singles { inDoubles(x) { log1p($0) } }

  /// xʸ as exp(y ln x) in double precision for positive finite x; through libm where a lane has another x.
  @inline(__always)
  static func power(_ x: Singles, _ y: Singles) -> Singles {
    if any((x .<= 0) .| (x .!= x) .| (x .== .infinity) .| (y .!= y) .| (tlx_abs_f32(y) .> 1e30)) {
      var result = x
      for lane in 0..<16 { result[lane] = Glibc.powf(x[lane], y[lane]) }
      return result
    }
    let low = exp(log(tlx_widen(x.lowHalf)) * tlx_widen(y.lowHalf))
    let high = exp(log(tlx_widen(x.highHalf)) * tlx_widen(y.highHalf))
    return Singles(lowHalf: tlx_narrow(low), highHalf: tlx_narrow(high))
  }
}
