import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Computes the contents of nodes: plans the unknown part of their graph, runs the plan, keeps the results.
enum Executor {
  /// Plans by structure. Graphs of the same structure (the steps of a loop) are planned once.
  nonisolated(unsafe) private static var plans: [PlanKey: Plan] = [:]
  private static let lock = NodeLock()

  /// Computes the contents of all nodes; shared steps run once. Inputs of nodes that no derivative asks for are
  /// dropped afterwards.
  static func realize(_ nodes: [Node]) throws {
    if nodes.count == 1 && (nodes[0].isRealized || SmallStep.run(nodes[0], lock)) { return }
    let pending = nodes.filter { !$0.isRealized }
    if pending.isEmpty { return }
    let (graph, plan) = try lock.withLock {
      let graph = try Graph(of: pending, allowsPlaceholders: false)
      return (graph, try self.plan(graph))
    }
    PlanTrace.sink?(plan.description)
    let storages = try plan.run(leaves: plan.leaves.map { graph.origins[$0.node] }, numbers: graph.origins)
    lock.withLock {
      for (position, node) in pending.enumerated() where !node.isRealized {
        switch plan.outputs[position] {
        case .result(let index, let offset):
          node.offset = offset
          node.storage = storages[index]
        case .leaf(let leaf, let offset):
          node.offset = graph.origins[leaf].offset + offset
          node.storage = graph.origins[leaf].storage
        }
        if !node.isTracked { node.inputs = [] }
      }
    }
  }

  private static func plan(_ graph: Graph) throws -> Plan {
    if let known = plans[graph.key] { return known }
    let plan = try Planner.plan(graph.nodes, outputs: graph.outputs)
    // A session that makes ever new structures must not grow.
    if graph.origins.count > 10_000 { return plan }
    if plans.count >= 1024 { plans.removeAll() }
    plans[graph.key] = plan
    return plan
  }

  /// The plan of a program with these outputs, and its nodes. What depends on no placeholder is computed first.
  static func compile(_ outputs: [Node]) throws -> (Plan, [Node]) {
    try realize(constantParts(of: outputs))
    let (plan, origins) = try lock.withLock {
      let graph = try Graph(of: outputs, allowsPlaceholders: true)
      return (try self.plan(graph), graph.origins)
    }
    PlanTrace.sink?(plan.description)
    return (plan, origins)
  }

  /// The outermost steps behind `outputs` that depend on no placeholder. Views cost nothing and stay views.
  private static func constantParts(of outputs: [Node]) -> [Node] {
    var visited: Set<ObjectIdentifier> = []
    var stack = outputs
    var parts: [Node] = []
    while let node = stack.popLast() {
      guard visited.insert(ObjectIdentifier(node)).inserted, !node.isRealized else { continue }
      if node.isAbstract || node.primitive.isView {
        stack.append(contentsOf: node.inputs)
      } else if !node.inputs.isEmpty {
        parts.append(node)
      }
    }
    return parts
  }

  /// The fused steps that would compute the nodes, one a line; slots are `%n`, numbers `#n`.
  static func explainPlan(of nodes: [Node]) throws -> String {
    try lock.withLock {
      try plan(try Graph(of: nodes.filter { !$0.isRealized }, allowsPlaceholders: true)).description
    }
  }
}

/// Shows plans as they run: the program sets a sink for TLX_TRACE=1.
public enum PlanTrace {
  nonisolated(unsafe) public static var sink: ((String) -> Void)?

  /// The fused steps that would compute the tensors, one a line; slots of memory are `%n`, numbers `#n`.
  public static func explain(_ tensors: [Tensor]) throws -> String {
    try Executor.explainPlan(of: tensors.map(\.node))
  }
}

/// Guards what several threads may write: the contents of nodes and the marks of a collection.
final class NodeLock: Sendable {
  private let mutex = Mutex(())

  @inline(__always)
  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    try mutex.withLock { _ in
      let result = try body()
      return UncheckedBox(value: result)
    }.value
  }

  private struct UncheckedBox<Value>: @unchecked Sendable { let value: Value }
}

extension Primitive {
  /// Whether it only looks at its input's elements in another order or number.
  var isView: Bool {
    switch self {
    case .reshape, .permute, .broadcast, .slice, .variable, .stopGradient: true
    default: false
    }
  }
}
