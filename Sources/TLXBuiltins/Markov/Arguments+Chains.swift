import TLXMarkov
import TLXNumerics
import TLXRuntime
import TLXSource

extension Arguments {
  /// A chain; a matrix counts as one without labels.
  func chain(_ name: String = "chain") throws -> MarkovChain {
    guard let value = optional(name) else { throw failure(name, mustBe: "a chain") }
    if case .object(let object as ChainObject) = value { return object.chain }
    if case .object(is ContinuousChainObject) = value {
      throw failure(
        name, "E0405", "\(name) is a chain in continuous time",
        help:
          "chain.embedded is the chain of its jumps; stationary, absorb and hitting_times take it as it is")
    }
    guard let matrix = try transitionMatrix(value) else { throw failure(name, mustBe: "a chain") }
    return try MarkovChain(transitions: matrix)
  }

  /// A square matrix in any form; nil for what is none.
  func transitionMatrix(_ value: Value) throws -> SparseMatrix? {
    if case .object(let object as SparseObject) = value { return object.matrix }
    guard let tensor = try Self.tensor(from: value), tensor.rank == 2 else { return nil }
    return try SparseMatrix(
      dense: tensor.doubles(), rowCount: tensor.shape[0], columnCount: tensor.shape[1])
  }

  /// States by label or number, at least one.
  func states(_ name: String, of names: StateNames) throws -> [Int] {
    guard let value = optional(name) else { throw failure(name, mustBe: "a state or a list of states") }
    let items: [Value]
    switch value {
    case .list(let list): items = list
    case .tensor(let tensor) where tensor.rank == 1:
      items = try tensor.elements(of: Int.self).map { .int($0) }
    case .range(let range): items = range.map { .int($0) }
    default: items = [value]
    }
    guard !items.isEmpty else { throw failure(name, mustBe: "at least one state") }
    var seen: Set<Int> = []
    return try items.map { try state($0, name, names) }.filter { seen.insert($0).inserted }
  }

  func state(_ name: String, of names: StateNames) throws -> Int {
    guard let value = optional(name) else { throw failure(name, mustBe: "a state") }
    return try state(value, name, names)
  }

  private func state(_ value: Value, _ name: String, _ names: StateNames) throws -> Int {
    if case .string(let label) = value {
      if let position = names.position(of: label) { return position }
      let near = names.count <= 20_000 ? Spelling.nearest(to: label, in: names.all) : nil
      let some = (0..<min(8, names.count)).map { names[$0] }.joined(separator: ", ")
      throw failure(
        name, "E0408", "the chain has no state “\(label)”",
        help: near.map { "did you mean “\($0)”?" } ?? "its states are \(some)\(names.count > 8 ? ", …" : "")")
    }
    guard let number = value.exactInt else {
      throw failure(name, "E0405", "a state is its label or its number, not \(value.kindDescription)")
    }
    guard number >= 0, number < names.count else {
      throw failure(name, "E0406", "there is no state \(number): they are 0 to \(names.count - 1)")
    }
    return number
  }

  /// A distribution over states: a state, or probabilities that sum to 1; uniform if left out and `isUniform`.
  func start(_ name: String, of names: StateNames) throws -> [Double] {
    var shares = [Double](repeating: 0, count: names.count)
    guard let value = optional(name) else {
      shares[0] = 1
      return shares
    }
    if let tensor = try Self.tensor(from: value), tensor.rank == 1, tensor.dtype.isFloat || tensor.count != 1
    {
      let given = try tensor.doubles()
      guard given.count == names.count else {
        throw failure(name, "E0401", "\(given.count) probabilities do not start \(names.count) states")
      }
      guard given.allSatisfy({ $0 >= 0 && $0.isFinite }), abs(given.reduce(0, +) - 1) <= 1e-6 else {
        throw failure(name, "E0505", "\(name) is no distribution: it sums to \(given.reduce(0, +))")
      }
      return given
    }
    shares[try state(value, name, names)] = 1
    return shares
  }

  /// Whether `exact=true` was asked for.
  var isExact: Bool { get throws { try bool("exact") } }

  /// The chain in fractions: those it was written in, or the simplest that round to its numbers.
  func exactChain(_ name: String = "chain") throws -> ExactChain {
    let chain = try chain(name)
    guard case .object(let object as ChainObject)? = optional(name) else { return try ExactChain(chain) }
    return try ExactChain(chain, elements: object.fractions)
  }
}

extension MarkovChain {
  /// Numbers for each state under their labels.
  func labelled(_ values: [Double]) throws -> Value {
    .object(try Labelled(names: states, tensor: Tensor(values)))
  }

  func labelled(_ values: StateValues) throws -> Value {
    .object(try Labelled(names: values.states.map { names[$0] }, tensor: Tensor(values.visits)))
  }

  func fractions(_ values: [Rational?]) -> Value {
    .object(FractionVector(names: states, values: values))
  }

  /// `home`, or `a+b+c` for a class of several states.
  func className(_ members: [Int]) -> String {
    members.count <= 4
      ? members.map { names[$0] }.joined(separator: "+")
      : "\(names[members[0]])+…(\(members.count))"
  }
}

extension Builtin.Parameter {
  static let chain: Self = .positional(
    "chain", "chain", "a chain, or its matrix of transition probabilities")
  static let exact: Self = .option(
    "exact", "bool", "compute in fractions, for chains of at most 120 states", default: "false")
  static let chainDetails: Self = .option(
    "details", "bool", "give {value, residual, bound}", default: "false")
}
