import CVectors

/// Where the totals of a loop's column reductions lie: for each reduction, slab and part a row of doubles, of which
/// deviations take three.
struct ColumnState {
  /// The most rows of doubles that a reduction takes.
  static let planes = 3

  private let memory: UnsafeMutablePointer<Double>
  private let outer: Int
  private let parts: Int
  private let inner: Int

  init(_ reductions: UnsafeMutableBufferPointer<TileReduction>, outer: Int, parts: Int, inner: Int) {
    (self.outer, self.parts, self.inner) = (outer, parts, inner)
    let rows = reductions.count * outer * parts * ColumnState.planes
    memory = .allocate(capacity: max(1, rows * inner))
  }

  func totals(_ index: Int, _ slab: Int, _ part: Int) -> UnsafeMutablePointer<Double> {
    memory + ((index * outer + slab) * parts + part) * ColumnState.planes * inner
  }

  func deallocate() { memory.deallocate() }
}

/// A `Spread` for each column: pivots, offsets and squares, three rows of doubles.
struct ColumnSpread {
  let pivots: UnsafeMutablePointer<Double>
  let offsets: UnsafeMutablePointer<Double>
  let squares: UnsafeMutablePointer<Double>

  /// `stride`: from one of the three rows to the next.
  init(_ memory: UnsafeMutablePointer<Double>, _ stride: Int) {
    pivots = memory
    offsets = memory + stride
    squares = memory + 2 * stride
  }

  /// Takes in rows of a tile, of which `count` came before; the first makes the pivots.
  func take(_ tile: UnsafeRawPointer, _ dtype: DType, _ width: Int, rows: Int, after count: Int) {
    var (tile, count) = (tile, count)
    for _ in 0..<rows {
      if count == 0 {
        start(tile, dtype, width)
      } else if dtype == .f32 {
        singles(tile, width, count)
      } else {
        doubles(tile, width, count)
      }
      tile += width &* dtype.stride
      count += 1
    }
  }

  private func start(_ row: UnsafeRawPointer, _ dtype: DType, _ width: Int) {
    for i in 0..<width {
      let x =
        dtype == .f32
        ? Double(row.loadUnaligned(fromByteOffset: i &* 4, as: Float.self))
        : row.loadUnaligned(fromByteOffset: i &* 8, as: Double.self)
      pivots[i] = x
      offsets[i] = 0
      // NaN where x is infinite: then nothing has a distance from the mean.
      squares[i] = x - x
    }
  }

  @inline(never)
  private func singles(_ row: UnsafeRawPointer, _ width: Int, _ count: Int) {
    add(width, count, { FloatTile.wide(row, $0) }) {
      Double(row.loadUnaligned(fromByteOffset: $0 &* 4, as: Float.self))
    }
  }

  @inline(never)
  private func doubles(_ row: UnsafeRawPointer, _ width: Int, _ count: Int) {
    add(width, count, { DoubleTile.load(row, $0) }) {
      row.loadUnaligned(fromByteOffset: $0 &* 8, as: Double.self)
    }
  }

  /// `Spread.merge` with one number in each column.
  @inline(__always)
  private func add(
    _ width: Int, _ count: Int, _ eight: (Int) -> SIMD8<Double>, _ one: (Int) -> Double
  ) {
    let part = 1 / Double(count &+ 1)
    let weight = Double(count) * part
    let (parts, weights) = (SIMD8<Double>(repeating: part), SIMD8<Double>(repeating: weight))
    let (pivot, offset) = (UnsafeRawPointer(pivots), UnsafeMutableRawPointer(offsets))
    let square = UnsafeMutableRawPointer(squares)
    var i = 0
    while i &+ 8 <= width {
      let old = DoubleTile.load(offset, i)
      let distance = (eight(i) - DoubleTile.load(pivot, i)) - old
      DoubleTile.store(tlx_fma_f64(distance, parts, old), offset, i)
      DoubleTile.store(tlx_fma_f64(distance * distance, weights, DoubleTile.load(square, i)), square, i)
      i &+= 8
    }
    while i < width {
      let distance = (one(i) - pivots[i]) - offsets[i]
      offsets[i] = offsets[i].addingProduct(distance, part)
      squares[i] = squares[i].addingProduct(distance * distance, weight)
      i &+= 1
    }
  }

  /// Takes in what `others` gathered of so many rows, where this has gathered `count`.
  func merge(_ other: ColumnSpread, _ count: Int, _ others: Int, _ width: Int) {
    if count == 0 {
      pivots.update(from: other.pivots, count: width)
      offsets.update(from: other.offsets, count: width)
      squares.update(from: other.squares, count: width)
      return
    }
    let total = Double(count + others)
    let (part, weight) = (Double(others) / total, Double(count) * (Double(others) / total))
    for i in 0..<width {
      let distance = (other.pivots[i] - pivots[i]) + (other.offsets[i] - offsets[i])
      offsets[i] += distance * part
      squares[i] += other.squares[i] + distance * distance * weight
    }
  }
}
