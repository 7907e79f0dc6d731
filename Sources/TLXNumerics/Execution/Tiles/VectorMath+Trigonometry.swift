import CVectors

#if canImport(Glibc)
  import Glibc
#endif

/// Sine and cosine: x = n π/2 + r with |r| ≤ π/4, then a polynomial of r.
///
/// π/2 is taken off in three parts by multiply-adds. The first leaves no rounding: the difference is below 1 and a
/// multiple of the part's last bit. Where some lane is beyond `farthest…` (or no number), all lanes go through libm.
extension VectorMath {
  private static var farthestSingle: Float { 100_000 }
  private static var farthestDouble: Double { 1e9 }

  /// sin (x + shift π/2).
  @inline(__always)
  private static func wave(_ x: Singles, shift: Int32) -> Singles {
    let magic: Float = 12_582_912
    let shifted = tlx_fma_f32(x, Singles(repeating: 0.636_619_77), Singles(repeating: magic))
    let n = shifted - magic
    var r = tlx_fma_f32(n, Singles(repeating: -0x1.921fb6p+0), x)
    r = tlx_fma_f32(n, Singles(repeating: 0x1.777a5cp-25), r)
    r = tlx_fma_f32(n, Singles(repeating: 0x1.ee59dap-50), r)
    let z = r * r
    var s = tlx_fma_f32(
      Singles(repeating: -1.951_529_589_1e-4), z, Singles(repeating: 8.332_160_873_6e-3))
    s = tlx_fma_f32(s, z, Singles(repeating: -1.666_665_461_1e-1))
    s = tlx_fma_f32(s * z, r, r)
    var c = tlx_fma_f32(
      Singles(repeating: 2.443_315_711_809_948e-5), z, Singles(repeating: -1.388_731_625_493_765e-3))
    c = tlx_fma_f32(c, z, Singles(repeating: 4.166_664_568_298_827e-2))
    c = tlx_fma_f32(c * z, z, tlx_fma_f32(z, Singles(repeating: -0.5), Singles(repeating: 1)))
    let quadrant = unsafeBitCast(shifted, to: SingleBits.self) &+ shift
    // A comparison of integers would be a loop over lanes.
    let isOdd = unsafeBitCast(SingleBits(repeating: 0) &- (quadrant & 1), to: SIMDMask<SingleBits>.self)
    let y = s.replacing(with: c, where: isOdd)
    return unsafeBitCast(
      unsafeBitCast(y, to: SingleBits.self) ^ ((quadrant & 2) &<< 30), to: Singles.self)
  }

  @inline(__always)
  static func sin(_ x: Singles) -> Singles {
    guard all(tlx_abs_f32(x) .<= farthestSingle) else { return lanes(x) { Float(Glibc.sin(Double($0))) } }
    // Keeps −0.
    return wave(x, shift: 0).replacing(with: x, where: x .== 0)
  }

  @inline(__always)
  static func cos(_ x: Singles) -> Singles {
    guard all(tlx_abs_f32(x) .<= farthestSingle) else { return lanes(x) { Float(Glibc.cos(Double($0))) } }
    return wave(x, shift: 1)
  }

  @inline(never)
  private static func lanes(_ x: Singles, _ f: (Float) -> Float) -> Singles {
    var result = x
    for lane in 0..<16 { result[lane] = f(x[lane]) }
    return result
  }

  /// sin (x + shift π/2). Polynomials of fdlibm's `__kernel_sin` and `__kernel_cos`.
  @inline(__always)
  private static func wave(_ x: Doubles, shift: Int64) -> Doubles {
    let magic = 6_755_399_441_055_744.0
    let shifted = tlx_fma_f64(x, Doubles(repeating: 0.636_619_772_367_581_4), Doubles(repeating: magic))
    let n = shifted - magic
    var r = tlx_fma_f64(n, Doubles(repeating: -0x1.921fb54442d18p+0), x)
    r = tlx_fma_f64(n, Doubles(repeating: -0x1.1a62633145c07p-54), r)
    r = tlx_fma_f64(n, Doubles(repeating: 0x1.f1976b7ed8fbcp-110), r)
    let z = r * r
    var s = tlx_fma_f64(
      Doubles(repeating: 1.589_690_995_211_550_102_21e-10), z,
      Doubles(repeating: -2.505_076_025_340_686_341_95e-8))
    s = tlx_fma_f64(s, z, Doubles(repeating: 2.755_731_370_707_006_767_89e-6))
    s = tlx_fma_f64(s, z, Doubles(repeating: -1.984_126_982_985_794_931_34e-4))
    s = tlx_fma_f64(s, z, Doubles(repeating: 8.333_333_333_322_489_461_24e-3))
    s = tlx_fma_f64(s, z, Doubles(repeating: -1.666_666_666_666_663_243_48e-1))
    s = tlx_fma_f64(s * z, r, r)
    var c = tlx_fma_f64(
      Doubles(repeating: -1.135_964_755_778_819_482_65e-11), z,
      Doubles(repeating: 2.087_572_321_298_174_827_90e-9))
    c = tlx_fma_f64(c, z, Doubles(repeating: -2.755_731_435_139_066_330_35e-7))
    c = tlx_fma_f64(c, z, Doubles(repeating: 2.480_158_728_947_672_941_78e-5))
    c = tlx_fma_f64(c, z, Doubles(repeating: -1.388_888_888_887_410_957_49e-3))
    c = tlx_fma_f64(c, z, Doubles(repeating: 4.166_666_666_666_660_190_37e-2))
    // 1 − z/2 with what its rounding lost.
    let half = z * 0.5
    let high = 1 - half
    c = high + tlx_fma_f64(c * z, z, (1 - high) - half)
    let quadrant = unsafeBitCast(shifted, to: DoubleBits.self) &+ shift
    let isOdd = unsafeBitCast(DoubleBits(repeating: 0) &- (quadrant & 1), to: SIMDMask<DoubleBits>.self)
    let y = s.replacing(with: c, where: isOdd)
    return unsafeBitCast(
      unsafeBitCast(y, to: DoubleBits.self) ^ ((quadrant & 2) &<< 62), to: Doubles.self)
  }

  @inline(__always)
  static func sin(_ x: Doubles) -> Doubles {
    guard all(tlx_abs_f64(x) .<= farthestDouble) else { return lanes(x) { Glibc.sin($0) } }
    return wave(x, shift: 0).replacing(with: x, where: x .== 0)
  }

  @inline(__always)
  static func cos(_ x: Doubles) -> Doubles {
    guard all(tlx_abs_f64(x) .<= farthestDouble) else { return lanes(x) { Glibc.cos($0) } }
    return wave(x, shift: 1)
  }

  @inline(never)
  private static func lanes(_ x: Doubles, _ f: (Double) -> Double) -> Doubles {
    var result = x
    for lane in 0..<8 { result[lane] = f(x[lane]) }
    return result
  }

  @inline(__always)
  private static func all<M: SIMD>(_ mask: SIMDMask<M>) -> Bool { Swift.all(mask) }
}
