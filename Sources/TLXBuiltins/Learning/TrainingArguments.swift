import TLXLearning
import TLXNumerics
import TLXRuntime

/// Rows and targets as built-ins take them: a data set, or any record or object with `x` and `y`.
struct TrainingRows {
  var x: Tensor
  var y: Tensor

  init(_ arguments: Arguments, _ parameter: String) throws {
    guard let rows = try TrainingRows(arguments.value(parameter)) else {
      throw arguments.failure(
        parameter, mustBe: "a data set, or a record {x, y}", help: "write {x: features, y: labels}")
    }
    self = rows
  }

  init?(_ value: Value) throws {
    let fields: (Value?, Value?)
    switch value {
    case .record(let record): fields = (record["x"], record["y"])
    case .object(let object): fields = (try object.field("x"), try object.field("y"))
    default: return nil
    }
    guard let x = try fields.0.flatMap(Arguments.tensor(from:)),
      let y = try fields.1.flatMap(Arguments.tensor(from:))
    else { return nil }
    self.x = x
    self.y = y
  }
}

extension Arguments {
  func model(_ name: String) throws -> Model { try object(name, as: ModelObject.self, kind: "model").model }

  /// A loss: a loss value, or a function `(logits, y) -> scalar`.
  func loss(_ name: String) throws -> any Loss {
    if let loss = try loss(value(name)) { return loss }
    throw failure(
      name, mustBe: "a loss",
      help: "losses are cross_entropy, mse, their weighted sums, or a function (logits, y) -> scalar")
  }

  /// A value as a loss, if it is one.
  func loss(_ value: Value) throws -> (any Loss)? {
    if let object = value.objectOperand as? LossObject { return object.loss }
    if case .function(let function) = value { return FunctionLoss(function, context) }
    return nil
  }

  func optimizer(_ name: String) throws -> any Optimizer {
    guard let object = value(name).objectOperand as? OptimizerObject else {
      throw failure(
        name, mustBe: "an optimizer", help: "optimizers are made by a function, as in \(name)=adam(lr=0.001)")
    }
    return object.optimizer
  }

  /// Activations go by the name of their function: `activation=relu`.
  func activation(_ name: String) throws -> Activation {
    let text: String
    switch value(name) {
    case .function(let function): text = function.name
    case .string(let string): text = string
    default: text = ""
    }
    guard let activation = Activation(rawValue: text) else {
      throw failure(
        name, mustBe: "an activation",
        help: "one of \(Activation.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return activation
  }
}

/// Whether a loss runs code of the language, which only one thread may do.
func callsLanguage(_ loss: any Loss) -> Bool {
  if let sum = loss as? WeightedLoss { return sum.terms.contains { callsLanguage($0.loss) } }
  return loss is FunctionLoss
}

/// A loss that a user's function computes from the logits and targets of a batch. It runs while the step is traced, so
/// it must be made of tensor operations.
private struct FunctionLoss: Loss, @unchecked Sendable {
  let function: Function
  let context: any CallContext

  init(_ function: Function, _ context: any CallContext) {
    self.function = function
    self.context = context
  }

  var description: String { function.name }

  func value(_ batch: LossBatch) throws -> Tensor {
    let result = try context.call(.function(function), [.tensor(batch.logits), .tensor(batch.targets)])
    guard let tensor = try Arguments.tensor(from: result), tensor.rank == 0 else {
      throw Failure(
        "E0407", "the loss function \(function.name) must give one number a batch",
        help: "take the mean over the rows: mean(…)")
    }
    return tensor
  }
}
