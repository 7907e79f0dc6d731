extension Tensor {
  /// Axes for a reduction that has no value on an empty axis. Throws E0406.
  private func nonEmptyAxes(_ axes: [Int]?, _ operation: String) throws -> [Int] {
    let axes = try shape.axes(axes, of: dtype)
    if let empty = axes.first(where: { shape[$0] == 0 }) {
      throw NumericsError(
        "E0406", "cannot take the \(operation) of \(typeDescription): axis \(empty) is empty")
    }
    return axes
  }

  /// One reduction over checked axes.
  func reduce(_ reduction: Reduction, _ axes: [Int], keepdims: Bool) throws -> Tensor {
    if axes.isEmpty { return self }
    if axes.count == rank, !keepdims, let result = ImmediateStep.reduce(reduction, node) { return result }
    let kept = shape.collapsing(axes)
    // Over axes of one element only the shape changes.
    if axes.allSatisfy({ shape[$0] == 1 }) { return reshaped(keepdims ? kept : shape.removing(axes)) }
    let result = try Tensor.make(.reduce(reduction, axes: axes), [self], shape.removing(axes), dtype)
    return keepdims ? result.reshaped(kept) : result
  }

  /// The sum; 0 of nothing. i64 that overflows is E0502; f32 accumulates in f64.
  public func sum(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try asNumber().reduce(.sum, shape.axes(axes, of: dtype), keepdims: keepdims)
  }

  /// The product; 1 of nothing.
  public func prod(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try asNumber().reduce(.product, shape.axes(axes, of: dtype), keepdims: keepdims)
  }

  /// The greatest; NaN wins; E0406 of nothing. The derivative is shared equally at ties.
  public func max(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try reduce(dtype == .bool ? .any : .max, nonEmptyAxes(axes, "maximum"), keepdims: keepdims)
  }

  /// The least; NaN wins; E0406 of nothing. The derivative is shared equally at ties.
  public func min(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try reduce(dtype == .bool ? .all : .min, nonEmptyAxes(axes, "minimum"), keepdims: keepdims)
  }

  /// Whether any is true (not 0); false of nothing.
  public func any(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try cast(to: .bool).reduce(.any, shape.axes(axes, of: dtype), keepdims: keepdims)
  }

  /// Whether all are true (not 0); true of nothing.
  public func all(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try cast(to: .bool).reduce(.all, shape.axes(axes, of: dtype), keepdims: keepdims)
  }

  /// How many are not 0, as i64.
  public func countNonzero(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try cast(to: .bool).sum(axes: axes, keepdims: keepdims)
  }

  /// The position of the greatest along the axis, the first of equals; of the flattened tensor without an axis.
  /// The first NaN counts as the greatest.
  public func argmax(axis: Int? = nil, keepdims: Bool = false) throws -> Tensor {
    try argReduce(.argmax, axis, keepdims: keepdims)
  }

  /// The position of the least along the axis, the first of equals; of the flattened tensor without an axis.
  public func argmin(axis: Int? = nil, keepdims: Bool = false) throws -> Tensor {
    try argReduce(.argmin, axis, keepdims: keepdims)
  }

  private func argReduce(_ reduction: ArgReduction, _ axis: Int?, keepdims: Bool) throws -> Tensor {
    guard let axis else {
      let result = try flatten().argReduce(reduction, 0, keepdims: false)
      return keepdims ? result.reshaped(shape.collapsing(Array(0..<rank))) : result
    }
    let axes = try asNumber().nonEmptyAxes([axis], "\(reduction)")
    let result = try Tensor.make(
      .argReduce(reduction, axis: axes[0]), [asNumber()], shape.removing(axes), .i64)
    return keepdims ? result.reshaped(shape.collapsing(axes)) : result
  }

  /// The arithmetic mean, as a float; E0406 of nothing.
  public func mean(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    let axes = try nonEmptyAxes(axes, "mean")
    let total = try asFloat().sum(axes: axes, keepdims: keepdims)
    return try total / Double(axes.reduce(1) { $0 * shape[$1] })
  }

  /// Σ (x − mean)² / (n − ddof), in one pass over memory: each tile about its own mean, the tiles joined by the distances
  /// of their means. Values that lie a few last bits apart keep their variance. Throws E0505 for n ≤ ddof.
  public func variance(axes: [Int]? = nil, keepdims: Bool = false, ddof: Int = 0) throws -> Tensor {
    let axes = try nonEmptyAxes(axes, "variance")
    let n = axes.reduce(1) { $0 * shape[$1] }
    guard n > ddof else {
      throw NumericsError(
        "E0505", "the variance of \(n) value\(n == 1 ? "" : "s") with ddof=\(ddof) is not defined")
    }
    return try asFloat().deviations(axes, keepdims: keepdims) / Double(n - ddof)
  }

  /// Σ (x − mean)² over checked axes.
  private func deviations(_ axes: [Int], keepdims: Bool) throws -> Tensor {
    // One number has no distance from itself (but an infinite one).
    if axes.allSatisfy({ shape[$0] == 1 }) { return try (self - self).sum(axes: axes, keepdims: keepdims) }
    return try reduce(.deviations, axes, keepdims: keepdims)
  }

  /// The root of the variance; its derivative where all values are equal is taken as 0.
  public func std(axes: [Int]? = nil, keepdims: Bool = false, ddof: Int = 0) throws -> Tensor {
    try variance(axes: axes, keepdims: keepdims, ddof: ddof).rootWithZeroSlopeAtZero()
  }

  /// √x with the derivative 0 at 0 instead of infinity.
  func rootWithZeroSlopeAtZero() throws -> Tensor {
    guard isTracked else { return try sqrt() }
    let isZero = try equal(0)
    return try Tensor.where(isZero, 0, Tensor.where(isZero, 1, self).sqrt())
  }

  /// log Σ e^x without overflow; -inf of nothing.
  public func logsumexp(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    let axes = try shape.axes(axes, of: dtype)
    let x = try asFloat()
    if axes.contains(where: { shape[$0] == 0 }) {
      return try Tensor.full(
        keepdims ? shape.collapsing(axes) : shape.removing(axes), -Double.infinity, x.dtype)
    }
    let shift = try x.finiteShift(axes)
    let total = try (x - shift).exp().sum(axes: axes, keepdims: true).log() + shift
    return keepdims ? total : total.reshaped(shape.removing(axes))
  }

  /// The maximum over the axes for shifting exponents, 0 where it is infinite. No derivative: any shift gives the
  /// same result.
  private func finiteShift(_ axes: [Int]) throws -> Tensor {
    let top = try stopGradient().max(axes: axes, keepdims: true)
    return try Tensor.where(top.isfinite(), top, 0)
  }

  /// e^x / Σ e^x along the axis, without overflow.
  ///
  /// In f32 the difference to the greatest is rounded, which a large exponent would magnify: what the rounding lost
  /// (Knuth's two-difference) is put back as e^d (1 + rest), so that results are right to a few last bits.
  public func softmax(axis: Int = -1) throws -> Tensor {
    let x = try asFloat()
    if count == 0 { return x }
    let axes = try shape.axes([axis], of: dtype)
    let powers = try x.shiftedPowers(by: x.finiteShift(axes))
    return try powers / powers.sum(axes: axes, keepdims: true)
  }

  /// e^(x − shift).
  private func shiftedPowers(by shift: Tensor) throws -> Tensor {
    let difference = try self - shift
    let powers = try difference.exp()
    guard dtype == .f32 else { return powers }
    let (x, d) = (try stopGradient(), try difference.stopGradient())
    let part = try d - x
    let rest = try (x - (d - part)) - (shift + part)
    // Infinite operands leave NaN.
    return try powers * (Tensor.where(rest.isfinite(), rest, 0) + 1)
  }

  /// log softmax, computed without forming the softmax.
  public func logSoftmax(axis: Int = -1) throws -> Tensor {
    let x = try asFloat()
    if count == 0 { return x }
    let axes = try shape.axes([axis], of: dtype)
    let shifted = try x - x.finiteShift(axes)
    return try shifted - shifted.exp().sum(axes: axes, keepdims: true).log()
  }

  /// The p-norm (Σ |x|^p)^(1/p) of all elements along the axes: 1, 2 (also Frobenius), inf, -inf, 0 (how many are
  /// not 0) or any other p > 0. The derivative at 0 is taken as 0.
  public func norm(ord: Double = 2, axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    let x = try asFloat()
    let axes = try shape.axes(axes, of: dtype)
    switch ord {
    case 2: return try (x * x).sum(axes: axes, keepdims: keepdims).rootWithZeroSlopeAtZero()
    case 1: return try x.abs().sum(axes: axes, keepdims: keepdims)
    case .infinity: return try x.abs().max(axes: axes, keepdims: keepdims)
    case -.infinity: return try x.abs().min(axes: axes, keepdims: keepdims)
    case 0: return try x.countNonzero(axes: axes, keepdims: keepdims).cast(to: x.dtype)
    case let p where p > 0:
      let total = try x.abs().power(p).sum(axes: axes, keepdims: keepdims)
      let isZero = try total.equal(0)
      return try Tensor.where(isZero, 0, Tensor.where(isZero, 1, total).power(1 / p))
    default:
      throw NumericsError(
        "E0505", "there is no norm of order \(ord)", help: "ord is 0, 1, 2, inf, -inf or p > 0")
    }
  }

  /// Running sums along the axis; of the flattened tensor without one.
  public func cumsum(axis: Int? = nil) throws -> Tensor { try cumulative(.sum, axis, reversed: false) }

  /// Running products along the axis; of the flattened tensor without one.
  public func cumprod(axis: Int? = nil) throws -> Tensor { try cumulative(.product, axis, reversed: false) }

  func cumulative(_ cumulation: Cumulation, _ axis: Int?, reversed: Bool) throws -> Tensor {
    guard let axis else { return try flatten().cumulative(cumulation, 0, reversed: reversed) }
    let position = try shape.axis(axis, of: dtype)
    let x = try asNumber()
    if shape[position] <= 1 { return x }
    return try Tensor.make(.cumulative(cumulation, axis: position, reversed: reversed), [x], shape, x.dtype)
  }

  /// The middle value, or the mean of the two in the middle.
  public func median(axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    try quantile(0.5, axes: nonEmptyAxes(axes, "median"), keepdims: keepdims)
  }

  /// The value below which a part q of the values lies, interpolated linearly between the two nearest in order
  /// (NumPy's default, Hyndman and Fan's type 7). NaN where any value is. Throws E0505 for q outside of 0 … 1.
  public func quantile(_ q: Double, axes: [Int]? = nil, keepdims: Bool = false) throws -> Tensor {
    guard q >= 0, q <= 1 else { throw NumericsError("E0505", "quantile \(q) is not between 0 and 1") }
    let axes = try nonEmptyAxes(axes, "quantile")
    let rest = (0..<rank).filter { !axes.contains($0) }
    let n = axes.reduce(1) { $0 * shape[$1] }
    let rows = try asFloat().permuted(rest + axes).reshaped(Shape(rest.map { shape[$0] } + [n]))
    let place = q * Double(n - 1)
    let below = Swift.min(Int(place), n - 1)
    let part = place - Double(below)
    let ordered = try rows.sort(axis: -1)
    func at(_ position: Int) throws -> Tensor {
      try ordered.slice(axis: -1, start: position, stop: position + 1).squeeze(-1)
    }
    let low = try at(below)
    // Not low + 0·(high − low): infinite neighbours must not make a NaN.
    var result = try part == 0 ? low : low + (at(below + 1) - low) * part
    // NaN is sorted to the end.
    result = try Tensor.where(at(n - 1).isnan(), Double.nan, result)
    return keepdims ? result.reshaped(shape.collapsing(axes)) : result
  }
}
