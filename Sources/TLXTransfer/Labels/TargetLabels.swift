import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The target labels of a score, renumbered without gaps: labels 0, 1, 5 are three classes.
public struct TargetLabels: Sendable {
  /// The class of each example, 0 ..< classCount.
  public let classes: [Int32]
  /// The label of each class, ascending.
  public let labels: [Int]
  /// How many examples each class has; none is empty, but in a block of a stream.
  public let counts: [Int]

  public var count: Int { classes.count }
  public var classCount: Int { labels.count }

  /// - Throws: E0406 for no labels, E0505 for a negative one.
  public init(_ values: [Int]) throws {
    try self.init(values, name: "y")
  }

  /// From a vector of labels: i64, bool, or floats that are whole numbers.
  ///
  /// - Throws: E0401 if it is no vector, E0406 if it is empty, E0505 for a label that is negative or no whole number.
  public init(_ tensor: Tensor, name: String = "y") throws {
    guard tensor.rank == 1 else {
      throw NumericsError(
        "E0401", "\(name) must be a vector of labels, not \(tensor.typeDescription)",
        help: tensor.rank == 2
          ? "the probabilities or features come first, the labels second; argmax(\(name), axis=1) "
            + "turns one-hot rows into labels" : nil)
    }
    try self.init(try Self.integers(tensor, name), name: name)
  }

  private static func integers(_ tensor: Tensor, _ name: String) throws -> [Int] {
    switch tensor.dtype {
    case .i64: return try tensor.elements(of: Int.self)
    case .bool: return try tensor.elements(of: Bool.self).map { $0 ? 1 : 0 }
    case .f32, .f64:
      return try tensor.doubles().enumerated().map { index, value in
        guard let label = Int(exactly: value) else {
          throw NumericsError("E0505", "\(name)[\(index)] is \(value), and labels are whole numbers")
        }
        return label
      }
    }
  }

  /// A block of a stream: classes that are already numbered 0 ..< classCount, some of which may not occur in it.
  ///
  /// - Throws: E0505 for a class outside.
  public init(classes values: [Int], classCount: Int) throws {
    var counts = [Int](repeating: 0, count: classCount)
    for (index, value) in values.enumerated() {
      guard value >= 0, value < classCount else {
        throw NumericsError("E0505", "y[\(index)] is \(value), not one of the classes 0 to \(classCount - 1)")
      }
      counts[value] += 1
    }
    classes = values.map { Int32(truncatingIfNeeded: $0) }
    labels = Array(0..<classCount)
    self.counts = counts
  }

  private init(_ values: [Int], name: String) throws {
    guard let largest = values.max(), let smallest = values.min() else {
      throw NumericsError("E0406", "\(name) is empty: a score needs at least one example")
    }
    guard smallest >= 0 else {
      let index = values.firstIndex(of: smallest) ?? 0
      throw NumericsError("E0505", "\(name)[\(index)] is \(smallest), and labels count from 0")
    }
    if largest < 4 * values.count + 1024 {
      var seen = [Int](repeating: 0, count: largest + 1)
      for value in values { seen[value] += 1 }
      var place = [Int32](repeating: 0, count: largest + 1)
      labels = seen.indices.filter { seen[$0] > 0 }
      for (index, label) in labels.enumerated() { place[label] = Int32(index) }
      classes = values.map { place[$0] }
      counts = labels.map { seen[$0] }
    } else {
      labels = Set(values).sorted()
      var place: [Int: Int32] = [:]
      for (index, label) in labels.enumerated() { place[label] = Int32(index) }
      let places = place
      classes = values.map { places[$0] ?? 0 }
      var sizes = [Int](repeating: 0, count: labels.count)
      for value in classes { sizes[Int(value)] += 1 }
      counts = sizes
    }
  }

  /// Σ −p ln p over the shares of the classes: H(Y), in nats.
  public var entropy: Double { TLXTransfer.entropy(counts.map(Double.init)) }

  /// E0401 unless there is a label for each of `rows` rows.
  func checkRows(_ tensor: Tensor, name: String) throws {
    guard tensor.rank == 2 else {
      throw NumericsError(
        "E0401", "\(name) must be a matrix with a row per example, not \(tensor.typeDescription)",
        help: tensor.rank == 1
          ? "the arguments may be the wrong way round: \(name) first, then the labels" : nil)
    }
    guard tensor.shape[0] == count else {
      throw NumericsError(
        "E0401", "\(name) is \(tensor.typeDescription), but there are \(count) labels",
        help: tensor.shape[1] == count ? "\(name) has a row per example: use \(name).T" : nil)
    }
    guard tensor.shape[1] > 0 else { throw NumericsError("E0406", "\(name) has no columns") }
  }
}

/// −Σ p ln p of weights that are divided by their sum, in nats; zeros contribute nothing.
public func entropy(_ weights: [Double]) -> Double {
  let total = weights.reduce(0, +)
  guard total > 0 else { return 0 }
  let sum = weights.reduce(0.0) { $1 > 0 ? $0 - ($1 / total) * log($1 / total) : $0 }
  return Swift.max(0, sum)
}

/// H(Y) in nats. −H(Y) is the score of a source that says nothing: what LEEP and NCE must beat.
public func labelEntropy(_ labels: Tensor) throws -> Double { try TargetLabels(labels).entropy }
