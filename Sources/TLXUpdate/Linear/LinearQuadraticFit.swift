import TLXLearning
import TLXNumerics

/// Linear quadratic fine-tuning: a model's first-order expansion, fitted by ridge least squares to scaled one-hot
/// targets, `min_Δw ‖f₀ + J Δw − s·onehot(y)‖² + λ ‖Δw‖²` over all rows and outputs (sums, not means).
///
/// (Achille, Golatkar, Ravichandran, Polito, Soatto, "LQF: Linear Quadratic Fine-Tuning", CVPR 2021.) The problem is
/// convex: with λ > 0 its solution does not depend on a start or on the order of the rows, predictions are linear in the
/// targets, and leaving rows out is a low-rank change of the solution. Everything is in f64.
///
/// The kernel route (`exact`) solves `(J Jᵀ + λI) α = Y − f₀`, Δw = Jᵀ α. With B = (J Jᵀ + λI)⁻¹ and its k × k blocks
/// B_ii, the model without row i predicts it as `Y_i − B_ii⁻¹ α_i`.
public struct LinearQuadraticFit: Sendable {
  public enum Solver: String, Sendable, CaseIterable {
    case exact, kfac, cg
  }

  public struct Settings {
    public var l2 = 1.0
    public var scale = 5.0
    public var solver = Solver.exact
    /// For the iterative solvers.
    public var tolerance = 1e-10
    public var iterations = 2000
    /// The standard deviation of a random start; nil for Δw = 0.
    public var start: (deviation: Double, stream: RandomStream)?

    public init() {}
  }

  /// The model in f64 whose expansion is fitted.
  public let base: Model
  public let l2: Double
  public let scale: Double
  public let solver: Solver
  /// The number of rows that are left.
  public var count: Int { tangents.count }
  /// f64[n, k]
  public let targets: Tensor
  /// Changes of the weights, in the model's order and shapes.
  public let delta: [Tensor]
  /// The relative residual of the normal equations.
  public let residual: Double
  /// Steps of the iterative solvers; 0 for `exact`.
  public let iterations: Int
  let tangents: TangentFactors
  /// α, f64[n k]; nil for the iterative solvers.
  let dual: Tensor?
  let inverse: InverseKernel?

  static let largestKernel = 6000

  /// - Throws: E0415 for rows that do not fit, E0416 for labels that are none of the model's classes or settings out
  ///   of range, E0406 without rows, E0504 for NaN or infinity, E0501 where λ = 0 leaves the exact solution undetermined,
  ///   E0503 without convergence, E0702 where the kernel is too large for `exact`.
  ///   Cost: k + 1 passes, then (n k)³/3 for `exact`, or per step of `cg` a few products of the factors.
  public init(_ model: Model, x: Tensor, y: Tensor, _ settings: Settings = Settings()) throws {
    try Self.check(model, x, y, settings)
    let base = try model.inDoublePrecision()
    let tangents = try TangentFactors(base, x)
    let targets = try Tensor.oneHot(y, classes: base.classCount) * settings.scale
    try self.init(base, tangents, targets, settings)
  }

  private init(_ base: Model, _ tangents: TangentFactors, _ targets: Tensor, _ settings: Settings) throws {
    self.base = base
    self.tangents = tangents
    self.targets = targets
    (l2, scale, solver) = (settings.l2, settings.scale, settings.solver)
    let gap = try targets - tangents.logits
    if settings.solver == .exact {
      let kernel = try InverseKernel(tangents, l2: settings.l2)
      let dual = try kernel.solve(gap.flatten())
      let blocks = try tangents.applyTransposed(dual.reshape(gap.shape))
      delta = try tangents.parameters(blocks, of: base)
      (self.dual, inverse, iterations) = (dual, kernel, 0)
      residual = try Self.residual(tangents, blocks, gap, settings.l2)
      return
    }
    let solved = try ConjugateGradients.solve(tangents, gap: gap, settings)
    delta = try tangents.parameters(solved.solution, of: base)
    (dual, inverse) = (nil, nil)
    iterations = solved.iterations
    residual = try Self.residual(tangents, solved.solution, gap, settings.l2)
  }

  /// What is left after rows are taken away.
  init(
    _ whole: LinearQuadraticFit, keeping rows: [Int], tangents: TangentFactors, dual: Tensor,
    inverse: InverseKernel
  ) throws {
    (base, l2, scale, solver, iterations) = (whole.base, whole.l2, whole.scale, whole.solver, 0)
    self.tangents = tangents
    self.dual = dual
    self.inverse = inverse
    targets = try whole.targets.rows(rows)
    let blocks = try tangents.applyTransposed(dual.reshape(targets.shape))
    delta = try tangents.parameters(blocks, of: base)
    residual = try Self.residual(tangents, blocks, targets - tangents.logits, l2)
  }

  private static func residual(_ tangents: TangentFactors, _ v: [Tensor], _ gap: Tensor, _ l2: Double) throws
    -> Double
  {
    let right = try tangents.applyTransposed(gap)
    let left = try zip(tangents.applyTransposed(tangents.apply(v)), v).map { try $0 + $1 * l2 }
    return try ConjugateGradients.norm(zip(right, left).map { try $0 - $1 })
      / Swift.max(ConjugateGradients.norm(right), .leastNormalMagnitude)
  }

  private static func check(_ model: Model, _ x: Tensor, _ y: Tensor, _ settings: Settings) throws {
    guard !model.layers.contains(where: { $0 is Linearization }) else {
      throw NumericsError("E0415", "lqf expands the model itself: give the model, not linearize(model)")
    }
    guard x.rank >= 1, x.shape[0] > 0 else { throw NumericsError("E0406", "there are no rows to fit") }
    guard y.rank == 1, y.dtype == .i64, y.shape[0] == x.shape[0] else {
      throw NumericsError(
        "E0404", "lqf wants a label for each of \(x.shape[0]) rows, i64[n], not \(y.typeDescription)")
    }
    try Labels.check(y, classes: model.classCount)
    for (name, value, isPositive) in [("l2", settings.l2, false), ("scale", settings.scale, true)] {
      guard value.isFinite, value > 0 || (!isPositive && value == 0) else {
        throw NumericsError(
          "E0416", "\(name) must be a finite number \(isPositive ? "above 0" : "of at least 0"), not \(value)"
        )
      }
    }
    let rows = try model.conforming(x)
    let width = rows.count / rows.shape[0]
    if let bad = try rows.withElements(of: Float.self, { $0.firstIndex { !$0.isFinite } }) {
      throw NumericsError(
        "E0504", "row \(bad / width) holds a number that is not finite, in column \(bad % width)")
    }
  }
}

extension LinearQuadraticFit {
  /// The fitted expansion as a model: predictions are one forward pass with its derivative.
  public func model() throws -> Model {
    let layer = Linearization(base)
    let parameters = zip(base.parameterNames, delta).map { Parameter(name: $0, value: $1) }
    return try Model(layers: [layer], inputShape: base.inputShape, parameters: [parameters])
  }

  /// Its predictions of the rows that it was fitted to, f64[n, k].
  public func fitted() throws -> Tensor {
    guard let dual else { return try tangents.logits + tangents.apply(blocks(of: delta)) }
    return try targets - dual.reshape(targets.shape) * l2
  }

  private func blocks(of parameters: [Tensor]) throws -> [Tensor] {
    var byLayer: [Int: [Tensor]] = [:]
    var next = 0
    for (position, own) in base.parametersByLayer.enumerated() {
      byLayer[position] = Array(parameters[next..<next + own.count])
      next += own.count
    }
    return try tangents.blocks.map { block in
      let own = byLayer[block.layer] ?? []
      return try block.isDense
        ? Tensor.concat([own[0], own[1].expandDims(0)], axis: 0)
        : Tensor.concat(own.map { $0.flatten() }, axis: 0).expandDims(0)
    }
  }
}
