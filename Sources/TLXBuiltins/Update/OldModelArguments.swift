import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXUpdate

/// Several models as one value of the language: `predict`, `logits` and `flips` take it like a model.
final class EnsembleObject: LanguageObject {
  let ensemble: Ensemble

  init(_ ensemble: Ensemble) { self.ensemble = ensemble }

  var kindName: String { "ensemble" }
  var fieldNames: [String] { ["size", "outputs"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "size": .int(ensemble.members.count)
    case "outputs": .int(ensemble.classCount)
    default: nil
    }
  }

  func call(_ arguments: [Value], _ context: CallContext) throws -> Value? {
    guard arguments.count == 1, case .tensor(let x) = arguments[0] else {
      throw Failure(
        "E0405", "an ensemble is called with one tensor of rows", help: "write it(x) with x f32[n, d]")
    }
    return .tensor(try ensemble.logits(x))
  }

  func summary(width: Int) -> String {
    let size = ensemble.members.count
    return "ensemble of \(size) model\(size == 1 ? "" : "s"), \(ensemble.classCount) classes"
  }
}

extension Value {
  /// A model, an ensemble, or a list of them as an ensemble; nil for anything else.
  func classifier() throws -> (any Classifier, name: String)? {
    switch self {
    case .object(let object as ModelObject): return (object.model, object.model.architecture)
    case .object(let object as EnsembleObject):
      return (object.ensemble, "\(object.ensemble.members.count) models")
    case .list(let items) where !items.isEmpty:
      let members = try items.compactMap { try $0.classifier()?.0 }
      guard members.count == items.count else { return nil }
      return (try Ensemble(members), "\(members.count) models")
    default: return nil
    }
  }
}

extension Arguments {
  /// A model, an ensemble, or a list of models, whose mean logits count.
  func classifier(_ name: String) throws -> any Classifier {
    guard let found = try value(name).classifier() else { throw failure(name, mustBe: "a model") }
    return found.0
  }

  /// Where old logits come from: a model, several, or a table of logits.
  func oldLogits(_ name: String) throws -> OldLogits {
    if let (classifier, text) = try value(name).classifier() { return .classifier(classifier, name: text) }
    guard let logits = try Arguments.tensor(from: value(name)), logits.rank == 2 else {
      throw failure(
        name, mustBe: "a model, a list of models, or logits f64[n, classes], a row for each training row")
    }
    return .known(logits.dtype.isFloat ? logits : try logits.cast(to: .f64))
  }

  /// Where old embeddings come from: a model, a table of them, or `{features, weight, bias, scale}`.
  func oldSpace(_ name: String) throws -> OldSpace {
    if case .object(let object as ModelObject) = value(name) {
      return .model(object.model, name: object.model.architecture)
    }
    if case .record(let record) = value(name) {
      return .known(features: try matrix("features", of: record, name), head: try head(of: record, name))
    }
    guard let features = try Arguments.tensor(from: value(name)), features.rank == 2 else {
      throw failure(name, mustBe: "a model, embeddings f64[n, width], or {features, weight, bias}")
    }
    return .known(features: features.dtype.isFloat ? features : try features.cast(to: .f64), head: nil)
  }

  private func matrix(_ field: String, of record: Record, _ name: String) throws -> Tensor {
    guard let tensor = try record[field].flatMap(Arguments.tensor(from:)), tensor.rank == 2 else {
      throw failure(name, "E0408", "\(name) as a record needs \(field), a matrix")
    }
    return tensor.dtype.isFloat ? tensor : try tensor.cast(to: .f64)
  }

  private func head(of record: Record, _ name: String) throws -> FrozenHead? {
    guard record["weight"] != nil else { return nil }
    return try FrozenHead(
      weight: matrix("weight", of: record, name), bias: record["bias"].flatMap(Arguments.tensor(from:)),
      scale: record["scale"]?.number)
  }
}
