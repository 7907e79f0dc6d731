extension Derivatives {
  static func pullback(
    _ operation: WindowOperation, _ inputs: [Tensor], _ cotangent: Tensor, _ wanted: [Bool]
  ) throws -> [Tensor?] {
    let window = operation.window
    let (a, b) = (inputs[0], inputs[inputs.count - 1])
    func each(_ first: () throws -> Tensor, _ second: () throws -> Tensor) throws -> [Tensor?] {
      [wanted[0] ? try first() : nil, wanted[1] ? try second() : nil]
    }
    switch operation.kind {
    case .unfold: return [try cotangent.folded(window, a.shape)]
    case .fold: return [try cotangent.unfolded(window, a.shape)]
    case .convolve:
      return try each(
        { try cotangent.convolvedInput(b, window, a.shape) },
        { try a.convolvedKernel(cotangent, window, b.shape) })
    case .convolveInput:
      return try each(
        { try cotangent.convolved(b, window, a.shape) }, { try cotangent.convolvedKernel(a, window, b.shape) }
      )
    case .convolveKernel:
      return try each(
        { try b.convolvedInput(cotangent, window, a.shape) }, { try a.convolved(cotangent, window, b.shape) })
    case .maxPool: return [try a.maxRouted(cotangent, window)]
    case .maxPick: return [nil, wanted[1] ? try a.maxRouted(cotangent, window) : nil]
    case .maxRoute: return [nil, wanted[1] ? try a.maxPicked(cotangent, window, b.shape) : nil]
    }
  }

  static func pushforward(
    _ operation: WindowOperation, _ node: Node, _ inputs: [Tensor], _ tangents: [Tensor?]
  )
    throws -> Tensor?
  {
    func same(_ operands: [Tensor]) throws -> Tensor {
      try Tensor.make(node.primitive, operands, node.shape, node.dtype)
    }
    switch operation.kind {
    case .unfold, .fold: return try tangents[0].map { try same([$0]) }
    case .convolve, .convolveInput, .convolveKernel:
      return try sum([
        tangents[0].map { try same([$0, inputs[1]]) }, tangents[1].map { try same([inputs[0], $0]) },
      ])
    case .maxPool: return try tangents[0].map { try inputs[0].maxPicked($0, operation.window, node.shape) }
    case .maxPick, .maxRoute: return try tangents[1].map { try same([inputs[0], $0]) }
    }
  }
}
