/// What keeps the branch that a `where` did not take out of the gradient: its cotangent is 0, and 0 times an infinite
/// slope (of √x or log x at 0) would be NaN.
extension Derivatives {
  /// Whether cotangents that leave the step may be 0 because a `where` above chose something else.
  static func keepsMask(_ node: Node, _ isMasked: Bool) -> Bool {
    switch node.primitive {
    case .select: true
    case .unary, .binary, .cast, .reshape, .permute, .broadcast, .slice, .place, .concat, .reduce: isMasked
    default: false
    }
  }

  /// The parts with 0 where a cotangent of 0 met a slope that is not finite. A finite part stays as it is, so that
  /// derivatives of the part itself go on.
  static func sheltered(_ parts: [Tensor?], _ node: Node, _ cotangent: Tensor) throws -> [Tensor?] {
    switch node.primitive {
    case .unary(let kernel) where !kernel.hasBoundedSlope: break
    case .binary(let kernel) where kernel != .add && kernel != .subtract: break
    default: return parts
    }
    let isZero = try cotangent.equal(0)
    return try parts.map { part in
      try part.map { try Tensor.where(isZero.and($0.isfinite().not()), 0, $0) }
    }
  }
}

extension UnaryKernel {
  /// Whether the derivative is finite wherever the argument is.
  fileprivate var hasBoundedSlope: Bool {
    switch self {
    case .negate, .abs, .sign, .sin, .cos, .atan, .tanh, .sigmoid, .erf, .floor, .ceil, .round, .trunc, .not,
      .isnan, .isfinite:
      true
    case .exp, .expm1, .log, .log1p, .sqrt, .reciprocal, .tan, .asin, .acos, .sinh, .cosh, .lgamma, .digamma,
      .trigamma:
      false
    }
  }
}
