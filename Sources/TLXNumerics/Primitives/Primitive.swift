/// The closed set of steps that every tensor program is made of. Each has, in a file of its family, a shape
/// rule (`Tensor+….swift`), a kernel (`Execution/`), derivative rules (`Transforms/`) and a batching rule.
/// Everything else is composed from these, so that the transforms follow for free.
enum Primitive: Hashable, Sendable {
  // Leaves
  /// Contents known when it was made.
  case constant
  /// The `index`-th input of a compiled program.
  case placeholder(Int)
  /// One number everywhere. Not part of a plan's structure: a plan is re-used with another number.
  case fill(Scalar)
  /// 0, 1, 2, … along the only axis, as `start + step * i`.
  case ramp(start: Scalar, step: Scalar)

  // Identity, with a meaning for transforms
  /// Where a transform differentiates.
  case variable
  case stopGradient

  // Elementwise; operands have the result's shape and dtype (the builders insert `broadcast` and `cast`), except
  // that `isnan` and `isfinite` read floats, and comparisons any one dtype, and give bool; `not`, `and`, `or` and
  // `xor` are bool only; functions beyond arithmetic are float only; `divide` and `reciprocal` are float only.
  case unary(UnaryKernel)
  case binary(BinaryKernel)
  case compare(Comparison)
  /// inputs: condition (bool), then, otherwise
  case select
  /// To the node's dtype, never to bool (that is `notEqual` 0). Float to i64 cuts towards zero.
  case cast

  // Reductions over `axes` (sorted, not empty, removed from the shape). `sum`, `product`, `max` and `min` keep the
  // dtype (never bool); `any` and `all` are bool only, `deviations` float only; an empty axis reaches only the ones with a neutral element.
  case reduce(Reduction, axes: [Int])
  case argReduce(ArgReduction, axis: Int)
  case cumulative(Cumulation, axis: Int, reversed: Bool)

  // Movement
  case reshape
  case permute([Int])
  /// To the node's shape: axes align from the right, axes of size 1 stretch.
  case broadcast
  /// `start[k] + step[k] * i` along each axis; a negative step flips.
  case slice(start: [Int], step: [Int])
  /// The transpose of `slice`: the input placed into zeros of the node's shape.
  case place(start: [Int], step: [Int])
  case concat(axis: Int)
  /// inputs: x, indices (i64, any shape); the axis is replaced by the indices' axes.
  case take(axis: Int)
  /// The transpose of `take`, with the node's shape. inputs: values, indices. Equal indices add up.
  case scatterAdd(axis: Int)
  /// inputs: x, indices of the same rank: `x[…, indices[…, k, …], …]` along the axis (NumPy's take_along_axis).
  case takeAlong(axis: Int)
  /// The transpose of `takeAlong`. inputs: values, indices.
  case scatterAddAlong(axis: Int)

  // Products and linear algebra, over the last two axes; leading axes are batches and must be equal
  case matmul
  case linearAlgebra(LinearAlgebraOperation)

  // Patches of images: convolutions and pooling
  case window(WindowOperation)

  // Order
  /// i64 positions that sort the axis; stable; NaN last.
  case argsort(axis: Int, descending: Bool)
  /// The values in the order of `argsort`.
  case sort(axis: Int, descending: Bool)
}

/// A number baked into a program.
public enum Scalar: Hashable, Sendable {
  case bool(Bool)
  case int(Int)
  case float(Double)
}

enum UnaryKernel: UInt8, Sendable, CaseIterable {
  case negate, abs, sign, exp, expm1, log, log1p, sqrt, reciprocal
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
  case sigmoid, erf, lgamma, digamma, trigamma
  case floor, ceil, round, trunc
  case not, isnan, isfinite
}

enum BinaryKernel: UInt8, Sendable, CaseIterable {
  case add, subtract, multiply, divide, floorDivide, modulo, power
  case maximum, minimum, atan2
  case and, or, xor
}

enum Comparison: UInt8, Sendable, CaseIterable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

enum Reduction: UInt8, Sendable, CaseIterable {
  case sum, product, max, min, any, all
  /// Σ (x − mean)², of floats only; over nothing 0.
  case deviations
}
enum ArgReduction: UInt8, Sendable, CaseIterable { case argmax, argmin }
enum Cumulation: UInt8, Sendable, CaseIterable { case sum, product }

/// Factorizations and solves. One with several results packs them into one tensor, which its builder slices;
/// so a program stays a graph of single results, and transforms see plain slices.
enum LinearAlgebraOperation: Hashable, Sendable {
  /// inputs: A [n, n], B [n, k]: X with A X = B, by LU with partial pivoting.
  case solve
  /// inputs: A, B: X with A X = B for triangular A.
  case triangularSolve(lower: Bool, transposed: Bool, unitDiagonal: Bool)
  /// lower L with L Lᵀ = A
  case cholesky
  /// [n, n+2]: the packed LU factors, a column of the row permutation (A[permutation] = L U), a column with -1 for
  /// every row exchange and 1 elsewhere, whose product is the permutation's sign.
  case lu
  /// [m + n, k]-shaped packing of q (m×k) over r transposed (n×k), k = min(m, n)
  case qr
  /// flat: u (m×k), s (k), vt (k×n)
  case svd
  /// [n, n+1]: the eigenvalues (ascending) as the first column, then the vectors.
  case eigh
  /// [n, 2n+2]: real and imaginary parts of the values, then of the vectors.
  case eig
  /// Σ Aᵏ/k!
  case expm

  /// Whether several results are packed into one.
  var hasParts: Bool {
    switch self {
    case .lu, .qr, .svd, .eigh, .eig: true
    case .solve, .triangularSolve, .cholesky, .expm: false
    }
  }
}
