import TLXNumerics

/// A solution and what it is off by at most.
struct ProvenSolution {
  var values: [Double]
  var bound: Double
}

/// One right-hand side of a block that is solved by iteration.
struct IterationProblem {
  let iteration: BlockIteration
  let majorant: BlockIteration.Majorant
  let right: [Double]

  /// What is good enough to need no sweeps: of the largest entry.
  private static let tolerance = 1e-10

  /// A solution with its bound; where that is too wide, bounds from both sides close in on it. Nil if it is too wide
  /// and may be so (`mayFail`). `exit` is what leads out of each row.
  func proven(_ values: [Double], exit: [Double], mayFail: Bool) throws -> ProvenSolution? {
    guard right.contains(where: { $0 != 0 }) else {
      return ProvenSolution(values: values.map { _ in 0 }, bound: 0)
    }
    let factor = iteration.errorFactor(of: values, right, majorant)
    let bound = factor * majorant.largest
    if bound <= Self.tolerance * (values.max() ?? 0) {
      // Rounding may leave a hair below zero where the truth is near it.
      return ProvenSolution(values: values.map { max(0, $0) }, bound: bound)
    }
    if mayFail { return nil }
    guard var (low, high) = enclosure(values, factor, exit) else {
      return ProvenSolution(values: values, bound: .infinity)
    }
    let gap = try iteration.squeeze(right, low: &low, high: &high, tolerance: Self.tolerance, sweeps: 5000)
    return ProvenSolution(values: low, bound: min(gap, bound))
  }

  /// Bounds from below and above. Without a majorant only what leads out can bound: probabilities are at most 1.
  private func enclosure(_ values: [Double], _ factor: Double, _ exit: [Double]) -> ([Double], [Double])? {
    if factor.isFinite {
      return (
        zip(values, majorant.v).map { max(0, $0 - factor * $1) },
        zip(values, majorant.v).map { $0 + factor * $1 }
      )
    }
    guard right.indices.allSatisfy({ right[$0] <= exit[$0] }) else { return nil }
    return (right.map { _ in 0 }, right.map { _ in 1 })
  }
}
