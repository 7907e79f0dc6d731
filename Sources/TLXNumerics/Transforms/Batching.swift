/// Functions of one example applied to many at once.
///
/// The function is traced on a placeholder that stands for one example; then each step is rebuilt on all of them, with
/// the examples along a new first axis. What does not depend on the example is computed once. A function that looks at
/// contents (a branch on a value) cannot be traced: E0409.
public enum Batching {
  /// The results of f for each index of the first axis of the inputs, stacked along a new first axis.
  ///
  /// - Parameter isMapped: which inputs go example by example (all by default); the others are handed whole.
  /// - Throws: E0401 where the first axes of mapped inputs differ or an input is a scalar.
  public static func map(_ f: ([Tensor]) throws -> [Tensor], over xs: [Tensor], isMapped: [Bool]? = nil)
    throws
    -> [Tensor]
  {
    let isMapped = isMapped ?? xs.map { _ in true }
    let size = try batchSize(zip(xs, isMapped).filter(\.1).map(\.0))
    var placeholders: [ObjectIdentifier: Tensor] = [:]
    var kept: [Node] = []
    let arguments = zip(xs, isMapped).map { x, isMapped -> Tensor in
      guard isMapped else { return x }
      let one = Node(.placeholder(kept.count), [], shape: Shape(Array(x.shape.dropFirst())), dtype: x.dtype)
      placeholders[ObjectIdentifier(one)] = x
      kept.append(one)
      return Tensor(one)
    }
    let outputs = try f(arguments)
    // A derivative that ended inside of f may have left its mark on what goes by no example.
    return try TransformScope.settled(withExtendedLifetime(kept) { try batched(outputs, size, placeholders) })
  }

  private static func batchSize(_ xs: [Tensor]) throws -> Int {
    guard let first = xs.first else { throw NumericsError("E0401", "there is nothing to map over") }
    if let scalar = xs.first(where: { $0.rank == 0 }) {
      throw NumericsError("E0401", "cannot map over a scalar \(scalar.dtype.name): it has no first axis")
    }
    if let odd = xs.first(where: { $0.shape[0] != first.shape[0] }) {
      throw NumericsError(
        "E0401", "cannot map over \(first.typeDescription) and \(odd.typeDescription) together",
        help: "their first axes must be equal")
    }
    return first.shape[0]
  }

  /// The outputs rebuilt with the placeholders replaced by batches.
  static func batched(_ outputs: [Tensor], _ size: Int, _ placeholders: [ObjectIdentifier: Tensor]) throws
    -> [Tensor]
  {
    var known = placeholders
    for node in order(outputs, placeholders) {
      let inputs = node.inputs.map { input -> Operand in
        known[ObjectIdentifier(input)].map { Operand(tensor: $0, isBatched: true) }
          ?? Operand(tensor: Tensor(input), isBatched: false)
      }
      guard inputs.contains(where: \.isBatched) else { continue }
      known[ObjectIdentifier(node)] = try Rules(node: node, inputs: inputs, size: size).result()
    }
    return try outputs.map { output in
      try known[ObjectIdentifier(output.node)] ?? Operand(tensor: output, isBatched: false).batched(size)
    }
  }

  /// The steps that may depend on a placeholder, inputs first. In a loop: a graph may be deeper than the stack.
  private static func order(_ outputs: [Tensor], _ placeholders: [ObjectIdentifier: Tensor]) -> [Node] {
    var order: [Node] = []
    var visited: Set<ObjectIdentifier> = []
    var stack: [(node: Node, next: Int)] = []
    func enter(_ node: Node) {
      guard node.isAbstract, placeholders[ObjectIdentifier(node)] == nil,
        visited.insert(ObjectIdentifier(node)).inserted
      else { return }
      stack.append((node, 0))
    }
    for output in outputs {
      enter(output.node)
      while let (node, next) = stack.last {
        if next < node.inputs.count {
          stack[stack.count - 1].next += 1
          enter(node.inputs[next])
        } else {
          stack.removeLast()
          order.append(node)
        }
      }
    }
    return order
  }

  /// An input of a step: with the examples along its first axis, or the same for all.
  struct Operand {
    var tensor: Tensor
    var isBatched: Bool

    /// With the examples along the first axis in any case.
    func batched(_ size: Int) throws -> Tensor {
      isBatched ? tensor : try tensor.stretched(to: Shape([size] + tensor.shape.sizes))
    }
  }
}
