import Synchronization
import TLXNumerics

/// One pass over the labels of old model, new model and truth: what every rate follows from.
///
/// Rows are cut into ranges that several threads count on their own; counts of whole numbers add up to the same whatever
/// the order, and lists of rows are joined in order. Cost: about 3 ns a row on one core.
struct FlipTally: Sendable {
  /// By true class: entry 8 k + code, code = [old right] + 2 [new right] + 4 [old = new].
  private(set) var cells: [Int] = []
  /// Classes that each side names, by class.
  private(set) var isNamedByOld: [Bool] = []
  private(set) var isNamedByNew: [Bool] = []
  /// Rows in ascending order.
  private(set) var negative: [Int] = []
  private(set) var positive: [Int] = []

  /// One more than the largest class number that occurs anywhere.
  var classCount: Int { isNamedByOld.count }

  /// Class numbers above this are no class numbers.
  static let largestClass = (1 << 20) - 1

  typealias Labels = UnsafeBufferPointer<Int>

  init(old: Tensor, new: Tensor, y: Tensor) throws {
    let shared = Mutex(Partial())
    try old.withElements(of: Int.self) { old in
      try new.withElements(of: Int.self) { new in
        try y.withElements(of: Int.self) { y in
          // The table of a range must not be larger than the range is worth.
          try Parallel.forEach(count: y.count, grain: 1 << 18) { range in
            let part = try Self.count(range, old, new, y)
            shared.withLock { $0.add(part, at: range.lowerBound) }
          }
        }
      }
    }
    let total = shared.withLock { $0 }
    let classes = total.cells.count / 8
    cells = total.cells
    isNamedByOld = total.isNamedByOld
    isNamedByNew = total.isNamedByNew
    (negative, positive) = total.joined()
    trim(classes)
  }

  /// Drops the classes at the end that nobody names.
  private mutating func trim(_ classes: Int) {
    var count = classes
    while count > 0, !isNamedByOld[count - 1], !isNamedByNew[count - 1],
      cells[8 * (count - 1)..<8 * count].allSatisfy({ $0 == 0 })
    { count -= 1 }
    cells.removeLast(8 * (classes - count))
    isNamedByOld.removeLast(classes - count)
    isNamedByNew.removeLast(classes - count)
  }

  /// The counts of one true class.
  func counts(ofClass label: Int) -> FlipCounts { FlipCounts(cells: cells[8 * label..<8 * label + 8]) }

  /// What one range found, or several together.
  private struct Partial: Sendable {
    var cells: [Int] = []
    var isNamedByOld: [Bool] = []
    var isNamedByNew: [Bool] = []
    var rows: [(start: Int, negative: [Int], positive: [Int])] = []

    mutating func grow(to classes: Int) {
      guard classes > isNamedByOld.count else { return }
      cells += repeatElement(0, count: 8 * classes - cells.count)
      isNamedByOld += repeatElement(false, count: classes - isNamedByOld.count)
      isNamedByNew += repeatElement(false, count: classes - isNamedByNew.count)
    }

    mutating func add(_ other: Partial, at start: Int) {
      grow(to: other.isNamedByOld.count)
      for (index, count) in other.cells.enumerated() { cells[index] += count }
      for index in other.isNamedByOld.indices {
        isNamedByOld[index] = isNamedByOld[index] || other.isNamedByOld[index]
        isNamedByNew[index] = isNamedByNew[index] || other.isNamedByNew[index]
      }
      rows += other.rows
    }

    func joined() -> (negative: [Int], positive: [Int]) {
      let ordered = rows.sorted { $0.start < $1.start }
      return (ordered.flatMap(\.negative), ordered.flatMap(\.positive))
    }
  }

  private static func count(_ range: Range<Int>, _ old: Labels, _ new: Labels, _ y: Labels) throws -> Partial
  {
    var part = Partial()
    var negative: [Int] = []
    var positive: [Int] = []
    // Blocks that stay in the nearest cache between the check and the count.
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1024) {
      let block = start..<min(start + 1024, range.upperBound)
      var union = 0
      for row in block { union |= old[row] | new[row] | y[row] }
      if union < 0 || union > largestClass { throw outOfRange(block, old, new, y) }
      if union >= part.isNamedByOld.count {
        part.grow(to: 1 << (Int.bitWidth - union.leadingZeroBitCount))
      }
      count(block, old, new, y, &part, &negative, &positive)
    }
    part.rows = [(range.lowerBound, negative, positive)]
    return part
  }

  private static func count(
    _ block: Range<Int>, _ old: Labels, _ new: Labels, _ y: Labels, _ part: inout Partial,
    _ negative: inout [Int], _ positive: inout [Int]
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * block.count) { found in
      var (negatives, positives) = (0, block.count)
      part.cells.withUnsafeMutableBufferPointer { cells in
        part.isNamedByOld.withUnsafeMutableBufferPointer { namedByOld in
          part.isNamedByNew.withUnsafeMutableBufferPointer { namedByNew in
            for row in block {
              let (before, after, truth) = (old[row], new[row], y[row])
              let (wasRight, isRight) = (before == truth ? 1 : 0, after == truth ? 1 : 0)
              cells[8 * truth + wasRight + 2 * isRight + (before == after ? 4 : 0)] += 1
              namedByOld[before] = true
              namedByNew[after] = true
              // Written always, kept when it is a flip: no branch to predict.
              found[negatives] = row
              negatives += wasRight & (1 - isRight)
              found[min(positives, 2 * block.count - 1)] = row
              positives += isRight & (1 - wasRight)
            }
          }
        }
      }
      negative.append(contentsOf: found[..<negatives])
      positive.append(contentsOf: found[block.count..<positives])
    }
  }

  /// The first label that is no class number.
  private static func outOfRange(_ block: Range<Int>, _ old: Labels, _ new: Labels, _ y: Labels)
    -> NumericsError
  {
    for row in block {
      for (name, label) in [("old_pred", old[row]), ("new_pred", new[row]), ("y", y[row])]
      where label < 0 || label > largestClass {
        return NumericsError(
          "E0416", "\(name)[\(row)] is \(label), which is no class number",
          help: label < 0
            ? "class numbers count from 0; for labels −1 and 1 write i64(\(name) > 0)"
            : "class numbers go up to \(largestClass): number the classes 0, 1, 2, …")
      }
    }
    return NumericsError(
      "E0416", "a label in rows \(block.lowerBound) to \(block.upperBound - 1) is no class number")
  }
}

extension FlipCounts {
  /// From eight cells of a tally.
  init(cells: ArraySlice<Int>) {
    let first = cells.startIndex
    // Both right implies the same label; flips imply different ones.
    self.init(
      bothRight: cells[first + 7], negativeFlips: cells[first + 1], positiveFlips: cells[first + 2],
      bothWrong: cells[first] + cells[first + 4], sameWrong: cells[first + 4])
  }
}
