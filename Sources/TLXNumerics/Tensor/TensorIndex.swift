/// One entry of an index in brackets: `x[2, 1:, new, ..., mask]`.
public enum TensorIndex: @unchecked Sendable {
  /// One position, which drops the axis; negative ones count from the end.
  case at(Int)
  /// `start:stop:step`. Bounds may be negative (from the end) or left out; out of range is an error.
  case slice(Int?, Int?, Int)
  /// A new axis of size 1.
  case newAxis
  /// As many whole axes as are left.
  case ellipsis
  /// Positions (i64, of any shape) on one axis, or a mask (bool) over as many axes as it has.
  case tensor(Tensor)
}

/// An index matched to the axes of a shape, all bounds checked and counted from the front.
struct IndexPlan {
  enum Part {
    case fixed
    case range
    case new
    /// Positions on the next `axes` axes: one i64 tensor each, all of one shape.
    case gather([Tensor])
  }

  /// In the order of the result's axes.
  var parts: [Part] = []
  /// The slice along every axis of the source; whole where positions are gathered.
  var start: [Int] = []
  var step: [Int] = []
  var sliced = Shape([])
  let source: Tensor

  var gathers: Bool { parts.contains { if case .gather = $0 { true } else { false } } }

  init(_ indices: [TensorIndex], of source: Tensor) throws {
    self.source = source
    var used = 0
    var ellipses = 0
    for index in indices {
      switch index {
      case .at, .slice: used += 1
      case .tensor(let tensor): used += tensor.dtype == .bool ? Swift.max(tensor.rank, 1) : 1
      case .ellipsis: ellipses += 1
      case .newAxis: break
      }
    }
    guard ellipses <= 1 else { throw NumericsError("E0412", "only one ... may stand in an index") }
    guard used <= source.rank else {
      throw NumericsError("E0412", "\(used) indices are too many for \(source.typeDescription)")
    }
    for index in ellipses == 0 ? indices + [.ellipsis] : indices {
      try append(index, whole: source.rank - used)
    }
  }

  private mutating func append(_ index: TensorIndex, whole: Int) throws {
    switch index {
    case .newAxis: parts.append(.new)
    case .ellipsis: for _ in 0..<whole { appendWhole(.range) }
    case .at(let position):
      let size = source.shape[start.count]
      let place = position < 0 ? position + size : position
      guard place >= 0, place < size else { throw outOfRange("index \(position)", size) }
      parts.append(.fixed)
      append(start: place, step: 1, count: 1)
    case .slice(let first, let last, let step): try appendSlice(first, last, step)
    case .tensor(let tensor): try appendGather(tensor)
    }
  }

  private mutating func append(start first: Int, step stride: Int, count: Int) {
    start.append(first)
    step.append(stride)
    sliced.sizes.append(count)
  }

  private mutating func appendWhole(_ part: Part) {
    parts.append(part)
    append(start: 0, step: 1, count: source.shape[start.count])
  }

  private func outOfRange(_ what: String, _ size: Int) -> NumericsError {
    NumericsError(
      "E0406",
      "\(what) is out of range for axis \(start.count) of \(source.typeDescription), which has \(size)")
  }

  private mutating func appendSlice(_ first: Int?, _ last: Int?, _ step: Int) throws {
    let size = source.shape[start.count]
    guard step != 0 else { throw NumericsError("E0419", "a slice cannot take steps of 0") }
    func bound(_ value: Int?, default missing: Int) throws -> Int {
      guard let value else { return missing }
      let place = value < 0 ? value + size : value
      guard place >= 0, place <= size else { throw outOfRange("the bound \(value)", size) }
      return place
    }
    let from = try bound(first, default: step > 0 ? 0 : size - 1)
    let to = try bound(last, default: step > 0 ? size : -1)
    let begin = step < 0 ? Swift.min(from, size - 1) : from
    let count = step > 0 ? (to - begin + step - 1) / step : (begin - to - step - 1) / -step
    parts.append(.range)
    append(start: count > 0 ? begin : 0, step: count > 1 ? step : 1, count: Swift.max(count, 0))
  }

  private mutating func appendGather(_ tensor: Tensor) throws {
    let axis = start.count
    if tensor.dtype != .bool {
      let indices = try tensor.requireIndices("index", below: source.shape[axis])
      parts.append(.gather([indices]))
      append(start: 0, step: 1, count: source.shape[axis])
      return
    }
    let axes = axis..<(axis + Swift.max(tensor.rank, 1))
    guard tensor.shape == Shape(Array(source.shape[axes])) else {
      throw NumericsError(
        "E0412",
        "the mask \(tensor.typeDescription) does not fit \(source.typeDescription) from axis \(axis) on")
    }
    guard !tensor.isAbstract else {
      throw NumericsError(
        "E0409", "how much a mask selects is not known while a program is traced",
        help: "use where(mask, x, 0)")
    }
    parts.append(.gather(try tensor.nonzero()))
    for axis in axes { append(start: 0, step: 1, count: source.shape[axis]) }
  }
}

extension Tensor {
  /// `x[…]`: positions, slices, new axes, `...`, index tensors and masks, in any mix.
  ///
  /// The axes of an index tensor stand in its place. Several index tensors broadcast to one shape and pick together,
  /// element by element; their axes stand in the place of the first. Throws E0406 for what is out of range, E0412 for
  /// too many indices or a mask of another shape.
  public func indexed(by indices: [TensorIndex]) throws -> Tensor {
    let plan = try IndexPlan(indices, of: self)
    let part =
      plan.sliced.contains(0) && !shape.contains(0)
      ? try Tensor.filled(Scalar.int(0).converted(to: dtype) ?? .int(0), plan.sliced, dtype)
      : sliced(start: plan.start, step: plan.step, to: plan.sliced)
    return try plan.gathers ? part.gathered(plan) : part.reshaped(plan.resultShape(gathered: nil))
  }

  /// Applies the gathers of a plan to the sliced tensor.
  private func gathered(_ plan: IndexPlan) throws -> Tensor {
    var axis = 0
    var axes: [Int] = []
    var picks: [Tensor] = []
    for part in plan.parts {
      switch part {
      case .new: break
      case .fixed, .range: axis += 1
      case .gather(let indices):
        for index in indices {
          axes.append(axis)
          picks.append(index)
          axis += 1
        }
      }
    }
    let first = axes[0]
    // The gathered axes become one, in the place of the first.
    let rest = (0..<rank).filter { !axes.contains($0) }
    let front = rest.filter { $0 < first }
    let moved = permuted(front + axes + rest.filter { $0 > first })
    let sizes = axes.map { shape[$0] }
    var flat = moved.shape.sizes
    flat.replaceSubrange(front.count..<(front.count + axes.count), with: [sizes.reduce(1, *)])
    let positions = try Tensor.linearPositions(picks, sizes)
    let taken = try moved.reshaped(Shape(flat)).taken(positions, front.count)
    return taken.reshaped(plan.resultShape(gathered: positions.shape))
  }

  /// Row-major positions among axes of the sizes, from one index tensor an axis; they broadcast.
  private static func linearPositions(_ picks: [Tensor], _ sizes: [Int]) throws -> Tensor {
    var positions = picks[0]
    for (pick, size) in zip(picks.dropFirst(), sizes.dropFirst()) {
      guard Shape.unguarded(positions.shape, pick.shape) != nil else {
        throw NumericsError(
          "E0401",
          "index tensors \(positions.typeDescription) and \(pick.typeDescription) do not pick together",
          help: "their shapes must be equal or stretch to one another")
      }
      positions = try positions * size + pick
    }
    return positions
  }

  /// A copy in which the part that `x[indices]` names is replaced by `value`, which stretches to that part and takes
  /// this tensor's dtype. Where an index tensor names an element twice the last one stays.
  public func updated(at indices: [TensorIndex], with value: Tensor) throws -> Tensor {
    let plan = try IndexPlan(indices, of: self)
    let value = try value.cast(to: dtype)
    if plan.gathers { return try updated(gathering: indices, with: value) }
    let part = plan.resultShape(gathered: nil)
    let filler = try value.fitting(part).reshaped(plan.sliced)
    if plan.sliced == shape && !plan.step.contains(where: { $0 < 0 }) { return filler }
    if plan.sliced.contains(0) { return self }
    let mask = try Tensor.filled(.bool(true), plan.sliced, .bool)
      .placed(start: plan.start, step: plan.step, in: shape)
    return try Tensor.where(mask, filler.placed(start: plan.start, step: plan.step, in: shape), self)
  }

  private func fitting(_ part: Shape) throws -> Tensor {
    let bare = rank > part.rank ? reshaped(Shape(Array(shape.drop { $0 == 1 }))) : self
    guard bare.shape.stretches(to: part) else {
      throw NumericsError(
        "E0401", "cannot put \(typeDescription) into a part of shape \(part.listDescription)")
    }
    return try bare.stretched(to: part)
  }

  /// By a map from each element to the value that replaces it, if any: differentiable in both.
  private func updated(gathering indices: [TensorIndex], with value: Tensor) throws -> Tensor {
    let targets = try Tensor.arange(count).reshaped(shape).indexed(by: indices)
    let filler = try value.fitting(targets.shape)
    if targets.count == 0 { return self }
    var origin = [Int](repeating: -1, count: count)
    try targets.withElements(of: Int.self) {
      for (position, target) in $0.enumerated() { origin[target] = position }
    }
    let isReplaced = try Tensor(origin.map { $0 >= 0 }, shape: shape)
    let picks = try Tensor(origin.map { Swift.max($0, 0) }, shape: shape)
    return try Tensor.where(isReplaced, filler.flatten().taken(picks, 0), self)
  }
}

extension IndexPlan {
  /// The shape of the result, where the gathers together give `gathered`.
  func resultShape(gathered: Shape?) -> Shape {
    var sizes: [Int] = []
    var axis = 0
    var isFirst = true
    for part in parts {
      switch part {
      case .new: sizes.append(1)
      case .fixed: axis += 1
      case .range:
        sizes.append(sliced[axis])
        axis += 1
      case .gather(let indices):
        if isFirst { sizes += gathered?.sizes ?? [] }
        isFirst = false
        axis += indices.count
      }
    }
    return Shape(sizes)
  }
}
