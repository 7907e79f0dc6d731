/// Computes the contents of nodes: plans the unknown part of their graph, runs the plan, keeps the results.
enum Executor {
  static func realize(_ nodes: [Node]) throws {
    for node in nodes where !node.isRealized {
      throw NumericsError("E0409", "no executor yet for \(node.primitive)")
    }
  }
}
