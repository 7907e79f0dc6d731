import TLXNumerics

/// A float type whose rows the scores read: eight elements at a time, widened to f64.
protocol RowElement: TensorElement, BinaryFloatingPoint, BitwiseCopyable {
  static func eight(_ pointer: UnsafePointer<Self>) -> SIMD8<Double>
}

extension Float: RowElement {
  @inline(__always)
  static func eight(_ pointer: UnsafePointer<Float>) -> SIMD8<Double> {
    SIMD8<Double>(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self))
  }
}

extension Double: RowElement {
  @inline(__always)
  static func eight(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
  }
}

/// Row kernels on contiguous rows of `width` elements.
enum RowKernel<Element: RowElement> {
  /// Adds two rows to `sums`.
  ///
  /// - Returns: The sum of each row, and whether any element has its sign bit set.
  @inline(__always)
  static func add(
    _ first: UnsafePointer<Element>, _ second: UnsafePointer<Element>, width: Int,
    to sums: UnsafeMutablePointer<Double>
  ) -> (first: Double, second: Double, hasSign: Bool) {
    var (a, b) = (SIMD8<Double>(), SIMD8<Double>())
    var signs = SIMD8<UInt64>()
    let raw = UnsafeMutableRawPointer(sums)
    let whole = width & ~7
    var column = 0
    while column < whole {
      let x = Element.eight(first + column)
      let y = Element.eight(second + column)
      a += x
      b += y
      signs |= unsafeBitCast(x, to: SIMD8<UInt64>.self) | unsafeBitCast(y, to: SIMD8<UInt64>.self)
      let offset = column * MemoryLayout<Double>.stride
      let sum = raw.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self) + (x + y)
      raw.storeBytes(of: sum, toByteOffset: offset, as: SIMD8<Double>.self)
      column += 8
    }
    var (totalA, totalB) = (a.sum(), b.sum())
    var bits: UInt64 = 0
    for lane in 0..<8 { bits |= signs[lane] }
    while column < width {
      let x = Double(first[column])
      let y = Double(second[column])
      totalA += x
      totalB += y
      bits |= x.bitPattern | y.bitPattern
      sums[column] += x + y
      column += 1
    }
    return (totalA, totalB, bits >> 63 != 0)
  }

  /// Adds one row.
  @inline(__always)
  static func add(_ row: UnsafePointer<Element>, width: Int, to sums: UnsafeMutablePointer<Double>) -> (
    sum: Double, hasSign: Bool
  ) {
    var total = 0.0
    var bits: UInt64 = 0
    for column in 0..<width {
      let x = Double(row[column])
      total += x
      bits |= x.bitPattern
      sums[column] += x
    }
    return (total, bits >> 63 != 0)
  }

  /// The dot products of two rows with `weights`.
  @inline(__always)
  static func dot(
    _ first: UnsafePointer<Element>, _ second: UnsafePointer<Element>, _ weights: UnsafePointer<Double>,
    width: Int
  ) -> (Double, Double) {
    var (a, b) = (SIMD8<Double>(), SIMD8<Double>())
    let whole = width & ~7
    var column = 0
    while column < whole {
      let weight = Double.eight(weights + column)
      a += Element.eight(first + column) * weight
      b += Element.eight(second + column) * weight
      column += 8
    }
    var (totalA, totalB) = (a.sum(), b.sum())
    while column < width {
      totalA += Double(first[column]) * weights[column]
      totalB += Double(second[column]) * weights[column]
      column += 1
    }
    return (totalA, totalB)
  }
}
