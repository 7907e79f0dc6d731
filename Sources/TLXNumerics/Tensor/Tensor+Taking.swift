extension Tensor {
  /// These as positions on an axis of `size`: i64, negative ones counted from the end. Contents that are known are
  /// checked here (E0406); those of a traced program when it runs.
  func requireIndices(_ operation: String, below size: Int, allowsNegative: Bool = true) throws -> Tensor {
    guard dtype == .i64 else {
      throw NumericsError(
        "E0404", "\(operation) needs i64 indices, and these are \(typeDescription)",
        help: dtype == .bool ? nil : "convert with i64(…)")
    }
    if isAbstract { return allowsNegative ? try Tensor.where(less(0), self + size, self) : self }
    let bare = try stopGradient()
    let hasNegative = try bare.withElements(of: Int.self) { elements in
      var hasNegative = false
      for index in elements {
        if index < 0 { hasNegative = true }
        guard index < size, index >= (allowsNegative ? -size : 0) else {
          throw NumericsError("E0406", "\(operation): index \(index) is out of range for an axis of \(size)")
        }
      }
      return hasNegative
    }
    guard hasNegative else { return bare }
    return try bare.withElements(of: Int.self) { elements in
      try Tensor(elements.map { $0 < 0 ? $0 + size : $0 }, shape: shape)
    }
  }

  /// `x[indices]` along the axis, which is replaced by the indices' axes. Throws E0406 for one out of range.
  public func take(_ indices: Tensor, axis: Int = 0) throws -> Tensor {
    let position = try shape.axis(axis, of: dtype)
    return try taken(indices.requireIndices("take", below: shape[position]), position)
  }

  /// `take` with checked indices and axis.
  func taken(_ indices: Tensor, _ axis: Int) throws -> Tensor {
    var sizes = shape.sizes
    sizes.replaceSubrange(axis...axis, with: indices.shape.sizes)
    return try Tensor.make(.take(axis: axis), [self, indices], Shape(sizes), dtype)
  }

  /// The transpose of `take`: this tensor's slices added up at `indices` of an axis of `count` zeros. Its axes from
  /// `axis` on are the indices'; they are replaced by the one axis.
  public func scatterAdd(axis: Int, count: Int, indices: Tensor) throws -> Tensor {
    let span = axis..<(axis + indices.rank)
    guard axis >= 0, span.upperBound <= rank, Shape(Array(shape[span])) == indices.shape else {
      throw NumericsError(
        "E0401", "cannot scatter \(typeDescription) to indices \(indices.typeDescription) along axis \(axis)")
    }
    let checked = try indices.requireIndices("scatter", below: count)
    var sizes = shape.sizes
    sizes.replaceSubrange(span, with: [count])
    return try Tensor.make(.scatterAdd(axis: axis), [asNumber(), checked], Shape(sizes), asNumber().dtype)
  }

  /// `x[…, indices[…, k, …], …]` along the axis: one index for each element of the result (NumPy's take_along_axis).
  /// The other axes must be equal.
  public func gather(_ indices: Tensor, axis: Int = -1) throws -> Tensor {
    let position = try shape.axis(axis, of: dtype)
    guard indices.rank == rank, indices.shape.collapsing([position]) == shape.collapsing([position]) else {
      throw NumericsError(
        "E0401",
        "cannot gather from \(typeDescription) with indices \(indices.typeDescription) along axis \(axis)",
        help: "all other axes must be equal")
    }
    return try takeAlong(indices.requireIndices("gather", below: shape[position]), axis: position)
  }

  /// `gather` with checked indices.
  func takeAlong(_ indices: Tensor, axis: Int) throws -> Tensor {
    let position = try shape.axis(axis, of: dtype)
    return try Tensor.make(.takeAlong(axis: position), [self, indices], indices.shape, dtype)
  }

  /// The positions of the elements that are not 0, one i64 tensor an axis, in row-major order.
  public func nonzero() throws -> [Tensor] {
    let hits = try stopGradient().cast(to: .bool).withElements(of: Bool.self) { elements in
      elements.indices.filter { elements[$0] }
    }
    let strides = shape.strides
    return try (0..<rank).map { axis in
      try Tensor(hits.map { $0 / Swift.max(strides[axis], 1) % Swift.max(shape[axis], 1) })
    }
  }
}
