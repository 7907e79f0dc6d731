import TLXNumerics

/// A Markov chain in continuous time: rates qᵢⱼ ≥ 0 from i to j ≠ i, qᵢᵢ = −Σ qᵢⱼ. Solvers read the rates off the
/// diagonal only.
public struct ContinuousChain: Sendable {
  public let names: StateNames
  /// The generator, diagonal included.
  public let rates: SparseMatrix
  /// What leaves each state.
  public let exitRates: [Double]

  /// - Throws: E0401 not square or labels of another number; E0406 no states; E0504 NaN or infinity; E0505 a rate below
  ///   0 or a row that does not sum to 0.
  public init(rates: SparseMatrix, names: StateNames) throws {
    guard rates.rowCount == rates.columnCount, rates.rowCount > 0 else {
      throw NumericsError(
        "E0401", "a generator is a square matrix, not \(rates.rowCount)×\(rates.columnCount)")
    }
    guard names.count == rates.rowCount else {
      throw NumericsError("E0401", "\(names.count) labels do not name \(rates.rowCount) states")
    }
    var exit: [Double] = []
    for row in 0..<rates.rowCount {
      var (leaving, diagonal) = (0.0, 0.0)
      for position in rates.positions(ofRow: row) {
        let value = rates.values[position]
        let column = Int(rates.columns[position])
        guard value.isFinite else {
          throw NumericsError("E0504", "the rate from “\(names[row])” to “\(names[column])” is \(value)")
        }
        if column == row {
          diagonal = value
        } else if value < 0 {
          throw NumericsError(
            "E0505", "the rate from “\(names[row])” to “\(names[column])” is \(value), below 0")
        } else {
          leaving += value
        }
      }
      guard abs(leaving + diagonal) <= 1e-9 * max(leaving, 1e-300) else {
        throw NumericsError(
          "E0505",
          "the rates that leave state “\(names[row])” sum to \(leaving), but its diagonal is \(diagonal)",
          help: "every row of a generator sums to 0; a row of probabilities that sums to 1 is for markov(p)")
      }
      exit.append(leaving)
    }
    self.names = names
    self.rates = rates
    self.exitRates = exit
  }

  private func offDiagonal(_ row: Int) -> [(column: Int, rate: Double)] {
    rates.positions(ofRow: row).compactMap {
      Int(rates.columns[$0]) == row || rates.values[$0] == 0
        ? nil : (Int(rates.columns[$0]), rates.values[$0])
    }
  }

  private func chain(_ row: (Int) -> [(column: Int, rate: Double)]) throws -> MarkovChain {
    var (rows, columns, values): ([Int], [Int], [Double]) = ([], [], [])
    for state in 0..<names.count {
      for (column, value) in row(state) {
        rows.append(state)
        columns.append(column)
        values.append(value)
      }
    }
    return try MarkovChain(
      transitions: SparseMatrix(
        rowCount: names.count, columnCount: names.count, rows: rows, columns: columns, values: values),
      names: names)
  }

  /// The chain of the states in turn: qᵢⱼ / Σ qᵢⱼ; a state without exit is absorbing.
  public func embedded() throws -> MarkovChain {
    try chain { state in
      exitRates[state] == 0
        ? [(state, 1)] : offDiagonal(state).map { ($0.column, $0.rate / exitRates[state]) }
    }
  }

  /// I + Q / rate, with the same stationary distributions. `rate` defaults to the largest exit rate.
  /// - Throws: E0505 where the rate is below the largest exit rate.
  public func uniformised(rate: Double? = nil) throws -> MarkovChain {
    let largest = exitRates.max() ?? 0
    let rate = rate ?? (largest > 0 ? largest : 1)
    guard rate >= largest, rate > 0, rate.isFinite else {
      throw NumericsError("E0505", "the rate \(rate) is below the largest exit rate, \(largest)")
    }
    return try chain { state in
      offDiagonal(state).map { ($0.column, $0.rate / rate) } + [(state, 1 - exitRates[state] / rate)]
    }
  }

  /// The share of time in each state, a distribution for each closed class. The rates stand for transitions: the
  /// elimination does not read the diagonal.
  public func stationary() throws -> [Stationary] { try uniformised().stationary() }

  /// start · exp(Q t) by uniformisation: Σ Poisson(k; Λt) start Pᵏ, every term ≥ 0, cut where the rest is below 1e-16.
  public func distribution(at time: Double, from start: [Double]) throws -> [Double] {
    let largest = exitRates.max() ?? 0
    guard largest > 0, time > 0 else { return start }
    let step = try uniformised(rate: largest).transitions
    // Short spells of Λt ≤ 64 each, in which e^(−Λt) is no underflow.
    let spells = max(1, Int((largest * time / 64).rounded(.up)))
    let weight = largest * time / Double(spells)
    var shares = start
    for _ in 0..<spells {
      var term = shares
      var poisson = Libm.exp(-weight)
      var sum = term.map { $0 * poisson }
      var count = 0.0
      var covered = poisson
      while 1 - covered > 1e-17, count < weight + 12 * weight.squareRoot() + 40 {
        try Interrupt.check()
        count += 1
        term = step.times(row: term)
        poisson *= weight / count
        covered += poisson
        for index in sum.indices { sum[index] += poisson * term[index] }
      }
      shares = sum
    }
    return shares
  }

  /// Expected time until a closed class is entered, P(ending in each): of the embedded chain with mean stays 1/exit.
  public func absorption() throws -> (times: [Double], classes: [[Int]], probability: [Double]) {
    let embedded = try embedded()
    let absorption = try embedded.absorption()
    let closed = absorption.classes.flatMap { $0 }
    let stays = exitRates.map { $0 > 0 ? 1 / $0 : 0 }
    let times = try embedded.accumulated(stays, until: closed).values
    return (times, absorption.classes, absorption.probability)
  }

  /// Expected time until `targets` are entered.
  public func hittingTimes(of targets: [Int]) throws -> [Double] {
    try embedded().accumulated(exitRates.map { $0 > 0 ? 1 / $0 : 0 }, until: targets).values
  }
}
