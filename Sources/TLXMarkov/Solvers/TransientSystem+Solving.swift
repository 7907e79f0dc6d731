import TLXNumerics

/// What to solve for on all states at once: `width` quantities side by side.
struct Unknowns {
  /// x of state i, quantity c, at `i * width + c`. Given where a walk has stopped; zero elsewhere before solving.
  var values: [Double]
  var width: Int
  /// g of quantity c for every state that goes on.
  var constants: [Double]
  /// g of each state instead, for systems of one quantity.
  var source: [Double]?
  /// The quantity that is a time: infinite for walks that may never stop.
  var time: Int?
  /// Whether to solve for the variance of that time as well.
  var wantsVariance = false
  var variance: [Double] = []
  /// What no quantity is off by more than, by quantity: an a-priori bound of elimination or one that was proven.
  var bounds: [Double] = []

  init(values: [Double], constants: [Double], time: Int? = nil) {
    self.values = values
    self.width = constants.count
    self.constants = constants
    self.time = time
  }
}

extension TransientSystem {
  /// Solves x = g + P x on the states that go on.
  ///
  /// The variance v of a time t obeys v = w + P v with wᵢ = Σⱼ pᵢⱼ (1 + tⱼ − tᵢ)², a sum of squares where
  /// E[t²] − E[t]² would cancel.
  func solve(_ unknowns: inout Unknowns) throws {
    let width = unknowns.width
    let columns = width + (unknowns.wantsVariance ? 1 : 0)
    if unknowns.wantsVariance { unknowns.variance = [Double](repeating: 0, count: matrix.rowCount) }
    var bounds = [Double](repeating: 0, count: groups.count * columns)
    var local = [Int32](repeating: -1, count: matrix.rowCount)
    // Without the arrays that are filled: a second owner would make them be copied.
    var task = unknowns
    task.values = []
    task.variance = []
    let solved = task
    try local.withUnsafeMutableBufferPointer { local in
      try unknowns.values.withUnsafeMutableBufferPointer { values in
        try unknowns.variance.withUnsafeMutableBufferPointer { variance in
          guard let local = local.baseAddress, let x = values.baseAddress else { return }
          let variance = variance.isEmpty ? nil : variance.baseAddress
          try withMemory(x, variance, local) { memory in
            try solveGroups(solved, memory, columns, &bounds)
          }
        }
      }
    }
    unknowns.bounds = (0..<columns).map { column in
      groups.indices.reduce(0) { max($0, bounds[$1 * columns + column]) }
    }
  }
  private func withMemory(
    _ x: UnsafeMutablePointer<Double>, _ variance: UnsafeMutablePointer<Double>?,
    _ local: UnsafeMutablePointer<Int32>, _ body: (SolverMemory) throws -> Void
  ) throws {
    try components.component.withUnsafeBufferPointer { component in
      try components.states.withUnsafeBufferPointer { states in
        // Without states that go on there is nothing to solve.
        guard let component = component.baseAddress, let states = states.baseAddress else { return }
        try matrix.withRows { rows in
          try body(
            SolverMemory(
              rows: rows, component: component, states: states, x: x, variance: variance, local: local))
        }
      }
    }
  }

  /// Groups touch disjoint states.
  private func solveGroups(_ task: Unknowns, _ memory: SolverMemory, _ columns: Int, _ bounds: inout [Double])
    throws
  {
    try bounds.withUnsafeMutableBufferPointer { bounds in
      nonisolated(unsafe) let all = bounds
      try Parallel.forEach(count: groups.count, grain: 1) { range in
        for group in range {
          var solver = GroupSolver(system: self, task: task, memory: memory)
          try solver.solve(groups[group])
          for column in 0..<columns { all[group * columns + column] = solver.bounds[column] }
        }
      }
    }
  }
}
