/// Steps that compute a graph, and where everything lies meanwhile. It holds structure only: the same plan runs
/// for every graph of the same structure.
final class Plan: Sendable {
  struct Leaf: Sendable {
    let slot: Int
    let node: Int
    let stride: Int
  }

  struct Number: Sendable {
    let scalar: Int
    let node: Int
  }

  struct Temporary: Sendable {
    let slot: Int
    let offset: Int
  }

  struct Result: Sendable {
    let slot: Int
    let shape: Shape
    let dtype: DType
  }

  /// Where a requested node's contents are.
  enum Output: Sendable {
    case result(Int, offset: Int)
    case leaf(node: Int, offset: Int)
  }

  let steps: [any Step]
  let slotCount: Int
  let scalarCount: Int
  let leaves: [Leaf]
  let numbers: [Number]
  let temporaries: [Temporary]
  let arenaBytes: Int
  let results: [Result]
  let outputs: [Output]

  init(
    steps: [any Step], slotCount: Int, scalarCount: Int, leaves: [Leaf], numbers: [Number],
    temporaries: [Temporary], arenaBytes: Int, results: [Result], outputs: [Output]
  ) {
    self.steps = steps
    self.slotCount = slotCount
    self.scalarCount = scalarCount
    self.leaves = leaves
    self.numbers = numbers
    self.temporaries = temporaries
    self.arenaBytes = arenaBytes
    self.results = results
    self.outputs = outputs
  }

  /// Writes the numbers of the graph's fills and ramps where the steps expect them.
  func bindScalars(_ nodes: [Node], _ scalars: UnsafeMutablePointer<Scalar>) {
    for number in numbers {
      switch nodes[number.node].primitive {
      case .fill(let value): (scalars + number.scalar).initialize(to: value)
      case .ramp(let start, let step):
        (scalars + number.scalar).initialize(to: start)
        (scalars + number.scalar + 1).initialize(to: step)
      default: break
      }
    }
  }

  /// Computes the results for a graph of this plan's structure. `leafNodes` are the known nodes behind `leaves`, in
  /// their order; `nodes` the graph's, for the numbers of its fills.
  func run(leaves leafNodes: [Node], numbers nodes: [Node]) throws -> [Storage] {
    let storages = try results.map { try Storage(shape: $0.shape, dtype: $0.dtype) }
    let arena = arenaBytes > 0 ? try Storage(byteCount: arenaBytes) : nil
    try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: slotCount) { slots in
      try withUnsafeTemporaryAllocation(of: Scalar.self, capacity: scalarCount) { scalars in
        guard let slots = slots.baseAddress, let scalars = scalars.baseAddress else { return }
        bindScalars(nodes, scalars)
        for (leaf, node) in zip(leaves, leafNodes) {
          if let storage = node.storage { slots[leaf.slot] = storage.pointer + node.offset * leaf.stride }
        }
        for (index, result) in results.enumerated() { slots[result.slot] = storages[index].pointer }
        if let arena {
          for temporary in temporaries { slots[temporary.slot] = arena.pointer + temporary.offset }
        }
        let memory = RunMemory(slots: slots, scalars: scalars)
        try withExtendedLifetime((leafNodes, arena)) {
          for step in steps { try step.run(memory) }
        }
      }
    }
    return storages
  }

  /// One line a step.
  var description: String { steps.map(\.description).joined(separator: "\n") }
}
