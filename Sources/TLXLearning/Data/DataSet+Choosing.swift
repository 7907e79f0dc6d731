import TLXNumerics

// Functions that choose or change examples at random. Each gives new data sets; classes keep their names.

extension DataSet {
  /// Parts of a data set: `train`, then those asked for, each in random order.
  ///
  /// - Throws: E0612, E0613 as `Partition.rows`.
  public func split(
    _ parts: [(name: String, amount: Partition.Amount)], stratify: Bool, stream: RandomStream
  ) throws -> [(name: String, data: DataSet)] {
    let rows = try Partition.rows(
      count, parts: parts, labels: stratify ? try labels() : nil, className: { className($0) }, stream: stream
    )
    return try zip(["train"] + parts.map(\.name), rows).map { ($0, try self.rows($1)) }
  }

  func className(_ label: Int) -> String {
    guard classes.indices.contains(label) else { return String(label) }
    return classes[label] == String(label) ? classes[label] : "\"\(classes[label])\""
  }

  /// The examples of some classes. These are numbered anew from 0, in the order given, and keep their names.
  ///
  /// - Throws: E0610 for a class that does not exist or comes twice.
  public func keeping(classes wanted: [String]) throws -> DataSet {
    var numbers = [Int?](repeating: nil, count: classes.count)
    for (new, name) in wanted.enumerated() {
      guard let old = classes.firstIndex(of: name) else {
        throw NumericsError(
          "E0610", "\(self.name) has no class \"\(name)\"; it has \(classes.joined(separator: ", "))")
      }
      guard numbers[old] == nil else { throw NumericsError("E0610", "the class \"\(name)\" is named twice") }
      numbers[old] = new
    }
    let labels = try labels()
    let kept = labels.indices.filter { numbers[labels[$0]] != nil }
    var result = try rows(kept)
    result.y = try Tensor(kept.map { numbers[labels[$0]] ?? 0 })
    result.classes = wanted
    return result
  }

  /// `size` examples in random order; stratified, the classes in the same proportions. E0612.
  public func sample(_ size: Int, stratify: Bool, stream: RandomStream) throws -> DataSet {
    try rows(Partition.sample(count, size: size, labels: stratify ? try labels() : nil, stream: stream))
  }

  /// The same examples with some labels wrong. E0612.
  public func corruptingLabels(fraction: Double, stream: RandomStream) throws -> DataSet {
    var result = self
    result.y = try Tensor(
      LabelNoise.corrupted(try labels(), fraction: fraction, classes: classes.count, stream: stream))
    return result
  }
}

/// Symmetric label noise.
public enum LabelNoise {
  /// Exactly round(fraction · n) labels, chosen at random, become another class, each other one equally likely.
  ///
  /// - Throws: E0612 for a fraction outside of 0 to 1, or noise among fewer than two classes.
  public static func corrupted(_ labels: [Int], fraction: Double, classes: Int, stream: RandomStream) throws
    -> [Int]
  {
    guard (0...1).contains(fraction) else {
      throw NumericsError("E0612", "the fraction of wrong labels must lie between 0 and 1, not \(fraction)")
    }
    let count = Int((fraction * Double(labels.count)).rounded())
    guard count == 0 || classes > 1 else {
      throw NumericsError("E0612", "a label cannot become another class: there is only one")
    }
    var result = labels
    for row in try stream.permutation(labels.count).prefix(count) {
      let other = stream.nextInt(below: classes - 1)
      result[row] = other >= labels[row] ? other + 1 : other
    }
    return result
  }
}
