/// A tensor computation that is traced and planned once and then run many times.
///
///     let program = try Program(inputs: [([64, 10], .f32), ([10], .f32)]) { inputs in
///       [try (inputs[0] * inputs[1]).sum(axes: [1])]
///     }
///     let sums = try program.run([x, w])[0]
///
/// The body is called once, with placeholders: tensors of known shape and dtype without contents. What it builds from
/// them is the program; tensors from outside that it uses are part of the program as they are at that moment.
/// A body that looks at a placeholder's contents (`doubles()`, a branch on a value) gets E0409.
///
/// A program may run on several threads at once. Derivatives do not go through `run`.
public final class Program: Sendable {
  /// The type of an input or output.
  public struct Signature: Hashable, Sendable {
    public let shape: Shape
    public let dtype: DType

    public init(_ shape: Shape, _ dtype: DType) {
      self.shape = shape
      self.dtype = dtype
    }

    public var description: String { dtype.describing(shape) }
  }

  public let inputs: [Signature]
  public let outputs: [Signature]
  let plan: Plan
  /// The graph's nodes: contents of captured tensors, numbers of fills.
  let origins: [Node]
  /// For each leaf of the plan, the input that it is; nil for a captured tensor.
  let inputOfLeaf: [Int?]

  /// Traces `body`. Throws what the body throws (shape errors, mostly).
  public init(inputs: [(Shape, DType)], _ body: ([Tensor]) throws -> [Tensor]) throws {
    self.inputs = inputs.map { Signature($0.0, $0.1) }
    let placeholders = inputs.enumerated().map { index, input in
      Tensor(Node(.placeholder(index), [], shape: input.0, dtype: input.1))
    }
    let results = try body(placeholders)
    self.outputs = results.map { Signature($0.shape, $0.dtype) }
    // Captured steps that depend on no placeholder are computed now, not at every run.
    (plan, origins) = try Executor.compile(results.map(\.node))
    inputOfLeaf = plan.leaves.map { [origins] leaf in
      if case .placeholder(let index) = origins[leaf.node].primitive { index } else { nil }
    }
  }

  /// Computes the outputs. `inputs` must have the program's shapes and dtypes (E0403 if not).
  public func run(_ inputs: [Tensor]) throws -> [Tensor] {
    guard inputs.count == self.inputs.count else {
      throw NumericsError("E0403", "the program takes \(self.inputs.count) inputs, not \(inputs.count)")
    }
    for (index, input) in inputs.enumerated() { try check(input, index) }
    try Tensor.realize(inputs)
    let bound = plan.leaves.indices.map {
      inputOfLeaf[$0].map { inputs[$0].node } ?? origins[plan.leaves[$0].node]
    }
    let storages = try plan.run(leaves: bound, numbers: origins)
    return zip(outputs, plan.outputs).map { signature, output in
      switch output {
      case .result(let index, let offset):
        return Tensor(
          storage: storages[index], offset: offset, shape: signature.shape, dtype: signature.dtype)
      case .leaf(let node, let offset):
        let position = plan.leaves.firstIndex { $0.node == node } ?? 0
        let leaf = bound[position]
        guard let storage = leaf.storage else { return Tensor(leaf) }
        return Tensor(
          storage: storage, offset: leaf.offset + offset, shape: signature.shape, dtype: signature.dtype)
      }
    }
  }

  func check(_ tensor: Tensor, _ index: Int) throws {
    guard tensor.shape == inputs[index].shape, tensor.dtype == inputs[index].dtype else {
      throw NumericsError(
        "E0403",
        "input \(index) of the program is \(inputs[index].description), not \(tensor.typeDescription)")
    }
  }

  /// The fused steps, one a line; `%n` are pieces of memory, `#n` numbers.
  public var planDescription: String { plan.description }

  /// Begins a loop in which the program's first outputs become its first inputs of the next step.
  ///
  /// With s = `state.count`: inputs `0..<s` are the state, the others are inputs of each step; outputs `0..<s` are
  /// the new state (same shapes and dtypes as the state, E0403 if not), the others are extras such as the loss.
  /// See `ProgramLoop`.
  public func loop(state: [Tensor]) throws -> ProgramLoop { try ProgramLoop(self, state: state) }
}
