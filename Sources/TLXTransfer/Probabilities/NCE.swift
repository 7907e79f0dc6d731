import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The negative conditional entropy −H(Y | Z) of hard source labels z: Σ P(y, z) ln P(y | z).
///
/// Tran, Nguyen, Hassner, "Transferability and hardness of supervised classification tasks" (ICCV 2019), equation 7.
/// Empty cells contribute 0: adding a small number to each, as public code does, biases the score. O(n).
public struct NCE: Sendable, Equatable {
  /// The score, in nats: between −H(Y) and 0.
  public let value: Double
  public let classes: Int
  /// Source classes that occur.
  public let sourceClasses: Int
  /// H(Y), in nats.
  public let entropy: Double

  public var gain: Double { value + entropy }

  /// - Parameters:
  ///   - z: Source labels, i64 [n].
  ///   - y: Target labels, i64 [n].
  /// - Throws: E0401 for unequal lengths, E0406 for none, E0505 for what is no label.
  public init(_ z: Tensor, _ y: Tensor) throws {
    let source = try TargetLabels(z, name: "z")
    let target = try TargetLabels(y)
    guard source.count == target.count else {
      throw NumericsError(
        "E0401", "nce compares pairs, but z has \(source.count) labels and y has \(target.count)")
    }
    self.init(source, target)
  }

  /// `source` and `target` have equal counts.
  init(_ source: TargetLabels, _ target: TargetLabels) {
    var cells: [Int: Int] = [:]
    let width = target.classCount
    if source.classCount * width <= 1 << 22 {
      var dense = [Int](repeating: 0, count: source.classCount * width)
      for (z, y) in zip(source.classes, target.classes) { dense[Int(z) * width + Int(y)] += 1 }
      for (cell, count) in dense.enumerated() where count > 0 { cells[cell] = count }
    } else {
      for (z, y) in zip(source.classes, target.classes) { cells[Int(z) * width + Int(y), default: 0] += 1 }
    }
    // In the order of the cells, so that the sum is the same every time.
    var total = 0.0
    for cell in cells.keys.sorted() {
      let count = Double(cells[cell] ?? 0)
      total += count * log(count / Double(source.counts[cell / width]))
    }
    value = Swift.min(0, total / Double(target.count))
    classes = target.classCount
    sourceClasses = source.classCount
    entropy = target.entropy
  }
}
