// Independent numbers in tensors. Every element depends on the key, the block where the draw starts and its own
// index alone.

extension RandomStream {
  /// Uniform on [low, high).
  public func uniform(_ shape: Shape = [], low: Double = 0, high: Double = 1, dtype: DType = .f64) throws
    -> Tensor
  {
    guard low <= high, (high - low).isFinite else {
      throw NumericsError("E0505", "uniform needs finite low ≤ high, but low is \(low) and high is \(high)")
    }
    let count = try shape.checkedCount(.f64)
    let width = high - low
    switch dtype {
    case .f64:
      // Rounding may carry the last values to `high` itself, which the interval leaves out.
      let last = Swift.max(low, high.nextDown)
      return try filled(shape, count) {
        SIMD8(repeating: low) + unitInterval($0) * width
      } then: {
        if $0 > last { $0 = last }
      }
    case .f32:
      let (low, width) = (Float(low), Float(width))
      let last = Swift.max(low, Float(high).nextDown)
      return try filled(shape, count) {
        SIMD8(repeating: low) + unitIntervalOfFloats($0) * width
      } then: {
        if $0 > last { $0 = last }
      }
    default: throw NumericsError("E0404", "uniform draws f64 or f32, not \(dtype.name)")
    }
  }

  /// Normal with the given mean and standard deviation.
  public func normal(_ shape: Shape = [], mean: Double = 0, std: Double = 1, dtype: DType = .f64) throws
    -> Tensor
  {
    guard mean.isFinite, std >= 0, std.isFinite else {
      throw NumericsError(
        "E0505", "normal needs a finite mean and std ≥ 0, but mean is \(mean) and std is \(std)")
    }
    let count = try shape.checkedCount(.f64)
    let start = reserve(count)
    switch dtype {
    case .f64:
      return try Tensor(shape: shape, of: Double.self) { buffer in
        draw(normals: buffer, from: start) { mean + std * $0 }
      }
    case .f32:
      return try Tensor(shape: shape, of: Float.self) { buffer in
        draw(normals: buffer, from: start) { Float(mean + std * $0) }
      }
    default: throw NumericsError("E0404", "normal draws f64 or f32, not \(dtype.name)")
    }
  }

  /// Uniform integers low ..< high, without bias.
  public func randint(_ shape: Shape = [], low: Int = 0, high: Int) throws -> Tensor {
    guard low < high else {
      throw NumericsError("E0505", "randint needs low < high, but low is \(low) and high is \(high)")
    }
    let count = try shape.checkedCount(.f64)
    let start = reserve(count)
    let bound = UInt64(bitPattern: Int64(high &- low))
    let threshold = (0 &- bound) % bound
    let key = key
    return try Tensor(shape: shape, of: Int.self) { buffer in
      forEachWord(key, start, count: count) { index, word in
        var product = word.multipliedFullWidth(by: bound)
        var attempt: UInt64 = 0
        while product.low < threshold {
          attempt += 1
          product = Self.word(key, start, index, attempt: attempt).multipliedFullWidth(by: bound)
        }
        buffer[index] = low &+ Int(truncatingIfNeeded: product.high)
      }
    }
  }

  /// True with probability `p`.
  public func bernoulli(_ shape: Shape = [], probability p: Double) throws -> Tensor {
    try checkProbability(p)
    let count = try shape.checkedCount(.f64)
    let start = reserve(count)
    return try Tensor(shape: shape, of: Bool.self) { buffer in
      forEachWord(key, start, count: count) { index, word in buffer[index] = unitInterval(word) < p }
    }
  }

  /// True with the probability that stands in the same place.
  public func bernoulli(probabilities: Tensor) throws -> Tensor {
    let p = try probabilities.doubles()
    for value in p { try checkProbability(value) }
    let start = reserve(p.count)
    return try Tensor(shape: probabilities.shape, of: Bool.self) { buffer in
      forEachWord(key, start, count: p.count) { index, word in buffer[index] = unitInterval(word) < p[index] }
    }
  }
}

// MARK: - Loops over words

extension RandomStream {
  func checkProbability(_ p: Double) throws {
    guard p >= 0, p <= 1 else {
      throw NumericsError("E0505", "a probability lies between 0 and 1, but \(p) does not")
    }
  }

  /// A tensor from eight words at a time, with a correction of each element.
  @inline(__always)
  private func filled<Element: TensorElement & SIMDScalar>(
    _ shape: Shape, _ count: Int, _ map: (SIMD8<UInt64>) -> SIMD8<Element>,
    then correct: (inout Element) -> Void
  ) throws -> Tensor {
    let start = reserve(count)
    let key = key
    return try Tensor(shape: shape, of: Element.self) { buffer in
      guard let base = buffer.baseAddress else { return }
      let raw = UnsafeMutableRawPointer(base)
      let size = MemoryLayout<Element>.stride * 8
      let groups = count / 16
      for group in 0..<groups {
        let (first, second) = Threefry.blocks(key, low: start &+ UInt64(group) &* 8)
        raw.storeBytes(of: map(first), toByteOffset: 2 * group * size, as: SIMD8<Element>.self)
        raw.storeBytes(of: map(second), toByteOffset: (2 * group + 1) * size, as: SIMD8<Element>.self)
      }
      if groups * 16 < count {
        let (first, second) = Threefry.blocks(key, low: start &+ UInt64(groups) &* 8)
        let (a, b) = (map(first), map(second))
        for lane in 0..<count - groups * 16 {
          buffer[groups * 16 + lane] = lane < 8 ? a[lane] : b[lane - 8]
        }
      }
      for index in 0..<count { correct(&buffer[index]) }
    }
  }

  /// Standard normals through `map`. Eight at a time in the middle of the distribution; the 15 % in the tails,
  /// which need a logarithm and a root, one by one.
  @inline(__always)
  private func draw<Element>(
    normals buffer: UnsafeMutableBufferPointer<Element>, from start: UInt64, _ map: (Double) -> Element
  ) {
    let count = buffer.count
    var index = 0
    var block = start
    while index < count {
      let (first, second) = Threefry.blocks(key, low: block)
      for half in 0..<2 {
        let uniform: SIMD8<Double> = unitInterval(half == 0 ? first : second)
        let q = uniform - 0.5
        let z = NormalDistribution.central(q)
        for lane in 0..<Swift.min(8, count - index) {
          let isCentral = Swift.abs(q[lane]) <= 0.425
          buffer[index + lane] = map(isCentral ? z[lane] : NormalDistribution.quantile(uniform[lane]))
        }
        index += 8
        if index >= count { break }
      }
      block &+= 8
    }
  }

  /// Calls `body` with each index and its word.
  @inline(__always)
  func forEachWord(_ key: RandomKey, _ start: UInt64, count: Int, _ body: (Int, UInt64) -> Void) {
    var index = 0
    var block = start
    while index < count {
      let (first, second) = Threefry.blocks(key, low: block)
      for lane in 0..<Swift.min(8, count - index) { body(index + lane, first[lane]) }
      index += 8
      if index < count {
        for lane in 0..<Swift.min(8, count - index) { body(index + lane, second[lane]) }
        index += 8
      }
      block &+= 8
    }
  }
}

/// `unitInterval` on eight words.
@inline(__always)
func unitInterval(_ words: SIMD8<UInt64>) -> SIMD8<Double> {
  let bits = (words &>> SIMD8(repeating: 12)) | SIMD8(repeating: 0x3FF0_0000_0000_0000)
  return unsafeBitCast(bits, to: SIMD8<Double>.self) - 1 + 0x1p-53
}

/// The top 23 bits of each word as an odd multiple of 2⁻²⁴: the f64 numbers, coarser.
@inline(__always)
func unitIntervalOfFloats(_ words: SIMD8<UInt64>) -> SIMD8<Float> {
  let high = unsafeBitCast(words, to: SIMD16<UInt32>.self).oddHalf
  let bits = (high &>> SIMD8(repeating: 9)) | SIMD8(repeating: 0x3F80_0000)
  return unsafeBitCast(bits, to: SIMD8<Float>.self) - 1 + 0x1p-24
}
