import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Fitting a model to rows by gradient steps.
public enum Training {
  /// Minimises the loss over rows x [n, d] with targets y [n] (labels i64, or reals) by `options.optimizer`.
  ///
  /// A step is one tensor program, `parameters, slots, rows → parameters, slots, loss`, traced and planned once and
  /// then run on the same buffers; batches are rows taken by a fresh permutation an epoch, drawn from `stream`.
  /// With a monitor the model whose monitored loss was least is returned when patience runs out or at the end.
  ///
  /// Throws E0415 and E0416 for data that do not fit the model; `TrainingFailure` with E0506 and the step when the loss
  /// is no longer finite. An interrupt ends it early with the model of the last whole epoch and stays requested, so
  /// that the statement finishes and the program then stops.
  public static func fit(
    _ model: Model, x: Tensor, y: Tensor, options: TrainingOptions, stream: RandomStream,
    onProgress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingResult {
    let rows = try model.conforming(x)
    try check(rows, y, options, model)
    var options = options
    options.loss = try options.loss.prepared(x: rows, y: y)
    var fit = Fit(try model.starting(under: options.loss), x: rows, y: y, options: options, stream: stream)
    return try fit.run(onProgress)
  }

  static func check(_ x: Tensor, _ y: Tensor, _ options: TrainingOptions, _ model: Model) throws {
    guard x.shape[0] > 0 else { throw NumericsError("E0406", "there are no rows to train on") }
    guard y.rank >= 1, y.shape[0] == x.shape[0] else {
      throw NumericsError(
        "E0401", "\(x.shape[0]) rows do not go with targets \(y.typeDescription)",
        help: "one target a row is needed")
    }
    guard options.epochs > 0, options.batch > 0 else {
      throw NumericsError(
        "E0416", "epochs and batch must be positive, not \(options.epochs) and \(options.batch)")
    }
    if let clip = options.clip, !(clip > 0) || !clip.isFinite {
      throw NumericsError("E0416", "clip must be a positive number, not \(clip)")
    }
    if y.dtype == .i64, y.rank == 1, let classes = try classCount(model, x) {
      try Labels.check(y, classes: classes)
    }
    guard x.dtype == .f32 else { return }
    try x.realize()
    let bad = try x.withElements(of: Float.self) { $0.firstIndex { !$0.isFinite } }
    if let bad {
      let width = max(1, x.count / x.shape[0])
      throw NumericsError(
        "E0504",
        "the training data hold a number that is not finite, in row \(bad / width), column \(bad % width)",
        help: "drop such rows or fill them before training")
    }
  }

  /// The number of classes that the model scores; nil where its output is no row of scores.
  private static func classCount(_ model: Model, _ x: Tensor) throws -> Int? {
    guard model.isOpen else { return model.classCount }
    let shape = try model.logits(x.slice(axis: 0, start: 0, stop: 1)).shape
    return shape.rank == 2 ? shape[1] : nil
  }
}

extension Model {
  /// The model as a training begins: training moves the trunk, so that the spaces which it fitted before hold no longer,
  /// and those that the loss asks for do.
  func starting(under loss: any Loss) throws -> Model {
    var start = self
    start.compatibleSpaces = []
    return start.declaringCompatible(with: try loss.compatibleSpaces())
  }
}

/// One run of `Training.fit`.
private struct Fit {
  private let model: Model
  private let x: Tensor
  private let y: Tensor
  private let options: TrainingOptions
  private var stream: RandomStream
  private var start: Double
  private var log: [EpochReport] = []
  /// The model as of the last whole epoch, the one before it, and the one whose monitored loss was least.
  private var last: Model
  private var previous: Model
  private var best: (model: Model, loss: Double, epoch: Int)?
  private var step = 0

  init(_ model: Model, x: Tensor, y: Tensor, options: TrainingOptions, stream: RandomStream) {
    self.model = model
    self.x = x
    self.y = y
    self.options = options
    self.stream = stream
    last = model
    previous = model
    start = now()
  }

  mutating func run(_ onProgress: (TrainingProgress) -> Void) throws -> TrainingResult {
    let count = x.shape[0]
    let batch = min(options.batch, count)
    let steps = (count + batch - 1) / batch
    let slots = try restored()
    let loop = try TrainingLoop(last, x: x, y: y, options: options, slots: slots)
    while log.count < options.epochs {
      let epoch = log.count + 1
      let order = try options.shuffles ? stream.permutation(count) : Array(0..<count)
      var total = 0.0
      for index in 0..<steps {
        if Interrupt.isRequested { return result(.interrupted) }
        onProgress(
          TrainingProgress(
            epoch: epoch, epochs: options.epochs, step: index + 1, steps: steps, lastReport: log.last))
        let (from, to) = (index * batch, min((index + 1) * batch, count))
        let moment = TrainingMoment(step: step + 1, total: steps * options.epochs)
        let loss: Double
        do {
          loss = try loop.step(rows: order[from..<to], at: moment, stream: stream)
        } catch let error as NumericsError where error.code == "E0701" {
          return result(.interrupted)
        }
        step += 1
        guard loss.isFinite else { throw diverged("loss became \(loss)", isFirst: index == 0) }
        total += loss * Double(to - from)
      }
      let parameters = try loop.parameters()
      guard try parameters.allSatisfy({ try $0.isAllFinite() }) else {
        throw diverged("parameters are no longer finite", isFirst: false)
      }
      (previous, last) = (last, try trained(parameters))
      try report(epoch: epoch, loss: total / Double(count))
      try keep(loop)
      if hasLostPatience { return result(.patience) }
    }
    return result(.finished)
  }

  /// The model with other parameters; what its loss made it compatible with stays.
  private func trained(_ parameters: [Tensor]) throws -> Model {
    try model.replacing(parameters: parameters).declaringCompatible(with: model.compatibleSpaces)
  }

  private var hasLostPatience: Bool {
    guard let best, let patience = options.patience else { return false }
    return log.count - best.epoch >= patience
  }

  // MARK: Checkpoints

  private var run: String { TrainingCheckpoint.run(model, rows: x.shape[0], options) }

  /// Takes up a checkpoint, if there is one to take up, and gives the optimizer's slots in it.
  private mutating func restored() throws -> [Tensor]? {
    guard options.resumes, let file = options.checkpoint else { return nil }
    let count = try options.optimizer.makeSlots(for: model).count
    guard let found = try TrainingCheckpoint.read(file, model: model, slots: count, run: run) else {
      return nil
    }
    guard let stream = RandomStream(snapshot: found.stream) else {
      throw TrainingCheckpoint.unfit(file, "its random stream is not readable")
    }
    self.stream = stream
    (step, log) = (found.step, found.log)
    last = try trained(found.parameters)
    previous = last
    best = try found.best.map {
      (model: try trained($0.parameters), loss: $0.loss, epoch: $0.epoch)
    }
    start -= found.log.last?.seconds ?? 0
    return found.slots
  }

  private func keep(_ loop: TrainingLoop) throws {
    guard let file = options.checkpoint else { return }
    let kept = TrainingCheckpoint(
      run: run, step: step, stream: stream.snapshot, log: log, parameters: last.parameters,
      slots: try loop.slots(),
      best: best.map { .init(epoch: $0.epoch, loss: $0.loss, parameters: $0.model.parameters) })
    try kept.write(last, to: file)
  }

  private mutating func report(epoch: Int, loss: Double) throws {
    var report = EpochReport(epoch: epoch, loss: loss, seconds: now() - start)
    if let monitor = options.monitor {
      let (features, logits) = try last.outputs(monitor.x)
      let constants = try options.loss.rowConstants(x: monitor.x, y: monitor.y)
      let value = try options.loss.value(
        LossBatch(
          logits: logits, features: features, targets: monitor.y, rowConstants: constants[...],
          parameters: last.parameters, parameterNames: last.parameterNames)
      ).doubles()[0]
      report.monitoredLoss = value
      if monitor.y.dtype == .i64 {
        report.monitoredAccuracy = try Classification.accuracy(logits.argmax(axis: 1), monitor.y)
      }
      if value < best?.loss ?? .infinity { best = (last, value, epoch) }
      report.seconds = now() - start
    }
    log.append(report)
  }

  private func result(_ ending: TrainingResult.Ending) -> TrainingResult {
    TrainingResult(model: best?.model ?? last, log: log, seconds: now() - start, ending: ending)
  }

  /// The failure of the step just made. A loss that is not finite at the first step of an epoch condemns the model that
  /// the epoch started from, so the one before it is kept.
  private mutating func diverged(_ what: String, isFirst: Bool) -> TrainingFailure {
    let kept = isFirst ? max(0, log.count - 1) : log.count
    if isFirst {
      last = previous
      log = Array(log.prefix(kept))
    }
    let epoch = (step - 1) / max(1, (x.shape[0] + options.batch - 1) / options.batch) + 1
    return TrainingFailure(
      error: NumericsError(
        "E0506", "the training \(what) at step \(step) (epoch \(epoch))",
        help: "lower the learning rate or scale the inputs; last_fit() has the model of epoch \(kept)"),
      kept: result(.diverged))
  }
}

extension Tensor {
  fileprivate func isAllFinite() throws -> Bool {
    switch dtype {
    case .f32: try withElements(of: Float.self) { $0.allSatisfy(\.isFinite) }
    case .f64: try withElements(of: Double.self) { $0.allSatisfy(\.isFinite) }
    case .i64, .bool: true
    }
  }
}

/// Seconds on a clock that never goes back.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
