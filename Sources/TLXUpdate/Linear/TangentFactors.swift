import TLXLearning
import TLXNumerics

/// The Jacobian of a model's outputs by its weights over some rows, in factors, in f64.
///
/// The derivative of output c of row i by the weights of a dense layer is an outer product, `ã_i ⊗ δ_ic`: the layer's
/// inputs (with a 1 for the bias) times the output's sensitivity to what the layer gives. So n·k rows of thousands of
/// columns are held as n rows of inputs and n·k of sensitivities, and products with J, Jᵀ and J Jᵀ are small matrix
/// products. Weights of other layers are held as explicit columns, in the same form with the input 1.
struct TangentFactors: Sendable {
  /// The factors of one layer.
  struct Block: Sendable {
    /// ã, f64[n, p].
    var inputs: Tensor
    /// δ, f64[n, k, q].
    var sensitivities: Tensor
    var layer: Int
    var isDense: Bool
  }

  var blocks: [Block]
  /// f(x; w₀), f64[n, k].
  var logits: Tensor
  var count: Int { logits.shape[0] }
  var classes: Int { logits.shape[1] }

  /// Rows in the model's own form, which computes in f64. Cost: one forward and k backward passes.
  init(_ model: Model, _ x: Tensor) throws {
    let rows = try model.conforming(x).cast(to: .f64)
    let dense = model.layers.indices.filter { model.layers[$0] is Dense }
    let ranges = model.parametersByLayer
    let widths = try Self.widths(of: model)
    let zeros = try dense.map { try Tensor.zeros([rows.shape[0], widths[$0]], .f64) }
    let (values, pull) = try Differentiation.vjp(
      of: { shifts in
        var value = rows
        for (position, layer) in model.layers.enumerated() {
          let parameters = ranges[position].map(\.value)
          if let place = dense.firstIndex(of: position) {
            value = try layer.apply(value, parameters: parameters[...], pass: .inference) + shifts[place]
          } else {
            value = try layer.apply(value, parameters: parameters[...], pass: .inference)
          }
        }
        return [value]
      }, at: zeros)
    logits = values[0]
    let classes = values[0].shape[1]
    let parts = try (0..<classes).map { c in
      let seed = try Tensor.oneHot(Tensor.full([rows.shape[0]], c), classes: classes)
      return try pull([seed])
    }
    let read = try Self.inputs(of: dense, model, rows)
    blocks = try dense.enumerated().map { place, position in
      Block(
        inputs: try Tensor.concat([read[place], Tensor.ones([rows.shape[0], 1])], axis: 1),
        sensitivities: try Tensor.stack(parts.map { $0[place] }, axis: 1), layer: position, isDense: true)
    }
    for position in model.layers.indices where !dense.contains(position) && !ranges[position].isEmpty {
      blocks.append(try Self.explicit(position, model, rows))
    }
    try Tensor.realize(blocks.flatMap { [$0.inputs, $0.sensitivities] } + [logits])
  }

  private static func widths(of model: Model) throws -> [Int] {
    var shape = model.inputShape
    return try model.layers.map { layer in
      shape = try layer.outputShape(for: shape)
      return shape.elementCount
    }
  }

  /// What each dense layer reads.
  private static func inputs(of dense: [Int], _ model: Model, _ rows: Tensor) throws -> [Tensor] {
    var value = rows
    var found: [Tensor] = []
    for (position, layer) in model.layers.enumerated() {
      if dense.contains(position) { found.append(value) }
      value = try layer.apply(
        value, parameters: model.parametersByLayer[position].map(\.value)[...], pass: .inference)
    }
    return found
  }

  /// The derivatives by a layer's parameters as they are, a few rows at a time.
  private static func explicit(_ position: Int, _ model: Model, _ rows: Tensor) throws -> Block {
    let own = model.parametersByLayer[position].map(\.value)
    var parts: [Tensor] = []
    for start in stride(from: 0, to: rows.shape[0], by: 16) {
      let stop = min(start + 16, rows.shape[0])
      let part = try rows.slice(axis: 0, start: start, stop: stop)
      let columns = try Differentiation.jacobian(
        of: { values in
          var value = part
          for (index, layer) in model.layers.enumerated() {
            let parameters = index == position ? values : model.parametersByLayer[index].map(\.value)
            value = try layer.apply(value, parameters: parameters[...], pass: .inference)
          }
          return value
        }, at: own)
      let shape: Shape = [stop - start, model.classCount]
      parts.append(
        try Tensor.concat(
          columns.map { try $0.reshape(Shape(shape.sizes + [$0.count / shape.elementCount])) }, axis: 2))
    }
    return Block(
      inputs: try Tensor.ones([rows.shape[0], 1]), sensitivities: try Tensor.concat(parts, axis: 0),
      layer: position,
      isDense: false)
  }

  func selecting(_ rows: [Int]) throws -> TangentFactors {
    var copy = self
    copy.logits = try logits.rows(rows)
    copy.blocks = try blocks.map { block in
      var part = block
      part.inputs = try block.inputs.rows(rows)
      part.sensitivities = try block.sensitivities.rows(rows)
      return part
    }
    return copy
  }
}

// MARK: - Products

extension TangentFactors {
  /// J(self) J(other)ᵀ, f64[n k, m k]: Σ over layers of ⟨ã_i, ã_j⟩ ⟨δ_ic, δ_jd⟩.
  func kernel(with other: TangentFactors) throws -> Tensor {
    let (n, m, k) = (count, other.count, classes)
    var total: Tensor?
    for (mine, theirs) in zip(blocks, other.blocks) {
      let q = mine.sensitivities.shape[2]
      let inner = try mine.inputs.matmul(theirs.inputs.transpose()).reshape([n, 1, m, 1])
      let outer = try mine.sensitivities.reshape([n * k, q])
        .matmul(theirs.sensitivities.reshape([m * k, q]).transpose()).reshape([n, k, m, k])
      let part = try outer * inner
      total = try total.map { try $0 + part } ?? part
    }
    guard let total else { throw NumericsError("E0415", "the model has no weights to expand in") }
    return try total.reshape([n * k, m * k])
  }

  /// J v, f64[n, k], for one matrix a block.
  func apply(_ v: [Tensor]) throws -> Tensor {
    var total: Tensor?
    for (block, v) in zip(blocks, v) {
      let moved = try block.inputs.matmul(v).expandDims(1)
      let part = try (block.sensitivities * moved).sum(axes: [2])
      total = try total.map { try $0 + part } ?? part
    }
    return try total ?? Tensor.zeros([count, classes])
  }

  /// Jᵀ u for u f64[n, k]: one matrix a block.
  func applyTransposed(_ u: Tensor) throws -> [Tensor] {
    let weights = try u.expandDims(2)
    return try blocks.map { block in
      try block.inputs.transpose().matmul((block.sensitivities * weights).sum(axes: [1]))
    }
  }

  /// Zeros of the shapes of `applyTransposed`.
  func zeros() throws -> [Tensor] {
    try blocks.map { try Tensor.zeros([$0.inputs.shape[1], $0.sensitivities.shape[2]]) }
  }

  /// Block matrices as the model's parameters, in its order.
  func parameters(_ v: [Tensor], of model: Model) throws -> [Tensor] {
    var byLayer: [Int: [Tensor]] = [:]
    for (block, v) in zip(blocks, v) {
      let shapes = model.parametersByLayer[block.layer].map(\.value.shape)
      if block.isDense {
        let inputs = block.inputs.shape[1] - 1
        byLayer[block.layer] = [
          try v.slice(axis: 0, start: 0, stop: inputs),
          try v.slice(axis: 0, start: inputs, stop: inputs + 1).squeeze(0),
        ]
        continue
      }
      var start = 0
      byLayer[block.layer] = try shapes.map { shape in
        let part = try v.slice(axis: 1, start: start, stop: start + shape.elementCount).reshape(shape)
        start += shape.elementCount
        return part
      }
    }
    let result = model.layers.indices.flatMap { byLayer[$0] ?? [] }
    try Tensor.realize(result)
    return result
  }
}
