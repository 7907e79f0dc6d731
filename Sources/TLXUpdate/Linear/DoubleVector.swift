#if canImport(Glibc)
  import Glibc
#endif

/// Sums over vectors in memory, eight numbers at a time.
enum DoubleVector {
  private typealias Lanes = SIMD8<Double>

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let p = a.baseAddress, let q = b.baseAddress else { return 0 }
        return dot(p, q, min(a.count, b.count))
      }
    }
  }

  static func norm(_ a: [Double]) -> Double { sqrt(dot(a, a)) }

  /// `b += factor · a`
  static func add(_ a: [Double], times factor: Double, to b: inout [Double]) {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in
        guard let p = a.baseAddress, let q = b.baseAddress else { return }
        add(p, times: factor, to: q, min(a.count, b.count))
      }
    }
  }

  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = Lanes()
    var place = 0
    while place + 8 <= count {
      sums = sums.addingProduct(load(a + place), load(b + place))
      place += 8
    }
    var sum = sums.sum()
    while place < count {
      sum += a[place] * b[place]
      place += 1
    }
    return sum
  }

  static func add(
    _ a: UnsafePointer<Double>, times factor: Double, to b: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    let factors = Lanes(repeating: factor)
    var place = 0
    while place + 8 <= count {
      let value = load(b + place).addingProduct(load(a + place), factors)
      UnsafeMutableRawPointer(b + place).storeBytes(of: value, as: Lanes.self)
      place += 8
    }
    while place < count {
      b[place] += factor * a[place]
      place += 1
    }
  }

  /// `c += a · b`, or `c = a · b`, element by element.
  static func addProduct(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>, _ count: Int,
    isFirst: Bool
  ) {
    var place = 0
    while place + 8 <= count {
      let before = isFirst ? Lanes() : load(c + place)
      let value = before.addingProduct(load(a + place), load(b + place))
      UnsafeMutableRawPointer(c + place).storeBytes(of: value, as: Lanes.self)
      place += 8
    }
    while place < count {
      c[place] = (isFirst ? 0 : c[place]) + a[place] * b[place]
      place += 1
    }
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Double>) -> Lanes {
    UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
  }
}
