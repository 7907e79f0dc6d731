import TLXNumerics

extension MarkovChain {
  /// In which closed class a walk ends and after how many steps.
  ///
  /// With Q the transitions between transient states and R those into the closed classes: (I − Q) B = R,
  /// (I − Q) t = 1, and the variance by conditioning on the first step. Absorbing states are closed classes of one
  /// state; in a chain without transient states everything is decided at the start.
  ///
  /// - Throws: E0701 interrupted, E0702 out of memory.
  public func absorption() throws -> Absorption {
    let structure = try structure()
    let classes = structure.closedClasses.map { structure.components.members($0).map(Int.init) }
      .sorted { $0[0] < $1[0] }
    let system = try transientSystem()
    var unknowns = Unknowns(
      values: [Double](repeating: 0, count: stateCount * (classes.count + 1)),
      constants: [Double](repeating: 0, count: classes.count) + [1], time: classes.count)
    unknowns.wantsVariance = true
    for (position, members) in classes.enumerated() {
      for state in members { unknowns.values[state * unknowns.width + position] = 1 }
    }
    try system.solve(&unknowns)
    return Absorption(classes, unknowns, residual: try system.residual(of: unknowns))
  }

  /// The equations on the transient states, prepared.
  public func transientSystem() throws -> TransientSystem {
    let structure = try structure()
    // The transient classes are the components of what is left without the closed ones.
    return try TransientSystem(
      transitions, isStopped: (0..<stateCount).map { structure.isRecurrent($0) },
      components: structure.components.keeping { !structure.isClosed[$0] })
  }
}

extension Absorption {
  init(_ classes: [[Int]], _ unknowns: Unknowns, residual: Double) {
    let width = unknowns.width
    let count = unknowns.values.count / width
    let ends = classes.count
    self.classes = classes
    var steps = [Double](repeating: 0, count: count)
    probability = [Double](unsafeUninitializedCapacity: count * ends) { probability, size in
      unknowns.values.withUnsafeBufferPointer { values in
        for state in 0..<count {
          for column in 0..<ends { probability[state * ends + column] = values[state * width + column] }
          steps[state] = values[state * width + ends]
        }
      }
      size = count * ends
    }
    self.steps = steps
    stepsVariance = unknowns.variance
    self.residual = residual
    bound = unknowns.bounds.prefix(ends).max() ?? 0
  }
}

extension TransientSystem {
  /// The rows of one piece of work.
  private static let residualGrain = 16_384

  /// max |xᵢ − gᵢ − Σ pᵢⱼ xⱼ| over the states that go on, relative to the largest term of the equation; and how far
  /// the probabilities of a state are from their sum, where they must sum to 1.
  func residual(of unknowns: Unknowns) throws -> Double {
    let pieces = (matrix.rowCount + Self.residualGrain - 1) / Self.residualGrain
    var worst = [Double](repeating: 0, count: pieces)
    try worst.withUnsafeMutableBufferPointer { worst in
      nonisolated(unsafe) let worst = worst
      try unknowns.values.withUnsafeBufferPointer { values in
        nonisolated(unsafe) let values = values
        try matrix.withRows { rows in
          try Parallel.forEach(count: matrix.rowCount, grain: Self.residualGrain) { range in
            var largest = 0.0
            for state in range where !isStopped[state] {
              largest = max(largest, residual(of: state, unknowns, values, rows))
            }
            worst[range.lowerBound / Self.residualGrain] = largest
          }
        }
      }
    }
    return worst.max() ?? 0
  }

  private func residual(
    of state: Int, _ unknowns: borrowing Unknowns, _ values: UnsafeBufferPointer<Double>, _ rows: SparseRows
  ) -> Double {
    let width = unknowns.width
    var worst = 0.0
    var total = 0.0
    for column in 0..<width {
      let own = values[state * width + column]
      guard own.isFinite else { continue }
      let source = unknowns.source?[state] ?? unknowns.constants[column]
      var sum = source
      for position in rows.positions(ofRow: state) {
        // As differences: what stays put cancels exactly.
        sum += rows.values[position] * (values[Int(rows.columns[position]) * width + column] - own)
      }
      worst = max(worst, abs(sum) / max(own, source, 1))
      if column != unknowns.time { total += own }
    }
    let isTrapped = canTrap[Int(components.component[state])]
    return unknowns.time != nil && width > 1 && !isTrapped ? max(worst, abs(total - 1)) : worst
  }
}
