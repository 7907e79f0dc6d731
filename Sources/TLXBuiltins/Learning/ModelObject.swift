import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// A model as a value of the language: `net(x)` gives its logits.
public final class ModelObject: LanguageObject {
  public let model: Model

  public init(_ model: Model) { self.model = model }

  public var kindName: String { "model" }
  public var fieldNames: [String] { ["params", "inputs", "outputs", "architecture"] }

  public func field(_ name: String) throws -> Value? {
    switch name {
    case "params": parameterRecord
    case "inputs": model.isOpen ? .null : .int(model.inputShape.elementCount)
    case "outputs": model.isOpen ? .null : .int(model.classCount)
    case "architecture": .string(model.architecture)
    default: nil
    }
  }

  /// The parameters by name; of a custom model, in the structure that its function takes.
  var parameterRecord: Value {
    if let custom = model.layers.first as? FunctionLayer { return custom.structured(model.parameters) }
    return .record(Record(zip(model.parameterNames, model.parameters).map { ($0, .tensor($1)) }))
  }

  public func call(_ arguments: [Value], _ context: CallContext) throws -> Value? {
    guard arguments.count == 1, case .tensor(let x) = arguments[0] else {
      throw Failure(
        "E0405", "a model is called with one tensor of rows", help: "write model(x) with x f32[n, d]")
    }
    return .tensor(try model.logits(x))
  }

  public func stored() throws -> StoredObject? {
    guard model.layers.allSatisfy(\.isStorable) else { return nil }
    let contents = ModelFile.contents(of: model)
    return StoredObject(
      kind: "model",
      contents: .record(
        Record([
          ("notes", .record(Record(contents.metadata.map { ($0.name, .string($0.text)) }))),
          ("tensors", .record(Record(contents.tensors.map { ($0.name, .tensor($0.tensor)) }))),
        ])))
  }

  static let reader: ObjectReader = { value, _ in
    let (notes, tensors) = (try value.fields("notes"), try value.fields("tensors"))
    let contents = NamedTensors(
      try zip(tensors.names, tensors.values).map { (name: $0, tensor: try $1.storedTensor()) },
      metadata: try zip(notes.names, notes.values).map { (name: $0, text: try $1.storedText()) })
    guard let model = try ModelFile.model(in: contents, FileName("cache")) else { throw DamagedArchive() }
    return ModelObject(model)
  }

  public func summary(width: Int) -> String {
    "model \(model.architecture), \(grouped(model.parameterCount)) parameters"
  }
}

/// A layer that waits to be put into `sequential`.
final class LayerObject: TracedObject {
  let layer: any Layer
  var origin: Origin?

  init(_ layer: any Layer) { self.layer = layer }

  var kindName: String { "layer" }

  func summary(width: Int) -> String {
    let numbers = layer.configuration.map { ($0.key, "\($0.value)") }
    let settings = layer.settings.map { ($0.key, "\($0.value)") }
    let sizes = (numbers + settings).sorted { $0.0 < $1.0 }.map { "\($0.0)=\($0.1)" }
    return "layer " + layer.kind + (sizes.isEmpty ? "" : "(\(sizes.joined(separator: ", ")))")
  }
}

/// A loss as a value of the language: it adds to others and scales.
final class LossObject: TracedObject {
  let loss: any Loss
  var origin: Origin?

  init(_ loss: any Loss, origin: Origin? = nil) {
    self.loss = loss
    self.origin = origin
  }

  var kindName: String { "loss" }
  func summary(width: Int) -> String { "loss " + loss.description }

  /// `loss(logits, y)`, or `loss(logits, y, embeddings)`: its value for one batch.
  func call(_ arguments: [Value], _ context: CallContext) throws -> Value? {
    let tensors = try arguments.compactMap { try Arguments.tensor(from: $0) }
    guard 2...3 ~= tensors.count, tensors.count == arguments.count, let rows = tensors[0].shape.first else {
      throw Failure(
        "E0405",
        "a loss is called with logits [n, k], labels i64[n] and, if it looks at them, embeddings [n, d]",
        help: "write loss(logits, y) or loss(logits, y, embeddings)")
    }
    try checkCallable()
    let logits = tensors[0].dtype.isFloat ? tensors[0] : try tensors[0].cast(to: .f64)
    let x = try Tensor.zeros([rows, 0], .f32)
    let loss = try loss.prepared(x: x, y: tensors[1])
    let constants = try loss.rowConstants(x: x, y: tensors[1])
    return .tensor(
      try loss.value(
        LossBatch(
          logits: logits, features: tensors.count > 2 ? tensors[2] : nil, targets: tensors[1],
          rowConstants: constants[...])))
  }

  /// Throws E0405 for a loss that would have to ask a model about rows that are not there.
  private func checkCallable() throws {
    let terms = (loss as? WeightedLoss)?.terms.map(\.loss) ?? [loss]
    guard let asking = terms.compactMap({ $0 as? any OldModelLoss }).first(where: \.readsRows) else { return }
    throw Failure(
      "E0405", "\(asking.description) asks a model about rows, and a call gives only logits and labels",
      help: "give the old logits or embeddings instead of the model: \(asking.name)(logits(old, x))")
  }

  func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value? {
    switch (operation, other) {
    case ("*", .int(let factor)): return scaled(by: Double(factor))
    case ("*", .float(let factor)): return scaled(by: factor)
    case ("/", .int(let divisor)) where !reversed && divisor != 0: return scaled(by: 1 / Double(divisor))
    case ("/", .float(let divisor)) where !reversed && divisor != 0: return scaled(by: 1 / divisor)
    case ("+", _):
      guard let term = other.objectOperand as? LossObject else { return nil }
      let (first, second) = reversed ? (term, self) : (self, term)
      return .object(
        LossObject(
          WeightedLoss([.init(weight: 1, loss: first.loss), .init(weight: 1, loss: second.loss)]),
          origin: .sum(first, second)))
    default: return nil
    }
  }

  private func scaled(by factor: Double) -> Value {
    .object(
      LossObject(WeightedLoss([.init(weight: factor, loss: loss)]), origin: .scaled(factor, self)))
  }
}

final class OptimizerObject: TracedObject {
  let optimizer: any Optimizer
  var origin: Origin?

  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  var kindName: String { "optimizer" }
  func summary(width: Int) -> String { "optimizer " + optimizer.description }
}

/// `12,345`
func grouped(_ count: Int) -> String {
  let digits = Array(String(count))
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0, digits[index - 1] != "-" { text.append(",") }
    text.append(digit)
  }
  return text
}
