import TLXNumerics

extension MarkovChain {
  /// The distribution after `steps` steps: start Pⁿ. O(steps × transitions).
  public func distribution(after steps: Int, from start: [Double]) throws -> [Double] {
    var shares = start
    for _ in 0..<steps {
      try Interrupt.check()
      shares = transitions.times(row: shares)
    }
    return shares
  }

  /// The only stationary distribution, on all states.
  /// - Throws: E0505 with the number of closed classes where there are several.
  public func onlyStationary(for purpose: String) throws -> [Double] {
    let structure = try structure()
    guard structure.closedClasses.count == 1, let stationary = try stationary().first else {
      throw NumericsError(
        "E0505",
        "\(purpose) needs one closed class, and the chain has \(structure.closedClasses.count)",
        help: "look at classes(chain)")
    }
    var full = [Double](repeating: 0, count: stateCount)
    for (state, value) in zip(stationary.states, stationary.probability) { full[state] = value }
    return full
  }

  /// The chain seen backwards in time: p̃ᵢⱼ = πⱼ pⱼᵢ / πᵢ.
  /// - Throws: E0505 where the chain is not irreducible.
  public func reversed() throws -> MarkovChain {
    guard try isIrreducible() else {
      throw NumericsError(
        "E0505",
        "a chain seen backwards needs shares above 0 everywhere: this one has \(try structure().classCount) classes"
      )
    }
    let shares = try onlyStationary(for: "time reversal")
    let turned = transitions.transposed()
    var values = turned.values
    for row in 0..<stateCount {
      let range = turned.positions(ofRow: row)
      var sum = 0.0
      for position in range {
        values[position] *= shares[Int(turned.columns[position])] / shares[row]
        sum += values[position]
      }
      for position in range { values[position] /= sum }
    }
    return try MarkovChain(transitions: turned.replacing(values: values), names: names)
  }

  /// The largest |πᵢ pᵢⱼ − πⱼ pⱼᵢ| / max of both: 0 for a reversible chain, 1 where a transition has no way back.
  public func imbalance() throws -> Double {
    let shares = try onlyStationary(for: "detailed balance")
    var worst = 0.0
    for row in 0..<stateCount {
      for position in transitions.positions(ofRow: row) {
        let column = Int(transitions.columns[position])
        let (there, back) = (
          shares[row] * transitions.values[position], shares[column] * transitions.value(column, row)
        )
        let larger = max(there, back)
        if larger > 0 { worst = max(worst, abs(there - back) / larger) }
      }
    }
    return worst
  }

  /// Whether πᵢ pᵢⱼ = πⱼ pⱼᵢ for all pairs, up to rounding.
  public func isReversible() throws -> Bool { try imbalance() <= 1e-10 }

  /// −Σ πᵢ pᵢⱼ ln pᵢⱼ, in nats a step.
  public func entropyRate() throws -> Double {
    let shares = try onlyStationary(for: "the entropy rate")
    var total = 0.0
    for row in 0..<stateCount where shares[row] > 0 {
      for position in transitions.positions(ofRow: row) {
        let p = transitions.values[position]
        if p > 0, p < 1 { total -= shares[row] * p * Libm.log(p) }
      }
    }
    return total
  }

  /// The least t with max over starts of ½ Σ |Pᵗ(i, ·) − π| ≤ `epsilon`, by squaring and bisection: O(n³ log t).
  /// - Throws: E0505 with the period where there is no limit, or several classes; E0702 beyond 2000 states.
  public func mixingTime(epsilon: Double) throws -> Int {
    let shares = try onlyStationary(for: "the mixing time")
    guard let closed = try structure().closedClasses.first else { return 0 }
    let period = try period(ofClass: closed)
    guard period == 1 else {
      throw NumericsError(
        "E0505", "the chain has period \(period): its distribution keeps cycling and has no limit",
        help: "a lazy chain, (P + I) / 2, has the same stationary distribution and a limit")
    }
    let n = stateCount
    guard n <= 2000 else {
      throw NumericsError(
        "E0702", "the mixing time of \(n) states needs powers of a dense matrix; at most 2000")
    }
    let powers = MatrixPowers(count: n)
    var squares = [transitions.dense()]
    if Self.distance(identity: n, shares) <= epsilon { return 0 }
    while let last = squares.last, Self.distance(last, shares) > epsilon {
      guard squares.count < 60 else {
        throw NumericsError("E0503", "the chain has not mixed after 2^60 steps")
      }
      squares.append(try powers.product(last, last))
    }
    if squares.count == 1 { return 1 }
    // 2^(k−1) is not enough, 2^k is: add the smaller powers that are still not enough.
    var reached = squares[squares.count - 2]
    var steps = 1 << (squares.count - 2)
    for exponent in (0..<(squares.count - 2)).reversed() {
      let next = try powers.product(reached, squares[exponent])
      if Self.distance(next, shares) > epsilon { (reached, steps) = (next, steps + 1 << exponent) }
    }
    return steps + 1
  }

  private static func distance(identity count: Int, _ shares: [Double]) -> Double {
    (0..<count).reduce(0) { max($0, 1 - shares[$1]) }
  }

  /// max over rows of the total variation from `shares`.
  private static func distance(_ matrix: [Double], _ shares: [Double]) -> Double {
    let count = shares.count
    var worst = 0.0
    for row in 0..<count {
      var sum = 0.0
      for column in 0..<count { sum += abs(matrix[row * count + column] - shares[column]) }
      worst = max(worst, sum / 2)
    }
    return worst
  }
}

/// Products of dense square matrices.
private struct MatrixPowers {
  let count: Int

  func product(_ a: [Double], _ b: [Double]) throws -> [Double] {
    var c = [Double](repeating: 0, count: count * count)
    try a.withUnsafeBufferPointer { a in
      try b.withUnsafeBufferPointer { b in
        try c.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          try DenseProduct.add(
            a, leading: count, b, leading: count, to: c, leading: count, m: count, n: count, k: count)
        }
      }
    }
    return c
  }
}
