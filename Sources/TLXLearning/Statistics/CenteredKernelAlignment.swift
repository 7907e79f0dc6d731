import TLXNumerics

/// How alike two representations of the same examples are, whatever their widths, rotations and scales.
public enum CenteredKernelAlignment {
  /// Linear CKA: ‖Yᵀ X‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖) of the centred columns, between 0 and 1.
  ///
  /// Kornblith, Norouzi, Lee, Hinton, "Similarity of neural network representations revisited" (ICML 2019), section 3.
  /// - Parameters:
  ///   - x: [n, d]
  ///   - y: [n, k]
  /// - Throws: E0401 for shapes that do not fit; E0505 where all rows of one are equal. Cost: n (d² + k² + d k), or
  ///   n² (d + k) where n is smaller.
  public static func linear(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    try check(x, y, minimum: 2)
    let (x, y) = (try center(x), try center(y))
    let n = x.shape[0]
    let products: (xy: Tensor, xx: Tensor, yy: Tensor)
    if n < Swift.max(x.shape[1], y.shape[1]) {
      let (k, l) = (try x.matmul(x.transpose()), try y.matmul(y.transpose()))
      products = (try (k * l).sum(), try k.square().sum(), try l.square().sum())
    } else {
      products = (
        try y.transpose().matmul(x).square().sum(), try x.transpose().matmul(x).square().sum(),
        try y.transpose().matmul(y).square().sum()
      )
    }
    return try quotient(products.xy, products.xx, products.yy)
  }

  /// CKA with the unbiased estimate of HSIC, whose expectation for unrelated representations is 0 at any n; it may be
  /// negative. The plain one grows towards 1 as the widths approach n.
  ///
  /// Song et al., "Feature selection via dependence maximization" (JMLR 2012), equation 5. At least four rows; n² memory.
  public static func debiased(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    try check(x, y, minimum: 4)
    let (k, l) = (try hollowGram(x), try hollowGram(y))
    return try quotient(unbiased(k, l), unbiased(k, k), unbiased(l, l))
  }

  private static func check(_ x: Tensor, _ y: Tensor, minimum: Int) throws {
    guard x.rank == 2, y.rank == 2, x.shape[0] == y.shape[0] else {
      throw NumericsError(
        "E0401",
        "cka compares two matrices with a row per example, not \(x.typeDescription) and \(y.typeDescription)")
    }
    guard x.shape[0] >= minimum else {
      throw NumericsError("E0406", "cka needs at least \(minimum) rows, not \(x.shape[0])")
    }
  }

  private static func center(_ x: Tensor) throws -> Tensor {
    let x = x.dtype == .f32 ? x : try x.cast(to: .f64)
    return try x - x.mean(axes: [0])
  }

  private static func hollowGram(_ x: Tensor) throws -> Tensor {
    let x = try center(x)
    let gram = try x.matmul(x.transpose())
    return try gram - gram.diagonal().diagonalMatrix()
  }

  private static func unbiased(_ k: Tensor, _ l: Tensor) throws -> Tensor {
    let n = Double(k.shape[0])
    let rows = (try k.sum(axes: [1]), try l.sum(axes: [1]))
    let totals = try k.sum() * l.sum() * (1 / ((n - 1) * (n - 2)))
    let crossed = try rows.0.dot(rows.1) * (2 / (n - 2))
    return try ((k * l).sum() + totals - crossed) * (1 / (n * (n - 3)))
  }

  private static func quotient(_ xy: Tensor, _ xx: Tensor, _ yy: Tensor) throws -> Tensor {
    for (square, name) in [(xx, "first"), (yy, "second")] where !square.isAbstract {
      if try !(square.doubles()[0] > 0) {
        throw NumericsError(
          "E0505", "cka is not defined: the rows of the \(name) representation do not differ")
      }
    }
    return try xy / (xx.sqrt() * yy.sqrt())
  }
}
