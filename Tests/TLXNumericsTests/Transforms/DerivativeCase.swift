@testable import TLXNumerics

/// A function of seeded inputs whose derivatives are checked against finite differences.
struct DerivativeCase: Sendable, CustomStringConvertible {
  /// Where the inputs are drawn from, away from kinks and poles.
  enum Domain: Sendable {
    case any
    case positive
    /// Inside of -0.9 … 0.9.
    case unit
    /// Symmetric positive definite matrices.
    case definite
    /// Well-conditioned matrices.
    case regular
  }

  var name: String
  var shapes: [Shape]
  var domain: Domain = .any
  /// Whether second derivatives are checked.
  var isTwice = true
  var function: @Sendable ([Tensor]) throws -> Tensor
  var description: String { name }

  func inputs() throws -> [Tensor] {
    try shapes.enumerated().map { index, shape in
      let stream = RandomStream(key: RandomKey(seed: UInt64(11 + index)))
      let x = try stream.normal(shape)
      switch domain {
      case .any: return x
      case .positive: return try x.abs() + 0.5
      case .unit: return try x.tanh() * 0.9
      case .definite:
        let eye = try Tensor.eye(shape[shape.rank - 1])
        return try x.matmul(x.matrixTranspose()) * 0.3 + eye.broadcast(to: shape)
      case .regular:
        guard shape.rank >= 2, shape[shape.rank - 1] == shape[shape.rank - 2] else { return x }
        return try x * 0.4 + (Tensor.eye(shape[shape.rank - 1]) * 2).broadcast(to: shape)
      }
    }
  }

  static let all = unary + binary + reductions + movement + products + windows + algebra + composed

  static let unary: [DerivativeCase] = UnaryKernel.allCases
    .filter { !$0.isFlat && $0 != .trigamma }
    .map { kernel in
      let domain: Domain =
        switch kernel {
        case .log, .sqrt, .reciprocal, .lgamma, .digamma: .positive
        case .asin, .acos, .log1p, .tan: .unit
        default: .any
        }
      return DerivativeCase(name: "\(kernel)", shapes: [[7]], domain: domain, isTwice: kernel != .digamma) {
        try Tensor.unary(kernel, $0[0])
      }
    }

  static let binary: [DerivativeCase] = [BinaryKernel]([
    .add, .subtract, .multiply, .divide, .modulo, .power, .maximum, .minimum, .atan2,
  ]).flatMap { kernel in
    [([2, 3], [2, 3]), ([2, 3], [3]), ([2, 1], [1, 3]), ([], [4])].map { (left: Shape, right: Shape) in
      DerivativeCase(
        name: "\(kernel) \(left.crossDescription), \(right.crossDescription)", shapes: [left, right],
        domain: .positive
      ) { try Tensor.binary(kernel, $0[0], $0[1]) }
    }
  }

  static let reductions: [DerivativeCase] = [
    .init(name: "sum", shapes: [[2, 3, 4]]) { try $0[0].sum(axes: [0, 2]).square() },
    .init(name: "product", shapes: [[2, 3, 2]]) { try $0[0].prod(axes: [0, 2]) },
    .init(name: "product of all", shapes: [[5]]) { try $0[0].prod() },
    .init(name: "product with a zero", shapes: [[4]]) {
      try ($0[0] * Tensor([0.0, 1, 1, 1])).prod(keepdims: true)
    },
    .init(name: "max", shapes: [[3, 4]]) { try $0[0].max(axes: [1]).square() },
    .init(name: "min", shapes: [[3, 4]]) { try $0[0].min(axes: [0], keepdims: true).square() },
    .init(name: "mean", shapes: [[3, 4]]) { try $0[0].mean(axes: [1]).square() },
    .init(name: "deviations", shapes: [[2, 3, 2]]) { try $0[0].reduce(.deviations, [0, 2], keepdims: true) },
    .init(name: "variance", shapes: [[3, 4]]) { try $0[0].variance(axes: [1], ddof: 1) },
    .init(name: "std", shapes: [[3, 4]]) { try $0[0].std(axes: [0]) },
    .init(name: "cumulative sum", shapes: [[3, 4]]) { try $0[0].cumsum(axis: 1).square() },
    .init(name: "reversed cumulative sum", shapes: [[3, 4]]) {
      try $0[0].cumulative(.sum, 0, reversed: true).square()
    },
    .init(name: "cumulative product", shapes: [[3, 5]]) { try $0[0].cumprod(axis: 1) },
    .init(name: "reversed cumulative product", shapes: [[5, 2]]) {
      try $0[0].cumulative(.product, 0, reversed: true)
    },
    .init(name: "cumulative product with a zero", shapes: [[4]]) {
      try ($0[0] * Tensor([1.0, 0, 1, 1])).cumprod()
    },
    .init(name: "median", shapes: [[3, 4]]) { try $0[0].median(axes: [1]).square() },
    .init(name: "quantile", shapes: [[9]]) { try $0[0].quantile(0.3).square() },
  ]

  static let movement: [DerivativeCase] = [
    .init(name: "reshape", shapes: [[2, 6]]) { try $0[0].reshape([3, -1]).square() },
    .init(name: "permute", shapes: [[2, 3, 4]]) { try $0[0].permute([2, 0, 1]).square() },
    .init(name: "broadcast", shapes: [[3, 1]]) { try $0[0].broadcast(to: [2, 3, 4]).square() },
    .init(name: "slice", shapes: [[5, 4]]) {
      try $0[0].slice(axis: 0, start: 4, stop: -1, step: -2).square()
    },
    .init(name: "place", shapes: [[2, 2]]) { try $0[0].pad([(1, 2), (0, 1)], value: 1).square() },
    .init(name: "concat", shapes: [[2, 3], [2, 1]]) { try Tensor.concat($0 + [$0[0]], axis: 1).square() },
    .init(name: "stack", shapes: [[3], [3]]) { try Tensor.stack($0, axis: 1).square() },
    .init(name: "take", shapes: [[4, 2]]) {
      try $0[0].take(Tensor([[3, 0], [3, -1]].flatMap { $0 }, shape: [2, 2])).square()
    },
    .init(name: "scatterAdd", shapes: [[2, 4]]) {
      try $0[0].scatterAdd(axis: 1, count: 3, indices: Tensor([0, 2, 2, 1])).square()
    },
    .init(name: "takeAlong", shapes: [[3, 4]]) { try $0[0].sort(axis: 1, descending: true).square() },
    .init(name: "sort", shapes: [[5, 2]]) { try $0[0].sort(axis: 0).square() },
    .init(name: "topk", shapes: [[3, 4]]) { try $0[0].topk(2).values.square() },
    .init(name: "roll, flip, tile, repeat", shapes: [[2, 3]]) {
      try $0[0].roll(1, axis: 1).flip([0]).tile([2, 1]).repeat(2, axis: 0).square()
    },
    .init(name: "indexed", shapes: [[4, 5]]) {
      try $0[0].indexed(by: [.tensor(Tensor([1, 1, 3])), .slice(nil, nil, -2), .newAxis]).square()
    },
    .init(name: "masked", shapes: [[4, 2]]) {
      try $0[0].indexed(by: [.tensor(Tensor([true, false, true, true]))]).square()
    },
    .init(name: "updated slice", shapes: [[4], [2]]) {
      try $0[0].updated(at: [.slice(0, 4, 2)], with: $0[1]).square()
    },
    .init(name: "updated positions", shapes: [[4], [3]]) {
      try $0[0].updated(at: [.tensor(Tensor([1, 3, 1]))], with: $0[1]).square()
    },
    .init(name: "select", shapes: [[4], [4]]) {
      try Tensor.where(Tensor([true, false, true, false]), $0[0].square(), $0[1] * $0[0])
    },
    .init(name: "diagonal", shapes: [[3, 4]]) { try $0[0].diagonal().diagonalMatrix().square() },
    .init(name: "cast", shapes: [[3]]) { try $0[0].cast(to: .f64).square() },
  ]

  static let products: [DerivativeCase] = [
    .init(name: "matmul", shapes: [[2, 3], [3, 4]]) { try $0[0].matmul($0[1]) },
    .init(name: "matmul of vectors", shapes: [[3], [3]]) { try $0[0].matmul($0[1]) },
    .init(name: "matmul of batches", shapes: [[2, 1, 3, 2], [2, 2, 3]]) { try $0[0].matmul($0[1]) },
    .init(name: "matmul of a batch and a matrix", shapes: [[2, 3, 2], [2, 3]]) { try $0[0].matmul($0[1]) },
    .init(name: "einsum", shapes: [[2, 3], [3, 4], [4, 2]]) { try Tensor.einsum("ij,jk,ki->i", $0) },
    .init(name: "outer", shapes: [[2], [3]]) { try Tensor.outer($0[0], $0[1]) },
  ]

  static let windows: [DerivativeCase] = [
    .init(name: "convolve", shapes: [[2, 4, 5, 2], [3, 3, 2, 3]]) {
      try $0[0].convolve($0[1], padding: (1, 1))
    },
    .init(name: "strided convolve of more axes", shapes: [[2, 1, 5, 4, 2], [2, 3, 2, 2]]) {
      try $0[0].convolve($0[1], stride: (2, 1), padding: (0, 2)).square()
    },
    .init(name: "unfold", shapes: [[2, 4, 3, 2]]) {
      try $0[0].unfold(Window(size: (2, 2), stride: (1, 2), padding: (1, 1))).square()
    },
    .init(name: "max pool", shapes: [[2, 4, 4, 3]]) {
      try $0[0].maxPool(Window(size: (2, 2), stride: (2, 2))).square()
    },
    .init(name: "overlapping max pool", shapes: [[2, 5, 4, 2]]) {
      try $0[0].maxPool(Window(size: (3, 3), stride: (2, 1), padding: (1, 1))).square()
    },
    .init(name: "mean pool", shapes: [[2, 4, 6, 2]]) {
      try $0[0].averagePool(Window(size: (2, 3), stride: (2, 3))).square()
    },
    .init(name: "padded mean pool", shapes: [[2, 4, 4, 2]]) {
      try $0[0].averagePool(Window(size: (3, 3), stride: (2, 2), padding: (1, 1))).square()
    },
  ]

  static let algebra: [DerivativeCase] =
    [
      .init(name: "solve", shapes: [[3, 3], [3, 2]], domain: .regular) {
        try LinearAlgebra.solve($0[0], $0[1])
      },
      .init(name: "solve of a batch", shapes: [[2, 3, 3], [2, 3, 1]], domain: .regular) {
        try LinearAlgebra.solve($0[0], $0[1])
      },
      .init(name: "inverse", shapes: [[3, 3]], domain: .regular) { try LinearAlgebra.inverse($0[0]) },
      .init(name: "det", shapes: [[3, 3]], domain: .regular) { try LinearAlgebra.determinant($0[0]) },
      .init(name: "slogdet", shapes: [[2, 3, 3]], domain: .regular) {
        try LinearAlgebra.slogdet($0[0]).logdet
      },
      .init(name: "lu", shapes: [[3, 3]]) {
        let (p, l, u) = try LinearAlgebra.lu($0[0])
        return try Tensor.concat([p, l, u], axis: 0)
      },
      .init(name: "cholesky", shapes: [[3, 3]], domain: .definite) {
        try LinearAlgebra.cholesky(($0[0] + $0[0].transpose()) * 0.5)
      },
      .init(name: "qr, tall", shapes: [[4, 3]]) {
        let (q, r) = try LinearAlgebra.qr($0[0])
        return try Tensor.concat([q, r], axis: 0)
      },
      .init(name: "qr, wide", shapes: [[3, 5]]) {
        let (q, r) = try LinearAlgebra.qr($0[0])
        return try Tensor.concat([q, r], axis: 1)
      },
      .init(name: "svd, square", shapes: [[3, 3]]) { try singular($0[0]) },
      .init(name: "svd, tall", shapes: [[4, 2]]) { try singular($0[0]) },
      .init(name: "svd, wide", shapes: [[2, 4]]) { try singular($0[0]) },
      .init(name: "eigh", shapes: [[3, 3]]) {
        let (values, vectors) = try LinearAlgebra.eigh(($0[0] + $0[0].transpose()) * 0.5)
        return try Tensor.concat([values.expandDims(1), vectors], axis: 1)
      },
      .init(name: "lstsq", shapes: [[5, 3], [5]]) { try LinearAlgebra.lstsq($0[0], $0[1]) },
      .init(name: "ridge", shapes: [[5, 3], [5, 2]]) { try LinearAlgebra.ridge($0[0], $0[1], l2: 0.5) },
      .init(name: "expm", shapes: [[3, 3]]) { try LinearAlgebra.expm($0[0]) },
      .init(name: "matrix power", shapes: [[3, 3]], domain: .regular) {
        try LinearAlgebra.matrixPower($0[0], -2)
      },
    ]
    + [(true, false), (true, true), (false, false), (false, true)].map { lower, transposed in
      DerivativeCase(
        name: "triangular solve, lower \(lower), transposed \(transposed)", shapes: [[3, 3], [3, 2]],
        domain: .regular
      ) {
        try LinearAlgebra.triangularSolve(
          $0[0], $0[1], lower: lower, transposed: transposed, unitDiagonal: transposed)
      }
    }

  static let algebraNames = Set(algebra.map(\.name))

  static let composed: [DerivativeCase] = [
    .init(name: "softmax", shapes: [[2, 4]]) { try $0[0].softmax(axis: 1) },
    .init(name: "log softmax", shapes: [[2, 4]]) { try $0[0].logSoftmax(axis: 1) },
    .init(name: "logsumexp", shapes: [[2, 4]]) { try $0[0].logsumexp(axes: [1]) },
    .init(name: "norm", shapes: [[4]]) { try $0[0].norm() },
    .init(name: "3-norm", shapes: [[4]]) { try $0[0].norm(ord: 3) },
    .init(name: "1-norm", shapes: [[4]]) { try $0[0].norm(ord: 1) },
    .init(name: "leaky relu", shapes: [[5]]) { try $0[0].leakyRelu().square() },
    .init(name: "relu", shapes: [[5]]) { try $0[0].relu().square() },
    .init(name: "gelu", shapes: [[5]]) { try $0[0].gelu() },
    .init(name: "softplus", shapes: [[5]]) { try $0[0].softplus() },
    .init(name: "clip", shapes: [[5]]) { try $0[0].clip(min: -0.5, max: 0.5).square() },
    .init(name: "fractional power", shapes: [[5]], domain: .positive) { try $0[0].power(1.7) },
    .init(name: "negative power", shapes: [[5]], domain: .positive) { try $0[0].power(-3) },
    .init(name: "fifth power", shapes: [[5]]) { try $0[0].power(5) },
  ]

  @Sendable private static func singular(_ a: Tensor) throws -> Tensor {
    let (u, s, vt) = try LinearAlgebra.svd(a)
    return try Tensor.concat([u.flatten(), s, vt.flatten()])
  }
}
