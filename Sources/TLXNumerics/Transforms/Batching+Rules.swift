extension Batching {
  /// The batching rule of each primitive: the same step on all examples, which lie along a new first axis.
  struct Rules {
    let node: Node
    let inputs: [Operand]
    let size: Int

    private var shape: Shape { Shape([size] + node.shape.sizes) }

    private func all() throws -> [Tensor] { try inputs.map { try $0.batched(size) } }

    private func make(_ primitive: Primitive) throws -> Tensor {
      try Tensor.make(primitive, all(), shape, node.dtype)
    }

    func result() throws -> Tensor {
      let x = inputs[0].tensor
      switch node.primitive {
      case .constant, .placeholder, .fill, .ramp: return Tensor(node)
      case .variable: return x
      case .stopGradient: return try x.stopGradient()
      case .unary, .binary, .compare, .select, .cast, .linearAlgebra: return try make(node.primitive)
      case .reduce(let reduction, let axes): return try make(.reduce(reduction, axes: axes.map { $0 + 1 }))
      case .argReduce(let reduction, let axis): return try make(.argReduce(reduction, axis: axis + 1))
      case .cumulative(let cumulation, let axis, let reversed):
        return try make(.cumulative(cumulation, axis: axis + 1, reversed: reversed))
      case .argsort(let axis, let descending):
        return try make(.argsort(axis: axis + 1, descending: descending))
      case .sort(let axis, let descending):
        return try make(.sort(axis: axis + 1, descending: descending))
      case .reshape: return x.reshaped(shape)
      case .permute(let order): return x.permuted([0] + order.map { $0 + 1 })
      case .broadcast:
        let missing = [Int](repeating: 1, count: shape.rank - x.rank)
        return try x.reshaped(Shape([size] + missing + x.shape.dropFirst())).stretched(to: shape)
      case .slice(let start, let step): return x.sliced(start: [0] + start, step: [1] + step, to: shape)
      case .place(let start, let step): return try x.placed(start: [0] + start, step: [1] + step, in: shape)
      case .concat(let axis): return try make(.concat(axis: axis + 1))
      case .takeAlong(let axis): return try make(.takeAlong(axis: axis + 1))
      case .scatterAddAlong(let axis): return try make(.scatterAddAlong(axis: axis + 1))
      case .take(let axis): return try take(axis)
      case .scatterAdd(let axis): return try scatterAdd(axis)
      case .matmul: return try matmul()
      case .window(let operation): return try windows(operation)
      }
    }

    /// Ranks differ by one where only one operand is batched; its batches then align from the right.
    private func matmul() throws -> Tensor {
      let (a, b) = (inputs[0], inputs[1])
      if a.isBatched && !b.isBatched && b.tensor.rank > 2 || !a.isBatched && b.isBatched {
        return try a.batched(size).matmul(b.batched(size))
      }
      return try a.tensor.matmul(b.tensor)
    }

    /// Row b of a batch of index tensors on axes of `count`, as positions on one axis of size · count.
    private func flatPositions(_ indices: Tensor, _ count: Int) throws -> Tensor {
      let lead = Shape([size] + [Int](repeating: 1, count: indices.rank - 1))
      return try indices + (Tensor.arange(size) * count).reshaped(lead)
    }

    private func take(_ axis: Int) throws -> Tensor {
      let (x, indices) = (inputs[0], inputs[1])
      guard indices.isBatched else { return try x.tensor.taken(indices.tensor, axis + 1) }
      guard x.isBatched else { return try x.tensor.taken(indices.tensor, axis).moveAxis(axis, to: 0) }
      let count = x.tensor.shape[axis + 1]
      let front = try x.tensor.moveAxis(axis + 1, to: 1)
      let rest = Array(front.shape.dropFirst(2))
      let rows = front.reshaped(Shape([size * count] + rest))
      // [size, indices…, before the axis…, after it…] to the axes' order
      let taken = try rows.taken(flatPositions(indices.tensor, count), 0)
      let width = indices.tensor.rank - 1
      let order =
        [0] + (0..<axis).map { 1 + width + $0 } + (1..<(1 + width))
        + (axis..<rest.count).map { 1 + width + $0 }
      return taken.permuted(order)
    }

    private func scatterAdd(_ axis: Int) throws -> Tensor {
      let (values, indices) = (try inputs[0].batched(size), inputs[1])
      guard indices.isBatched else {
        return try Tensor.make(.scatterAdd(axis: axis + 1), [values, indices.tensor], shape, node.dtype)
      }
      let count = node.shape[axis]
      let width = indices.tensor.rank - 1
      let others = (1..<values.rank).filter { $0 <= axis || $0 > axis + width }
      let front = values.permuted([0] + ((axis + 1)..<(axis + 1 + width)) + others)
      let rest = others.map { values.shape[$0] }
      let positions = try flatPositions(indices.tensor, count)
      let flat = try Tensor.make(
        .scatterAdd(axis: 0), [front, positions], Shape([size * count] + rest), node.dtype)
      return try flat.reshaped(Shape([size, count] + rest)).moveAxis(1, to: axis + 1)
    }
  }
}
