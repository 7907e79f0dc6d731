import CVectors

/// A step on two vectors of lanes, as a type, so that each loop over a tile is compiled for its own steps.
///
/// Closures in one large switch are not: beyond some size of the function the optimizer calls them for every vector, which
/// takes longer than the step.
protocol LaneOperation {
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float>
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double>
}

enum LaneSum: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { a + b }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { a + b }
}

enum LaneDifference: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { a - b }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { a - b }
}

enum LaneProduct: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { a * b }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { a * b }
}

enum LaneQuotient: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { a / b }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { a / b }
}

/// NaN on either side comes through.
enum LaneMaximum: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
    a.replacing(with: b, where: (b .> a) .| (b .!= b))
  }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> {
    a.replacing(with: b, where: (b .> a) .| (b .!= b))
  }
}

/// NaN on either side comes through.
enum LaneMinimum: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
    a.replacing(with: b, where: (b .< a) .| (b .!= b))
  }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> {
    a.replacing(with: b, where: (b .< a) .| (b .!= b))
  }
}

/// The same with its operands exchanged.
enum Reversed<Operation: LaneOperation>: LaneOperation {
  @inline(__always)
  static func apply(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { Operation.apply(b, a) }
  @inline(__always)
  static func apply(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { Operation.apply(b, a) }
}
