/// One step of a graph that is to be planned.
struct GraphNode: Sendable {
  let primitive: Primitive
  let shape: Shape
  let dtype: DType
  let inputs: [Int]
  /// Which entry of the collected graph its contents or number come from.
  var origin = 0

  var count: Int { shape.elementCount }
}

/// The unknown part of the graph behind some nodes, in topological order. Nodes whose contents are known, and
/// placeholders, are leaves.
struct Graph {
  /// The node that each entry came from.
  private(set) var origins: [Node] = []
  private(set) var outputs: [Int] = []
  /// What a plan depends on: primitives, shapes, dtypes and wiring, but no contents and no numbers.
  private(set) var key = PlanKey()

  /// Distinguishes collections, so that nodes need no clearing between them. Guarded by the executor's lock.
  nonisolated(unsafe) private static var lastStamp = 0

  /// Throws E0409 where the graph depends on a placeholder and `allowsPlaceholders` is false.
  init(of targets: [Node], allowsPlaceholders: Bool) throws {
    Graph.lastStamp += 1
    let stamp = Graph.lastStamp
    var stack: [(node: Node, next: Int)] = []
    for target in targets {
      let target = Graph.meaning(target)
      if target.stamp != stamp { stack.append((target, 0)) }
      while let (node, next) = stack.last {
        if node.stamp == stamp {
          stack.removeLast()
        } else if !node.isRealized && next < node.inputs.count {
          stack[stack.count - 1].next = next + 1
          let input = Graph.meaning(node.inputs[next])
          if input.stamp != stamp { stack.append((input, 0)) }
        } else {
          stack.removeLast()
          if case .placeholder = node.primitive, !allowsPlaceholders {
            throw NumericsError(
              "E0409",
              "the contents of \(node.dtype.describing(node.shape)) are not known while a program is traced")
          }
          append(node, stamp)
        }
      }
      outputs.append(target.index)
    }
    for output in outputs { key.append(output) }
  }

  /// The entries as the planner wants them. To be asked for under the same lock as the collection.
  var nodes: [GraphNode] {
    origins.enumerated().map { index, node in
      GraphNode(
        primitive: node.isRealized ? .constant : node.primitive, shape: node.shape, dtype: node.dtype,
        inputs: node.isRealized ? [] : node.inputs.map { Graph.meaning($0).index }, origin: index)
    }
  }

  /// What `variable` and `stopGradient` stand for.
  private static func meaning(_ node: Node) -> Node {
    var node = node
    while !node.isRealized {
      switch node.primitive {
      case .variable, .stopGradient:
        guard let input = node.inputs.first else { return node }
        node = input
      default: return node
      }
    }
    return node
  }

  private mutating func append(_ node: Node, _ stamp: Int) {
    node.stamp = stamp
    node.index = origins.count
    origins.append(node)
    key.append(node.isRealized ? .constant : node.primitive)
    let inputCount = node.isRealized ? 0 : node.inputs.count
    key.append(Int(node.dtype.rawValue) | node.shape.rank << 8 | inputCount << 32)
    for size in node.shape.sizes { key.append(size) }
    if !node.isRealized {
      for input in node.inputs { key.append(Graph.meaning(input).index) }
    }
  }
}

/// The structure of a graph as a row of numbers.
struct PlanKey: Hashable, Sendable {
  private var words: [Int] = {
    var words: [Int] = []
    words.reserveCapacity(64)
    return words
  }()
  private var mixed: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  mutating func append(_ word: Int) {
    words.append(word)
    mixed = (mixed ^ UInt64(bitPattern: Int64(word))) &* 0xFF51_AFD7_ED55_8CCD
    mixed ^= mixed &>> 32
  }

  mutating func append(_ list: [Int]) {
    append(list.count)
    for word in list { append(word) }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(mixed) }

  static func == (a: PlanKey, b: PlanKey) -> Bool { a.mixed == b.mixed && a.words == b.words }

  mutating func append(_ primitive: Primitive) {
    switch primitive {
    case .constant: append(0)
    case .placeholder(let index): append([1, index])
    case .fill: append(2)
    case .ramp: append(3)
    case .variable: append(4)
    case .stopGradient: append(5)
    case .unary(let kernel): append(16 | Int(kernel.rawValue) << 8)
    case .binary(let kernel): append(17 | Int(kernel.rawValue) << 8)
    case .compare(let comparison): append(18 | Int(comparison.rawValue) << 8)
    case .select: append(19)
    case .cast: append(20)
    case .reduce(let reduction, let axes):
      append(21 | Int(reduction.rawValue) << 8)
      append(axes)
    case .argReduce(let reduction, let axis): append([22 | Int(reduction.rawValue) << 8, axis])
    case .cumulative(let cumulation, let axis, let reversed):
      append([23 | Int(cumulation.rawValue) << 8, axis, reversed ? 1 : 0])
    case .reshape: append(24)
    case .permute(let axes):
      append(25)
      append(axes)
    case .broadcast: append(26)
    case .slice(let start, let step):
      append(27)
      append(start + step)
    case .place(let start, let step):
      append(28)
      append(start + step)
    case .concat(let axis): append([29, axis])
    case .take(let axis): append([30, axis])
    case .scatterAdd(let axis): append([31, axis])
    case .takeAlong(let axis): append([32, axis])
    case .scatterAddAlong(let axis): append([33, axis])
    case .matmul: append(34)
    case .linearAlgebra(let operation):
      append(35)
      append(operation)
    case .window(let operation):
      append(37)
      append(operation.key)
    case .argsort(let axis, let descending): append([36, axis, descending ? 1 : 0])
    case .sort(let axis, let descending): append([38, axis, descending ? 1 : 0])
    }
  }

  private mutating func append(_ operation: LinearAlgebraOperation) {
    switch operation {
    case .solve: append(0)
    case .triangularSolve(let lower, let transposed, let unitDiagonal):
      append([1, lower ? 1 : 0, transposed ? 1 : 0, unitDiagonal ? 1 : 0])
    case .cholesky: append(2)
    case .lu: append(3)
    case .qr: append(4)
    case .svd: append(5)
    case .eigh: append(6)
    case .eig: append(7)
    case .expm: append(8)
    }
  }
}
