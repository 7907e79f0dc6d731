import CVectors

/// How many numbers there are, their mean, and their squared deviations from it: what joins two parts of numbers without
/// reading them again.
///
/// The mean stands as a pivot and an offset from it, so that numbers which are a few last bits apart keep their deviations.
/// Joining: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979).
struct Spread {
  var count = 0.0
  var pivot = 0.0
  var offset = 0.0
  /// Σ (x − mean)²
  var squares = 0.0

  init() {}

  /// From a pivot near the mean, Σ d and Σ d² with d = x − pivot.
  @inline(__always)
  init(count: Int, pivot: Double, sum: Double, squares: Double) {
    self.count = Double(count)
    self.pivot = pivot
    offset = sum / self.count
    // Rounding may leave less than nothing.
    let rest = squares - sum * offset
    self.squares = rest < 0 ? 0 : rest
  }

  @inline(__always)
  mutating func merge(_ other: Spread) {
    if other.count == 0 { return }
    if count == 0 {
      self = other
      return
    }
    let total = count + other.count
    let distance = (other.pivot - pivot) + (other.offset - offset)
    offset += distance * (other.count / total)
    squares += other.squares + distance * distance * (count * other.count / total)
    count = total
  }
}

extension FloatTile {
  /// In double precision: the mean first, then the squares about it, while the tile is in the cache.
  @inline(never)
  static func spread(_ p: UnsafeRawPointer, _ n: Int) -> Spread { spread(p, n, sum: reduce(.sum, p, n)) }

  /// The same where the sum is known. What lies behind the tile, mostly the next one, is asked for meanwhile: memory then
  /// works while this computes on what the cache has.
  @inline(never)
  static func spread(_ p: UnsafeRawPointer, _ n: Int, sum: Double) -> Spread {
    let mean = sum / Double(n)
    let pivot = SIMD8<Double>(repeating: mean)
    var low = SIMD8<Double>(repeating: 0)
    var high = low
    var i = 0
    while i &+ 16 <= n {
      tlx_prefetch(p + (n &+ i) &* 4)
      let (a, b) = (wide(p, i) - pivot, wide(p, i &+ 8) - pivot)
      low = tlx_fma_f64(a, a, low)
      high = tlx_fma_f64(b, b, high)
      i &+= 16
    }
    var squares = (low + high).pairwiseSum
    while i < n {
      let d = Double(p.loadUnaligned(fromByteOffset: i &* 4, as: Float.self)) - mean
      squares += d * d
      i &+= 1
    }
    return Spread(count: n, pivot: mean, sum: 0, squares: squares)
  }
}

extension DoubleTile {
  /// The mean is found about the first number, which it is where all are equal; what its rounding did is taken back.
  @inline(never)
  static func spread(_ p: UnsafeRawPointer, _ n: Int) -> Spread {
    let first = p.loadUnaligned(as: Double.self)
    let pivot = first + sums(p, n, about: first).sum / Double(n)
    let (sum, squares) = sums(p, n, about: pivot)
    return Spread(count: n, pivot: pivot, sum: sum, squares: squares)
  }

  /// Σ d and Σ d² with d = x − pivot.
  @inline(__always)
  private static func sums(_ p: UnsafeRawPointer, _ n: Int, about pivot: Double) -> (
    sum: Double, squares: Double
  ) {
    let shift = Vector(repeating: pivot)
    var sums = Vector(repeating: 0)
    var squares = sums
    var i = 0
    while i &+ 8 <= n {
      let d = load(p, i) - shift
      sums += d
      squares = tlx_fma_f64(d, d, squares)
      i &+= 8
    }
    var (sum, square) = (sums.pairwiseSum, squares.pairwiseSum)
    while i < n {
      let d = p.loadUnaligned(fromByteOffset: i &* 8, as: Double.self) - pivot
      sum += d
      square += d * d
      i &+= 1
    }
    return (sum, square)
  }
}
