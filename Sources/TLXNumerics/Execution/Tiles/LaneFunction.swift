/// A function of a vector of lanes, as a type, so that each loop over a tile is compiled for its own function (see
/// `LaneOperation`).
protocol LaneFunction {
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float>
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double>
}

enum LaneExponential: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.exp(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.exp(x) }
}

enum LaneExponentialOfNegative: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.exp(-x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.exp(-x) }
}

enum LaneExponentialLessOne: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.expm1(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.expm1(x) }
}

enum LaneLogarithm: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.log(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.log(x) }
}

enum LaneLogarithmOfOneMore: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.log1p(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.log1p(x) }
}

/// The hyperbolic one.
enum LaneTangent: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.tanh(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.tanh(x) }
}

enum LaneSigmoid: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.sigmoid(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.sigmoid(x) }
}

enum LaneSine: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.sin(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.sin(x) }
}

enum LaneCosine: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.cos(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.cos(x) }
}

enum LaneErrorFunction: LaneFunction {
  @inline(__always)
  static func apply(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.erf(x) }
  @inline(__always)
  static func apply(_ x: SIMD8<Double>) -> SIMD8<Double> { VectorMath.erf(x) }
}
