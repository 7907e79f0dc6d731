import TLXLearning
import TLXNumerics
import TLXRuntime

/// A user's function over a structure of parameters as a layer: all of a custom model.
struct FunctionLayer: Layer, @unchecked Sendable {
  private let function: Function
  /// The session, which may own the model: held weakly, so that neither keeps the other alive.
  private weak var context: (any CallContext)?
  private let tree: ParameterTree
  private let names: [String]

  /// Throws E0405 where there is no tensor among the parameters.
  init(parameters: Value, function: Function, _ context: any CallContext) throws {
    self.function = function
    self.context = context
    tree = try ParameterTree(parameters, role: "the parameters of a custom model")
    names = Self.names(of: parameters, "")
  }

  /// `w`, `layers.0.w`: in the order of the tree's leaves.
  private static func names(of value: Value, _ prefix: String) -> [String] {
    func inside(_ name: String) -> String { prefix.isEmpty ? name : prefix + "." + name }
    switch value {
    case .list(let items): return items.enumerated().flatMap { names(of: $1, inside("\($0)")) }
    case .record(let record):
      return zip(record.names, record.values).flatMap { names(of: $1, inside($0)) }
    case .range: return [prefix.isEmpty ? "value" : prefix]
    default: return value.tensorOperand == nil ? [] : [prefix.isEmpty ? "value" : prefix]
    }
  }

  var kind: String { "custom" }
  var isOpen: Bool { true }
  var isStorable: Bool { false }
  func outputShape(for input: Shape) throws -> Shape { [] }

  func makeParameters(stream: RandomStream, followedBy next: Activation?) throws -> [TLXLearning.Parameter] {
    try zip(names, tree.leaves).map { TLXLearning.Parameter(name: $0, value: try $1.cast(to: .f32)) }
  }

  /// The tensors in the structure that the function takes.
  func structured(_ tensors: [Tensor]) -> Value { tree.filled(with: tensors) }

  func apply(_ input: Tensor, parameters: ArraySlice<Tensor>, pass: ForwardPass) throws -> Tensor {
    guard let context else {
      throw Failure("E0407", "the session that the custom model's function belongs to has ended")
    }
    let result = try context.call(
      .function(function), [tree.filled(with: Array(parameters)), .tensor(input)])
    guard let tensor = try Arguments.tensor(from: result), tensor.rank > 0 else {
      throw Failure(
        "E0407", "the function of a custom model must give a row for each row, got \(result.kindDescription)",
        help: "return the logits, a tensor [n, classes]")
    }
    guard tensor.shape[0] == input.shape.first else {
      throw Failure(
        "E0407",
        "the function of a custom model gave \(tensor.typeDescription) for \(input.shape.first ?? 0) rows",
        help: "it takes a batch x [n, …] and gives [n, …]")
    }
    return tensor
  }
}
