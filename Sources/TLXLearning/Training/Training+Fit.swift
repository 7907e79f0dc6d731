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
    if y.dtype == .i64, y.rank == 1 { try Labels.check(y, classes: model.classCount) }
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
  private let stream: RandomStream
  private let start: Double
  private var log: [EpochReport] = []
  /// The model as of the last whole epoch, and the one whose monitored loss was least.
  private var last: Model
  private var best: (model: Model, loss: Double, epoch: Int)?
  private var step = 0

  init(_ model: Model, x: Tensor, y: Tensor, options: TrainingOptions, stream: RandomStream) {
    self.model = model
    self.x = x
    self.y = y
    self.options = options
    self.stream = stream
    last = model
    start = now()
  }

  mutating func run(_ onProgress: (TrainingProgress) -> Void) throws -> TrainingResult {
    let count = x.shape[0]
    let batch = min(options.batch, count)
    let steps = (count + batch - 1) / batch
    let loop = try TrainingLoop(model, x: x, y: y, options: options)
    for epoch in 1...options.epochs {
      let order = try options.shuffles ? stream.permutation(count) : Array(0..<count)
      var total = 0.0
      for index in 0..<steps {
        if Interrupt.isRequested { return result(.interrupted) }
        step += 1
        onProgress(
          TrainingProgress(
            epoch: epoch, epochs: options.epochs, step: index + 1, steps: steps, lastReport: log.last))
        let (from, to) = (index * batch, min((index + 1) * batch, count))
        let loss: Double
        do {
          loss = try loop.step(rows: order[from..<to], number: step)
        } catch let error as NumericsError where error.code == "E0701" {
          return result(.interrupted)
        }
        guard loss.isFinite else { throw diverged(loss) }
        total += loss * Double(to - from)
      }
      last = try model.replacing(parameters: loop.parameters()).declaringCompatible(
        with: model.compatibleSpaces)
      try report(epoch: epoch, loss: total / Double(count))
      if let best, let patience = options.patience, epoch - best.epoch >= patience {
        return result(.patience)
      }
    }
    return result(.finished)
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

  private func diverged(_ loss: Double) -> TrainingFailure {
    TrainingFailure(
      error: NumericsError(
        "E0506", "the training loss became \(loss) at step \(step) (epoch \(log.count + 1))",
        help: "lower the learning rate or scale the inputs; last_fit() has the model of epoch \(log.count)"),
      kept: result(.diverged))
  }
}

/// Seconds on a clock that never goes back.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
