import TLXNumerics

/// Trainings that differ only in their numbers (start, rows, old logits, draws), run as one: their parameters lie along a
/// new first axis, and one program moves all of them a step. A step of a small net costs more in visits to kernels than in
/// arithmetic, and these are shared.
enum TrainingGroup {
  /// How many are taken together at most; fewer where threads would have none. A job's numbers are the same to the bit in
  /// any company, so that results do not depend on the number of threads.
  private static let largest = 4
  /// Data of a group are copied side by side up to so many bytes.
  private static let largestCopy = 1 << 28

  /// Jobs that can run together, by number.
  static func groups(of jobs: [TrainingJob]) -> [[Int]] {
    let size = min(largest, max(1, jobs.count / Parallel.threadCount))
    var groups: [[Int]] = []
    var open: [String: Int] = [:]
    for (index, job) in jobs.enumerated() {
      guard let key = key(job) else {
        groups.append([index])
        continue
      }
      if let place = open[key], groups[place].count < size {
        groups[place].append(index)
      } else {
        open[key] = groups.count
        groups.append([index])
      }
    }
    return groups
  }

  /// Equal for jobs whose steps are one program; nil for one that must run alone.
  private static func key(_ job: TrainingJob) -> String? {
    let options = job.options
    guard let loss = options.loss.uniformKey, options.monitor == nil, options.patience == nil,
      options.checkpoint == nil, options.optimizer.curvature == nil, job.x.count * 4 * largest < largestCopy,
      drawsNothing(job)
    else { return nil }
    let layers = job.model.layers.map { "\($0)" }.joined(separator: " ")
    return [
      loss, "\(options.optimizer)", "\(options.epochs) \(options.batch) \(options.shuffles)",
      "\(options.clip ?? .infinity) \(job.model.isTrained)", layers,
      job.x.typeDescription, job.y.typeDescription,
    ].joined(separator: "; ")
  }

  /// Whether its steps need no random numbers (drop-out does).
  private static func drawsNothing(_ job: TrainingJob) -> Bool {
    let trace = StepTrace(job.model, job.options, batch: job.x.sampleShape(1), dtype: job.x.dtype)
    return (try? trace.noise().isEmpty) ?? false
  }

  /// The results in order. A job that fails takes the others of its group along, which then run alone.
  static func fit(_ jobs: [TrainingJob]) -> [Result<TrainingResult, any Error>] {
    if jobs.count > 1, let results = try? together(jobs) { return results.map { .success($0) } }
    return jobs.map { job in
      Result {
        try Training.fit(
          job.model, x: job.x, y: job.y, options: job.options, stream: RandomStream(key: job.key))
      }
    }
  }

  private static func together(_ jobs: [TrainingJob]) throws -> [TrainingResult] {
    var jobs = jobs
    for index in jobs.indices {
      jobs[index].x = try jobs[index].model.conforming(jobs[index].x)
      try Training.check(jobs[index].x, jobs[index].y, jobs[index].options, jobs[index].model)
      jobs[index].options.loss = try jobs[index].options.loss.prepared(x: jobs[index].x, y: jobs[index].y)
      jobs[index].model = try jobs[index].model.starting(under: jobs[index].options.loss)
    }
    return try GroupedFit(jobs).run()
  }
}

/// One run of several trainings as one program.
private struct GroupedFit {
  private let jobs: [TrainingJob]
  private let options: TrainingOptions
  /// Training data and what the losses know of rows, a row a job along the first axis where they differ, and whether
  /// they do.
  private let data: [Shared]
  /// What the losses know besides.
  private let fixed: [Shared]
  private let state: [Tensor]

  init(_ jobs: [TrainingJob]) throws {
    self.jobs = jobs
    options = jobs[0].options
    state = try Self.stacked(
      jobs.map { try $0.model.parameters + $0.options.optimizer.makeSlots(for: $0.model) })
    data = try Self.shared(
      jobs.map { [$0.x, $0.y] + (try $0.options.loss.rowConstants(x: $0.x, y: $0.y)) })
    fixed = try Self.shared(jobs.map(\.options.loss.fixedTensors))
    try Tensor.realize(state + (data + fixed).map(\.tensor))
  }

  private typealias Shared = (tensor: Tensor, isMapped: Bool)

  private static func shared(_ all: [[Tensor]]) throws -> [Shared] {
    try Tensor.realize(all.flatMap { $0 })
    return try all[0].indices.map { position in
      let tensors = all.map { $0[position] }
      return try areOne(tensors) ? (tensors[0], false) : (Tensor.stack(tensors), true)
    }
  }

  private static func stacked(_ states: [[Tensor]]) throws -> [Tensor] {
    try states[0].indices.map { position in try Tensor.stack(states.map { $0[position] }) }
  }

  /// Whether the tensors are one piece of memory.
  private static func areOne(_ tensors: [Tensor]) throws -> Bool {
    let starts = try tensors.map { tensor -> UnsafeRawPointer? in
      switch tensor.dtype {
      case .bool: try tensor.withElements(of: Bool.self) { UnsafeRawPointer($0.baseAddress) }
      case .i64: try tensor.withElements(of: Int.self) { UnsafeRawPointer($0.baseAddress) }
      case .f32: try tensor.withElements(of: Float.self) { UnsafeRawPointer($0.baseAddress) }
      case .f64: try tensor.withElements(of: Double.self) { UnsafeRawPointer($0.baseAddress) }
      }
    }
    return starts.allSatisfy { $0 == starts[0] }
  }

  func run() throws -> [TrainingResult] {
    let start = now()
    let count = jobs[0].x.shape[0]
    let batch = min(options.batch, count)
    let steps = (count + batch - 1) / batch
    let streams = jobs.map { RandomStream(key: $0.key) }
    var loops: [Int: ProgramLoop] = [:]
    var current: ProgramLoop?
    var logs = [[EpochReport]](repeating: [], count: jobs.count)
    var number = 0
    for epoch in 1...options.epochs {
      let orders = try streams.map { try options.shuffles ? $0.permutation(count) : Array(0..<count) }
      var totals = [Double](repeating: 0, count: jobs.count)
      for index in 0..<steps {
        try Interrupt.check()
        number += 1
        let range = index * batch..<min((index + 1) * batch, count)
        let loop: ProgramLoop
        if let known = loops[range.count] {
          loop = known
          if let current { try known.takeState(from: current) }
        } else {
          loop = try program(batch: range.count).loop(state: current?.state() ?? state)
          loops[range.count] = loop
        }
        current = loop
        try fill(loop, orders, range, TrainingMoment(step: number, total: options.epochs * steps))
        try loop.step()
        try add(loop, Double(range.count), to: &totals)
      }
      for job in jobs.indices {
        logs[job].append(EpochReport(epoch: epoch, loss: totals[job] / Double(count), seconds: now() - start))
      }
    }
    return try results(current?.state() ?? state, logs, seconds: now() - start)
  }

  private func fill(_ loop: ProgramLoop, _ orders: [[Int]], _ range: Range<Int>, _ moment: TrainingMoment)
    throws
  {
    try loop.fill(0, of: Int.self) { memory in
      for (job, order) in orders.enumerated() {
        for (place, row) in order[range].enumerated() { memory[job * range.count + place] = row }
      }
    }
    for (index, scalar) in options.optimizer.scalars(at: moment).enumerated() {
      try loop.set(1 + index, to: scalar)
    }
  }

  /// Throws E0506 for a loss that is no longer finite.
  private func add(_ loop: ProgramLoop, _ rows: Double, to totals: inout [Double]) throws {
    for job in totals.indices {
      let loss = loop.extra(job)
      guard loss.isFinite else { throw NumericsError("E0506", "a training loss became \(loss)") }
      totals[job] += loss * rows
    }
  }

  private func program(batch: Int) throws -> Program {
    let first = TrainingMoment(step: 1, total: 1)
    let variant = options.optimizer.variant(of: 1)
    let numbers = options.optimizer.scalars(at: first).map { _ in (Shape([]), DType.f64) }
    let (states, given) = (state.count, data + fixed)
    return try Program(
      inputs: state.map { ($0.shape, $0.dtype) } + [([jobs.count, batch], .i64)] + numbers
    ) { inputs in
      let mapped =
        Array(inputs[...states]) + given.map(\.tensor) + Array(inputs[(states + 1)...])
      let isMapped =
        [Bool](repeating: true, count: states + 1) + given.map(\.isMapped) + numbers.map { _ in false }
      let results = try Batching.map(
        { one in
          let rows = one[states]
          let (x, y) = (one[states + 1], one[states + 2])
          let constants = Array(one[(states + 3)..<(states + 1 + data.count)])
          let end = states + 1 + given.count
          let scalars = Array(one[end...])
          let trace = trace(batch: batch, fixed: one[(end - fixed.count)..<end])
          let (loss, next) = try trace.advanced(
            Array(one[..<states]), x: x.take(rows, axis: 0), y: y.take(rows, axis: 0),
            rowConstants: constants.map { try $0.take(rows, axis: 0) }, scalars: scalars, noise: [],
            variant: variant)
          return next + [loss]
        }, over: mapped, isMapped: isMapped)
      // One extra a job: the loop gives their first elements.
      let losses = try jobs.indices.map { try results[states].slice(axis: 0, start: $0, stop: $0 + 1) }
      return Array(results[..<states]) + losses
    }
  }

  /// One job's step, with its own fixed tensors in the loss.
  private func trace(batch: Int, fixed: ArraySlice<Tensor>) -> StepTrace {
    var options = options
    options.loss = options.loss.replacing(fixedTensors: fixed)
    return StepTrace(jobs[0].model, options, batch: jobs[0].x.sampleShape(batch), dtype: jobs[0].x.dtype)
  }

  private func results(_ state: [Tensor], _ logs: [[EpochReport]], seconds: Double) throws -> [TrainingResult]
  {
    try jobs.indices.map { job in
      // Copies: a view would keep the parameters of all of them in memory.
      let parameters = try state.prefix(jobs[job].model.parameters.count).map { stacked in
        try Tensor(
          stacked.slice(axis: 0, start: job, stop: job + 1).elements(of: Float.self),
          shape: Shape(Array(stacked.shape.dropFirst())))
      }
      return TrainingResult(
        model: try jobs[job].model.replacing(parameters: parameters)
          .declaringCompatible(with: jobs[job].options.loss.compatibleSpaces()), log: logs[job],
        seconds: seconds,
        ending: .finished)
    }
  }
}
