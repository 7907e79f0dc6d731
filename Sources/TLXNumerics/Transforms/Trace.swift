/// The steps between a transform's variables and its outputs, inputs before what reads them, each once.
struct Trace {
  private(set) var order: [Node] = []
  private var positions: [ObjectIdentifier: Int] = [:]
  /// Whether a derivative flows from a variable to the step.
  private(set) var reaches: [Bool] = []
  let variables: [Node]

  /// Walks back from the outputs, only where the level's bit says that a variable may lie. In a loop: a graph may be
  /// deeper than the stack.
  init(from outputs: [Tensor], to variables: [Node], level: UInt64) {
    self.variables = variables
    let ends = Set(variables.map(ObjectIdentifier.init))
    var visited: Set<ObjectIdentifier> = []
    var stack: [(node: Node, next: Int)] = []
    func enter(_ node: Node) {
      guard node.dependencies & level != 0, visited.insert(ObjectIdentifier(node)).inserted else { return }
      stack.append((node, 0))
    }
    for output in outputs {
      enter(output.node)
      while let (node, next) = stack.last {
        let isEnd = ends.contains(ObjectIdentifier(node))
        if !isEnd && next < node.inputs.count {
          stack[stack.count - 1].next += 1
          enter(node.inputs[next])
        } else {
          stack.removeLast()
          append(node, isEnd: isEnd)
        }
      }
    }
  }

  private mutating func append(_ node: Node, isEnd: Bool) {
    let flows =
      isEnd
      || node.inputs.indices.contains { input in
        Derivatives.flows(through: node, from: input) && isReached(node.inputs[input])
      }
    positions[ObjectIdentifier(node)] = order.count
    order.append(node)
    reaches.append(flows)
  }

  func position(of node: Node) -> Int? { positions[ObjectIdentifier(node)] }

  func isReached(_ node: Node) -> Bool { position(of: node).map { reaches[$0] } ?? false }

  /// Throws E0407 where no derivative reaches any output because a step has none. Outputs that do not depend on the
  /// variables at all, or only by steps that are constant almost everywhere (floor, comparisons), have derivative 0.
  func requireDerivative(of outputs: [Tensor]) throws {
    if outputs.contains(where: { isReached($0.node) }) { return }
    var depends = [Bool](repeating: false, count: order.count)
    for (position, node) in order.enumerated() {
      depends[position] =
        variables.contains { $0 === node }
        || node.inputs.contains { self.position(of: $0).map { depends[$0] } ?? false }
      guard depends[position], !variables.contains(where: { $0 === node }) else { continue }
      let isResult = outputs.contains { $0.node === node } && !node.dtype.isFloat
      if Derivatives.hasNone(node) || isResult {
        throw NumericsError(
          "E0407", "\(node.primitive.stepName(node.dtype)) has no derivative, and the result depends on it",
          help:
            "stop_gradient(x) treats a step as constant; a smooth stand-in (softmax for argmax) can be differentiated"
        )
      }
    }
  }
}
