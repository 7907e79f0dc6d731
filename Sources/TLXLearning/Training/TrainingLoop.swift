import TLXNumerics

/// The state of a training (parameters, then the optimizer's slots) and the program that moves it one step:
/// `state, row numbers, scalars → state, loss`. The program is traced and planned once for each size of batch, of which
/// there are at most two, and then runs on buffers that are re-used.
final class TrainingLoop {
  private let model: Model
  private let options: TrainingOptions
  private let x: Tensor
  private let y: Tensor
  private let constants: [Tensor]
  private let start: [Tensor]
  private var loops: [Int: ProgramLoop] = [:]
  /// The loop that holds the current state.
  private var current: ProgramLoop?

  init(_ model: Model, x: Tensor, y: Tensor, options: TrainingOptions) throws {
    self.model = model
    self.options = options
    self.x = x
    self.y = y
    constants = try options.loss.rowConstants(x: x, y: y)
    let state = try TrainingStep(model, options).start()
    start = state
    try Tensor.realize(state + [x, y] + constants)
  }

  /// The parameters as they are after the last step.
  func parameters() throws -> [Tensor] {
    Array(try (current?.state() ?? start).prefix(model.parameters.count))
  }

  /// One step on these rows; gives the loss before it.
  func step(rows: ArraySlice<Int>, number: Int) throws -> Double {
    let loop = try loop(batch: rows.count)
    try loop.fill(0, of: Int.self) { memory in _ = memory.update(fromContentsOf: rows) }
    for (index, scalar) in options.optimizer.scalars(step: number).enumerated() {
      try loop.set(1 + index, to: scalar)
    }
    try loop.step()
    return loop.extra(0)
  }

  /// The loop for batches of a size, holding the current state.
  private func loop(batch: Int) throws -> ProgramLoop {
    if let loop = loops[batch] {
      if let current, current !== loop { try loop.restore(current.state()) }
      current = loop
      return loop
    }
    let state = try current?.state() ?? start
    let loop = try program(batch: batch).loop(state: state)
    loops[batch] = loop
    current = loop
    return loop
  }

  private func program(batch: Int) throws -> Program {
    let scalars = options.optimizer.scalars(step: 1).map { _ in (Shape([]), DType.f64) }
    let count = start.count
    return try Program(inputs: start.map { ($0.shape, $0.dtype) } + [([batch], .i64)] + scalars) { inputs in
      let (loss, next) = try TrainingStep(model, options).advanced(
        Array(inputs[..<count]), x: x, y: y, constants: constants, rows: inputs[count],
        scalars: Array(inputs[(count + 1)...]))
      return next + [loss]
    }
  }

}

/// One step of a training as a tensor program.
struct TrainingStep {
  let model: Model
  let options: TrainingOptions

  init(_ model: Model, _ options: TrainingOptions) {
    self.model = model
    self.options = options
  }

  /// Parameters, then the optimizer's slots, before the first step.
  func start() throws -> [Tensor] {
    var state = model.parameters
    for parameter in model.parameters {
      for _ in 0..<options.optimizer.slotCount {
        state.append(try Tensor.zeros(parameter.shape, parameter.dtype))
      }
    }
    return state
  }

  /// The loss of these rows of the training data and the state after the step.
  func advanced(
    _ state: [Tensor], x: Tensor, y: Tensor, constants: [Tensor], rows: Tensor, scalars: [Tensor]
  ) throws -> (loss: Tensor, state: [Tensor]) {
    let count = model.parameters.count
    let batch = try x.take(rows, axis: 0)
    let targets = try y.take(rows, axis: 0)
    let rowConstants = try constants.map { try $0.take(rows, axis: 0) }
    let (loss, gradients) = try Differentiation.gradient(
      of: { parameters in
        let outputs = try self.model.outputs(
          batch, parameters: parameters, pass: ForwardPass(isTraining: true))
        return try self.options.loss.value(
          LossBatch(
            logits: outputs.logits, features: outputs.features, targets: targets,
            rowConstants: rowConstants[...], parameters: parameters,
            parameterNames: self.model.parameterNames))
      }, at: Array(state.prefix(count)))
    var parameters: [Tensor] = []
    var slots: [Tensor] = []
    let width = options.optimizer.slotCount
    for index in 0..<count {
      let first = count + index * width
      let next = try options.optimizer.update(
        state[index], gradient: gradients[index], slots: Array(state[first..<first + width]), scalars: scalars
      )
      parameters.append(next.parameter)
      slots += next.slots
    }
    return (loss, parameters + slots)
  }
}
