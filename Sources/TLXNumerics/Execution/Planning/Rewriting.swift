/// A graph made ready for fusion: views move from the results of elementwise steps to their operands, so that the
/// steps on both sides of a reshape, permutation or slice can share a loop; what nobody reads is dropped.
struct Rewriting {
  private(set) var nodes: [GraphNode] = []
  private(set) var outputs: [Int] = []

  private let source: [GraphNode]
  private var useCounts: [Int]
  /// Whether the node is read by something that could share a loop with it.
  private var isLoopOperand: [Bool]
  /// New index of each old node, and old index of each new one (nil for a view made here).
  private var newIndex: [Int] = []
  private var oldIndex: [Int?] = []

  init(_ source: [GraphNode], outputs: [Int]) {
    self.source = source
    useCounts = [Int](repeating: 0, count: source.count)
    isLoopOperand = [Bool](repeating: false, count: source.count)
    for output in outputs { useCounts[output] += 2 }
    for index in source.indices.reversed() {
      let node = source[index]
      let passesOn = node.isElementwise || node.isReduction || (node.isView && isLoopOperand[index])
      for input in node.inputs {
        useCounts[input] += 1
        if passesOn { isLoopOperand[input] = true }
      }
    }
    newIndex.reserveCapacity(source.count)
    for (index, node) in source.enumerated() {
      let inputs = node.inputs.map { newIndex[$0] }
      if node.canMove(from: source), isLoopOperand[index] {
        newIndex.append(view(node, of: inputs[0], depth: 0, old: index))
      } else {
        newIndex.append(append(node, inputs: inputs, old: index))
      }
    }
    self.outputs = outputs.map { newIndex[$0] }
    dropUnused()
  }

  private mutating func append(_ node: GraphNode, inputs: [Int], old: Int?) -> Int {
    nodes.append(
      GraphNode(
        primitive: node.primitive, shape: node.shape, dtype: node.dtype, inputs: inputs, origin: node.origin))
    oldIndex.append(old)
    return nodes.count - 1
  }

  /// The view of a new node; of its operands instead, where it is an elementwise step that nothing else reads.
  private mutating func view(_ view: GraphNode, of input: Int, depth: Int, old: Int?) -> Int {
    let node = nodes[input]
    let isShared = oldIndex[input].map { useCounts[$0] > 1 } ?? true
    guard node.isElementwise, !isShared, depth < 32 else {
      let dtype = node.dtype
      if case .fill = node.primitive {
        return append(
          GraphNode(
            primitive: node.primitive, shape: view.shape, dtype: dtype, inputs: [], origin: node.origin),
          inputs: [], old: old)
      }
      return append(
        GraphNode(
          primitive: view.primitive, shape: view.shape, dtype: dtype, inputs: [], origin: view.origin),
        inputs: [input], old: old)
    }
    let operands = node.inputs.map { operand in
      self.view(view, of: operand, depth: depth + 1, old: nil)
    }
    return append(
      GraphNode(
        primitive: node.primitive, shape: view.shape, dtype: node.dtype, inputs: [], origin: node.origin),
      inputs: operands, old: old)
  }

  private mutating func dropUnused() {
    var isUsed = [Bool](repeating: false, count: nodes.count)
    for output in outputs { isUsed[output] = true }
    for index in nodes.indices.reversed() where isUsed[index] {
      for input in nodes[index].inputs { isUsed[input] = true }
    }
    if isUsed.allSatisfy({ $0 }) { return }
    var places = [Int](repeating: -1, count: nodes.count)
    var kept: [GraphNode] = []
    for index in nodes.indices where isUsed[index] {
      places[index] = kept.count
      let node = nodes[index]
      kept.append(
        GraphNode(
          primitive: node.primitive, shape: node.shape, dtype: node.dtype,
          inputs: node.inputs.map { places[$0] },
          origin: node.origin))
    }
    nodes = kept
    outputs = outputs.map { places[$0] }
  }
}

extension GraphNode {
  var isElementwise: Bool {
    switch primitive {
    case .unary, .binary, .compare, .select, .cast: true
    default: false
    }
  }

  var isReduction: Bool {
    if case .reduce = primitive { true } else { false }
  }

  var isView: Bool { primitive.isView }

  /// Whether this is a view that computes no element twice, so that it may come before the step it looks at.
  fileprivate func canMove(from nodes: [GraphNode]) -> Bool {
    switch primitive {
    case .reshape, .permute, .slice: true
    case .broadcast: nodes[inputs[0]].count == count
    default: false
    }
  }
}
