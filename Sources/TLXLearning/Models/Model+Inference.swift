import TLXNumerics

extension Model {
  /// The position of the head: the last layer that has parameters. What it reads are the features.
  var headPosition: Int? { parameterRanges.lastIndex { !$0.isEmpty } }

  /// The output of the first `count` layers for a batch.
  func apply(_ batch: Tensor, parameters: [Tensor], layers range: Range<Int>, pass: ForwardPass) throws
    -> Tensor
  {
    var value = batch
    for position in range {
      value = try layers[position].apply(value, parameters: parameters[parameterRanges[position]], pass: pass)
    }
    return value
  }

  /// The output for a batch with other parameters than its own: what training differentiates.
  public func logits(_ batch: Tensor, parameters: [Tensor], pass: ForwardPass) throws -> Tensor {
    try apply(batch, parameters: parameters, layers: 0..<layers.count, pass: pass)
  }

  /// What the head reads and what the model gives, in one pass: what losses on embeddings differentiate.
  public func outputs(_ batch: Tensor, parameters: [Tensor], pass: ForwardPass) throws -> (
    features: Tensor, logits: Tensor
  ) {
    let head = headPosition ?? 0
    let features = try apply(batch, parameters: parameters, layers: 0..<head, pass: pass)
    return (
      features, try apply(features, parameters: parameters, layers: head..<layers.count, pass: pass)
    )
  }

  /// `outputs` of many rows, as they are in use.
  public func outputs(_ x: Tensor) throws -> (features: Tensor, logits: Tensor) {
    let features = try features(x)
    let head = headPosition ?? 0
    return (
      features,
      try apply(features, parameters: parameters, layers: head..<layers.count, pass: .inference)
    )
  }

  /// The last layer's output before any soft-max: f32[n, classes].
  public func logits(_ x: Tensor) throws -> Tensor {
    try inBlocks(x) { try self.logits($0, parameters: self.parameters, pass: .inference) }
  }

  /// What the head reads: the activations of the last layer but one, f32[n, width].
  public func features(_ x: Tensor) throws -> Tensor {
    try inBlocks(x) {
      try self.apply($0, parameters: self.parameters, layers: 0..<(self.headPosition ?? 0), pass: .inference)
    }
  }

  /// Rows as the model wants them: f32 (i64 before an embedding), reshaped to its input shape. Throws E0415 for rows of
  /// another size, E0404 for reals where whole numbers are wanted.
  public func conforming(_ x: Tensor) throws -> Tensor {
    let row = Shape(Array(x.shape.dropFirst()))
    let dtype = layers.first?.inputDType ?? .f32
    if dtype == .i64, x.dtype.isFloat {
      throw NumericsError(
        "E0404", "the model reads whole numbers, and these rows are \(x.typeDescription)",
        help: "convert with i64(…)")
    }
    if isOpen && x.rank >= 1 { return x.dtype == .f64 ? try x.cast(to: .f32) : x }
    guard x.rank >= 1, row.elementCount == inputShape.elementCount else {
      throw NumericsError(
        "E0415", "the model takes rows of \(inputShape.crossDescription), not \(x.typeDescription)",
        help: x.rank == 1 ? "a single row is x[new, :]" : nil)
    }
    let rows = try row == inputShape ? x : x.reshape(Shape([x.shape[0]] + inputShape.sizes))
    return try rows.cast(to: dtype)
  }

  /// The most numbers that a layer gives for one row.
  private var widestRow: Int {
    var shape = inputShape
    var most = shape.elementCount
    for layer in layers {
      guard let next = try? layer.outputShape(for: shape) else { break }
      shape = next
      most = max(most, shape.elementCount)
    }
    return most
  }

  /// Applies `body` to blocks of rows, so that hidden activations of a large set never exist all at once.
  private func inBlocks(_ x: Tensor, _ body: (Tensor) throws -> Tensor) throws -> Tensor {
    let blockRows = max(16, min(8192, (1 << 24) / max(1, widestRow)))
    let rows = try conforming(x)
    guard rows.shape[0] > blockRows, !rows.isAbstract else { return try body(rows) }
    var parts: [Tensor] = []
    for start in stride(from: 0, to: rows.shape[0], by: blockRows) {
      let stop = min(start + blockRows, rows.shape[0])
      let part = try body(rows.slice(axis: 0, start: start, stop: stop, step: 1))
      try part.realize()
      parts.append(part)
    }
    return try Tensor.concat(parts, axis: 0)
  }
}
