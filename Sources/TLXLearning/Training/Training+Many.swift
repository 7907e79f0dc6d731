import Synchronization
import TLXNumerics

/// One training among several.
public struct TrainingJob: Sendable {
  public var model: Model
  public var x: Tensor
  public var y: Tensor
  public var options: TrainingOptions
  /// Where its batches are drawn from.
  public var key: RandomKey

  public init(_ model: Model, x: Tensor, y: Tensor, options: TrainingOptions, key: RandomKey) {
    self.model = model
    self.x = x
    self.y = y
    self.options = options
    self.key = key
  }
}

/// A training of several that failed: which, and why.
public struct TrainingJobFailure: Error {
  public var job: Int
  public var failure: any Error
}

extension Training {
  /// Fits several models, each on one thread, as many at a time as there are threads: small models leave a machine's other
  /// cores idle when they are fitted one after the other. A job draws from its own key, so results do not depend on the
  /// threads or the order.
  ///
  /// With `inParallel` false they run one after the other (for losses that call back into the language). Throws
  /// `TrainingJobFailure` for the first job, by number, that fails; E0701 if interrupted.
  public static func fitAll(_ jobs: [TrainingJob], inParallel: Bool = true) throws -> [TrainingResult] {
    // What jobs share is computed before they meet.
    try Tensor.realize(jobs.flatMap { [$0.x, $0.y] + $0.model.parameters })
    let results = Mutex([Result<TrainingResult, any Error>?](repeating: nil, count: jobs.count))
    func run(_ group: [Int]) {
      let found = TrainingGroup.fit(group.map { jobs[$0] })
      results.withLock { results in
        for (index, result) in zip(group, found) { results[index] = result }
      }
    }
    // A function of the language may be called by one thread only.
    if inParallel, !jobs.contains(where: { $0.model.isOpen }) {
      let groups = TrainingGroup.groups(of: jobs)
      try Parallel.forEach(count: groups.count, grain: 1) { range in range.forEach { run(groups[$0]) } }
    } else {
      for index in jobs.indices { run([index]) }
    }
    if Interrupt.isRequested { throw NumericsError("E0701", "interrupted") }
    return try results.withLock { $0 }.enumerated().compactMap { index, result in
      do { return try result?.get() } catch { throw TrainingJobFailure(job: index, failure: error) }
    }
  }
}
