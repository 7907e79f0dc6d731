extension Batching.Rules {
  /// Images of all examples are one stack of images, so a step is its own batch, unless kernels differ by example: then
  /// it is a product of the unfolded windows, one an example.
  func windows(_ operation: WindowOperation) throws -> Tensor {
    switch operation.kind {
    case .convolve where inputs[1].isBatched:
      let rows = try windowRows(inputs[0], operation.window)
      return try rows.matmul(kernelMatrices()).reshaped(batchedShape)
    case .convolveInput where inputs[1].isBatched:
      let output = try inputs[0].batched(size)
      let channels = output.shape[output.rank - 1]
      let rows = output.reshaped([size, output.count / max(1, size * channels), channels])
      let columns = try rows.matmul(kernelMatrices().matrixTranspose())
      let depth = node.shape[node.shape.rank - 1]
      let window = operation.window
      let split = Shape(
        output.shape.sizes.dropLast() + [window.height, window.width, depth])
      return try columns.reshaped(split).folded(window, batchedShape)
    case .convolveKernel:
      let rows = try windowRows(inputs[0], operation.window)
      let output = try inputs[1].batched(size)
      let channels = output.shape[output.rank - 1]
      let wanted = output.reshaped([size, output.count / max(1, size * channels), channels])
      return try rows.matrixTranspose().matmul(wanted).reshaped(batchedShape)
    case .convolve, .convolveInput:
      return try Tensor.make(
        node.primitive, [inputs[0].batched(size), inputs[1].tensor], batchedShape, node.dtype)
    case .unfold, .fold, .maxPool, .maxPick, .maxRoute:
      return try Tensor.make(
        node.primitive, inputs.map { try $0.batched(size) }, batchedShape, node.dtype)
    }
  }

  private var batchedShape: Shape { Shape([size] + node.shape.sizes) }

  /// [size, windows, height · width · channels]
  private func windowRows(_ images: Batching.Operand, _ window: Window) throws -> Tensor {
    let unfolded = try images.batched(size).unfold(window)
    let width = unfolded.shape.suffix(3).reduce(1, *)
    return unfolded.reshaped([size, unfolded.count / max(1, size * width), width])
  }

  /// [size, height · width · channels in, channels out]
  private func kernelMatrices() throws -> Tensor {
    let kernels = inputs[1].tensor
    let outputs = kernels.shape[kernels.rank - 1]
    return kernels.reshaped([size, kernels.count / max(1, size * outputs), outputs])
  }
}
