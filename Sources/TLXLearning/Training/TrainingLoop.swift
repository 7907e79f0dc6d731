import TLXNumerics

/// The state of a training: parameters and the optimizer's slots, and the program that moves them one step.
struct TrainingLoop {
  private let model: Model
  private let options: TrainingOptions
  private let x: Tensor
  private let y: Tensor
  private let constants: [Tensor]
  private var state: [Tensor]

  init(_ model: Model, x: Tensor, y: Tensor, options: TrainingOptions) throws {
    self.model = model
    self.options = options
    self.x = x
    self.y = y
    constants = try options.loss.rowConstants(x: x, y: y)
    state = model.parameters
    for parameter in model.parameters {
      for _ in 0..<options.optimizer.slotCount {
        state.append(try Tensor.zeros(parameter.shape, parameter.dtype))
      }
    }
    try Tensor.realize(state)
  }

  func parameters() throws -> [Tensor] { Array(state.prefix(model.parameters.count)) }

  /// One step on these rows; gives the loss before it.
  mutating func step(rows: Tensor, number: Int) throws -> Double {
    let scalars = options.optimizer.scalars(step: number).map { Tensor($0) }
    let (loss, next) = try advanced(state, rows: rows, scalars: scalars)
    try Tensor.realize(next + [loss])
    state = next
    return try loss.doubles()[0]
  }

  /// The step as a tensor program.
  private func advanced(_ state: [Tensor], rows: Tensor, scalars: [Tensor]) throws -> (
    loss: Tensor, state: [Tensor]
  ) {
    let count = model.parameters.count
    let batch = try x.take(rows, axis: 0)
    let targets = try y.take(rows, axis: 0)
    let rowConstants = try constants.map { try $0.take(rows, axis: 0) }
    let (loss, gradients) = try Differentiation.gradient(
      of: { parameters in
        let logits = try model.logits(batch, parameters: parameters, pass: ForwardPass(isTraining: true))
        return try options.loss.value(
          LossBatch(
            logits: logits, targets: targets, rowConstants: rowConstants[...], parameters: parameters,
            parameterNames: model.parameterNames))
      }, at: Array(state.prefix(count)))
    var parameters: [Tensor] = []
    var slots: [Tensor] = []
    let width = options.optimizer.slotCount
    for index in 0..<count {
      let first = count + index * width
      let next = try options.optimizer.update(
        state[index], gradient: gradients[index], slots: Array(state[first..<first + width]), scalars: scalars)
      parameters.append(next.parameter)
      slots += next.slots
    }
    return (loss, parameters + slots)
  }
}
