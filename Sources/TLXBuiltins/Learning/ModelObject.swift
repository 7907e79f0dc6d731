import TLXLearning
import TLXNumerics
import TLXRuntime

/// A model as a value of the language: `net(x)` gives its logits.
public final class ModelObject: LanguageObject {
  public let model: Model

  public init(_ model: Model) { self.model = model }

  public var kindName: String { "model" }
  public var fieldNames: [String] { ["params", "inputs", "outputs", "architecture"] }

  public func field(_ name: String) throws -> Value? {
    switch name {
    case "params": .record(Record(zip(model.parameterNames, model.parameters).map { ($0, .tensor($1)) }))
    case "inputs": .int(model.inputShape.elementCount)
    case "outputs": .int(model.classCount)
    case "architecture": .string(model.architecture)
    default: nil
    }
  }

  public func call(_ arguments: [Value], _ context: CallContext) throws -> Value? {
    guard arguments.count == 1, case .tensor(let x) = arguments[0] else {
      throw Failure(
        "E0405", "a model is called with one tensor of rows", help: "write model(x) with x f32[n, d]")
    }
    return .tensor(try model.logits(x))
  }

  public func stored() throws -> StoredObject? {
    let contents = ModelFile.contents(of: model)
    return StoredObject(
      kind: "model",
      contents: .record(
        Record([
          ("notes", .record(Record(contents.metadata.map { ($0.name, .string($0.text)) }))),
          ("tensors", .record(Record(contents.tensors.map { ($0.name, .tensor($0.tensor)) }))),
        ])))
  }

  static let reader: ObjectReader = { value in
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
final class LayerObject: LanguageObject {
  let layer: any Layer

  init(_ layer: any Layer) { self.layer = layer }

  var kindName: String { "layer" }

  func summary(width: Int) -> String {
    let sizes = layer.configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "layer " + layer.kind + (sizes.isEmpty ? "" : "(\(sizes.joined(separator: ", ")))")
  }
}

/// A loss as a value of the language: it adds to others and scales.
final class LossObject: LanguageObject {
  let loss: any Loss

  init(_ loss: any Loss) { self.loss = loss }

  var kindName: String { "loss" }
  func summary(width: Int) -> String { "loss " + loss.description }

  func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value? {
    switch (operation, other) {
    case ("*", .int(let factor)): return scaled(by: Double(factor))
    case ("*", .float(let factor)): return scaled(by: factor)
    case ("/", .int(let divisor)) where !reversed && divisor != 0: return scaled(by: 1 / Double(divisor))
    case ("/", .float(let divisor)) where !reversed && divisor != 0: return scaled(by: 1 / divisor)
    case ("+", _):
      guard let term = other.objectOperand as? LossObject else { return nil }
      let (first, second) = reversed ? (term.loss, loss) : (loss, term.loss)
      return .object(
        LossObject(WeightedLoss([.init(weight: 1, loss: first), .init(weight: 1, loss: second)])))
    default: return nil
    }
  }

  private func scaled(by factor: Double) -> Value {
    .object(LossObject(WeightedLoss([.init(weight: factor, loss: loss)])))
  }
}

final class OptimizerObject: LanguageObject {
  let optimizer: any Optimizer

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
