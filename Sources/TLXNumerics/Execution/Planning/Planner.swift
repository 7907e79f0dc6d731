/// Turns a graph into a plan.
struct Planner {
  let nodes: [GraphNode]
  let outputs: [Int]

  /// Nodes whose contents get memory of their own.
  var hasMemory: [Bool]
  private var slots: [Int?]
  private var views: [View?]
  private var leaves: [Plan.Leaf] = []
  private var numbers: [Plan.Number] = []
  private var scalarOf: [Int: Int] = [:]
  private var scalarCount = 0
  private var slotCount = 0
  private var steps: [any Step] = []
  /// The slots that each step touches.
  private var uses: [[Int]] = []
  /// The nodes whose memory this plan fills, with their slots.
  private var filled: [(node: Int, slot: Int)] = []

  private let fusion: Fusion

  static func plan(_ nodes: [GraphNode], outputs: [Int]) throws -> Plan {
    let graph = Rewriting(nodes, outputs: outputs)
    var planner = Planner(graph, isCautious: false)
    if let order = planner.order() { return try planner.plan(order) }
    // Merged loops wait for each other: rare, and not worth more than a plan without merging.
    planner = Planner(graph, isCautious: true)
    return try planner.plan(planner.order() ?? [])
  }

  private init(_ graph: Rewriting, isCautious: Bool) {
    nodes = graph.nodes
    outputs = graph.outputs
    fusion = Fusion(nodes, outputs: outputs, isCautious: isCautious)
    hasMemory = [Bool](repeating: false, count: nodes.count)
    slots = [Int?](repeating: nil, count: nodes.count)
    views = [View?](repeating: nil, count: nodes.count)
  }

  // MARK: Order

  /// A node that is emitted by itself, or a loop.
  private enum Unit {
    case node(Int)
    case loop(Int)
  }

  /// What fills the memory that readers of a node look at.
  private func provider(_ index: Int) -> Unit {
    for group in fusion.groupsOf[index] where isWritten(index, by: group) { return .loop(group) }
    return .node(index)
  }

  private func isWritten(_ index: Int, by group: Int) -> Bool {
    guard let group = fusion.groups[group] else { return false }
    return group.stores.contains(index) || group.reductions.contains(index)
  }

  private func inputs(of unit: Unit) -> [Int] {
    switch unit {
    case .node(let index): return nodes[index].inputs
    case .loop(let index):
      guard let group = fusion.groups[index] else { return [] }
      let members = Set(group.members)
      return (group.members + group.reductions).flatMap { nodes[$0].inputs }.filter { !members.contains($0) }
    }
  }

  /// The units in an order in which each comes after what it reads; nil where loops wait for each other.
  private func order() -> [Unit]? {
    var state = [UInt8](repeating: 0, count: nodes.count + fusion.groups.count)
    func place(_ unit: Unit) -> Int {
      switch unit {
      case .node(let index): index
      case .loop(let index): nodes.count + index
      }
    }
    var result: [Unit] = []
    var stack: [(unit: Unit, pending: [Int])] = []
    for output in outputs {
      let root = provider(output)
      if state[place(root)] == 0 {
        state[place(root)] = 1
        stack.append((root, inputs(of: root)))
      }
      while let last = stack.last {
        if let next = last.pending.last {
          stack[stack.count - 1].pending.removeLast()
          let unit = provider(next)
          switch state[place(unit)] {
          case 0:
            state[place(unit)] = 1
            stack.append((unit, inputs(of: unit)))
          case 1: return nil
          default: break
          }
        } else {
          state[place(last.unit)] = 2
          result.append(last.unit)
          stack.removeLast()
        }
      }
    }
    return result
  }

  private mutating func plan(_ order: [Unit]) throws -> Plan {
    for unit in order {
      switch unit {
      case .node(let index): try emit(index)
      case .loop(let index): if let group = fusion.groups[index] { try emit(group) }
      }
    }
    let bound = try outputs.map { try bindOutput($0) }
    let results = Set(bound.map(\.source)).filter { !nodes[$0].isLeaf }.sorted()
    let planResults = results.map { node in
      Plan.Result(slot: slots[node] ?? 0, shape: nodes[node].shape, dtype: nodes[node].dtype)
    }
    let resultSlots = Set(planResults.map(\.slot))
    let strides = Dictionary(filled.map { ($0.slot, nodes[$0.node].dtype.stride) }) { first, _ in first }
    let bands = Banding(steps, uses: uses, results: resultSlots, strides: strides)
    (steps, uses) = (bands.steps, bands.uses)
    let (temporaries, arenaBytes) = arena(excluding: resultSlots)
    return Plan(
      steps: steps, slotCount: max(1, slotCount), scalarCount: max(1, scalarCount), leaves: leaves,
      numbers: numbers,
      temporaries: temporaries, arenaBytes: arenaBytes, results: planResults,
      outputs: bound.map { view in
        guard let position = results.firstIndex(of: view.source) else {
          return .leaf(node: nodes[view.source].origin, offset: view.offset)
        }
        return .result(position, offset: view.offset)
      })
  }

  // MARK: Emitting

  private mutating func emit(_ index: Int) throws {
    let node = nodes[index]
    switch node.primitive {
    case .constant, .placeholder:
      let slot = newSlot(index)
      leaves.append(Plan.Leaf(slot: slot, node: node.origin, stride: node.dtype.stride))
      hasMemory[index] = true
    case .fill, .ramp:
      scalarOf[index] = scalarCount
      numbers.append(Plan.Number(scalar: scalarCount, node: node.origin))
      if case .ramp = node.primitive { scalarCount += 2 } else { scalarCount += 1 }
    case .reshape, .permute, .broadcast, .slice:
      if ownView(index) == nil { try materialize(index) }
    case .matmul: try emitProduct(index)
    default: try emitKernel(index)
    }
    views[index] = hasMemory[index] ? View(source: index, strides: node.shape.strides) : ownView(index)
  }

  private mutating func newSlot(_ index: Int) -> Int {
    slots[index] = slotCount
    slotCount += 1
    return slotCount - 1
  }

  /// A slot for the contents of a node that this plan computes.
  private mutating func fill(_ index: Int) -> Int {
    hasMemory[index] = true
    let slot = newSlot(index)
    filled.append((index, slot))
    return slot
  }

  private mutating func add(_ step: any Step, touching slots: [Int]) {
    steps.append(step)
    uses.append(slots)
  }

  /// Where a node's elements lie by its primitive; nil for a reshape that no strides express.
  private func ownView(_ index: Int) -> View? {
    let node = nodes[index]
    func input() -> View? { views[node.inputs[0]] }
    func inputShape() -> Shape { nodes[node.inputs[0]].shape }
    switch node.primitive {
    case .fill: return View(source: index, strides: [Int](repeating: 0, count: node.shape.rank))
    case .ramp: return View(source: index, strides: node.shape.rank == 1 ? [1] : node.shape.strides)
    case .reshape: return input()?.reshaped(from: inputShape(), to: node.shape)
    case .permute(let axes): return input()?.permuted(axes)
    case .broadcast: return input()?.broadcast(from: inputShape(), to: node.shape)
    case .slice(let start, let step): return input()?.sliced(start: start, step: step)
    default: return View(source: index, strides: node.shape.strides)
    }
  }

  /// Copies a view (or a fill) into memory of its own.
  private mutating func materialize(_ index: Int) throws {
    guard !hasMemory[index] else { return }
    var view = views[index] ?? ownView(index)
    var shape = nodes[index].shape
    if view == nil {
      // A reshape: the elements in the order of the input's shape.
      view = views[nodes[index].inputs[0]]
      shape = nodes[nodes[index].inputs[0]].shape
    }
    guard let view else { return }
    if hasMemory[view.source], let source = slots[view.source],
      let step = TransposeStep(
        view, shape: shape, dtype: nodes[index].dtype, source: source, target: slotCount)
    {
      let slot = fill(index)
      add(step, touching: [source, slot])
      views[index] = View(source: index, strides: nodes[index].shape.strides)
      return
    }
    var loop = LoopBuilder(shape: shape)
    var touched: [Int] = []
    let register = load(view, nodes[index].dtype, &loop, &touched)
    let slot = fill(index)
    loop.store(register, slot: slot)
    add(loop.build(), touching: touched + [slot])
    views[index] = View(source: index, strides: nodes[index].shape.strides)
  }

  private func load(_ view: View, _ dtype: DType, _ loop: inout LoopBuilder, _ touched: inout [Int]) -> Int {
    let source: LoadSource
    switch nodes[view.source].primitive {
    case .fill where !hasMemory[view.source]: source = .fill(scalar: scalarOf[view.source] ?? 0)
    case .ramp where !hasMemory[view.source]:
      let scalar = scalarOf[view.source] ?? 0
      source = .ramp(start: scalar, step: scalar + 1)
    default:
      source = .memory(slot: slots[view.source] ?? 0)
      touched.append(slots[view.source] ?? 0)
    }
    return loop.load(source, offset: view.offset, strides: view.strides, dtype: dtype)
  }

  /// Copies operands first that the loop would read across memory, one element of every cache line.
  private mutating func straighten(_ group: Fusion.Group) throws {
    guard group.shape.elementCount >= 1 << 16 else { return }
    let members = Set(group.members)
    for index in group.members + group.reductions {
      for input in nodes[index].inputs where !members.contains(input) {
        guard let view = views[input], hasMemory[view.source] else { continue }
        if TransposeStep.isTransposed(view, group.shape) { try materialize(input) }
      }
    }
  }

  private mutating func emit(_ group: Fusion.Group) throws {
    try straighten(group)
    var loop = LoopBuilder(shape: group.shape, reducing: group.axes)
    var touched: [Int] = []
    for member in group.members {
      loop.compute(member, nodes[member], operands: nodes[member].inputs.map { operand($0, &loop, &touched) })
    }
    for index in group.stores {
      let slot = fill(index)
      loop.store(operand(index, &loop, &touched), slot: slot)
      touched.append(slot)
      views[index] = View(source: index, strides: nodes[index].shape.strides)
    }
    for index in group.reductions {
      guard case .reduce(let reduction, _) = nodes[index].primitive else { continue }
      let register = operand(nodes[index].inputs[0], &loop, &touched)
      let slot = fill(index)
      loop.reduce(reduction, register, slot: slot, resultDType: nodes[index].dtype)
      touched.append(slot)
      views[index] = View(source: index, strides: nodes[index].shape.strides)
    }
    add(loop.build(), touching: touched)
  }

  /// The register of a step of the loop, or of what it reads from memory.
  private func operand(_ index: Int, _ loop: inout LoopBuilder, _ touched: inout [Int]) -> Int {
    if let register = loop.register(of: index) { return register }
    let view = views[index] ?? View(source: index, strides: nodes[index].shape.strides)
    return load(view, nodes[index].dtype, &loop, &touched)
  }

  private mutating func emitProduct(_ index: Int) throws {
    let node = nodes[index]
    var operands: [MatrixOperand] = []
    for input in node.inputs {
      let shape = nodes[input].shape
      if let view = views[input], let slot = slots[view.source], hasMemory[view.source],
        let operand = MatrixOperand(slot: slot, offset: view.offset, shape: shape, strides: view.strides)
      {
        operands.append(operand)
        continue
      }
      try materialize(input)
      guard let slot = slots[input],
        let operand = MatrixOperand(slot: slot, offset: 0, shape: shape, strides: shape.strides)
      else { throw NumericsError("E0409", "a matrix product's operand has no memory") }
      operands.append(operand)
    }
    let shape = nodes[node.inputs[0]].shape
    let slot = fill(index)
    let rank = node.shape.rank
    let description =
      "product \(shape.crossDescription) · \(nodes[node.inputs[1]].shape.crossDescription) (%\(operands[0].slot), "
      + "%\(operands[1].slot)) -> %\(slot)"
    add(
      MatrixStep(
        m: node.shape[rank - 2], k: shape[rank - 1], n: node.shape[rank - 1],
        batches: Array(node.shape[..<(rank - 2)]),
        a: operands[0], b: operands[1], output: slot, dtype: node.dtype, description: description),
      touching: [operands[0].slot, operands[1].slot, slot])
  }

  /// A step whose kernel wants contiguous operands.
  private mutating func emitKernel(_ index: Int) throws {
    let node = nodes[index]
    var operands: [KernelStep.Slot] = []
    for input in node.inputs {
      let (shape, dtype) = (nodes[input].shape, nodes[input].dtype)
      if let view = views[input], let slot = slots[view.source], hasMemory[view.source],
        view.isContiguous(shape)
      {
        operands.append(KernelStep.Slot(index: slot, offset: view.offset, shape: shape, dtype: dtype))
      } else {
        try materialize(input)
        operands.append(KernelStep.Slot(index: slots[input] ?? 0, offset: 0, shape: shape, dtype: dtype))
      }
    }
    let slot = fill(index)
    let output = KernelStep.Slot(index: slot, offset: 0, shape: node.shape, dtype: node.dtype)
    let reads = operands.map { "%\($0.index)" }.joined(separator: ", ")
    add(
      KernelStep(
        node.primitive, inputs: operands, output: output,
        description: "\(node.primitive) \(node.shape.crossDescription) (\(reads)) -> %\(slot)"),
      touching: operands.map(\.index) + [slot])
  }

  // MARK: Outputs and memory

  /// A contiguous view of the output, through a copy where its own is not.
  private mutating func bindOutput(_ index: Int) throws -> View {
    if let view = views[index], hasMemory[view.source], view.isContiguous(nodes[index].shape),
      !holdsTooMuch(view, for: index)
    {
      return view
    }
    try materialize(index)
    return View(source: index, strides: nodes[index].shape.strides)
  }

  /// Whether a small slice would keep a large leaf alive.
  private func holdsTooMuch(_ view: View, for index: Int) -> Bool {
    nodes[view.source].isLeaf && nodes[index].count < nodes[view.source].count / 4
      && nodes[index].count < 1 << 18
  }

  /// Places of the temporaries in one block of memory: first fit among what is free at the time.
  private func arena(excluding results: Set<Int>) -> (temporaries: [Plan.Temporary], bytes: Int) {
    var firstUse: [Int: Int] = [:]
    var lastUse: [Int: Int] = [:]
    for (time, slots) in uses.enumerated() {
      for slot in slots {
        if firstUse[slot] == nil { firstUse[slot] = time }
        lastUse[slot] = time
      }
    }
    struct Block {
      let start: Int
      let end: Int
      let until: Int
    }
    var live: [Block] = []
    var temporaries: [Plan.Temporary] = []
    var total = 0
    for (node, slot) in filled where !results.contains(slot) {
      guard let from = firstUse[slot], let until = lastUse[slot] else { continue }
      live.removeAll { $0.until < from }
      let size = (max(64, Storage.byteCount(nodes[node].shape, nodes[node].dtype)) + 63) & ~63
      var start = 0
      for block in live.sorted(by: { $0.start < $1.start }) {
        if start + size <= block.start { break }
        start = max(start, block.end)
      }
      live.append(Block(start: start, end: start + size, until: until))
      temporaries.append(Plan.Temporary(slot: slot, offset: start))
      total = max(total, start + size)
    }
    return (temporaries, total)
  }
}

extension GraphNode {
  var isLeaf: Bool {
    switch primitive {
    case .constant, .placeholder: true
    default: false
    }
  }
}
