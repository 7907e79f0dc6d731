import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// A fixed map from source to target probabilities, p(y | x) = Σ_z p(y | z) θ(x)[z].
public struct ClassifierHead: Sendable {
  public let classCount: Int
  public let sourceCount: Int
  /// p(y | z), classCount × sourceCount, row-major.
  public var weights: [Double]

  /// Σ_i ln p(y_i | x_i) over rows (f32 or f64 [n, S]): one dot product of length S a row, where the product of all rows
  /// with the whole matrix would do classCount times the work for entries that nobody reads.
  ///
  /// - Throws: E0401 for shapes that do not fit.
  public func logLikelihood(_ theta: Tensor, _ labels: TargetLabels) throws -> Double {
    try labels.checkRows(theta, name: "theta")
    guard theta.shape[1] == sourceCount, labels.classCount <= classCount else {
      throw NumericsError(
        "E0401", "\(theta.typeDescription) does not fit a head of \(classCount)×\(sourceCount)")
    }
    return theta.dtype == .f32
      ? try logLikelihood(theta, labels, Float.self)
      : try logLikelihood(theta.cast(to: .f64), labels, Double.self)
  }

  private func logLikelihood<Element: RowElement>(
    _ theta: Tensor, _ labels: TargetLabels, _ type: Element.Type
  ) throws -> Double {
    let schedule = RowSchedule(
      rows: labels.count, sumCount: 1, inputBytes: theta.count * theta.dtype.stride)
    let partial = try Storage(byteCount: schedule.strips * MemoryLayout<Double>.stride)
    let strips = StripSums(partial.pointer.bindMemory(to: Double.self, capacity: schedule.strips), 1)
    try theta.withElements(of: type) { elements in
      try labels.classes.withUnsafeBufferPointer { classes in
        try weights.withUnsafeBufferPointer { weights in
          guard let base = elements.baseAddress, let classes = classes.baseAddress,
            let weights = weights.baseAddress
          else { return }
          let (rows, visited, head) = (Rows(base), Rows(classes), Rows(weights))
          try Parallel.forEach(count: schedule.strips, grain: 1) { range in
            for strip in range {
              strips[strip][0] = try sum(
                rows.base, visited.base, head.base, labels.classCount, schedule, strip)
            }
          }
        }
      }
    }
    return withExtendedLifetime(partial) { (0..<schedule.strips).reduce(0) { $0 + strips[$1][0] } }
  }

  private func sum<Element: RowElement>(
    _ base: UnsafePointer<Element>, _ classes: UnsafePointer<Int32>, _ weights: UnsafePointer<Double>,
    _ classCount: Int, _ schedule: RowSchedule, _ strip: Int
  ) throws -> Double {
    let width = sourceCount
    var total = 0.0
    try schedule.forEachRun(in: strip, classes, classCount: classCount) { label, run in
      let row = weights + label * width
      var place = 0
      var sum = 0.0
      while place < run.count {
        // An odd run's last row is its own partner.
        let isPair = place + 1 < run.count
        let (a, b) = RowKernel.dot(
          base + Int(run[place]) * width, base + Int(run[isPair ? place + 1 : place]) * width, row,
          width: width)
        sum += isPair ? log(a) + log(b) : log(a)
        place += 2
      }
      total += sum
    }
    return total
  }
}
