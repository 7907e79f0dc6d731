/// What a reduction has gathered so far. Floats gather in double precision, and sums of tiles carry their rounding
/// error along (Knuth's two-sum), so that only the few additions within a tile round.
struct Accumulator {
  var value = 0.0
  var rest = 0.0
  var integer = 0
  var fault = TileFault.none
  /// Of deviations: how many elements, and their mean.
  var spread = Spread()

  init(_ reduction: Reduction, _ dtype: DType) {
    switch reduction {
    case .sum: break
    case .product:
      value = 1
      integer = 1
    case .max:
      value = -.infinity
      integer = dtype == .bool ? 0 : .min
    case .min:
      value = .infinity
      integer = dtype == .bool ? 1 : .max
    case .any: integer = 0
    case .all: integer = 1
    case .deviations: break
    }
  }

  /// Takes in `count` elements of a tile.
  @inline(__always)
  mutating func take(
    _ reduction: Reduction, _ dtype: DType, _ tile: UnsafeRawPointer, _ count: Int
  ) {
    if reduction == .deviations {
      spread.merge(dtype == .f32 ? FloatTile.spread(tile, count) : DoubleTile.spread(tile, count))
      return
    }
    switch dtype {
    case .f32: takeFloat(reduction, FloatTile.reduce(reduction, tile, count))
    case .f64: takeFloat(reduction, DoubleTile.reduce(reduction, tile, count))
    case .i64: takeInteger(reduction, IntTile.reduce(reduction, tile, count))
    case .bool: takeInteger(reduction, BoolTile.reduce(reduction, tile, count))
    }
  }

  /// Takes in the sum of a tile.
  @inline(__always)
  mutating func takeSum(_ sum: Double) { takeFloat(.sum, sum) }

  @inline(__always)
  mutating func take(_ reduction: TileReduction, _ tile: UnsafeRawPointer, _ count: Int) {
    if reduction.isSquared {
      let sum =
        reduction.dtype == .f32
        ? FloatTile.sumOfSquares(tile, count) : DoubleTile.sumOfSquares(tile, count)
      takeFloat(.sum, sum)
    } else {
      take(reduction.reduction, reduction.dtype, tile, count)
    }
  }

  /// Takes in another part, in the order of the parts.
  mutating func merge(_ reduction: Reduction, _ dtype: DType, _ other: Accumulator) {
    if other.fault != .none { fault = other.fault }
    if reduction == .deviations {
      spread.merge(other.spread)
    } else if dtype.isFloat {
      takeFloat(reduction, other.value)
      rest += other.rest
    } else {
      takeInteger(reduction, (other.integer, other.fault))
    }
  }

  @inline(__always)
  private mutating func takeFloat(_ reduction: Reduction, _ x: Double) {
    switch reduction {
    case .sum:
      let sum = value + x
      let part = sum - value
      rest += (value - (sum - part)) + (x - part)
      value = sum
    case .product: value *= x
    case .max: if x > value || x != x { value = x }
    case .min: if x < value || x != x { value = x }
    case .any, .all, .deviations: break
    }
  }

  @inline(__always)
  private mutating func takeInteger(_ reduction: Reduction, _ x: (value: Int, fault: TileFault)) {
    var overflow = false
    switch reduction {
    case .sum: (integer, overflow) = integer.addingReportingOverflow(x.value)
    case .product: (integer, overflow) = integer.multipliedReportingOverflow(by: x.value)
    case .max: integer = max(integer, x.value)
    case .min: integer = min(integer, x.value)
    case .any: integer |= x.value
    case .all: integer &= x.value
    case .deviations: break
    }
    if overflow || x.fault != .none { fault = .overflow }
  }

  /// Writes the result as element `index` of `output`.
  func store(_ output: UnsafeMutableRawPointer, _ index: Int, from source: DType, as dtype: DType) {
    if spread.count > 0 { return Accumulator.store(spread.squares, output, index, as: dtype) }
    // The carried error of a sum that overflowed or met NaN is NaN: the sum alone says it right.
    let total = rest.isFinite ? value + rest : value
    switch dtype {
    case .bool: output.assumingMemoryBound(to: UInt8.self)[index] = integer != 0 ? 1 : 0
    case .i64: output.assumingMemoryBound(to: Int.self)[index] = integer
    case .f32:
      output.assumingMemoryBound(to: Float.self)[index] = Float(source.isFloat ? total : Double(integer))
    case .f64: output.assumingMemoryBound(to: Double.self)[index] = source.isFloat ? total : Double(integer)
    }
  }

  private static func store(
    _ total: Double, _ output: UnsafeMutableRawPointer, _ index: Int, as dtype: DType
  ) {
    if dtype == .f32 {
      output.assumingMemoryBound(to: Float.self)[index] = Float(total)
    } else {
      output.assumingMemoryBound(to: Double.self)[index] = total
    }
  }
}
