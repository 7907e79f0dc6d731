extension Tensor {
  /// The matrix product, with the meaning of `@`.
  ///
  /// 1-D · 1-D is the dot product, 2-D · 2-D the product of matrices; a 1-D operand is a row on the left and a column
  /// on the right; leading axes are batches and broadcast. f32 accumulates as BLAS does; i64 is exact, or E0502.
  /// Throws E0401 where the inner sizes differ.
  public func matmul(_ other: Tensor) throws -> Tensor {
    guard rank > 0, other.rank > 0 else {
      throw NumericsError(
        "E0401", "\(typeDescription) @ \(other.typeDescription) is no matrix product",
        help: "multiply by a scalar with *")
    }
    let inner = other.shape[Swift.max(0, other.rank - 2)]
    guard shape[rank - 1] == inner else { throw unmultipliable(other) }
    var dtype = Tensor.commonDType(self, other)
    if dtype == .bool { dtype = .i64 }
    let left = try cast(to: dtype)
    let right = try other.cast(to: dtype)
    if rank == 1 { return try left.expandDims(0).matmul(right).squeeze(other.rank == 1 ? 0 : -2) }
    if other.rank == 1 { return try left.matmul(right.expandDims(1)).squeeze(-1) }
    return try left.multiplied(right)
  }

  /// Of two tensors of rank 2 or more and one dtype.
  private func multiplied(_ other: Tensor) throws -> Tensor {
    let (rows, inner, columns) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
    let lead = Shape(Array(shape.sizes.dropLast(2)))
    if other.rank == 2 && rank > 2 {
      // One product of all rows is faster than one a batch.
      let flat = try lead.checkedCount(dtype) * rows
      return try reshaped([flat, inner]).multiplied(other).reshaped(Shape(lead.sizes + [rows, columns]))
    }
    let otherLead = Shape(Array(other.shape.sizes.dropLast(2)))
    guard let batch = Shape.unguarded(lead, otherLead) else {
      throw NumericsError(
        "E0401",
        "cannot matrix-multiply \(typeDescription) and \(other.typeDescription): their batches do not fit",
        help: "leading axes must be equal or 1")
    }
    let left = try stretched(to: Shape(batch.sizes + [rows, inner]))
    let right = try other.stretched(to: Shape(batch.sizes + [inner, columns]))
    return try Tensor.make(.matmul, [left, right], Shape(batch.sizes + [rows, columns]), dtype)
  }

  private func unmultipliable(_ other: Tensor) -> NumericsError {
    let inner = other.shape[Swift.max(0, other.rank - 2)]
    var error = NumericsError(
      "E0401", "cannot matrix-multiply \(typeDescription) and \(other.typeDescription)",
      operandNotes: [
        "has \(shape[rank - 1]) \(rank == 1 ? "elements" : "columns")",
        "has \(inner) \(other.rank == 1 ? "elements" : "rows")",
      ])
    if other.rank == 2, other.shape[1] == shape[rank - 1] {
      error.setHelp(template: "transpose the second with {1}.T", names: ["a", "b"])
    } else if rank == 2, shape[0] == inner {
      error.setHelp(template: "transpose the first with {0}.T", names: ["a", "b"])
    } else {
      error.help = "the \(shape[rank - 1]) along the first's last axis must meet as many rows, not \(inner)"
    }
    return error
  }

  /// The dot product of two vectors of equal length.
  public func dot(_ other: Tensor) throws -> Tensor {
    guard rank == 1, other.rank == 1 else {
      throw NumericsError(
        "E0401", "cannot take the dot product of \(typeDescription) and \(other.typeDescription)")
    }
    return try matmul(other)
  }

  /// `x[i] · y[j]` for all pairs: f[n] and f[m] give f[n, m]; of other ranks, the axes follow one another.
  public static func outer(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let left = a.reshaped(Shape(a.shape.sizes + [Int](repeating: 1, count: b.rank)))
    let right = b.reshaped(Shape([Int](repeating: 1, count: a.rank) + b.shape.sizes))
    return try left * right
  }
}
