#if canImport(Glibc)
  import Glibc
#endif

enum VectorMath {
  @inline(__always) private static func each(_ x: SIMD16<Float>, _ f: (Float) -> Float) -> SIMD16<Float> {
    var r = x
    for i in 0..<16 { r[i] = f(x[i]) }
    return r
  }
  @inline(__always) private static func each(_ x: SIMD8<Double>, _ f: (Double) -> Double) -> SIMD8<Double> {
    var r = x
    for i in 0..<8 { r[i] = f(x[i]) }
    return r
  }
  static func exp(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { Glibc.expf($0) } }
  static func expm1(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { Glibc.expm1f($0) } }
  static func log(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { Glibc.logf($0) } }
  static func log1p(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { Glibc.log1pf($0) } }
  static func tanh(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { Glibc.tanhf($0) } }
  static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { 1 / (1 + Glibc.expf(-$0)) } }
  static func erf(_ x: SIMD16<Float>) -> SIMD16<Float> { each(x) { Glibc.erff($0) } }
  static func exp(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { Glibc.exp($0) } }
  static func expm1(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { Glibc.expm1($0) } }
  static func log(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { Glibc.log($0) } }
  static func log1p(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { Glibc.log1p($0) } }
  static func tanh(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { Glibc.tanh($0) } }
  static func sigmoid(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { 1 / (1 + Glibc.exp(-$0)) } }
  static func erf(_ x: SIMD8<Double>) -> SIMD8<Double> { each(x) { Glibc.erf($0) } }
}
