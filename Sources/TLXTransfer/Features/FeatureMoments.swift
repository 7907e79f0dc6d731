import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// What one pass over labelled features leaves for the scores that need only first and second moments: counts, sums by
/// class, and the Gram matrix, all in f64. Blocks of rows add up, and so do moments.
///
/// Rows are taken relative to the mean of the first block, so that centring the Gram matrix afterwards subtracts little.
public struct FeatureMoments: Sendable {
  public let width: Int
  public let classCount: Int
  public private(set) var rows = 0
  public private(set) var classRows: [Int]
  /// What is subtracted from every row before anything is summed.
  public private(set) var shift: [Double]
  /// Σ (x − shift) by class, classCount × width.
  private var classSums: [Double]
  /// Σ (x − shift)(x − shift)ᵀ, the upper triangle of width × width.
  private var gram: [Double]

  private static let blockBytes = 1 << 23

  /// - Throws: E0702 where the Gram matrix does not fit in memory.
  public init(width: Int, classCount: Int) throws {
    self.width = width
    self.classCount = classCount
    classRows = [Int](repeating: 0, count: classCount)
    shift = [Double](repeating: 0, count: width)
    classSums = [Double](repeating: 0, count: classCount * width)
    // Asks for the memory as tensors do, so that the limit holds.
    _ = try Storage(byteCount: width * width * MemoryLayout<Double>.stride)
    gram = [Double](repeating: 0, count: width * width)
  }

  /// Adds rows of features (f32 or f64 [n, D]) with their classes.
  ///
  /// - Throws: E0401 for shapes that do not fit; E0504 for NaN or infinity, naming the first such entry.
  ///   Cost: n D² multiply-adds in f64.
  public mutating func add(_ features: Tensor, _ labels: TargetLabels) throws {
    try labels.checkRows(features, name: "features")
    guard features.shape[1] == width, labels.classCount <= classCount else {
      throw NumericsError("E0401", "\(features.typeDescription) does not fit moments of \(width) columns")
    }
    if features.dtype == .f32 {
      try add(features, labels, Float.self)
    } else {
      try add(features.cast(to: .f64), labels, Double.self)
    }
  }

  private mutating func add<Element: RowElement>(
    _ features: Tensor, _ labels: TargetLabels, _ type: Element.Type
  ) throws {
    try features.withElements(of: type) { elements in
      guard let base = elements.baseAddress else { return }
      let blockRows = Swift.max(64, Self.blockBytes / (8 * width))
      let scratch = try Storage(byteCount: Swift.min(blockRows, labels.count) * width * 8)
      let block = scratch.pointer.bindMemory(to: Double.self, capacity: blockRows * width)
      for start in stride(from: 0, to: labels.count, by: blockRows) {
        try Interrupt.check()
        let range = start..<Swift.min(start + blockRows, labels.count)
        if rows == 0 { setShift(base + start * width, count: range.count) }
        widen(base + start * width, count: range.count, into: block)
        addToClasses(block, labels, range)
        try gram.withUnsafeMutableBufferPointer { gram in
          guard let gram = gram.baseAddress else { return }
          try RowProducts.accumulate(block, count: range.count, width: width, into: gram)
        }
        rows += range.count
      }
      if !(0..<width).allSatisfy({ gram[$0 * (width + 1)].isFinite }) {
        throw FeatureMoments.complaint(elements, width: width)
      }
    }
  }

  private mutating func setShift<Element: RowElement>(_ rows: UnsafePointer<Element>, count: Int) {
    for row in 0..<count { for column in 0..<width { shift[column] += Double(rows[row * width + column]) } }
    for column in 0..<width { shift[column] /= Double(count) }
  }

  private func widen<Element: RowElement>(
    _ rows: UnsafePointer<Element>, count: Int, into block: UnsafeMutablePointer<Double>
  ) {
    shift.withUnsafeBufferPointer { shift in
      for row in 0..<count {
        let (source, target) = (rows + row * width, block + row * width)
        for column in 0..<width { target[column] = Double(source[column]) - shift[column] }
      }
    }
  }

  private mutating func addToClasses(
    _ block: UnsafePointer<Double>, _ labels: TargetLabels, _ range: Range<Int>
  ) {
    classSums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      for row in 0..<range.count {
        let label = Int(labels.classes[range.lowerBound + row])
        let (source, target) = (block + row * width, sums + label * width)
        for column in 0..<width { target[column] += source[column] }
        classRows[label] += 1
      }
    }
  }

  static func complaint<Element: RowElement>(_ elements: UnsafeBufferPointer<Element>, width: Int)
    -> NumericsError
  {
    guard let index = elements.firstIndex(where: { !$0.isFinite }) else {
      return NumericsError("E0504", "the squares of the features overflow")
    }
    return NumericsError("E0504", "features[\(index / width), \(index % width)] is \(elements[index])")
  }

  /// Adds what other moments of the same classes have summed up, moved to this shift.
  public mutating func merge(_ other: FeatureMoments) throws {
    guard other.width == width, other.classCount == classCount else {
      throw NumericsError("E0401", "cannot merge moments of \(width) and \(other.width) columns")
    }
    if other.rows == 0 { return }
    if rows == 0 {
      self = other
      return
    }
    let offset = (0..<width).map { other.shift[$0] - shift[$0] }
    let sums = other.shiftedSums
    let count = Double(other.rows)
    for row in 0..<width {
      for column in row..<width {
        gram[row * width + column] +=
          other.gram[row * width + column] + offset[row] * sums[column] + sums[row] * offset[column]
          + count * offset[row] * offset[column]
      }
    }
    for label in 0..<classCount {
      let size = Double(other.classRows[label])
      for column in 0..<width {
        classSums[label * width + column] += other.classSums[label * width + column] + size * offset[column]
      }
      classRows[label] += other.classRows[label]
    }
    rows += other.rows
  }
}

// MARK: - What follows from the sums

extension FeatureMoments {
  /// Σ (x − shift)
  private var shiftedSums: [Double] {
    var sums = [Double](repeating: 0, count: width)
    for label in 0..<classCount {
      for column in 0..<width { sums[column] += classSums[label * width + column] }
    }
    return sums
  }

  public var mean: [Double] {
    let sums = shiftedSums
    return (0..<width).map { shift[$0] + sums[$0] / Double(rows) }
  }

  /// Σ x xᵀ of the features, or Σ (x − mean)(x − mean)ᵀ, symmetric, row-major.
  public func products(centered: Bool) -> [Double] {
    let sums = shiftedSums
    let n = Double(rows)
    var full = gram
    for row in 0..<width {
      for column in row..<width {
        let correction =
          centered
          ? -sums[row] * sums[column] / n
          : shift[row] * sums[column] + sums[row] * shift[column] + n * shift[row] * shift[column]
        let value = gram[row * width + column] + correction
        full[row * width + column] = value
        full[column * width + row] = value
      }
    }
    return full
  }

  /// Σ x, or Σ (x − mean), of each class: classCount × width.
  public func classSums(centered: Bool) -> [Double] {
    let sums = shiftedSums
    var result = classSums
    for label in 0..<classCount {
      let size = Double(classRows[label])
      for column in 0..<width {
        result[label * width + column] += size * (centered ? -sums[column] / Double(rows) : shift[column])
      }
    }
    return result
  }
}
