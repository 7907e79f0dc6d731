import CVectors

extension FloatTile {
  /// Elements of a tile folded to one number. Sums are exact to about 2⁻⁴⁸ relative: every lane adds at most 64
  /// elements in double precision.
  @inline(never)
  static func reduce(_ reduction: Reduction, _ p: UnsafeRawPointer, _ n: Int) -> Double {
    switch reduction {
    case .sum: sum(p, n)
    case .product: fold(p, n, 1) { $0 * $1 }
    case .max: Double(extreme(p, n, -.infinity) { ($1 .> $0) .| ($1 .!= $1) })
    case .min: Double(extreme(p, n, .infinity) { ($1 .< $0) .| ($1 .!= $1) })
    case .any, .all, .deviations: 0
    }
  }

  @inline(__always)
  static func wide(_ p: UnsafeRawPointer, _ i: Int) -> SIMD8<Double> {
    tlx_widen(p.loadUnaligned(fromByteOffset: i &* 4, as: SIMD8<Float>.self))
  }

  private static func sum(_ p: UnsafeRawPointer, _ n: Int) -> Double {
    var low = SIMD8<Double>(repeating: 0)
    var high = low
    var i = 0
    while i &+ 16 <= n {
      low += wide(p, i)
      high += wide(p, i &+ 8)
      i &+= 16
    }
    var total = (low + high).pairwiseSum
    while i < n {
      total += Double(p.loadUnaligned(fromByteOffset: i &* 4, as: Float.self))
      i &+= 1
    }
    return total
  }

  /// The sum of the squares, which are rounded to f32 as alone.
  @inline(never)
  static func sumOfSquares(_ p: UnsafeRawPointer, _ n: Int) -> Double {
    var low = SIMD8<Double>(repeating: 0)
    var high = low
    var i = 0
    while i &+ 16 <= n {
      let x = load(p, i)
      let square = x * x
      low += tlx_widen(square.lowHalf)
      high += tlx_widen(square.highHalf)
      i &+= 16
    }
    var total = (low + high).pairwiseSum
    while i < n {
      let x = p.loadUnaligned(fromByteOffset: i &* 4, as: Float.self)
      total += Double(x * x)
      i &+= 1
    }
    return total
  }

  @inline(__always)
  private static func fold(
    _ p: UnsafeRawPointer, _ n: Int, _ start: Double, _ f: (Double, Double) -> Double
  ) -> Double {
    var total = start
    for i in 0..<n { total = f(total, Double(p.loadUnaligned(fromByteOffset: i &* 4, as: Float.self))) }
    return total
  }

  @inline(__always)
  private static func extreme(
    _ p: UnsafeRawPointer, _ n: Int, _ start: Float, _ better: (Vector, Vector) -> Mask
  ) -> Float {
    var best = Vector(repeating: start)
    var i = 0
    while i &+ 16 <= n {
      let x = load(p, i)
      best = best.replacing(with: x, where: better(best, x))
      i &+= 16
    }
    if i < n {
      var x = Vector(repeating: start)
      for k in i..<n { x[k &- i] = p.loadUnaligned(fromByteOffset: k &* 4, as: Float.self) }
      best = best.replacing(with: x, where: better(best, x))
    }
    var result = start
    for lane in 0..<16 {
      let x = best[lane]
      if x != x { return x }
      if start < 0 ? x > result : x < result { result = x }
    }
    return result
  }

  /// Rows below this length are folded by a plain loop: a call for each would take longer than its few elements.
  static let shortRow = 16

  /// Folds each of many short rows, to the same numbers as `reduce`; false for a reduction that it does not know.
  @inline(never)
  static func reduceShortRows(
    _ reduction: Reduction, _ p: UnsafeRawPointer, rows: Int, width: Int,
    into output: UnsafeMutablePointer<Float>
  ) -> Bool {
    let p = p.assumingMemoryBound(to: Float.self)
    switch reduction {
    case .sum:
      for row in 0..<rows {
        let x = p + row &* width
        var total = 0.0
        for i in 0..<width { total += Double(x[i]) }
        output[row] = Float(total)
      }
    case .max: extremes(p, rows, width, output, -.infinity) { $1 > $0 }
    case .min: extremes(p, rows, width, output, .infinity) { $1 < $0 }
    case .product, .any, .all, .deviations: return false
    }
    return true
  }

  @inline(__always)
  private static func extremes(
    _ p: UnsafePointer<Float>, _ rows: Int, _ width: Int, _ output: UnsafeMutablePointer<Float>,
    _ start: Float,
    _ isBetter: (Float, Float) -> Bool
  ) {
    for row in 0..<rows {
      let x = p + row &* width
      var best = start
      // The last element that is no number; 0 without any.
      var odd: Float = 0
      for i in 0..<width {
        best = isBetter(best, x[i]) ? x[i] : best
        odd = x[i] == x[i] ? odd : x[i]
      }
      output[row] = odd == odd ? best : odd
    }
  }

  /// Takes row after row of `width` elements into `sums`, column by column.
  @inline(never)
  static func reduceColumns(
    _ reduction: Reduction, _ columns: UnsafeMutablePointer<Double>, _ p: UnsafeRawPointer, width: Int,
    rows: Int
  ) {
    switch reduction {
    case .sum: columnwise(columns, p, width, rows, { $0 + $1 }, { $0 + $1 })
    case .product: columnwise(columns, p, width, rows, { $0 * $1 }, { $0 * $1 })
    case .max:
      columnwise(
        columns, p, width, rows, { $0.replacing(with: $1, where: ($1 .> $0) .| ($1 .!= $1)) },
        { $1 > $0 || $1 != $1 ? $1 : $0 })
    case .min:
      columnwise(
        columns, p, width, rows, { $0.replacing(with: $1, where: ($1 .< $0) .| ($1 .!= $1)) },
        { $1 < $0 || $1 != $1 ? $1 : $0 })
    case .any, .all, .deviations: break
    }
  }

  @inline(__always)
  private static func columnwise(
    _ columns: UnsafeMutablePointer<Double>, _ p: UnsafeRawPointer, _ width: Int, _ rows: Int,
    _ f: (SIMD8<Double>, SIMD8<Double>) -> SIMD8<Double>, _ g: (Double, Double) -> Double
  ) {
    let raw = UnsafeMutableRawPointer(columns)
    for row in 0..<rows {
      let p = p + row &* width &* 4
      var i = 0
      while i &+ 8 <= width {
        let sum = f(raw.loadUnaligned(fromByteOffset: i &* 8, as: SIMD8<Double>.self), wide(p, i))
        raw.storeBytes(of: sum, toByteOffset: i &* 8, as: SIMD8<Double>.self)
        i &+= 8
      }
      while i < width {
        columns[i] = g(columns[i], Double(p.loadUnaligned(fromByteOffset: i &* 4, as: Float.self)))
        i &+= 1
      }
    }
  }
}

extension SIMD8<Double> {
  @inline(__always)
  var pairwiseSum: Double {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
