extension Tensor {
  /// The same elements in row-major order under another shape; one size may be -1, for what is left. Throws E0403.
  public func reshape(_ shape: Shape) throws -> Tensor {
    var target = shape
    let open = shape.indices.filter { shape[$0] == -1 }
    guard open.count <= 1 else { throw NumericsError("E0419", "only one size of a shape may be -1") }
    if let axis = open.first {
      var rest = shape
      rest[axis] = 1
      let known = try rest.checkedCount(dtype)
      guard known > 0, count % known == 0 else { throw unfit(shape) }
      target[axis] = count / known
    }
    if target == self.shape { return self }
    guard try target.checkedCount(dtype) == count else { throw unfit(shape) }
    return reshaped(target)
  }

  private func unfit(_ shape: Shape) -> NumericsError {
    // A size that could be what the others leave.
    let axis =
      shape.count < 2 || shape.contains { $0 <= 0 || $0 > count }
      ? nil
      : shape.indices.first { axis in
        let others = shape.indices.reduce(1) { $1 == axis || $0 > count ? $0 : $0 * shape[$1] }
        return others <= count && count % others == 0
      }
    var fitting = shape
    if let axis { fitting[axis] = -1 }
    return NumericsError(
      "E0403", "cannot reshape \(typeDescription) to \(shape.listDescription): it has \(count) elements",
      help: axis == nil ? nil : "-1 stands for what is left, as in \(fitting.listDescription)")
  }

  /// A reshape that is known to fit.
  func reshaped(_ target: Shape) -> Tensor {
    if target == shape { return self }
    if let filling { return Tensor(Node(.fill(filling), [], shape: target, dtype: dtype)) }
    if let storage = node.storage {
      return alias(.reshape, storage: storage, offset: node.offset, target)
    }
    // A reshape of a reshape reads the first one's input.
    let source = if case .reshape = node.primitive, let input = node.inputs.first { input } else { node }
    if source.shape == target { return Tensor(source) }
    return Tensor(Node(.reshape, [source], shape: target, dtype: dtype))
  }

  /// A tensor of which the contents are part of this one's; keeps the step where a derivative may be asked.
  private func alias(_ primitive: Primitive, storage: Storage, offset: Int, _ shape: Shape) -> Tensor {
    guard isTracked else { return Tensor(storage: storage, offset: offset, shape: shape, dtype: dtype) }
    let result = Node(primitive, [node], shape: shape, dtype: dtype)
    result.storage = storage
    result.offset = offset
    return Tensor(result)
  }

  /// All elements along one axis.
  public func flatten() -> Tensor { reshaped([count]) }

  /// Axis k of the result is axis `order[k]`. Throws E0418 unless the order names every axis once.
  public func permute(_ order: [Int]) throws -> Tensor {
    let order = try order.map { try shape.axis($0, of: dtype) }
    guard order.count == rank, Set(order).count == rank else {
      throw NumericsError(
        "E0418",
        "the order \(Shape(order).listDescription) does not name each axis of \(typeDescription) once")
    }
    return permuted(order)
  }

  /// A permutation that is known to be one.
  func permuted(_ order: [Int]) -> Tensor {
    if order == Array(0..<rank) { return self }
    let target = Shape(order.map { shape[$0] })
    if let filling { return Tensor(Node(.fill(filling), [], shape: target, dtype: dtype)) }
    // Where only axes of size 1 move, the elements keep their order.
    let long = order.filter { shape[$0] != 1 }
    if long == long.sorted() { return reshaped(target) }
    if case .permute(let first) = node.primitive, let input = node.inputs.first {
      return Tensor(input).permuted(order.map { first[$0] })
    }
    return Tensor(Node(.permute(order), [node], shape: target, dtype: dtype))
  }

  /// The axes in reversed order: the transpose of a matrix.
  public func transpose() -> Tensor { permuted(Array((0..<rank).reversed())) }

  /// The last two axes exchanged: the transpose of each matrix of a batch.
  public func matrixTranspose() throws -> Tensor { try swapAxes(-1, -2) }

  public func swapAxes(_ first: Int, _ second: Int) throws -> Tensor {
    var order = Array(0..<rank)
    try order.swapAt(shape.axis(first, of: dtype), shape.axis(second, of: dtype))
    return permuted(order)
  }

  /// Moves one axis to another place, the others keep their order.
  public func moveAxis(_ from: Int, to destination: Int) throws -> Tensor {
    let from = try shape.axis(from, of: dtype)
    let destination = try shape.axis(destination, of: dtype)
    var order = Array(0..<rank)
    order.remove(at: from)
    order.insert(from, at: destination)
    return permuted(order)
  }

  /// Without an axis of size 1 (all of them for nil). Throws E0403 for one of another size.
  public func squeeze(_ axis: Int? = nil) throws -> Tensor {
    guard let axis else { return reshaped(Shape(shape.filter { $0 != 1 })) }
    let position = try shape.axis(axis, of: dtype)
    guard shape[position] == 1 else {
      throw NumericsError(
        "E0403", "cannot squeeze axis \(axis) of \(typeDescription): its size is \(shape[position])")
    }
    return reshaped(shape.removing([position]))
  }

  /// With a new axis of size 1 at that place of the result.
  public func expandDims(_ axis: Int) throws -> Tensor {
    let position = axis < 0 ? axis + rank + 1 : axis
    guard position >= 0, position <= rank else {
      throw NumericsError("E0418", "cannot insert axis \(axis) into \(typeDescription)")
    }
    var sizes = shape.sizes
    sizes.insert(1, at: position)
    return reshaped(Shape(sizes))
  }

  /// Stretched to a shape: axes align from the right, those of size 1 (and missing ones) repeat. Throws E0401.
  public func broadcast(to target: Shape) throws -> Tensor {
    try target.checkedCount(dtype)
    guard shape.stretches(to: target) else {
      throw NumericsError(
        "E0401", "cannot stretch \(typeDescription) to \(target.listDescription)",
        help: "sizes must be equal or 1, aligned from the right")
    }
    return try stretched(to: target)
  }

  /// `start`, `start + step`, … before `stop` along one axis; the bounds lie within the axis, and for a negative step
  /// `stop` may be -1: before the first. Throws E0406.
  public func slice(axis: Int, start: Int, stop: Int, step: Int = 1) throws -> Tensor {
    let axis = try shape.axis(axis, of: dtype)
    let size = shape[axis]
    guard step != 0 else { throw NumericsError("E0419", "a slice cannot take steps of 0") }
    let count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step
    guard count > 0 else { return try emptySlice(axis) }
    let last = start + step * (count - 1)
    guard start >= 0, start < size, last >= 0, last < size else {
      throw NumericsError(
        "E0406", "the slice \(start):\(stop) leaves axis \(axis) of \(typeDescription), which has \(size)")
    }
    var starts = [Int](repeating: 0, count: rank)
    var steps = [Int](repeating: 1, count: rank)
    var target = shape
    starts[axis] = start
    steps[axis] = step
    target[axis] = count
    return sliced(start: starts, step: steps, to: target)
  }

  private func emptySlice(_ axis: Int) throws -> Tensor {
    var target = shape
    target[axis] = 0
    return try Tensor.filled(Scalar.int(0).converted(to: dtype) ?? .int(0), target, dtype)
  }

  /// A slice along all axes that is known to lie within.
  func sliced(start: [Int], step: [Int], to target: Shape) -> Tensor {
    if target == shape && !step.contains(where: { $0 < 0 }) { return self }
    if let filling { return Tensor(Node(.fill(filling), [], shape: target, dtype: dtype)) }
    if let storage = node.storage, isContiguous(step, target) {
      let offset = zip(start, shape.strides).reduce(node.offset) { $0 + $1.0 * $1.1 }
      return alias(.slice(start: start, step: step), storage: storage, offset: offset, target)
    }
    if case .slice(let first, let stride) = node.primitive, let input = node.inputs.first, !node.isRealized {
      let starts = start.indices.map { first[$0] + stride[$0] * start[$0] }
      let steps = step.indices.map { stride[$0] * step[$0] }
      return Tensor(input).sliced(start: starts, step: steps, to: target)
    }
    return Tensor(Node(.slice(start: start, step: step), [node], shape: target, dtype: dtype))
  }

  /// Whether a slice is one run of the elements: axes of one element, then one part of an axis, then whole axes.
  private func isContiguous(_ step: [Int], _ target: Shape) -> Bool {
    guard let first = target.indices.first(where: { target[$0] != 1 }) else { return true }
    guard step[first] == 1 else { return false }
    return target.indices.dropFirst(first + 1).allSatisfy {
      target[$0] == shape[$0] && (step[$0] == 1 || shape[$0] == 1)
    }
  }

  /// The order of the elements along the axes turned round (all axes for nil).
  public func flip(_ axes: [Int]? = nil) throws -> Tensor {
    let axes = try shape.axes(axes, of: dtype).filter { shape[$0] > 1 }
    if axes.isEmpty || count == 0 { return self }
    var start = [Int](repeating: 0, count: rank)
    var step = [Int](repeating: 1, count: rank)
    for axis in axes {
      start[axis] = shape[axis] - 1
      step[axis] = -1
    }
    return sliced(start: start, step: step, to: shape)
  }

  /// Placed into a larger shape, zeros (false) elsewhere: element i of an axis goes to `start + step · i`.
  func placed(start: [Int], step: [Int], in target: Shape) throws -> Tensor {
    if target == shape && !step.contains(where: { $0 < 0 }) { return self }
    return try Tensor.make(.place(start: start, step: step), [self], target, dtype)
  }

  /// With `widths[k] = (before, after)` elements of `value` round axis k.
  public func pad(_ widths: [(Int, Int)], value: Double = 0) throws -> Tensor {
    try pad(widths, with: dtype.isFloat || value != value.rounded() ? Tensor(value) : Tensor(Int(value)))
  }

  /// With a number of its own dtype: whole numbers stay whole beside a whole one.
  public func pad(_ widths: [(Int, Int)], with value: Tensor) throws -> Tensor {
    guard widths.count == rank, widths.allSatisfy({ $0.0 >= 0 && $0.1 >= 0 }) else {
      throw NumericsError(
        "E0419", "padding \(typeDescription) needs \(rank) pairs of widths, none of them negative")
    }
    var target = shape
    for (axis, width) in widths.enumerated() {
      let (once, over) = target[axis].addingReportingOverflow(width.0)
      let (size, tooLarge) = once.addingReportingOverflow(width.1)
      guard !over, !tooLarge else { throw NumericsError("E0702", "the padded tensor does not fit in memory") }
      target[axis] = size
    }
    let start = widths.map(\.0)
    let step = [Int](repeating: 1, count: rank)
    let body = try placed(start: start, step: step, in: target)
    if value.filling?.equals(0) == true { return body }
    let inside = try Tensor.filled(.bool(true), shape, .bool).placed(start: start, step: step, in: target)
    return try Tensor.where(inside, body, value)
  }

  /// The same width on both sides of every axis.
  public func pad(_ width: Int, value: Double = 0) throws -> Tensor {
    try pad([(Int, Int)](repeating: (width, width), count: rank), value: value)
  }

  /// The tensor `counts[k]` times along axis k; missing leading axes count as 1.
  public func tile(_ counts: [Int]) throws -> Tensor {
    guard counts.allSatisfy({ $0 >= 0 }) else {
      throw NumericsError("E0419", "cannot tile a negative number of times")
    }
    let missing = Swift.max(0, counts.count - rank)
    let sizes = [Int](repeating: 1, count: missing) + shape.sizes
    let times = [Int](repeating: 1, count: sizes.count - counts.count) + counts
    var apart = Shape([])
    var together = Shape([])
    for (size, count) in zip(sizes, times) {
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      guard !overflow else { throw NumericsError("E0702", "the tiled tensor does not fit in memory") }
      apart.sizes += [count, size]
      together.sizes.append(product)
    }
    try together.checkedCount(dtype)
    let singles = Shape(sizes.flatMap { [1, $0] })
    return try reshaped(singles).stretched(to: apart).reshaped(together)
  }

  /// Each element `count` times in a row along the axis; without an axis, of the flattened tensor.
  public func `repeat`(_ count: Int, axis: Int? = nil) throws -> Tensor {
    guard count >= 0 else { throw NumericsError("E0419", "cannot repeat a negative number of times") }
    guard let axis else { return try flatten().repeat(count, axis: 0) }
    let position = try shape.axis(axis, of: dtype)
    var apart = shape.sizes
    var together = shape
    let (size, overflow) = shape[position].multipliedReportingOverflow(by: count)
    guard !overflow else { throw NumericsError("E0702", "the repeated tensor does not fit in memory") }
    apart.insert(count, at: position + 1)
    together[position] = size
    try together.checkedCount(dtype)
    return try expandDims(position + 1).stretched(to: Shape(apart)).reshaped(together)
  }

  /// Element i moves to i + shift, round the end; without an axis, of the flattened tensor.
  public func roll(_ shift: Int, axis: Int? = nil) throws -> Tensor {
    guard let axis else { return try flatten().roll(shift, axis: 0).reshaped(shape) }
    let position = try shape.axis(axis, of: dtype)
    let size = shape[position]
    guard size > 0 else { return self }
    let amount = ((shift % size) + size) % size
    if amount == 0 { return self }
    let tail = try slice(axis: position, start: size - amount, stop: size)
    return try Tensor.concat([tail, slice(axis: position, start: 0, stop: size - amount)], axis: position)
  }

  /// The main diagonal of the last two axes.
  public func diagonal() throws -> Tensor {
    guard rank >= 2 else {
      throw NumericsError("E0401", "\(typeDescription) is no matrix, so it has no diagonal")
    }
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let size = Swift.min(rows, columns)
    let lead = Array(shape.sizes.dropLast(2))
    if size == 0 { return try Tensor.zeros(Shape(lead + [0]), .f64).cast(to: dtype) }
    return try reshaped(Shape(lead + [rows * columns]))
      .slice(axis: -1, start: 0, stop: (size - 1) * (columns + 1) + 1, step: columns + 1)
  }

  /// The square matrices that have the last axis on their diagonal and zeros elsewhere.
  public func diagonalMatrix() throws -> Tensor {
    guard rank >= 1 else { throw NumericsError("E0401", "a scalar is no diagonal") }
    let size = shape[rank - 1]
    let lead = Array(shape.sizes.dropLast())
    let target = Shape(lead + [size, size])
    try target.checkedCount(dtype)
    if size == 0 { return reshaped(target) }
    var step = [Int](repeating: 1, count: rank)
    step[rank - 1] = size + 1
    let start = [Int](repeating: 0, count: rank)
    return try placed(start: start, step: step, in: Shape(lead + [size * size])).reshaped(target)
  }

  /// The lower triangle of the last two axes, with `offset` more diagonals above; zeros elsewhere.
  public func lowerTriangle(_ offset: Int = 0) throws -> Tensor { try triangle(.greaterOrEqual, offset) }
  /// The upper triangle of the last two axes, from diagonal `offset` on; zeros elsewhere.
  public func upperTriangle(_ offset: Int = 0) throws -> Tensor { try triangle(.lessOrEqual, offset) }

  private func triangle(_ side: Comparison, _ offset: Int) throws -> Tensor {
    guard rank >= 2 else {
      throw NumericsError("E0401", "\(typeDescription) is no matrix, so it has no triangles")
    }
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let row = try (Tensor.arange(rows) + offset).expandDims(1).stretched(to: [rows, columns])
    let column = try Tensor.arange(columns).expandDims(0).stretched(to: [rows, columns])
    return try Tensor.where(Tensor.compare(side, row, column), self, 0)
  }
}
