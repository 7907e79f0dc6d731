import TLXNumerics

/// Divides rows among parts at random, every row into exactly one.
public enum Partition {
  /// How large a part is to be.
  public enum Amount: Sendable, Equatable {
    /// Of all rows, between 0 and 1.
    case fraction(Double)
    case rows(Int)
  }

  /// Rows in random order for each part.
  ///
  /// - Parameters:
  ///   - count: The number of rows.
  ///   - parts: Names and sizes; what is left goes to a first part, `train`, which is not listed here.
  ///   - labels: If given, every part gets the classes in the same proportions: of a class of m rows each part gets
  ///     ⌊m·share⌋ or one more, by largest remainder, such that the parts' sizes come out exact.
  ///   - className: How messages name a class.
  /// - Returns: The rows of `train`, then of each part.
  /// - Throws: E0612 for sizes that are impossible; E0613 for a class with fewer rows than parts.
  public static func rows(
    _ count: Int, parts: [(name: String, amount: Amount)], labels: [Int]? = nil,
    className: (Int) -> String = String.init, stream: RandomStream
  ) throws -> [[Int]] {
    let sizes = try sizes(count, parts)
    let order = try stream.permutation(count)
    guard let labels else {
      var start = 0
      return sizes.map { size in
        defer { start += size }
        return Array(order[start..<start + size])
      }
    }
    let counts = classCounts(labels)
    for (label, members) in counts.enumerated() where members > 0 && members < sizes.count {
      throw NumericsError(
        "E0613",
        "class \(className(label)) has \(members == 1 ? "1 row" : "\(members) rows"), too few for \(sizes.count) "
          + "parts", help: "leave out stratify=true, or drop the class with subset(…, classes=…)")
    }
    return deal(order, labels, quotas: allocation(counts, sizes))
  }

  /// `size` of the rows at random; with labels, the classes in the same proportions.
  public static func sample(_ count: Int, size: Int, labels: [Int]? = nil, stream: RandomStream) throws
    -> [Int]
  {
    guard (0...count).contains(size) else {
      throw NumericsError("E0612", "cannot take \(size) of \(count) rows")
    }
    let order = try stream.permutation(count)
    guard let labels else { return Array(order.prefix(size)) }
    return deal(order, labels, quotas: allocation(classCounts(labels), [count - size, size]))[1]
  }

  /// Gives the rows, in their random order, to the first part whose quota for their class is not full.
  private static func deal(_ order: [Int], _ labels: [Int], quotas: [[Int]]) -> [[Int]] {
    var quotas = quotas
    var parts = [[Int]](repeating: [], count: quotas.first?.count ?? 0)
    for row in order {
      if let part = quotas[labels[row]].firstIndex(where: { $0 > 0 }) {
        quotas[labels[row]][part] -= 1
        parts[part].append(row)
      }
    }
    return parts
  }

  private static func classCounts(_ labels: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: (labels.max() ?? -1) + 1)
    for label in labels { counts[label] += 1 }
    return counts
  }

  // MARK: - Sizes

  /// Exact sizes of `train` and the parts: fractions are rounded by largest remainder.
  private static func sizes(_ count: Int, _ parts: [(name: String, amount: Amount)]) throws -> [Int] {
    var ideals: [Double] = []
    for (name, amount) in parts {
      switch amount {
      case .fraction(let fraction):
        guard fraction > 0, fraction < 1 else {
          throw NumericsError(
            "E0612", "\(name) must be a fraction between 0 and 1 or a number of rows, not \(fraction)")
        }
        ideals.append(fraction * Double(count))
      case .rows(let rows):
        guard rows > 0, rows < count else {
          throw NumericsError("E0612", "\(name) cannot have \(rows) of \(count) rows")
        }
        ideals.append(Double(rows))
      }
    }
    let rest = Double(count) - ideals.reduce(0, +)
    guard rest > 1e-9 * Double(count) else {
      let names = parts.map(\.name).joined(separator: " and ")
      throw NumericsError("E0612", "\(names) take all \(count) rows: none are left for train")
    }
    let sizes = rounded([rest] + ideals, total: count)
    for (index, size) in sizes.enumerated() where size == 0 {
      let name = index == 0 ? "train" : parts[index - 1].name
      throw NumericsError("E0612", "\(name) would be empty: there are only \(count) rows")
    }
    return sizes
  }

  /// Whole numbers next to `ideals` that add up to `total`: all rounded down, then the largest remainders up.
  static func rounded(_ ideals: [Double], total: Int) -> [Int] {
    var result = ideals.map { Int(($0 + 1e-9).rounded(.down)) }
    var missing = total - result.reduce(0, +)
    let order = ideals.indices.sorted {
      let (a, b) = (ideals[$0] - Double(result[$0]), ideals[$1] - Double(result[$1]))
      return abs(a - b) > 1e-9 ? a > b : $0 < $1
    }
    for index in order where missing > 0 {
      result[index] += 1
      missing -= 1
    }
    return result
  }

  /// How many rows of each class (outer) each part (inner) gets, with both totals exact and every cell its share
  /// rounded down or up.
  ///
  /// Every cell starts rounded down; the cells of largest remainder whose class and part still lack a row are
  /// rounded up. What this greedy order cannot place is placed by augmenting paths, which always exist (Bacharach 1966,
  /// "Matrix rounding problems").
  static func allocation(_ counts: [Int], _ sizes: [Int]) -> [[Int]] {
    var rounding = Rounding(counts, sizes)
    rounding.placeGreedily()
    while let label = rounding.lacking.firstIndex(where: { $0 > 0 }), rounding.augment(from: label) {}
    return rounding.result
  }
}

/// A table of shares on its way to whole numbers.
private struct Rounding {
  var result: [[Int]]
  /// Rows that a class has still to give.
  var lacking: [Int]
  /// Rows that a part has still to get.
  private var open: [Int]
  /// What rounding down took off; 0 where the share is whole and must stay so.
  private var remainders: [[Double]]
  private var isRaised: [[Bool]]

  init(_ counts: [Int], _ sizes: [Int]) {
    let total = Double(max(counts.reduce(0, +), 1))
    let ideals = counts.map { count in sizes.map { Double(count) * Double($0) / total } }
    let result = ideals.map { $0.map { Int(($0 + 1e-9).rounded(.down)) } }
    remainders = zip(ideals, result).map { zip($0, $1).map { max($0 - Double($1), 0) } }
    isRaised = counts.map { _ in sizes.map { _ in false } }
    lacking = counts.indices.map { counts[$0] - result[$0].reduce(0, +) }
    open = sizes.indices.map { part in sizes[part] - result.reduce(0) { $0 + $1[part] } }
    self.result = result
  }

  private func mayRaise(_ label: Int, _ part: Int) -> Bool {
    remainders[label][part] > 1e-9 && !isRaised[label][part]
  }

  private mutating func raise(_ label: Int, _ part: Int) {
    isRaised[label][part] = true
    result[label][part] += 1
  }

  mutating func placeGreedily() {
    var cells: [(label: Int, part: Int)] = []
    for label in result.indices {
      for part in open.indices where mayRaise(label, part) { cells.append((label, part)) }
    }
    cells.sort {
      let (a, b) = (remainders[$0.label][$0.part], remainders[$1.label][$1.part])
      return abs(a - b) > 1e-9 ? a > b : ($0.label, $0.part) < ($1.label, $1.part)
    }
    for (label, part) in cells where lacking[label] > 0 && open[part] > 0 {
      raise(label, part)
      lacking[label] -= 1
      open[part] -= 1
    }
  }

  /// Raises one more cell of the class, moving others if need be: a path that goes from a class to a part by a cell
  /// that may be raised, and from a part to a class by a raised cell, until a part is open.
  mutating func augment(from start: Int) -> Bool {
    var cameFrom = [Int?](repeating: nil, count: open.count)
    var viaPart = [Int?](repeating: nil, count: result.count)
    var queue = [start]
    var seen = Set(queue)
    while !queue.isEmpty {
      let label = queue.removeFirst()
      for part in open.indices where cameFrom[part] == nil && mayRaise(label, part) {
        cameFrom[part] = label
        if open[part] > 0 {
          shift(alongPathTo: part, cameFrom, viaPart)
          lacking[start] -= 1
          open[part] -= 1
          return true
        }
        for next in result.indices where isRaised[next][part] && seen.insert(next).inserted {
          viaPart[next] = part
          queue.append(next)
        }
      }
    }
    return false
  }

  private mutating func shift(alongPathTo end: Int, _ cameFrom: [Int?], _ viaPart: [Int?]) {
    var part = end
    while let label = cameFrom[part] {
      raise(label, part)
      guard let previous = viaPart[label] else { return }
      isRaised[label][previous] = false
      result[label][previous] -= 1
      part = previous
    }
  }
}
