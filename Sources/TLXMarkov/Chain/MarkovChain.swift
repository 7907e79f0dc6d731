import Synchronization
import TLXNumerics

/// A Markov chain in discrete time on finitely many labelled states. Immutable.
///
/// Row `i` of `transitions` is the distribution of the state after `i`. Absorbing states are ordinary states with a
/// loop of probability 1. Solvers read the elements off the diagonal only and take the diagonal as what is left, so
/// that a probability of 1e-100 to leave a state counts although 1 − 1e-100 is no double.
public final class MarkovChain: Sendable {
  public let names: StateNames
  /// n × n, rows sum to 1.
  public let transitions: SparseMatrix
  public let evidence: Evidence?
  /// How far the sum of a row was from 1, at most, before rows were renormalised; 0 if none was.
  public let correction: Double
  let structureCache = Mutex<ChainStructure?>(nil)

  public var stateCount: Int { names.count }
  /// The labels. Of a large chain without labels this makes many strings: prefer `names[i]`.
  public var states: [String] { names.all }

  /// Rows whose sum is within `rounding` of 1 are divided by it (and `correction` says by how much at most); those
  /// within a few units of the last digit stay as they are.
  /// - Throws: E0401 not square, or labels of another number; E0406 no states; E0504 NaN or infinity; E0505 an
  ///   element below 0, or a row that does not sum to 1; E0405 a label that occurs twice.
  public init(
    transitions: SparseMatrix, names: StateNames, evidence: Evidence? = nil,
    rounding: Double = MarkovChain.rounding
  ) throws {
    try Self.checkShape(transitions, names)
    let (values, correction) = try Self.checkedValues(transitions, names, rounding)
    self.names = names
    self.transitions = values.map { transitions.replacing(values: $0) } ?? transitions
    self.evidence = evidence
    self.correction = correction
  }

  /// As above; without `states` their labels are the numbers from 0.
  public convenience init(
    transitions: SparseMatrix, states: [String]? = nil, evidence: Evidence? = nil
  ) throws {
    let names = try states.map { try StateNames($0) } ?? StateNames(count: transitions.rowCount)
    try self.init(transitions: transitions, names: names, evidence: evidence)
  }

  /// A chain that was checked when it was made, as it was then.
  /// - Throws: E0401 not square, or labels of another number.
  public init(
    known transitions: SparseMatrix, names: StateNames, evidence: Evidence?, correction: Double
  ) throws {
    try Self.checkShape(transitions, names)
    self.names = names
    self.transitions = transitions
    self.evidence = evidence
    self.correction = correction
  }

  /// What counts as rounding in the sum of a row: that of single precision.
  public static let rounding = 1e-6

  /// The state of a label.
  /// - Throws: E0408 if there is none.
  public func index(of label: String) throws -> Int {
    guard let position = names.position(of: label) else {
      throw NumericsError("E0408", "the chain has no state “\(label)”")
    }
    return position
  }

  /// P(next is `column` | now is `row`).
  public func probability(_ row: Int, _ column: Int) -> Double { transitions.value(row, column) }

  /// The states that are never left.
  public var absorbingStates: [Int] {
    (0..<stateCount).filter { state in
      let row = transitions.positions(ofRow: state)
      return row.count == 1 && Int(transitions.columns[row.lowerBound]) == state
    }
  }
}

// MARK: - Checks
extension MarkovChain {
  private static func checkShape(_ transitions: SparseMatrix, _ names: StateNames) throws {
    guard transitions.rowCount == transitions.columnCount else {
      throw NumericsError(
        "E0401",
        "the transitions of a chain are a square matrix, not \(transitions.rowCount)×\(transitions.columnCount)"
      )
    }
    guard transitions.rowCount > 0 else { throw NumericsError("E0406", "a chain needs at least one state") }
    guard names.count == transitions.rowCount else {
      throw NumericsError(
        "E0401", "\(names.count) labels do not name \(transitions.rowCount) states")
    }
  }

  /// The values to use instead where rows had to be renormalised, and by how much.
  private static func checkedValues(_ matrix: SparseMatrix, _ names: StateNames, _ rounding: Double) throws
    -> ([Double]?, Double)
  {
    var changed: [Double]?
    var correction = 0.0
    for row in 0..<matrix.rowCount {
      let positions = matrix.positions(ofRow: row)
      let sum = try checkedSum(of: row, matrix, names)
      let error = abs(sum - 1)
      guard error <= rounding else { throw rowFailure(row, sum, names) }
      if error <= Double(positions.count + 2) * 0x1p-52 { continue }
      correction = max(correction, error)
      if changed == nil { changed = matrix.values }
      for position in positions { changed?[position] /= sum }
    }
    return (changed, correction)
  }

  private static func checkedSum(of row: Int, _ matrix: SparseMatrix, _ names: StateNames) throws -> Double {
    var sum = 0.0
    for position in matrix.positions(ofRow: row) {
      let value = matrix.values[position]
      guard value >= 0, value <= Double.greatestFiniteMagnitude else {
        throw elementFailure(value, row, Int(matrix.columns[position]), names)
      }
      sum += value
    }
    return sum
  }

  private static func elementFailure(_ value: Double, _ row: Int, _ column: Int, _ names: StateNames)
    -> NumericsError
  {
    let place = "from “\(names[row])” to “\(names[column])”"
    if !value.isFinite {
      return NumericsError("E0504", "the probability \(place) is \(value)")
    }
    return NumericsError(
      "E0505", "the probability \(place) is \(value), below 0",
      help: "the rows of a generator (rates) are for ctmc(q)")
  }

  private static func rowFailure(_ row: Int, _ sum: Double, _ names: StateNames) -> NumericsError {
    if sum == 0 {
      return NumericsError(
        "E0505", "nothing leads out of state “\(names[row])”: its row is all zero",
        help: "a state where a walk ends has a loop: set P[\(row), \(row)] = 1")
    }
    return NumericsError(
      "E0505", "the probabilities that leave state “\(names[row])” sum to \(sum), not 1",
      help: "divide counts by their sums: P / sum(P, axis=1, keepdims=true)")
  }
}
