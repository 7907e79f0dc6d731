import TLXLearning
import TLXNumerics

/// All that two sets of predictions for the same labelled rows say of an update.
public struct FlipReport: Sendable {
  /// Rows that belong together, and what the update did to them.
  public struct Slice: Sendable {
    public var name: String
    public var counts: FlipCounts
  }

  public let counts: FlipCounts
  /// By class number; a class without rows has counts of 0.
  public let classes: [FlipCounts]
  public let slices: [Slice]
  /// The coverage of the intervals.
  public let level: Double
  /// Rows, ascending.
  public let negativeRows: [Int]
  public let positiveRows: [Int]
  /// Classes that a model names and that no row has, by model.
  private let foreignClasses: [(model: String, classes: [Int])]
  private let old: Tensor
  private let new: Tensor
  private let y: Tensor

  /// - Parameters:
  ///   - old, new: Predicted class numbers, i64[n].
  ///   - y: True class numbers, i64[n].
  ///   - classCount: How many classes there are; as many as occur if nil.
  ///   - groups: Rows that belong together, by name.
  /// - Throws: E0402 for unequal lengths, E0404 for what is no class number, E0406 for no rows or an empty slice, E0416 for
  ///   a class number out of range or a model none of whose labels occur in y, E0505 for a level outside of (0, 1).
  public init(
    old: Tensor, new: Tensor, y: Tensor, classCount: Int? = nil, groups: [RowGroup] = [], level: Double = 0.95
  ) throws {
    try Self.check(old, new, y)
    guard level > 0, level < 1 else {
      throw NumericsError("E0505", "the level of an interval lies between 0 and 1, not at \(text(level))")
    }
    let tally = try FlipTally(old: old, new: new, y: y)
    if let classCount { try Self.check(tally, classCount, old, new, y) }
    try Self.checkLabelSets(tally)
    (self.old, self.new, self.y) = (old, new, y)
    self.level = level
    classes = (0..<max(classCount ?? 0, tally.classCount)).map {
      $0 < tally.classCount ? tally.counts(ofClass: $0) : FlipCounts()
    }
    counts = classes.reduce(FlipCounts(), +)
    negativeRows = tally.negative
    positiveRows = tally.positive
    slices = try groups.map { Slice(name: $0.name, counts: try $0.counts(old, new, y)) }
    foreignClasses = [("the old model", tally.isNamedByOld), ("the new model", tally.isNamedByNew)].map {
      model, isNamed in
      (model, isNamed.indices.filter { isNamed[$0] && tally.counts(ofClass: $0).rows == 0 })
    }
  }

  // MARK: - What follows from the counts

  /// McNemar's exact test of whether the two models are equally good.
  public var mcnemar: McNemarTest {
    McNemarTest(onlyFirst: counts.negativeFlips, onlySecond: counts.positiveFlips)
  }

  /// The interval of a measure: Wilson's for a share of rows, the paired one for the gain; nil where it is undefined, and
  /// for the relative NFR, which is no share of anything.
  public func interval(_ measure: FlipMeasure) throws -> (low: Double, high: Double)? {
    try counts.interval(measure, level: level)
  }

  /// Negative flips by true class (rows) and new label (columns), i64[classes, classes].
  ///
  /// Throws E0702 for more than 4,096 classes: then count `flipped` rows.
  public func flipMatrix() throws -> Tensor {
    let size = classes.count
    guard size <= 4096 else {
      throw NumericsError(
        "E0702", "a flip matrix of \(size) × \(size) classes would not be read by anybody",
        help: "look at the flipped rows, or give coarser labels")
    }
    var matrix = [Int](repeating: 0, count: size * size)
    try y.withElements(of: Int.self) { y in
      try new.withElements(of: Int.self) { new in
        for row in negativeRows { matrix[y[row] * size + new[row]] += 1 }
      }
    }
    return try Tensor(matrix, shape: [size, size])
  }

  /// True, old and new labels of some rows.
  public func labels(of rows: [Int]) throws -> (y: [Int], old: [Int], new: [Int]) {
    func pick(_ tensor: Tensor) throws -> [Int] {
      try tensor.withElements(of: Int.self) { labels in rows.map { labels[$0] } }
    }
    return (try pick(y), try pick(old), try pick(new))
  }

  // MARK: - Checks

  private static func check(_ old: Tensor, _ new: Tensor, _ y: Tensor) throws {
    for (name, labels) in [("old_pred", old), ("new_pred", new), ("y", y)] {
      guard labels.rank == 1, labels.dtype == .i64 else {
        throw NumericsError(
          "E0404", "\(name) must be class numbers i64[n], not \(labels.typeDescription)",
          help: labels.rank == 2
            ? "for logits or probabilities write argmax(\(name), axis=1)" : "convert with i64(\(name))")
      }
    }
    guard old.count == y.count, new.count == y.count else {
      throw NumericsError(
        "E0402",
        "old_pred has \(old.count) labels, new_pred \(new.count) and y \(y.count): one a row is needed, of the same rows",
        help: "predict both models on the same test set")
    }
    guard y.count > 0 else { throw NumericsError("E0406", "there are no rows to compare") }
  }

  private static func check(_ tally: FlipTally, _ classCount: Int, _ old: Tensor, _ new: Tensor, _ y: Tensor)
    throws
  {
    guard tally.classCount > classCount else { return }
    for (name, labels) in [("old_pred", old), ("new_pred", new), ("y", y)] {
      let bad = try labels.withElements(of: Int.self) { values in
        values.firstIndex { $0 >= classCount }.map { ($0, values[$0]) }
      }
      if let (row, label) = bad {
        throw NumericsError(
          "E0416", "\(name)[\(row)] is \(label), not one of the \(classCount) classes 0 … \(classCount - 1)")
      }
    }
  }

  /// Labels of a model that never occur among the true ones mean that the two are numbered differently.
  private static func checkLabelSets(_ tally: FlipTally) throws {
    let truth = (0..<tally.classCount).filter { tally.counts(ofClass: $0).rows > 0 }
    for (name, isNamed) in [("old_pred", tally.isNamedByOld), ("new_pred", tally.isNamedByNew)] {
      guard !truth.contains(where: { isNamed[$0] }) else { continue }
      let named = isNamed.indices.filter { isNamed[$0] }
      // A model that is wrong on every row of a few classes is no other numbering.
      guard truth.count > 1, named.count > 1 else { continue }
      throw NumericsError(
        "E0416",
        "\(name) has the labels \(listed(named)) and y the labels \(listed(truth)): none in common",
        help: "the classes must be numbered alike; map one numbering onto the other first")
    }
  }

  /// Oddities that change no number, with the classes' names: classes that only a model names.
  public func notes(_ name: (Int) -> String = { String($0) }) -> [String] {
    foreignClasses.filter { !$0.classes.isEmpty }.map { model, classes in
      let what = classes.count == 1 ? "class" : "classes"
      return "\(model) predicts \(what) \(Self.listed(classes, name)), of which y has no row"
    }
  }

  private static func listed(_ labels: [Int], _ name: (Int) -> String = { String($0) }) -> String {
    let shown = labels.prefix(6).map(name).joined(separator: ", ")
    return labels.count > 6 ? shown + ", … (\(labels.count) in all)" : shown
  }
}

/// Rows of a set that are looked at together: a mask, by name.
public struct RowGroup: Sendable {
  public let name: String
  private let rows: [Int]

  /// - Throws: E0406 for a slice without rows.
  public init(_ name: String, mask: [Bool]) throws {
    try self.init(name, rows: mask.indices.filter { mask[$0] })
  }

  /// Throws E0406 for no rows.
  public init(_ name: String, rows: [Int]) throws {
    guard !rows.isEmpty else {
      throw NumericsError(
        "E0406", "the slice “\(name)” has no rows, so that nothing can be said of it",
        help: "leave it out, or check its condition")
    }
    self.name = name
    self.rows = rows
  }

  func counts(_ old: Tensor, _ new: Tensor, _ y: Tensor) throws -> FlipCounts {
    var cells = [Int](repeating: 0, count: 8)
    try old.withElements(of: Int.self) { old in
      try new.withElements(of: Int.self) { new in
        try y.withElements(of: Int.self) { y in
          for row in rows {
            let (before, after, truth) = (old[row], new[row], y[row])
            cells[(before == truth ? 1 : 0) + (after == truth ? 2 : 0) + (before == after ? 4 : 0)] += 1
          }
        }
      }
    }
    return FlipCounts(cells: cells[...])
  }
}
