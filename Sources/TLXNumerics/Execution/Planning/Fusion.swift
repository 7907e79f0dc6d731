/// Which steps of a graph share a loop.
///
/// Going from the results back to the leaves, an elementwise step joins the loop of its readers where they have the
/// same shape. Where its readers are in several loops, these become one if neither depends on the other; else the
/// step is computed in each of them again if that is cheaper than memory (few operations on one operand), or is
/// stored by the one that runs first. Reductions end a loop and may share it with the other readers of their operand.
struct Fusion {
  /// One loop.
  struct Group {
    let shape: Shape
    /// The reduced axes; empty for a loop without reductions.
    var axes: [Int]
    /// The elementwise steps, in topological order.
    var members: [Int] = []
    /// Those whose values are written to memory.
    var stores: [Int] = []
    var reductions: [Int] = []
    /// All steps that the loop's steps depend on, as bits of the segment.
    fileprivate var ancestors: Bits
  }

  /// Steps that are planned together. Loops do not reach across segments, which bounds the work for huge graphs.
  private static let segment = 1024
  /// More steps than this in a loop would not stay in the first-level cache.
  private static let largestLoop = 96

  private let nodes: [GraphNode]
  private let isOutput: [Bool]
  private var readers: [[Int]]
  private var ancestors: [Bits] = []
  private(set) var groups: [Group?] = []
  /// The loops that compute a node.
  private(set) var groupsOf: [[Int]]
  /// The estimated time to compute an element from memory, and how many operands of the same size that reads.
  private var costs: [(time: Double, reads: Int)] = []

  /// `isCautious`: every step that has several readers is stored by a loop of its own, which cannot make a cycle.
  init(_ nodes: [GraphNode], outputs: [Int], isCautious: Bool) {
    self.nodes = nodes
    readers = [[Int]](repeating: [], count: nodes.count)
    groupsOf = [[Int]](repeating: [], count: nodes.count)
    var isOutput = [Bool](repeating: false, count: nodes.count)
    for output in outputs { isOutput[output] = true }
    self.isOutput = isOutput
    for (index, node) in nodes.enumerated() {
      for input in node.inputs where readers[input].last != index { readers[input].append(index) }
    }
    findAncestors()
    findCosts()
    for index in nodes.indices.reversed() {
      if case .reduce(_, let axes) = nodes[index].primitive {
        open(
          Group(
            shape: nodes[nodes[index].inputs[0]].shape, axes: axes, reductions: [index],
            ancestors: ancestors[index]), index)
        if !isCautious { joinReductions(of: nodes[index].inputs[0]) }
      } else if nodes[index].isElementwise {
        if isCautious { placeCautiously(index) } else { place(index) }
      }
    }
    for index in groups.indices {
      groups[index]?.members.reverse()
    }
  }

  private mutating func open(_ group: Group, _ index: Int) {
    groups.append(group)
    groupsOf[index] = [groups.count - 1]
  }

  /// Joins the loop just opened with one that reduces the same operand over the same axes: both in one pass over memory.
  /// Operands that are computed in loops join their readers by themselves.
  private mutating func joinReductions(of operand: Int) {
    guard !nodes[operand].isElementwise else { return }
    let last = groups.count - 1
    for reader in readers[operand] {
      guard segment(reader) == segment(operand) || !nodes[operand].isReduction,
        let group = groupsOf[reader].first,
        group != last, nodes[reader].isReduction, let reduction = groups[last]?.reductions.first,
        segment(reader) == segment(reduction), canMerge(group, last)
      else { continue }
      _ = merge(group, last)
      return
    }
  }

  private func bit(_ index: Int) -> Int { index % Fusion.segment }
  private func segment(_ index: Int) -> Int { index / Fusion.segment }

  private mutating func findAncestors() {
    let width = (min(nodes.count, Fusion.segment) + 63) / 64
    ancestors.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      var bits = Bits(width)
      for input in node.inputs where segment(input) == segment(index) {
        bits.formUnion(ancestors[input])
        bits.insert(bit(input))
      }
      ancestors.append(bits)
    }
  }

  private mutating func findCosts() {
    costs.reserveCapacity(nodes.count)
    for node in nodes {
      guard node.isElementwise else {
        let isNumber: Bool = if case .fill = node.primitive { true } else { false }
        let isSmall: Bool = if case .broadcast = node.primitive { true } else { false }
        costs.append((0, isNumber || isSmall ? 0 : 1))
        continue
      }
      var time = node.operation?.cost ?? 0
      var reads = 0
      for input in Set(node.inputs) {
        time += costs[input].time
        reads += costs[input].reads
      }
      costs.append((min(time, 1e6), min(reads, 1000)))
    }
  }

  // MARK: Placing a step

  /// The loops that the step could join, and the readers that need it in memory.
  private func neighbours(_ index: Int) -> (loops: [Int], others: [Int]) {
    var loops: [Int] = []
    var others: [Int] = []
    for reader in readers[index] {
      if segment(reader) == segment(index), nodes[reader].isElementwise || nodes[reader].isReduction {
        for group in groupsOf[reader] where !loops.contains(group) { loops.append(group) }
      } else {
        others.append(reader)
      }
    }
    return (loops, others)
  }

  private mutating func place(_ index: Int) {
    var (loops, others) = neighbours(index)
    let needsMemory = isOutput[index] || !others.isEmpty
    if loops.count > 1 { loops = merged(loops) }
    if loops.count == 1, isRoomy(loops[0]), !needsMemory || canStore(index, in: loops[0], others) {
      return join(index, loops[0], stores: needsMemory)
    }
    let cost = costs[index]
    if loops.count > 1, !needsMemory, cost.time <= 0.35, cost.reads <= 1, loops.allSatisfy(isRoomy) {
      for loop in loops { join(index, loop, stores: false) }
      return
    }
    for loop in loops where isRoomy(loop) {
      let isFirst = loops.allSatisfy { $0 == loop || !depends(loop, on: $0) }
      if isFirst && canStore(index, in: loop, others) { return join(index, loop, stores: true) }
    }
    openLoop(index)
  }

  private mutating func placeCautiously(_ index: Int) {
    let (loops, others) = neighbours(index)
    if loops.count == 1, others.isEmpty, !isOutput[index], isRoomy(loops[0]) {
      join(index, loops[0], stores: false)
    } else {
      openLoop(index)
    }
  }

  private mutating func openLoop(_ index: Int) {
    open(
      Group(
        shape: nodes[index].shape, axes: [], members: [index], stores: [index], ancestors: ancestors[index]),
      index)
  }

  private mutating func join(_ index: Int, _ loop: Int, stores: Bool) {
    groups[loop]?.members.append(index)
    groups[loop]?.ancestors.formUnion(ancestors[index])
    if stores { groups[loop]?.stores.append(index) }
    groupsOf[index].append(loop)
  }

  private func isRoomy(_ loop: Int) -> Bool { (groups[loop]?.members.count ?? 0) < Fusion.largestLoop }

  /// Whether the loop can write the step's values without waiting for one of their other readers.
  private func canStore(_ index: Int, in loop: Int, _ others: [Int]) -> Bool {
    guard let group = groups[loop], LoopBuilder.isInOrder(group.shape, reducing: group.axes) else {
      return false
    }
    return others.allSatisfy { segment($0) != segment(index) || !group.ancestors.contains(bit($0)) }
  }

  private func depends(_ loop: Int, on other: Int) -> Bool {
    guard let group = groups[loop], let other = groups[other] else { return false }
    return (other.members + other.reductions).contains { group.ancestors.contains(bit($0)) }
  }

  // MARK: Merging loops

  /// Joins those of the loops that can be one, and gives what is left.
  private mutating func merged(_ loops: [Int]) -> [Int] {
    var result: [Int] = []
    for loop in loops {
      if let place = result.firstIndex(where: { canMerge($0, loop) }) {
        result[place] = merge(result[place], loop)
      } else {
        result.append(loop)
      }
    }
    return result
  }

  private func canMerge(_ a: Int, _ b: Int) -> Bool {
    guard let x = groups[a], let y = groups[b], x.shape == y.shape else { return false }
    guard x.axes == y.axes || x.axes.isEmpty || y.axes.isEmpty else { return false }
    let axes = x.axes.isEmpty ? y.axes : x.axes
    if !(x.stores + y.stores).isEmpty && !LoopBuilder.isInOrder(x.shape, reducing: axes) { return false }
    if x.members.count + y.members.count > Fusion.largestLoop { return false }
    return !depends(a, on: b) && !depends(b, on: a)
  }

  private mutating func merge(_ a: Int, _ b: Int) -> Int {
    guard var group = groups[a], let other = groups[b] else { return a }
    if group.axes.isEmpty { group.axes = other.axes }
    group.members = Set(group.members + other.members).sorted(by: >)
    group.stores += other.stores.filter { !group.stores.contains($0) }
    group.reductions += other.reductions
    group.ancestors.formUnion(other.ancestors)
    groups[a] = group
    groups[b] = nil
    for member in other.members + other.reductions {
      groupsOf[member] = groupsOf[member].map { $0 == b ? a : $0 }
      if groupsOf[member].count > 1 { groupsOf[member] = Array(Set(groupsOf[member])).sorted() }
    }
    return a
  }
}

/// A row of bits.
struct Bits {
  private var words: [UInt64]

  init(_ width: Int) { words = [UInt64](repeating: 0, count: width) }

  mutating func insert(_ bit: Int) { words[bit >> 6] |= 1 << UInt64(bit & 63) }
  func contains(_ bit: Int) -> Bool { words[bit >> 6] >> UInt64(bit & 63) & 1 == 1 }
  mutating func formUnion(_ other: Bits) { for i in words.indices { words[i] |= other.words[i] } }
}

extension GraphNode {
  /// What a tile instruction for the step does.
  var operation: TileOperation? { primitive.operation(to: dtype) }
}
