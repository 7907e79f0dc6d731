extension Derivatives {
  /// Movement is linear: the pullback is its transpose, the pushforward the same movement.
  static func pullbackOfMovement(_ node: Node, _ inputs: [Tensor], _ cotangent: Tensor, _ wanted: [Bool])
    throws
    -> [Tensor?]
  {
    let x = inputs[0]
    switch node.primitive {
    case .reshape: return [cotangent.reshaped(x.shape)]
    case .permute(let order): return [cotangent.permuted(inverse(order))]
    case .broadcast: return [try gathered(cotangent, to: x.shape)]
    case .slice(let start, let step): return [try cotangent.placed(start: start, step: step, in: x.shape)]
    case .place(let start, let step): return [cotangent.sliced(start: start, step: step, to: x.shape)]
    case .concat(let axis):
      var start = 0
      return try zip(inputs, wanted).map { input, isWanted in
        defer { start += input.shape[axis] }
        guard isWanted else { return nil }
        return try cotangent.slice(axis: axis, start: start, stop: start + input.shape[axis])
      }
    case .take(let axis):
      return [try Tensor.make(.scatterAdd(axis: axis), [cotangent, inputs[1]], x.shape, x.dtype), nil]
    case .scatterAdd(let axis): return [try cotangent.taken(inputs[1], axis), nil]
    case .takeAlong(let axis):
      return [try Tensor.make(.scatterAddAlong(axis: axis), [cotangent, inputs[1]], x.shape, x.dtype), nil]
    case .scatterAddAlong(let axis): return [try cotangent.takeAlong(inputs[1], axis: axis), nil]
    default: return inputs.map { _ in nil }
    }
  }

  static func pushforwardOfMovement(_ node: Node, _ inputs: [Tensor], _ tangents: [Tensor?]) throws -> Tensor?
  {
    if case .concat(let axis) = node.primitive {
      return try Tensor.concat(zip(inputs, tangents).map { try $1 ?? $0.zerosLike() }, axis: axis)
    }
    guard let tangent = tangents[0] else { return nil }
    switch node.primitive {
    case .reshape: return tangent.reshaped(node.shape)
    case .permute(let order): return tangent.permuted(order)
    case .broadcast: return try tangent.stretched(to: node.shape)
    case .slice(let start, let step): return tangent.sliced(start: start, step: step, to: node.shape)
    case .place(let start, let step): return try tangent.placed(start: start, step: step, in: node.shape)
    case .take(let axis): return try tangent.taken(inputs[1], axis)
    case .takeAlong(let axis): return try tangent.takeAlong(inputs[1], axis: axis)
    case .scatterAdd, .scatterAddAlong:
      return try Tensor.make(node.primitive, [tangent, inputs[1]], node.shape, node.dtype)
    default: return nil
    }
  }

  static func inverse(_ order: [Int]) -> [Int] {
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    return inverse
  }

  /// The transpose of stretching: sums over the axes along which `target` was repeated.
  private static func gathered(_ cotangent: Tensor, to target: Shape) throws -> Tensor {
    let lead = cotangent.rank - target.rank
    let axes = (0..<cotangent.rank).filter { axis in
      axis < lead || (target[axis - lead] == 1 && cotangent.shape[axis] != 1)
    }
    return try cotangent.sum(axes: axes).reshaped(target)
  }
}
