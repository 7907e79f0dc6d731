/// The derivative rules of the primitives, each given twice: as `pullback` from the result's cotangent to those of
/// the inputs (reverse mode) and as `pushforward` from the inputs' tangents to the result's (forward mode). A rule
/// builds tensor steps like any program, so rules can be differentiated themselves.
enum Derivatives {
  /// Whether a derivative may flow from the input to the step's result: both are floats and the step is not constant
  /// almost everywhere.
  static func flows(through node: Node, from input: Int) -> Bool {
    guard node.dtype.isFloat, node.inputs[input].dtype.isFloat else { return false }
    switch node.primitive {
    case .unary(let kernel): return !kernel.isFlat
    case .binary(let kernel): return kernel != .floorDivide
    case .stopGradient, .constant, .placeholder, .fill, .ramp: return false
    default: return true
    }
  }

  /// Whether the step turns floats into whole numbers by choosing, so that there is nothing to differentiate.
  static func hasNone(_ node: Node) -> Bool {
    switch node.primitive {
    case .argReduce, .argsort: true
    case .cast: node.dtype == .i64 && node.inputs.first?.dtype.isFloat == true
    default: false
    }
  }

  /// The cotangents of the inputs that are wanted.
  static func pullback(_ node: Node, _ cotangent: Tensor, _ wanted: [Bool]) throws -> [Tensor?] {
    let inputs = node.inputs.map { Tensor($0) }
    let output = Tensor(node)
    switch node.primitive {
    case .variable: return [cotangent]
    case .unary(let kernel): return [try slope(kernel, inputs[0], output).apply(cotangent)]
    case .binary(let kernel):
      return try [0, 1].map { side in
        guard wanted[side] else { return nil }
        return try partial(kernel, side, inputs[0], inputs[1], output).apply(cotangent)
      }
    case .select:
      return [
        nil,
        wanted[1] ? try Tensor.where(inputs[0], cotangent, 0) : nil,
        wanted[2] ? try Tensor.where(inputs[0], 0, cotangent) : nil,
      ]
    case .cast: return [try cotangent.cast(to: inputs[0].dtype)]
    case .reduce(let reduction, let axes):
      return [try pullback(reduction, axes, inputs[0], output, cotangent)]
    case .cumulative(let cumulation, let axis, let reversed):
      return [try pullback(cumulation, axis, reversed, inputs[0], cotangent)]
    case .reshape, .permute, .broadcast, .slice, .place, .concat, .take, .scatterAdd, .takeAlong,
      .scatterAddAlong:
      return try pullbackOfMovement(node, inputs, cotangent, wanted)
    case .sort(let axis, let descending):
      let order = try inputs[0].stopGradient().argsort(axis: axis, descending: descending)
      return [try Tensor.make(.scatterAddAlong(axis: axis), [cotangent, order], node.shape, node.dtype)]
    case .matmul:
      return [
        wanted[0] ? try cotangent.matmul(inputs[1].matrixTranspose()) : nil,
        wanted[1] ? try inputs[0].matrixTranspose().matmul(cotangent) : nil,
      ]
    case .linearAlgebra(let operation): return try pullback(operation, inputs, output, cotangent, wanted)
    case .window(let operation): return try pullback(operation, inputs, cotangent, wanted)
    case .constant, .placeholder, .fill, .ramp, .stopGradient, .compare, .argReduce, .argsort:
      return inputs.map { _ in nil }
    }
  }

  /// The tangent of the result; nil inputs are zero, not all are.
  static func pushforward(_ node: Node, _ tangents: [Tensor?]) throws -> Tensor? {
    let inputs = node.inputs.map { Tensor($0) }
    let output = Tensor(node)
    switch node.primitive {
    case .variable: return tangents[0]
    case .unary(let kernel): return try tangents[0].flatMap { try slope(kernel, inputs[0], output).apply($0) }
    case .binary(let kernel):
      return try sum(
        [0, 1].map { side in
          try tangents[side].flatMap { try partial(kernel, side, inputs[0], inputs[1], output).apply($0) }
        })
    case .select:
      let zero = try Tensor.zeros(node.shape, node.dtype)
      return try Tensor.where(inputs[0], tangents[1] ?? zero, tangents[2] ?? zero)
    case .cast: return try tangents[0]?.cast(to: node.dtype)
    case .reduce(let reduction, let axes):
      return try tangents[0].flatMap { try pushforward(reduction, axes, inputs[0], output, $0) }
    case .cumulative(let cumulation, let axis, let reversed):
      return try tangents[0].map { try pushforward(cumulation, axis, reversed, inputs[0], output, $0) }
    case .reshape, .permute, .broadcast, .slice, .place, .concat, .take, .scatterAdd, .takeAlong,
      .scatterAddAlong:
      return try pushforwardOfMovement(node, inputs, tangents)
    case .sort(let axis, let descending):
      let order = try inputs[0].stopGradient().argsort(axis: axis, descending: descending)
      return try tangents[0]?.takeAlong(order, axis: axis)
    case .matmul:
      return try sum([
        tangents[0].map { try $0.matmul(inputs[1]) }, tangents[1].map { try inputs[0].matmul($0) },
      ])
    case .linearAlgebra(let operation): return try pushforward(operation, inputs, output, tangents)
    case .window(let operation): return try pushforward(operation, node, inputs, tangents)
    case .constant, .placeholder, .fill, .ramp, .stopGradient, .compare, .argReduce, .argsort: return nil
    }
  }

  static func sum(_ parts: [Tensor?]) throws -> Tensor? {
    try parts.compactMap { $0 }.reduce(nil) { try $0.map { [part = $1] in try $0 + part } ?? $1 }
  }
}
