extension Shape {
  /// The number of elements, or an error where it does not fit a machine word or a size is negative.
  /// Every shape that a user can name passes here before `elementCount` may be asked.
  @discardableResult
  func checkedCount(_ dtype: DType) throws -> Int {
    var count = 1
    var overflows = false
    for size in sizes {
      guard size >= 0 else {
        throw NumericsError("E0419", "a tensor cannot have the shape \(listDescription): sizes start at 0")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(size, 1))
      count = product
      overflows = overflows || overflow
    }
    if sizes.contains(0) { return 0 }
    let (_, tooManyBytes) = count.multipliedReportingOverflow(by: dtype.stride)
    guard !overflows, !tooManyBytes else {
      throw NumericsError("E0702", "\(dtype.describing(self)) does not fit in memory")
    }
    return count
  }

  /// The axis counted from the front. Throws E0418 where there is no such axis.
  func axis(_ axis: Int, of type: DType) throws -> Int {
    let position = axis < 0 ? axis + rank : axis
    guard position >= 0, position < rank else {
      let range =
        rank == 0
        ? "a scalar has no axes"
        : rank == 1 ? "its only axis is 0" : "its axes are 0 to \(rank - 1), or -\(rank) to -1 from the end"
      throw NumericsError("E0418", "\(type.describing(self)) has no axis \(axis): \(range)")
    }
    return position
  }

  /// Sorted axes counted from the front; nil means all. Throws E0418 for one that is out of range or repeated.
  func axes(_ axes: [Int]?, of type: DType) throws -> [Int] {
    guard let axes else { return Array(0..<rank) }
    let positions = try axes.map { try axis($0, of: type) }.sorted()
    for (first, second) in zip(positions, positions.dropFirst()) where first == second {
      throw NumericsError("E0418", "axis \(first) of \(type.describing(self)) is named twice")
    }
    return positions
  }

  /// The shape without the axes (sorted, from the front).
  func removing(_ axes: [Int]) -> Shape {
    var sizes = sizes
    for axis in axes.reversed() { sizes.remove(at: axis) }
    return Shape(sizes)
  }

  /// The shape with the axes (sorted, from the front) set to 1.
  func collapsing(_ axes: [Int]) -> Shape {
    var sizes = sizes
    for axis in axes { sizes[axis] = 1 }
    return Shape(sizes)
  }

  /// Whether a tensor of this shape stretches to `target`: axes align from the right, axes of size 1 stretch.
  func stretches(to target: Shape) -> Bool {
    guard rank <= target.rank else { return false }
    let lead = target.rank - rank
    return sizes.indices.allSatisfy { sizes[$0] == target[lead + $0] || sizes[$0] == 1 }
  }

  /// The shape both stretch to as in NumPy, without the guard; nil where they do not fit.
  static func unguarded(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = Swift.max(a.rank, b.rank)
    var sizes = [Int](repeating: 1, count: rank)
    for place in 1...Swift.max(rank, 1) where place <= rank {
      let left = place <= a.rank ? a[a.rank - place] : 1
      let right = place <= b.rank ? b[b.rank - place] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      sizes[rank - place] = left == 1 ? right : left
    }
    return Shape(sizes)
  }
}

/// What an operation on two or more tensors is called in its errors: `cannot subtract A and B`.
struct OperationName: ExpressibleByStringLiteral {
  let verb: String
  let conjunction: String

  init(stringLiteral verb: String) { self.init(verb) }
  init(_ verb: String, _ conjunction: String = "and") {
    self.verb = verb
    self.conjunction = conjunction
  }

  func refusal(_ a: Tensor, _ b: Tensor) -> String {
    "cannot \(verb) \(a.typeDescription) \(conjunction) \(b.typeDescription)"
  }
}

extension Tensor {
  /// The shape of an elementwise result.
  ///
  /// Shapes align from the right; an axis of size 1 stretches. When the ranks differ only the lower-rank side may
  /// stretch: `f64[n] - f64[n, 1]`, which elsewhere silently becomes n×n, is E0402. Sizes that do not fit are E0401.
  static func commonShape(_ a: Tensor, _ b: Tensor, _ name: OperationName) throws -> Shape {
    if a.shape == b.shape || b.rank == 0 { return a.shape }
    if a.rank == 0 { return b.shape }
    guard let shape = Shape.unguarded(a.shape, b.shape) else { throw mismatch(a, b, name) }
    if a.rank == b.rank { return shape }
    let higher = a.rank > b.rank ? a : b
    guard higher.shape == shape else { throw guarded(a, b, would: shape, name) }
    return shape
  }

  private static func mismatch(_ a: Tensor, _ b: Tensor, _ name: OperationName) -> NumericsError {
    let places = 1...Swift.min(a.rank, b.rank)
    let clash = places.first { place in
      let (left, right) = (a.shape[a.rank - place], b.shape[b.rank - place])
      return left != right && left != 1 && right != 1
    }
    let place = clash ?? 1
    let (left, right) = (a.shape[a.rank - place], b.shape[b.rank - place])
    let axis = place == 1 ? "the last axis" : "axis -\(place)"
    var error = NumericsError(
      "E0401", name.refusal(a, b),
      help: "sizes must be equal or 1, aligned from the right: along \(axis) \(left) meets \(right)",
      operandNotes: ["has \(left) along \(axis)", "has \(right) along \(axis)"])
    // The commonest slip: a vector with one number a row.
    if a.rank == 2, b.rank == 1, a.shape[0] == b.shape[0] {
      error.setHelp(
        template: "{1} goes along the columns; write {1}[:, new] for one number a row", names: ["x", "v"])
    } else if a.rank == 1, b.rank == 2, a.shape[0] == b.shape[0] {
      error.setHelp(
        template: "{0} goes along the columns; write {0}[:, new] for one number a row", names: ["v", "x"])
    }
    return error
  }

  private static func guarded(_ a: Tensor, _ b: Tensor, would shape: Shape, _ name: OperationName)
    -> NumericsError
  {
    let firstIsHigher = a.rank > b.rank
    let (higher, lower) = firstIsHigher ? (a, b) : (b, a)
    let (high, low) = firstIsHigher ? ("{0}", "{1}") : ("{1}", "{0}")
    let note = "would stretch both sides to \(shape.crossDescription)"
    let template: String
    if higher.rank == lower.rank + 1, higher.shape[higher.rank - 1] == 1 {
      let lead = higher.rank == 2 ? ":" : "..."
      template =
        "drop the last axis with \(high)[\(lead), 0] or add one with \(low)[\(lead), new]; \(low)[new, \(lead)] gives all pairs"
    } else {
      template =
        "give both the same rank: index away an axis of \(high), or add one with new, as in \(low)[..., new]"
    }
    var error = NumericsError(
      "E0402", name.refusal(a, b), operandNotes: firstIsHigher ? [note, ""] : ["", note])
    error.setHelp(template: template, names: ["y", "p"])
    return error
  }
}
