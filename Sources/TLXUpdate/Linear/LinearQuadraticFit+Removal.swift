import TLXLearning
import TLXNumerics

/// What the fit would be without some of its rows, without fitting again.
extension LinearQuadraticFit {
  /// The prediction of each row by the model that was fitted without it, f64[n, k]: `Y_i − B_ii⁻¹ α_i`, exactly what n
  /// fits would give.
  ///
  /// - Throws: E0417 for an iterative solver. Cost: (n k)³/3 once, then (n k)² k/2: only the blocks B_ii are formed.
  public func leaveOneOut() throws -> Tensor { try targets - leverage() }

  /// B_ii⁻¹ α_i for each row, f64[n, k].
  private func leverage() throws -> Tensor {
    let (kernel, dual) = try known()
    let (n, k) = (count, targets.shape[1])
    let steps = try LinearAlgebra.solve(kernel.diagonalBlocks(of: k), dual.reshape([n, k, 1])).reshape([n, k])
    try steps.realize()
    return steps
  }

  private func known() throws -> (InverseKernel, Tensor) {
    guard let inverse, let dual else {
      throw NumericsError(
        "E0417", "solver=\"\(solver.rawValue)\" keeps no inverse, which leaving rows out needs",
        help: "fit with solver=\"exact\"")
    }
    return (inverse, dual)
  }

  /// The fit without these rows, equal to a fit of the others: with S the rows that go and R those that stay,
  /// `α' = α_R − B_RS B_SS⁻¹ α_S` and `B' = B_RR − B_RS B_SS⁻¹ B_SR`.
  ///
  /// - Throws: E0406 for a row that there is not, or where none would stay; E0417 for an iterative solver.
  ///   Cost: (n k)³ for the first removal, then (n k)² |S| k.
  public func removing(_ rows: [Int]) throws -> LinearQuadraticFit {
    let (kernel, dual) = try known()
    if let row = rows.first(where: { $0 < 0 || $0 >= count }) {
      throw NumericsError("E0406", "row \(row) is out of range: the fit has \(count) rows")
    }
    let gone = Set(rows)
    let kept = (0..<count).filter { !gone.contains($0) }
    guard !kept.isEmpty else {
      throw NumericsError("E0406", "removing all \(count) rows leaves nothing to fit")
    }
    let k = targets.shape[1]
    func places(_ rows: [Int]) throws -> Tensor {
      try Tensor(rows.flatMap { row in (0..<k).map { row * k + $0 } })
    }
    let (s, r) = (try places(gone.sorted()), try places(kept))
    let b = try kernel.inverse()
    let toKept = try b.take(r, axis: 0)
    let cross = try toKept.take(s, axis: 1)
    let block = try b.take(s, axis: 0).take(s, axis: 1)
    let transfer = try LinearAlgebra.solve(block, cross.transpose()).transpose()
    let rest = try toKept.take(r, axis: 1) - transfer.matmul(cross.transpose())
    let alpha = try dual.take(r, axis: 0) - transfer.matmul(dual.take(s, axis: 0))
    try Tensor.realize([rest, alpha])
    return try LinearQuadraticFit(
      self, keeping: kept, tangents: tangents.selecting(kept), dual: alpha,
      inverse: InverseKernel(rest, l2: l2))
  }

  /// How much the mean loss `½ ‖f(x) − Y‖²` of other rows grows when each row of the fit is left out, f64[n]: above 0 for
  /// rows that help. Exact, not a first-order estimate.
  ///
  /// - Throws: E0416 for labels that are none of the classes, E0417 for an iterative solver.
  ///   Cost: the inverse once, then m n k².
  public func influence(x: Tensor, y: Tensor) throws -> Tensor {
    guard x.rank >= 1, x.shape[0] > 0, y.rank == 1, y.dtype == .i64, y.shape[0] == x.shape[0] else {
      throw NumericsError(
        "E0404", "influence wants rows with a label each, not \(x.typeDescription) and \(y.typeDescription)")
    }
    try Labels.check(y, classes: base.classCount)
    let (steps, b) = (try leverage(), try known().0.inverse())
    let (n, k, m) = (count, targets.shape[1], x.shape[0])
    let others = try TangentFactors(base, x)
    let weights = try others.kernel(with: tangents).matmul(b).reshape([m * k, n, k])
    // The change of each output of the others when a row goes.
    let change = try -(weights * steps.expandDims(0)).sum(axes: [2])
    let values = try model().logits(x)
    let error = try (values - Tensor.oneHot(y, classes: k) * scale).reshape([m * k, 1])
    return try (change * error + change.square() * 0.5).sum(axes: [0]) / Double(m)
  }
}
