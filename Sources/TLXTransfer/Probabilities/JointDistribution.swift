import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The empirical joint distribution of target classes and source classes, Σ_i [y_i = y] θ_i[z]: all that LEEP and the
/// soft conditional entropy need of the data. Blocks of rows add up, and so do joints.
public struct JointDistribution: Sendable {
  public let classCount: Int
  public let sourceCount: Int
  /// classCount × sourceCount, row-major, not divided by the number of rows.
  public private(set) var sums: [Double]
  public private(set) var rows = 0

  public init(classCount: Int, sourceCount: Int) {
    self.classCount = classCount
    self.sourceCount = sourceCount
    sums = [Double](repeating: 0, count: classCount * sourceCount)
  }

  /// How far a row's sum may be from 1: probabilities written with four digits pass, logits do not.
  public static let tolerance = 1e-3

  /// Adds rows of source probabilities (f32 or f64 [n, S]) with their classes.
  ///
  /// f32 is widened to f64 element by element. Cost: one pass over θ.
  /// - Throws: E0401 for shapes that do not fit, E0504 NaN or infinity, E0505 a negative entry or a row that does not
  ///   sum to 1; each names the row. The joint is then unchanged.
  public mutating func add(_ theta: Tensor, _ labels: TargetLabels) throws {
    try labels.checkRows(theta, name: "theta")
    guard theta.shape[1] == sourceCount, labels.classCount <= classCount else {
      throw NumericsError("E0401", "\(theta.typeDescription) does not fit \(classCount)×\(sourceCount) sums")
    }
    if theta.dtype == .f32 {
      try add(theta, labels, Float.self)
    } else {
      try add(theta.cast(to: .f64), labels, Double.self)
    }
  }

  /// Adds what another joint of the same classes has summed up.
  public mutating func merge(_ other: JointDistribution) throws {
    guard other.classCount == classCount, other.sourceCount == sourceCount else {
      throw NumericsError(
        "E0401",
        "cannot merge joints of \(classCount)×\(sourceCount) and "
          + "\(other.classCount)×\(other.sourceCount)")
    }
    for index in sums.indices { sums[index] += other.sums[index] }
    rows += other.rows
  }

  private mutating func add<Element: RowElement>(
    _ theta: Tensor, _ labels: TargetLabels, _ type: Element.Type
  ) throws {
    let schedule = RowSchedule(
      rows: labels.count, sumCount: sums.count, inputBytes: theta.count * theta.dtype.stride)
    let partial = try Storage(byteCount: schedule.strips * sums.count * MemoryLayout<Double>.stride)
    memset(partial.pointer, 0, partial.byteCount)
    let strips = StripSums(partial.pointer.assumingMemoryBound(to: Double.self), sums.count)
    let width = sourceCount
    try theta.withElements(of: type) { elements in
      guard let base = elements.baseAddress else { return }
      let rows = Rows(base)
      try labels.classes.withUnsafeBufferPointer { classes in
        guard let classes = classes.baseAddress else { return }
        let visited = Rows(classes)
        try Parallel.forEach(count: schedule.strips, grain: 1) { range in
          for strip in range {
            let isValid = try Self.sum(
              rows.base, visited.base, width, labels.classCount, schedule, strip, into: strips[strip])
            if !isValid { throw try Self.complaint(rows.base, labels.count, width) }
          }
        }
      }
    }
    withExtendedLifetime(partial) {
      for strip in 0..<schedule.strips {
        for index in sums.indices { sums[index] += strips[strip][index] }
      }
    }
    rows += labels.count
  }

  /// Adds one strip's rows; false if one of them is no distribution.
  private static func sum<Element: RowElement>(
    _ base: UnsafePointer<Element>, _ classes: UnsafePointer<Int32>, _ width: Int, _ classCount: Int,
    _ schedule: RowSchedule, _ strip: Int, into sums: UnsafeMutablePointer<Double>
  ) throws -> Bool {
    var isValid = true
    try schedule.forEachRun(in: strip, classes, classCount: classCount) { label, run in
      let target = sums + label * width
      var place = 0
      while place + 1 < run.count {
        let result = RowKernel.add(
          base + Int(run[place]) * width, base + Int(run[place + 1]) * width, width: width, to: target)
        isValid =
          isValid && abs(result.first - 1) <= tolerance && abs(result.second - 1) <= tolerance
          && !result.hasSign
        place += 2
      }
      if place < run.count {
        let result = RowKernel.add(base + Int(run[place]) * width, width: width, to: target)
        isValid = isValid && abs(result.sum - 1) <= tolerance && !result.hasSign
      }
    }
    // A negative zero has the sign bit as well: look again before complaining.
    return isValid ? true : try firstInvalidRow(base, schedule.range(of: strip), width) == nil
  }

  private static func firstInvalidRow<Element: RowElement>(
    _ base: UnsafePointer<Element>, _ rows: Range<Int>, _ width: Int
  ) throws -> (row: Int, problem: String, code: String)? {
    for row in rows {
      var sum = 0.0
      for column in 0..<width {
        let value = Double(base[row * width + column])
        if !value.isFinite { return (row, "theta[\(row), \(column)] is \(value)", "E0504") }
        if value < 0 {
          return (row, "theta[\(row), \(column)] is \(value), and probabilities are not negative", "E0505")
        }
        sum += value
      }
      if abs(sum - 1) > tolerance { return (row, "row \(row) of theta sums to \(sum), not 1", "E0505") }
    }
    return nil
  }

  /// The first row of all that is no distribution, whichever thread met one first.
  private static func complaint<Element: RowElement>(
    _ base: UnsafePointer<Element>, _ rows: Int, _ width: Int
  ) throws -> NumericsError {
    guard let invalid = try firstInvalidRow(base, 0..<rows, width) else {
      return NumericsError("E0505", "theta is no matrix of probabilities")
    }
    return NumericsError(
      invalid.code, invalid.problem,
      help: invalid.code == "E0505"
        ? "theta holds the source model's probabilities: softmax(logits, axis=1)" : nil)
  }
}

/// A pointer that threads share; each reads or writes rows of its own.
struct Rows<Element>: @unchecked Sendable {
  let base: UnsafePointer<Element>
  init(_ base: UnsafePointer<Element>) { self.base = base }
}

/// The sums of all strips; each thread writes those of its strips.
struct StripSums: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Double>
  private let count: Int

  init(_ base: UnsafeMutablePointer<Double>, _ count: Int) {
    self.base = base
    self.count = count
  }

  subscript(strip: Int) -> UnsafeMutablePointer<Double> { base + strip * count }
}

// MARK: - What follows from the sums

extension JointDistribution {
  /// The mass of each source class, Σ_i θ_i[z].
  public var sourceSums: [Double] {
    var totals = [Double](repeating: 0, count: sourceCount)
    for label in 0..<classCount {
      for source in 0..<sourceCount { totals[source] += sums[label * sourceCount + source] }
    }
    return totals
  }

  /// Source classes that no row gives any probability.
  public var deadSourceCount: Int { sourceSums.reduce(0) { $0 + ($1 > 0 ? 0 : 1) } }

  /// p(y | z), classCount × sourceCount: columns are distributions. The column of a dead source class is zero: it
  /// contributes nothing, where dividing by its mass would make the whole score NaN.
  public func conditional() -> ClassifierHead {
    let totals = sourceSums
    var weights = sums
    for label in 0..<classCount {
      for source in 0..<sourceCount where totals[source] > 0 {
        weights[label * sourceCount + source] /= totals[source]
      }
    }
    return ClassifierHead(classCount: classCount, sourceCount: sourceCount, weights: weights)
  }

  /// Σ P(y, z) ln P(y | z): −H(Y | Z) of the soft joint; −H(Y) ≤ it ≤ LEEP.
  public var softConditionalEntropy: Double {
    let totals = sourceSums
    var total = 0.0
    for label in 0..<classCount {
      for source in 0..<sourceCount {
        let mass = sums[label * sourceCount + source]
        if mass > 0 { total += mass * log(mass / totals[source]) }
      }
    }
    return Swift.min(0, total / Double(Swift.max(1, rows)))
  }
}
