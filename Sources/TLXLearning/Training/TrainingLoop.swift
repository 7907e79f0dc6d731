import TLXNumerics

/// The state of a training (parameters, then the optimizer's slots) and the program that moves it one step:
/// `state, row numbers, scalars, noise → state, loss`. The program is traced and planned once for each size of batch (there
/// are at most two) and variant of step, and then runs on buffers that are re-used.
final class TrainingLoop {
  private struct Key: Hashable {
    var batch: Int
    var variant: Int
  }

  /// A planned step and what it must be given each time.
  private struct Prepared {
    var loop: ProgramLoop
    var noise: [Noise]
  }

  private let model: Model
  private let options: TrainingOptions
  private let x: Tensor
  private let y: Tensor
  private let constants: [Tensor]
  private let start: [Tensor]
  private let scalarCount: Int
  private var loops: [Key: Prepared] = [:]
  /// The loop that holds the current state.
  private var current: ProgramLoop?

  /// `slots` continue a training; nil starts one.
  init(_ model: Model, x: Tensor, y: Tensor, options: TrainingOptions, slots: [Tensor]? = nil) throws {
    self.model = model
    self.options = options
    self.x = x
    self.y = y
    constants = try options.loss.rowConstants(x: x, y: y)
    start = try model.parameters + (slots ?? options.optimizer.makeSlots(for: model))
    scalarCount = options.optimizer.scalars(at: TrainingMoment(step: 1, total: 1)).count
    try Tensor.realize(start + [x, y] + constants)
  }

  /// The parameters as they are after the last step.
  func parameters() throws -> [Tensor] { try state(0..<model.parameters.count) }

  /// What the optimizer remembers after the last step.
  func slots() throws -> [Tensor] { try state(model.parameters.count..<start.count) }

  private func state(_ range: Range<Int>) throws -> [Tensor] {
    try current?.state(range) ?? Array(start[range])
  }

  /// One step on these rows; gives the loss before it. Noise is drawn from `stream`.
  func step(rows: ArraySlice<Int>, at moment: TrainingMoment, stream: RandomStream) throws -> Double {
    let prepared = try loop(
      Key(batch: rows.count, variant: options.optimizer.variant(of: moment.step)))
    let loop = prepared.loop
    try loop.fill(0, of: Int.self) { memory in _ = memory.update(fromContentsOf: rows) }
    for (index, scalar) in options.optimizer.scalars(at: moment).enumerated() {
      try loop.set(1 + index, to: scalar)
    }
    for (index, noise) in prepared.noise.enumerated() {
      try loop.set(1 + scalarCount + index, to: noise.draw(stream))
    }
    try loop.step()
    return loop.extra(0)
  }

  /// The loop for batches of a size, holding the current state.
  private func loop(_ key: Key) throws -> Prepared {
    if let prepared = loops[key] {
      if let current { try prepared.loop.takeState(from: current) }
      current = prepared.loop
      return prepared
    }
    let state = try state(0..<start.count)
    let noise = try StepTrace(model, options, batch: x.sampleShape(key.batch), dtype: x.dtype).noise()
    let prepared = Prepared(loop: try program(key, noise).loop(state: state), noise: noise)
    loops[key] = prepared
    current = prepared.loop
    return prepared
  }

  private func program(_ key: Key, _ noise: [Noise]) throws -> Program {
    let scalars = (0..<scalarCount).map { _ in (Shape([]), DType.f64) }
    let draws = noise.map { ($0.shape, DType.f32) }
    let count = start.count
    let inputs: [(Shape, DType)] =
      start.map { ($0.shape, $0.dtype) } + [([key.batch], .i64)] + scalars + draws
    return try Program(inputs: inputs) { inputs in
      let rows = inputs[count]
      let trace = StepTrace(model, options, batch: x.sampleShape(key.batch), dtype: x.dtype)
      let (loss, next) = try trace.advanced(
        Array(inputs[..<count]), x: x.take(rows, axis: 0), y: y.take(rows, axis: 0),
        rowConstants: constants.map { try $0.take(rows, axis: 0) },
        scalars: Array(inputs[(count + 1)..<(count + 1 + scalarCount)]),
        noise: Array(inputs[(count + 1 + scalarCount)...]), variant: key.variant)
      return next + [loss]
    }
  }
}

extension Tensor {
  /// The shape of so many rows.
  func sampleShape(_ rows: Int) -> Shape { Shape([rows] + shape.dropFirst()) }
}
