extension Derivatives {
  static func pullback(_ reduction: Reduction, _ axes: [Int], _ x: Tensor, _ y: Tensor, _ cotangent: Tensor)
    throws
    -> Tensor?
  {
    let spread = try cotangent.reshaped(x.shape.collapsing(axes)).stretched(to: x.shape)
    switch reduction {
    case .sum: return spread
    case .product: return try spread * productOfOthers(x, axes)
    case .max, .min: return try spread * shares(x, y, axes)
    case .deviations: return try spread * slopes(x, axes)
    case .any, .all: return nil
    }
  }

  static func pushforward(_ reduction: Reduction, _ axes: [Int], _ x: Tensor, _ y: Tensor, _ tangent: Tensor)
    throws
    -> Tensor?
  {
    switch reduction {
    case .sum: return try tangent.sum(axes: axes)
    case .product: return try (tangent * productOfOthers(x, axes)).sum(axes: axes)
    case .max, .min: return try (tangent * shares(x, y, axes)).sum(axes: axes)
    case .deviations: return try (tangent * slopes(x, axes)).sum(axes: axes)
    case .any, .all: return nil
    }
  }

  /// 2 (x − mean), the derivative of Σ (x − mean)²: that by the mean is 0.
  private static func slopes(_ x: Tensor, _ axes: [Int]) throws -> Tensor {
    try (x - x.mean(axes: axes, keepdims: true)) * 2
  }

  /// What each element has in the extremum: equal parts among ties, else 1 or 0.
  private static func shares(_ x: Tensor, _ y: Tensor, _ axes: [Int]) throws -> Tensor {
    let extremum = try y.reshaped(x.shape.collapsing(axes)).stretched(to: x.shape)
    let hits = try x.equal(extremum).cast(to: x.dtype)
    return try hits / hits.sum(axes: axes, keepdims: true)
  }

  /// For each element the product of all others: exclusive running products from both ends, since a division by the
  /// element fails at 0.
  private static func productOfOthers(_ x: Tensor, _ axes: [Int]) throws -> Tensor {
    let rest = (0..<x.rank).filter { !axes.contains($0) }
    let order = rest + axes
    let moved = x.permuted(order)
    let n = axes.reduce(1) { $0 * x.shape[$1] }
    let rows = moved.reshaped(Shape(rest.map { x.shape[$0] } + [n]))
    let others = try exclusiveProducts(rows, reversed: false) * exclusiveProducts(rows, reversed: true)
    let inverse = (0..<x.rank).map { axis in order.firstIndex(of: axis) ?? axis }
    return others.reshaped(moved.shape).permuted(inverse)
  }

  /// Along the last axis, the product of what comes before each element (after it if reversed).
  private static func exclusiveProducts(_ x: Tensor, reversed: Bool) throws -> Tensor {
    let axis = x.rank - 1
    let n = x.shape[axis]
    guard n > 0 else { return x }
    let ones = try Tensor.ones(x.shape.collapsing([axis]), x.dtype)
    let part = try x.slice(axis: axis, start: reversed ? 1 : 0, stop: reversed ? n : n - 1)
    let shifted = try Tensor.concat(reversed ? [part, ones] : [ones, part], axis: axis)
    return try shifted.cumulative(.product, axis, reversed: reversed)
  }

  static func pullback(
    _ cumulation: Cumulation, _ axis: Int, _ reversed: Bool, _ x: Tensor, _ cotangent: Tensor
  )
    throws -> Tensor
  {
    switch cumulation {
    case .sum: return try cotangent.cumulative(.sum, axis, reversed: !reversed)
    case .product:
      // x̄_i = (∏_{j<i} x_j) · r_i with r_i = ȳ_i + x_{i+1} r_{i+1}: no division, so zeros do no harm.
      let before = try shifted(
        x.cumulative(.product, axis, reversed: reversed), axis, by: 1, reversed, filler: 1)
      let next = try shifted(x, axis, by: 1, !reversed, filler: 0)
      return try before * affineScan(next, cotangent, axis, reversed: !reversed)
    }
  }

  static func pushforward(
    _ cumulation: Cumulation, _ axis: Int, _ reversed: Bool, _ x: Tensor, _ y: Tensor, _ tangent: Tensor
  ) throws -> Tensor {
    switch cumulation {
    case .sum: return try tangent.cumulative(.sum, axis, reversed: reversed)
    case .product:
      // ẏ_k = x_k ẏ_{k−1} + y_{k−1} ẋ_k
      let before = try shifted(y, axis, by: 1, reversed, filler: 1)
      return try affineScan(x, before * tangent, axis, reversed: reversed)
    }
  }

  /// r_k = a_k r_{k−1} + b_k along the axis (from the end if reversed), r before the first being 0: log₂ n rounds,
  /// each joining stretches of twice the length.
  private static func affineScan(_ a: Tensor, _ b: Tensor, _ axis: Int, reversed: Bool) throws -> Tensor {
    var (slope, offset) = (a, b)
    var distance = 1
    while distance < a.shape[axis] {
      offset = try offset + slope * shifted(offset, axis, by: distance, reversed, filler: 0)
      slope = try slope * shifted(slope, axis, by: distance, reversed, filler: 0)
      distance *= 2
    }
    return offset
  }

  /// Element k moves to k + distance (k − distance if reversed); what comes in is `filler`.
  private static func shifted(_ x: Tensor, _ axis: Int, by distance: Int, _ reversed: Bool, filler: Double)
    throws
    -> Tensor
  {
    let n = x.shape[axis]
    var shape = x.shape
    shape[axis] = min(distance, n)
    let edge = try Tensor.full(shape, filler, x.dtype)
    if distance >= n { return edge }
    let part = try x.slice(axis: axis, start: reversed ? distance : 0, stop: reversed ? n : n - distance)
    return try Tensor.concat(reversed ? [part, edge] : [edge, part], axis: axis)
  }
}
